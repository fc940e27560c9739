"""What is raised into a call from outside, and what the wire itself raises.

A job's own deadline is an exception of a signal handler (``signal.alarm``, Celery's
``SoftTimeLimitExceeded``) or of another thread (RQ's ``JobTimeoutException``). It strikes at any
line, and an HTTP library takes a ``TimeoutError`` for its own read timeout.
"""

import asyncio
import signal
import sys
from collections.abc import Iterator
from types import CodeType
from typing import Any, Final

#: Where the exceptions of a wire are defined, besides the standard library.
_OF_THE_WIRE: Final = frozenset(
    ("anyio", "h11", "httpcore", "httpcore2", "httpx", "httpx2", "kustom_facade", "socksio")
)
_STANDARD: Final = sys.stdlib_module_names | {"builtins"}


def from_outside(
    error: BaseException, before: BaseException | None, *, own_sockets: bool
) -> BaseException | None:
    """Return what was raised into a call from outside, or ``None`` where the wire failed.

    Args:
        error: what the call ended in.
        before: what was being handled when the call began, which is none of its causes.
        own_sockets: whether blocking sockets of our own were used: their timeouts have a text.
    """
    if not isinstance(error, Exception):
        return error
    for cause in _causes(error, before):
        if isinstance(cause, asyncio.CancelledError):
            continue  # anyio's own, by which it ends a wait
        if is_of_a_signal(cause):
            return cause
        if own_sockets and type(cause) is TimeoutError and not cause.args:
            return cause  # raised by another thread
        if not isinstance(cause, OSError):
            package = type(cause).__module__.partition(".")[0]
            if package not in _OF_THE_WIRE and package not in _STANDARD:
                return cause
    return None


def _causes(error: BaseException, before: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes, also those that a library hides by ``from None``."""
    seen: set[int] = {id(before)}
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def is_of_a_signal(error: BaseException) -> bool:
    """Return whether a signal's handler raised it."""
    handlers = {_code(signal.getsignal(number)) for number in signal.valid_signals()} - {None}
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in handlers:
            return True
        trace = trace.tb_next
    return False


def _code(handler: Any) -> CodeType | None:
    """Return the code of a handler: of a function, a method, a partial or a callable object."""
    handler = getattr(handler, "func", handler)
    if callable(handler) and not hasattr(handler, "__code__"):
        handler = getattr(handler, "__func__", type(handler).__call__)
    code: CodeType | None = getattr(handler, "__code__", None)
    return code
