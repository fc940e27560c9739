"""What each attempt tells: a record of the log, and a value for metrics of the caller's own."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, TypeAlias

from .._operations.call import Call
from ..errors import KustomError
from .interruptions import is_of_a_signal

log: Final = logging.getLogger("kustom_facade")

Outcome: TypeAlias = Literal["succeeded", "repeated", "refused", "failed", "unknown", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of a call: what was sent, and what came of it.

    It holds no secret and no body. Each record of the log has the same fields as its ``extra``.
    """

    #: The vendor's name of the operation: ``captureOrder``.
    operation: str
    order_id: str
    method: str
    path: str
    #: The number of this attempt, from 1.
    attempt: int
    #: Seconds from its beginning to its end.
    seconds: float
    #: - ``succeeded``: the answer is a success.
    #: - ``repeated``: it is sent again.
    #: - ``refused``: the answer is final, and nothing was done.
    #: - ``failed``: no answer that tells came in the end, and nothing was done.
    #: - ``unknown``: the same, and a write may have taken effect.
    #: - ``interrupted``: the caller's own code ended a read, or a write before it was sent.
    outcome: Outcome
    #: The answer's status, ``None`` where none came.
    status: int | None
    #: The id that the vendor's support asks for.
    correlation_id: str | None
    #: ``None`` for a read.
    idempotency_key: str | None
    #: What a person reads in the log: ``503, again in 0.41 s``.
    detail: str

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON data."""
        return {name: getattr(self, name) for name in _NAMES}


_NAMES: Final = tuple(one.name for one in fields(Attempt))

#: Is given each attempt as it ends.
OnAttempt: TypeAlias = Callable[[Attempt], object]


def tell(level: int, call: Call[Any], attempt: Attempt) -> None:
    """Log one line about an attempt. It never holds a header with a secret, nor a body."""
    line = "%s: %s (attempt %d, %.3f s, correlation id %s, idempotency key %s)"
    shown = attempt.attempt, attempt.seconds, attempt.correlation_id, attempt.idempotency_key
    write(level, attempt.to_dict(), line, call.request, attempt.detail, *shown)


def write(level: int, extra: Mapping[str, Any], line: str, *shown: object) -> None:
    """Log a line. What a handler raises does not take the place of what became of the money."""
    try:
        try:
            log.log(level, line, *shown, extra=extra)
        except KeyError:  # the program's own records have a field of such a name
            log.log(level, line, *shown, extra={"kustom": extra})
    except Exception as error:  # noqa: BLE001  # a log must not replace the outcome
        _pass_over(error)


def call_back(on_attempt: OnAttempt, attempt: Attempt) -> None:
    """Give an attempt to the caller's own function, whose failure does not break the call."""
    try:
        on_attempt(attempt)
    # Nothing is awaited here: a cancellation is the function's own mistake too.
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # nor must a metric
        _pass_over(error)


def context(call: Call[Any]) -> dict[str, Any]:
    """Return the fields of a record that is about a call, and not about one of its attempts."""
    return {
        "operation": call.operation,
        "order_id": call.order_id,
        "idempotency_key": call.idempotency_key,
    }


def log_open(verb: str, order_id: object, error: KustomError) -> None:
    """Log that a workflow could not find out either what became of its write."""
    extra = {
        "operation": verb,
        "order_id": str(order_id),
        "status": getattr(error, "status", None),
        "attempt": error.attempts,
        "correlation_id": getattr(error, "correlation_id", None),
        "outcome": "unknown",
        "idempotency_key": error.idempotency_key,
        "reference": error.reference,
    }
    line = "%s: outcome unknown: %s (reference %s, idempotency key %s)"
    shown = verb, error.message, error.reference, error.idempotency_key
    write(logging.ERROR, extra, line, *shown)


def _pass_over(error: BaseException) -> None:
    if is_of_a_signal(error):
        raise error  # a job's own deadline, which struck just here
    if logging.raiseExceptions:  # as the standard library does with what its own handlers raise
        traceback.print_exception(error)
