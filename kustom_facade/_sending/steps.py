"""What the sending of a call asks a driver to do, and what it is given back."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple, TypeAlias, TypeVar

from .._operations.call import Request

T = TypeVar("T")


class Send(NamedTuple):
    """Send this request and give back the answer, or throw in a ``NoAnswer``."""

    request: Request
    #: A write: once a success status is there it is done, and its body does not matter.
    body_optional: bool
    #: Seconds until the deadline of the call.
    seconds: float = inf
    #: Is called when it really begins: it has waited for its turn, and for the rate.
    begin: Callable[[], object] = bool


class Sleep(NamedTuple):
    """Wait so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Received:
    """The answer to a ``Send``, with the secrets and the personal data that it may hold."""

    status: int
    #: Names in lower case.
    headers: Mapping[str, str] = field(repr=False)
    #: The whole body, or what came of it where the status alone is the answer.
    content: bytes = field(repr=False)


class NoAnswer(Exception):
    """No answer came to a ``Send``. ``error`` is a bare copy of the transport's own error."""

    def __init__(self, error: Exception, *, never_sent: bool, transient: bool) -> None:
        super().__init__(str(error))
        self.error = error
        #: Whether the request cannot have reached the API.
        self.never_sent = never_sent
        #: Whether a repeat makes sense.
        self.transient = transient


class CallEnded(Exception):
    """No answer came for a reason of the caller's: the deadline, or a client that was closed."""

    def __init__(self, reason: str, *, never_sent: bool) -> None:
        super().__init__(reason)
        self.never_sent = never_sent


#: A generator that asks for steps and returns a result, or raises a ``KustomError``.
Steps: TypeAlias = Generator[Send | Sleep, Any, T]
