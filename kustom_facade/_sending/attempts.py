"""Send, read and repeat: one generator, which does no I/O and knows no HTTP library.

It yields ``Send`` and is sent the answer, or has a ``NoAnswer`` thrown in. It yields ``Sleep`` and
is sent nothing. Every decision about a call is made here, once.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from .._operations.call import Answer, Call
from .._operations.response import ForeignAnswer
from ..errors import KustomError
from ..retry import parse_retry_after
from . import failures
from .failures import Failure
from .interruptions import is_of_a_signal
from .key_guard import guard, require_own_key
from .session import Session
from .steps import NoAnswer, Received, Send, Sleep, Steps

T = TypeVar("T")

log: Final = logging.getLogger("kustom_facade")


def steps(call: Call[T], session: Session) -> Steps[T]:
    """Carry out one call.

    Args:
        call: the operation.
        session: how this call is sent.

    Returns:
        What the call's reader makes of a success.

    Raises:
        KustomError: what became of it otherwise.
    """
    if session.guard_keys:
        require_own_key(call, session.config.scope)
    _log_remarks(call)
    course = _Course(session.clock())
    try:
        return (yield from _repeat(call, session, course))
    except KustomError:
        raise
    except BaseException as error:  # cancelled, Ctrl-C, a job's own deadline: raised again
        # No error of ours can take its place, but the key must not be lost.
        lost = course.unknown or (call.writes and course.on_the_wire)
        _note_open(_guarded(call, session), lost)
        what = "interrupted, outcome unknown" if lost else "interrupted"
        level = logging.ERROR if lost else logging.WARNING
        _log(level, call, what, course.attempt, session.clock() - course.sent)
        error.add_note(f"{call.request}: {what} (idempotency key {call.idempotency_key})")
        raise


@dataclass(slots=True)
class _Course:
    """How far a call has come."""

    #: When the last attempt began.
    sent: float
    attempt: int = 0
    on_the_wire: bool = False
    #: Once a write may have taken effect, no later refusal proves that it did not.
    unknown: bool = False


def _guarded(call: Call[Any], session: Session) -> str:
    """Return the name of a call's key in the guard."""
    return f"{session.config.scope} {call.idempotency_key}"


def _repeat(call: Call[T], session: Session, course: _Course) -> Steps[T]:
    """Send a call until it succeeds, or a repeat makes no sense."""
    key = _guarded(call, session)
    # An earlier call with this key may have: then only the API's own word on this one settles it.
    was_open = call.writes and guard.is_open(key)
    if session.seconds_left <= 0:
        raise failures.not_sent(call, was_open)
    while True:
        course.attempt += 1
        course.sent = session.clock()
        course.on_the_wire = True
        try:
            received: Received = yield Send(call.request, call.writes, session.ends - course.sent)
        except NoAnswer as error:
            course.on_the_wire = False
            course.unknown |= call.writes and not error.never_sent
            failure = failures.lost(
                call, error, course.attempt, course.unknown, session.config.redact
            )
        else:
            course.unknown |= call.writes and not 200 <= received.status < 500
            answered = _judge(call, received, course, session)
            if not isinstance(answered, Failure):
                guard.settle(key)
            # Not before: whoever is interrupted until here has not been told.
            course.on_the_wire = False
            if not isinstance(answered, Failure):
                return answered
            failure = answered
        course.unknown |= was_open and not failures.settles(failure.error)
        failure.error.outcome_unknown = course.unknown
        wait = session.policy.wait(
            course.attempt,
            session.seconds_left,
            retry_after=failure.retry_after,
            jitter=session.jitter(),
        )
        seconds = session.clock() - course.sent
        if wait is None or not (failure.transient and call.repeatable):
            _note_open(key, course.unknown)
            level = _level(failure, course.unknown)
            _log(level, call, failure.outcome, course.attempt, seconds, failure.correlation_id)
            raise failure.error from failure.cause
        again = f"{failure.outcome}, again in {wait:.2f} s"
        _log(logging.WARNING, call, again, course.attempt, seconds, failure.correlation_id)
        yield Sleep(wait)


def _judge(call: Call[T], received: Received, course: _Course, session: Session) -> T | Failure:
    """Return what a success holds, or the failure that another answer is."""
    attempt, seconds = course.attempt, session.clock() - course.sent
    redact = session.config.redact
    headers = {name: redact(value) for name, value in received.headers.items()}
    answer = replace(received, headers=headers)
    if not 200 <= received.status < 300:
        retry_after = parse_retry_after(headers.get("retry-after"), session.now())
        if retry_after and received.status in (429, 503):
            # Not for longer than a call obeys it: an hour would end all of them.
            session.limiter.pause(min(retry_after, session.policy.max_retry_after))
        return failures.refused(call, answer, attempt, course.unknown, redact, retry_after)
    status, correlation_id = str(received.status), headers.get("klarna-correlation-id")
    # A write's body is not even looked at: the write is done without it.
    content = b"" if call.writes else received.content
    try:
        result = call.read(Answer(headers, content, attempt, received.status))
    except ForeignAnswer as error:
        return failures.foreign(call, answer, attempt, redact, error)
    except KustomError:
        what = f"{status}, to another request"
        _log(logging.ERROR, call, what, attempt, seconds, correlation_id)
        raise
    except ValueError as error:
        return failures.unreadable(call, answer, attempt, redact, error)
    _log(logging.INFO, call, status, attempt, seconds, correlation_id)
    return result


def _note_open(key: str, unknown: bool) -> None:
    if unknown:
        guard.leave_open(key)


def _level(failure: Failure, unknown: bool) -> int:
    """Return how loud the log is: what no error can settle, or nobody could read, stands out."""
    if unknown or failure.unreadable:
        return logging.ERROR
    return logging.WARNING if failure.transient else logging.INFO


def _log_remarks(call: Call[Any]) -> None:
    for remark in call.remarks:
        log.warning("%s: %s", call.request, remark)


def _log(
    level: int,
    call: Call[Any],
    outcome: str,
    attempt: int,
    seconds: float,
    correlation_id: str | None = None,
) -> None:
    """Log one line per attempt. It never holds a header with a secret, nor a body."""
    try:
        log.log(
            level,
            "%s: %s (attempt %d, %.3f s, correlation id %s, idempotency key %s)",
            call.request,
            outcome,
            attempt,
            seconds,
            correlation_id,
            call.idempotency_key,
        )
    # A handler that fails must not take the place of what became of the money.
    except Exception as error:  # a log must not replace the outcome
        if is_of_a_signal(error):
            raise  # a job's own deadline, which struck just here
        if logging.raiseExceptions:  # as the standard library does with what its own handlers raise
            traceback.print_exc()
