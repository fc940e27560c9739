"""Everything of an error that a log, a queue or an error tracker may show."""

import pickle
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TESTS = str(Path(__file__).parent)


def chain(error: BaseException | None) -> list[BaseException]:
    """Return an error, its causes and its contexts."""
    waiting, found = [error], list[BaseException]()
    while waiting:
        one = waiting.pop()
        if one is not None and not any(one is other for other in found):
            found.append(one)
            waiting += [one.__cause__, one.__context__]
    return found


def frames(error: BaseException) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield where the frames of a chain are, and their variables, but for those of tests."""
    for one in chain(error):
        for frame, line in traceback.walk_tb(one.__traceback__):
            if not frame.f_code.co_filename.startswith(TESTS):
                yield f"{frame.f_code.co_filename}:{line}", frame.f_locals


def exposed(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield all texts of an error, each with where it is from."""
    for one in chain(error):
        kind = type(one).__name__
        yield kind, f"{one} {one!r} {one.args!r} {vars(one)!r}"
        yield f"{kind}, printed", "".join(traceback.format_exception(one))
    yield "pickled", repr(pickle.dumps(error))
    for where, variables in frames(error):
        for name, value in variables.items():
            for text in _texts(value):
                yield f"{where}, {name}", text


def leaks(error: BaseException, *secrets: str) -> list[str]:
    """Return where an error shows one of the secrets."""
    return [where for where, text in exposed(error) if any(secret in text for secret in secrets)]


def _texts(value: Any) -> Iterator[str]:
    """Yield a variable as trackers show it: by itself, its items and its attributes."""
    yield repr(value)
    if isinstance(value, Mapping):
        yield from map(repr, value.values())
    elif isinstance(value, list | tuple | set):
        yield from map(repr, value)
    yield from map(repr, getattr(value, "__dict__", {}).values())
