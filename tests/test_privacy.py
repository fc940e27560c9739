"""Hidden values, and errors without frames."""

import copy
import json
import pickle
from functools import partial
from typing import TypeVar

import httpx
import pytest
from exposure import frames
from hypothesis import given, strategies as st

from kustom_facade._privacy import Hidden, bare_copy, run, without_frames

E = TypeVar("E", bound=BaseException)


def caught(error: E) -> E:
    """Return an error as it is after it was raised from another one."""

    def fail() -> None:
        try:
            int("the first")
        except ValueError as first:
            raise error from first

    with pytest.raises(type(error)):
        fail()
    return error


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_hidden_value_is_neither_shown_nor_stored(way: object) -> None:
    """In whichever text, and by whichever way of copying."""
    hidden = Hidden("secret")
    assert hidden.value == "secret"
    assert "secret" not in f"{hidden} {hidden!r} {[hidden]} {vars(Hidden)}"
    assert not hasattr(hidden, "__dict__")
    with pytest.raises(TypeError, match="not pickled"):
        way(hidden)  # type: ignore[operator]  # one of the three above


def test_what_runs_hidden_gives_its_result_or_its_error() -> None:
    """The same error, of which only the frames are gone."""

    def fail(secret: str) -> None:
        raise ValueError(secret[:1])

    assert run(Hidden(partial(str.upper, "a"))) == "A"
    with pytest.raises(ValueError, match="s") as error:
        run(Hidden(partial(fail, "secret")))
    assert error.value.__context__ is None
    assert "secret" not in repr([dict(variables) for _, variables in frames(error.value)])


def test_an_error_without_frames_is_the_same_error() -> None:
    """Whoever waits for it gets it."""
    error = caught(KeyboardInterrupt())
    assert error.__traceback__
    assert error.__context__
    assert without_frames(error) is error
    assert [error.__traceback__, error.__context__, error.__cause__] == [None, None, None]


class OfACode(ConnectionError):
    """An error that is not built from its text."""

    def __init__(self, code: int) -> None:
        super().__init__(f"code {code}")


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (httpx.ReadTimeout("late", request=httpx.Request("GET", "/")), httpx.ReadTimeout, "late"),
        (ConnectionResetError(104, "reset"), ConnectionResetError, "[Errno 104] reset"),
        (KeyError("a"), LookupError, "'a'"),
        (OfACode(5), ConnectionError, "code 5"),
        (
            json.JSONDecodeError("bad", "the document", 3),
            ValueError,
            "bad: line 1 column 4 (char 3)",
        ),
        (ExceptionGroup("two", [ValueError("a")]), Exception, "two (1 sub-exception)"),
        (
            UnicodeDecodeError("utf-8", b"the document", 0, 1, "bad"),
            UnicodeError,
            "'utf-8' codec can't decode byte 0x74 in position 0: bad",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_bare_copy_has_the_class_and_the_text(
    error: Exception, kind: type[Exception], text: str
) -> None:
    """Or the nearest base that is built from a text; never what the error was about."""
    made = bare_copy(error, str)
    assert type(made) is kind
    assert isinstance(error, kind)
    assert str(made) == text
    assert "document" not in repr(vars(made))
    assert not hasattr(made, "__notes__")


@given(st.text(), st.sampled_from([httpx.ReadError, OSError, ValueError, RuntimeError]))
def test_a_bare_copy_says_where_it_is_from_and_holds_nothing(
    text: str, kind: type[Exception]
) -> None:
    """A place in a file, for whoever wrote the transport; and its text is redacted."""
    made = bare_copy(caught(kind(text)), lambda found: found.replace("a", "b"))
    assert type(made) is kind
    assert str(made) == text.replace("a", "b")
    assert [made.__traceback__, made.__context__, made.__cause__] == [None, None, None]
    assert made.__notes__[0].startswith(f"Raised in {__file__}:")
