"""Send, read and repeat: one generator, which does no I/O and knows no HTTP library.

It yields ``Send`` and is sent the answer, or has a ``NoAnswer`` thrown in. It yields ``Sleep`` and
is sent nothing. Every decision about a call is made here, once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from .._operations.call import Answer, Call
from .._operations.response import ForeignAnswer
from ..errors import KustomError
from ..retry import parse_retry_after
from . import failures, telemetry
from .failures import Failure
from .key_guard import guard, require_own_key
from .session import Session
from .steps import NoAnswer, Received, Send, Sleep, Steps
from .telemetry import Attempt, Outcome

T = TypeVar("T")


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
        error.add_note(f"{call.request}: {what} (idempotency key {call.idempotency_key})")
        level = logging.ERROR if lost else logging.WARNING
        _tell(level, call, session, course, "unknown" if lost else "interrupted", what)
        raise


@dataclass(slots=True)
class _Course:
    """How far a call has come."""

    #: When the last attempt began.
    sent: float
    attempt: int = 0
    #: That of the last attempt's answer.
    status: int | None = None
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
        course.sent, course.status = session.clock(), None
        seconds = session.ends - course.sent

        def begin() -> None:
            course.sent = session.clock()
            course.attempt += 1
            course.on_the_wire = True

        try:
            received: Received = yield Send(call.request, call.writes, seconds, begin)
        except NoAnswer as error:
            course.on_the_wire = False
            course.unknown |= call.writes and not error.never_sent
            failure = failures.lost(
                call, error, course.attempt, course.unknown, session.config.redact
            )
        else:
            course.status = received.status
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
        if wait is None or not (failure.transient and call.repeatable):
            _note_open(key, course.unknown)
            level, outcome = _ending(failure, course.unknown, session)
            _tell(level, call, session, course, outcome, failure.outcome, failure.correlation_id)
            raise failure.error from failure.cause
        again = f"{failure.outcome}, again in {wait:.2f} s"
        correlation_id = failure.correlation_id
        _tell(logging.WARNING, call, session, course, "repeated", again, correlation_id)
        yield Sleep(wait)


def _judge(call: Call[T], received: Received, course: _Course, session: Session) -> T | Failure:
    """Return what a success holds, or the failure that another answer is."""
    attempt = course.attempt
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
        _tell(logging.ERROR, call, session, course, "unknown", what, correlation_id)
        raise
    except ValueError as error:
        return failures.unreadable(call, answer, attempt, redact, error)
    _tell(logging.INFO, call, session, course, "succeeded", status, correlation_id)
    return result


def _note_open(key: str, unknown: bool) -> None:
    if unknown:
        guard.leave_open(key)


def _ending(failure: Failure, unknown: bool, session: Session) -> tuple[int, Outcome]:
    """Return how loud the last log is, and what came of the call.

    What no error can settle, or nobody could read, stands out.
    """
    if unknown or failure.unreadable:
        outcome: Outcome = "unknown" if unknown else "failed"
        return (logging.WARNING if session.settles else logging.ERROR), outcome
    return (logging.WARNING, "failed") if failure.transient else (logging.INFO, "refused")


def _log_remarks(call: Call[Any]) -> None:
    for remark in call.remarks:
        telemetry.write(logging.WARNING, telemetry.context(call), "%s: %s", call.request, remark)


def _tell(
    level: int,
    call: Call[Any],
    session: Session,
    course: _Course,
    outcome: Outcome,
    detail: str,
    correlation_id: str | None = None,
) -> None:
    """Tell the log, and the caller's own function, what became of an attempt."""
    is_logged = telemetry.log.isEnabledFor(level)
    # An interruption between two attempts is no end of one.
    is_an_end = course.on_the_wire or outcome != "interrupted"
    on_attempt = session.on_attempt if is_an_end else None
    if not is_logged and on_attempt is None:
        return
    attempt = Attempt(
        operation=call.operation,
        order_id=call.order_id,
        method=call.request.method,
        path=call.request.path,
        attempt=course.attempt,
        seconds=session.clock() - course.sent,
        outcome=outcome,
        status=course.status,
        correlation_id=correlation_id,
        idempotency_key=call.idempotency_key,
        detail=detail,
    )
    if is_logged:
        telemetry.tell(level, call, attempt)
    if on_attempt is not None:
        telemetry.call_back(on_attempt, attempt)
