"""What a bad answer, or none, comes to: an error without secrets, and whether to repeat."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from .._operations.call import Call
from .._operations.decoding import loads
from .._operations.response import ForeignAnswer
from .._privacy import bare_copy
from ..errors import (
    PAYMENT_METHOD_FAILED,
    PAYMENT_METHOD_FAILED_HINT,
    ApiError,
    CaptureNotAllowed,
    ConnectionFailed,
    Forbidden,
    KustomError,
    NotAllowed,
    UnexpectedResponse,
    class_for,
)
from .steps import CallEnded, NoAnswer, Received

#: Line ends and other letters that steer a terminal.
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

#: Letters of an answer's text, and of all its messages, that an error keeps: errors are logged,
#: pickled and stored.
LONGEST_TEXT: Final = 64_000

Redact = Callable[[str], str]


class Failure(NamedTuple):
    """What a failed attempt comes to: the error to raise, unless a repeat makes sense."""

    error: KustomError
    cause: Exception | None
    #: For the log.
    outcome: str
    transient: bool = False
    correlation_id: str | None = None
    #: Seconds that the API asked for.
    retry_after: float | None = None
    #: A success that nobody could read.
    unreadable: bool = False


def lost(call: Call[Any], error: NoAnswer, attempt: int, unknown: bool, redact: Redact) -> Failure:
    """Return the failure of an attempt to which no answer came."""
    name, text = type(error.error).__name__, redact(str(error.error)).rstrip(".")
    if isinstance(error.error, CallEnded):
        name = text
    else:
        text = f"{name}: {text}" if text else name
    failed = ConnectionFailed(
        f"{call.request}: no answer: {text}",
        idempotency_key=call.idempotency_key,
        attempts=attempt,
        outcome_unknown=unknown,
    )
    return Failure(failed, error.error, name, error.transient)


def not_sent(call: Call[Any], unknown: bool) -> ConnectionFailed:
    """Return the error of a call whose deadline was over before its request could be sent."""
    return ConnectionFailed(
        f"{call.request}: not sent: the deadline of the call is over",
        idempotency_key=call.idempotency_key,
        outcome_unknown=unknown,
    )


def refused(
    call: Call[Any],
    answer: Received,
    attempt: int,
    unknown: bool,
    redact: Redact,
    retry_after: float | None,
) -> Failure:
    """Return the failure of an answer whose status is no success."""
    status = answer.status
    error: ApiError | UnexpectedResponse
    if 400 <= status <= 599:
        error = _api_error(call, answer, attempt, unknown, redact, retry_after)
    else:
        error = _unexpected(call, answer, attempt, redact, "is neither a success nor an error")
    transient = status == 429 or 500 <= status <= 599
    return Failure(error, None, str(status), transient, error.correlation_id, retry_after)


def unreadable(
    call: Call[Any], answer: Received, attempt: int, redact: Redact, why: ValueError
) -> Failure:
    """Return the failure of a read whose success holds what cannot be read.

    A gateway's page or half a body says no more than a 502, and is repeated like one.
    """
    error = _unexpected(call, answer, attempt, redact, f"could not be read: {why}")
    error.transient = True
    outcome = f"{answer.status}, unreadable"
    return Failure(
        error, bare_copy(why, redact), outcome, True, error.correlation_id, unreadable=True
    )


def foreign(
    call: Call[Any], answer: Received, attempt: int, redact: Redact, why: ForeignAnswer
) -> Failure:
    """Return the failure of a read whose answer is about something else."""
    error = _unexpected(call, answer, attempt, redact, f"is about something else: {why}")
    error.hint = (
        "A connection, a cache or a proxy mixes up answers. Nothing was changed. Try again later."
    )
    error.transient = True
    outcome = f"{answer.status}, about something else"
    return Failure(error, bare_copy(why, redact), outcome, True, error.correlation_id)


def settles(error: KustomError) -> bool:
    """Return whether an answer says what became of an earlier request with its key.

    The API's own refusal does. A gateway's answer does not, and a 409 may mean that the first
    request is still under way (api-facts, section 4).
    """
    return isinstance(error, ApiError) and error.code is not None and error.status not in (409, 429)


def _api_error(
    call: Call[Any],
    answer: Received,
    attempt: int,
    unknown: bool,
    redact: Redact,
    retry_after: float | None,
) -> ApiError:
    status = answer.status
    code, messages, correlation_id = _error_body(answer.content, redact)
    kind: type[ApiError] = class_for(status, code)
    if kind is Forbidden and _is_cut_json(answer):
        kind = NotAllowed  # the API's own refusal, of which a part is missing
    is_unpaid = (
        code == PAYMENT_METHOD_FAILED
        and kind is NotAllowed
        and call.request.path.endswith("/captures")
    )
    if is_unpaid:
        kind = CaptureNotAllowed
    text = "; ".join(message.rstrip(".") for message in messages)
    error = kind(
        f"{call.request}: {status}{f' {code}' if code else ''}{f': {text}' if text else ''}",
        status=status,
        headers=answer.headers,
        text=_text(answer, redact),
        correlation_id=correlation_id or answer.headers.get("klarna-correlation-id"),
        code=code,
        messages=messages,
        retry_after=retry_after,
        idempotency_key=call.idempotency_key,
        attempts=attempt,
        outcome_unknown=unknown,
    )
    if is_unpaid and not unknown:
        error.hint = PAYMENT_METHOD_FAILED_HINT
    return error


def _is_cut_json(answer: Received) -> bool:
    if answer.content.lstrip()[:1] != b"{":
        return False
    try:
        loads(answer.content)
    except ValueError:
        return True
    return False


def _unexpected(
    call: Call[Any], answer: Received, attempt: int, redact: Redact, why: str
) -> UnexpectedResponse:
    return UnexpectedResponse(
        f"{call.request}: {answer.status}, but the answer {redact(why)}",
        status=answer.status,
        headers=answer.headers,
        text=_text(answer, redact),
        correlation_id=answer.headers.get("klarna-correlation-id"),
        idempotency_key=call.idempotency_key,
        attempts=attempt,
    )


def _error_body(content: bytes, redact: Redact) -> tuple[str | None, tuple[str, ...], str | None]:
    """Return code, messages and correlation id of an error body of any shape."""
    try:
        body = loads(content)
    except ValueError:
        return None, (), None
    if not isinstance(body, dict):
        return None, (), None

    def text(value: Any) -> str | None:
        # Redacted after reading: JSON has several spellings for one text.
        is_text = isinstance(value, str) and value.strip()
        return redact(_printable(value))[:LONGEST_TEXT] if is_text else None

    # One integration saw the singular (api-facts, section 4).
    given = body.get("error_messages") or body.get("error_message")
    messages = (text(message) for message in (given if isinstance(given, list) else [given]))
    return (
        text(body.get("error_code")),
        _bounded(message for message in messages if message),
        text(body.get("correlation_id")),
    )


def _bounded(messages: Iterable[str]) -> tuple[str, ...]:
    """Return messages up to the length that an error may have."""
    kept, left = [], LONGEST_TEXT
    for message in messages:
        kept.append(message[:left])
        left -= len(kept[-1])
        if left <= 0:
            break
    return tuple(kept)


def _text(answer: Received, redact: Redact) -> str:
    """Return the body as text, without secrets.

    JSON that holds one is spelled anew, as its other spellings could hide another.
    """
    try:
        plain = _printable(json.dumps(loads(answer.content), ensure_ascii=False))
    except (ValueError, RecursionError):
        plain = ""
    if redact(plain) == plain:
        plain = answer.content.decode("utf-8", "replace")
    return redact(plain)[:LONGEST_TEXT]


def _printable(text: str) -> str:
    """Return a text that can be printed and logged.

    JSON can hold halves of letters, and what would forge a line of a log.
    """
    return _CONTROLS.sub(" ", text.encode("utf-8", "replace").decode())
