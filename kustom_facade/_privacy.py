"""What shows no secret and nobody's address: hidden values, and errors without frames.

Error trackers print the variables of every frame of an error, of its cause and of its context.
Frames of HTTP libraries hold headers and bodies as plain bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, NoReturn, TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)


class Hidden(Generic[T]):
    """A value that is neither shown nor pickled."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "<hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a hidden value is not pickled")


def run(action: Hidden[partial[T]]) -> T:
    """Call a function, of whose arguments and frames an error shows nothing."""
    try:
        return action.value()
    except Exception as error:  # noqa: BLE001  # raised again, below
        failure = without_frames(error)
    raise failure


def without_frames(error: E) -> E:
    """Take the frames, the cause and the context off an error, which is to be raised again."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def bare_copy(error: Exception, redact: Callable[[str], str]) -> Exception:
    """Return an error of the same class and text, which holds nothing else.

    The error of a transport holds its request, that of a reader what it read. A class that is not
    built from a text gives way to its nearest base. A note says where the error was raised.
    """
    text = redact(str(error))
    copies = (_build(kind, text) for kind in type(error).__mro__)
    copy = next(copy for copy in copies if copy is not None)
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is not None:
        code = traceback.tb_frame.f_code
        copy.add_note(f"Raised in {code.co_filename}:{traceback.tb_lineno}, {code.co_qualname}.")
    return copy


def _build(kind: Callable[[str], Any], text: str) -> Exception | None:
    try:
        copy: Any = kind(text)
    except Exception:  # noqa: BLE001  # the constructor of any class may refuse in any way
        return None
    return copy if type(copy) is kind and str(copy) == text else None
