"""The one send, read and retry loop, as a generator without I/O; both clients carry out what it asks for.

``steps`` yields ``Send`` and is sent the response, or has the transport's exception thrown in; it yields
``Sleep`` and is sent nothing. It returns the call's result or raises a ``KustomError``. Every decision is made
here, once, and nothing here waits.
"""

import json
import logging
import random
import re
import time
import traceback
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import httpx

from . import idempotency
from ._calls import Answer, Call, ForeignAnswer, MerchantOrder, OrderId, Request, claim, get_order, loads
from .errors import (
    PAYMENT_METHOD_FAILED,
    PAYMENT_METHOD_FAILED_REMEDY,
    ApiError,
    CaptureNotAllowed,
    ConfigurationError,
    ConnectionFailed,
    KustomError,
    NotAllowed,
    UnexpectedResponse,
    class_for,
)
from .retry import RetryPolicy, parse_retry_after

T = TypeVar("T")

log: Final = logging.getLogger("kustom_facade")

#: Failures that may pass, so that a repeat makes sense.
_PASSING: Final = (httpx.TransportError, OSError)
#: Line ends and other letters that steer a terminal.
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
#: Failures at which the request cannot have reached the API.
_NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class Send(NamedTuple):
    """Send this request and give back the answer, or throw in what went wrong."""

    request: Request
    #: A write: once a success status is there it is done, whatever happens to the body.
    status_suffices: bool


class Received(NamedTuple):
    """An answer: what a flow is sent for a ``Send``. Its names are httpx's, whose responses do as well."""

    status_code: int
    headers: Mapping[str, str]
    #: The whole body, or what came of it where the status alone is the answer.
    content: bytes


class Sleep(NamedTuple):
    """Wait so many seconds."""

    seconds: float


Flow: TypeAlias = Generator[Send | Sleep, Any, T]


@dataclass(frozen=True, slots=True)
class Run:
    """Runs one call, as this client does it: what conversations of several calls are made with."""

    steps: Callable[[Call[Any]], Flow[Any]]
    #: Seconds between two reads of an order that does not show an effect: reads may lag behind writes.
    pause: float
    #: Seconds that no pause is longer than.
    longest: float = 8.0
    integrator: str | None = None

    def __call__(self, call: Call[Any]) -> Flow[Any]:
        """The flow of a call."""
        return self.steps(call)

    def reading(self, order_id: OrderId) -> Call[MerchantOrder]:
        """The call that reads the order."""
        return get_order(order_id, integrator=self.integrator)

    @property
    def lags(self) -> tuple[float, ...]:
        """How long to wait before each read after an open question; after that the key protects whoever calls again."""
        return 0.0, min(self.pause, self.longest), min(3 * self.pause, self.longest)


def _unchanged(text: str) -> str:
    return text


def steps(
    call: Call[T],
    policy: RetryPolicy,
    *,
    guard_keys: bool = True,
    scope: str = "",
    redact: Callable[[str], str] = _unchanged,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], float] = time.time,
    jitter: Callable[[], float] = random.random,
) -> Flow[T]:
    """Carry out one call.

    Args:
        call: the operation.
        policy: when to repeat it.
        guard_keys: whether a key that was used for another request in this process is refused.
        scope: where keys count, see ``idempotency.scope``.
        redact: takes secrets out of whatever text came back.
        clock: seconds for the deadline; never goes back.
        now: seconds since the epoch, for a ``Retry-After`` that is a date.
        jitter: a random number from 0 to 1.
    """
    if guard_keys:
        claim(call, scope)
    began = sent = clock()
    attempt = 0
    _log_remarks(call)
    # Once a write may have taken effect, no later refusal proves that it did not.
    unknown = on_the_wire = False
    key = f"{scope} {call.idempotency_key}"
    # An earlier call with this key may have: then only the API's own word on this one settles it.
    was_open = call.writes and idempotency.guard.is_open(key)
    try:
        while True:
            attempt += 1
            sent = clock()
            on_the_wire = True
            try:
                response: Received = yield Send(call.request, call.writes)
            except Exception as error:  # noqa: BLE001  # whatever a transport raises: the outcome must be told
                on_the_wire = False
                unknown = unknown or (call.writes and not isinstance(error, _NEVER_SENT))
                failure = _lost(call, error, attempt, unknown, redact)
            else:
                on_the_wire = False
                unknown = unknown or (call.writes and not 200 <= response.status_code < 500)
                answered = _judge(call, response, attempt, clock() - sent, now(), unknown, redact)
                if not isinstance(answered, _Failure):
                    idempotency.guard.settle(key)
                    return answered
                failure = answered
            unknown = failure.error.outcome_unknown = unknown or (was_open and not _settles(failure.error))
            wait = None
            if failure.passing and call.repeatable:
                wait = policy.wait(attempt, clock() - began, retry_after=failure.retry_after, jitter=jitter())
            if wait is None:
                if unknown:
                    idempotency.guard.leave_open(key)
                _log(
                    _level(failure, unknown),
                    call,
                    failure.outcome,
                    attempt,
                    clock() - sent,
                    failure.correlation_id,
                )
                raise failure.error from failure.cause
            again = f"{failure.outcome}, again in {wait:.2f} s"
            _log(logging.WARNING, call, again, attempt, clock() - sent, failure.correlation_id)
            yield Sleep(wait)
    except GeneratorExit:
        # Cancelled, or Ctrl-C: no error of ours can be raised, but the key must not be lost.
        lost = unknown or (call.writes and on_the_wire)
        _note_open(key, lost)
        what = "interrupted, outcome unknown" if lost else "interrupted"
        _log(logging.ERROR if lost else logging.WARNING, call, what, attempt, clock() - sent)
        raise


class _Failure(NamedTuple):
    """What a failed attempt comes to: the error to raise, unless a repeat makes sense."""

    error: KustomError
    cause: Exception | None
    passing: bool
    #: For the log.
    outcome: str
    correlation_id: str | None = None
    retry_after: float | None = None


def _log_remarks(call: Call[Any]) -> None:
    for remark in call.remarks:
        log.warning("%s %s: %s", call.request.method, call.request.path, remark)


def _note_open(key: str, unknown: bool) -> None:
    if unknown:
        idempotency.guard.leave_open(key)


def _level(failure: _Failure, unknown: bool) -> int:
    """Return how loud the log is: what no error can settle stands out, and a plain refusal is the error's to tell."""
    return logging.ERROR if unknown else logging.WARNING if failure.passing else logging.INFO


def _settles(error: KustomError) -> bool:
    """Return whether an answer says what became of an earlier request with its key.

    The API's own refusal does. A gateway's answer does not, and a 409 may mean that the first request is still under way
    (api-facts, section 4).
    """
    return isinstance(error, ApiError) and error.code is not None and error.status not in (409, 429)


def _lost(
    call: Call[Any], error: Exception, attempt: int, unknown: bool, redact: Callable[[str], str]
) -> _Failure:
    """Return the failure of an attempt to which no answer came."""
    # A job's own deadline (SIGALRM) comes as a TimeoutError too: it must not be sat out by a repeat.
    passing = isinstance(error, _PASSING) and not isinstance(error, TimeoutError)
    return _Failure(_no_answer(call, error, attempt, unknown, redact), error, passing, type(error).__name__)


def _judge(
    call: Call[T],
    response: Received,
    attempt: int,
    seconds: float,
    now: float,
    unknown: bool,
    redact: Callable[[str], str],
) -> T | _Failure:
    """Return what a success holds, or the failure that another answer is."""
    status = response.status_code
    headers = {name.lower(): redact(value) for name, value in response.headers.items()}
    if 200 <= status < 300:
        try:
            return _success(call, response, headers, attempt, seconds, redact)
        except ForeignAnswer as error:
            foreign = _foreign(call, response, headers, attempt, redact, str(error))
            return _Failure(foreign, error, True, f"{status}, about something else", foreign.correlation_id)
    retry_after = parse_retry_after(headers.get("retry-after"), now)
    refused = _refused(call, response, headers, attempt, unknown, redact, retry_after)
    passing = status == 429 or 500 <= status <= 599
    return _Failure(refused, None, passing, str(status), refused.correlation_id, retry_after)


def _success(
    call: Call[T],
    response: Received,
    headers: Mapping[str, str],
    attempt: int,
    seconds: float,
    redact: Callable[[str], str],
) -> T:
    """Read a success. A write's body is not even looked at: whatever it holds, the write is done."""
    status, correlation_id = str(response.status_code), headers.get("klarna-correlation-id")
    content = b"" if call.writes else response.content
    try:
        result = call.read(Answer(headers, content, attempt, response.status_code))
    except ForeignAnswer:
        raise
    except KustomError:
        _log(logging.ERROR, call, f"{status}, to another request", attempt, seconds, correlation_id)
        raise
    except ValueError as error:
        _log(logging.ERROR, call, f"{status}, unreadable", attempt, seconds, correlation_id)
        raise _unreadable(call, response, headers, attempt, redact, str(error), unknown=False) from error
    _log(logging.INFO, call, status, attempt, seconds, correlation_id)
    return result


def check_url(url: str) -> None:
    """Refuse a URL that httpx cannot send to, before anything depends on it."""
    try:
        _ = httpx.URL(url).host  # decodes a name in Punycode
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ConfigurationError(f"base_url (KUSTOM_BASE_URL) is not a URL: {error}") from None


#: Reading a URL costs a sixth of a call, and a conversation about an order asks for the same few.
_url: Final = lru_cache(maxsize=512)(httpx.URL)


def to_httpx(
    request: Request, base_url: str, headers: Mapping[str, str], timeout: Mapping[str, float]
) -> httpx.Request:
    """A request as the transport takes it."""
    return httpx.Request(
        request.method,
        _url(base_url + request.path),
        headers={**headers, **request.headers},
        content=request.content,
        extensions={"timeout": timeout},
    )


def received(response: httpx.Response, content: bytearray) -> Received:
    """An answer as a flow takes it; of a header that comes several times the values are one text, with commas."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:  # httpx's own mapping decodes all of them for each
        name = raw_name.decode("latin-1").lower()
        value = raw_value.decode("utf-8" if raw_value.isascii() else "latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Received(response.status_code, headers, bytes(content))


def status_stands(send: Send, status: int, error: Exception) -> bool:
    """Whether an answer whose body broke off is an answer all the same; if not, the request is sent again.

    A success of a write stands, whatever its body does, and so does a refusal, which no repeat would change. A
    body that came whole but cannot be decoded would not be better the next time.
    """
    refused = 400 <= status < 500 and status != 429
    return refused or (send.status_suffices and 200 <= status < 300) or isinstance(error, httpx.DecodingError)


def without_secrets(error: Exception) -> Exception:
    """A transport's error without the headers of its request: a traceback's readers may print what it holds."""
    if isinstance(error, httpx.RequestError):
        error.request = httpx.Request("", "")
    return error


def _no_answer(
    call: Call[Any], error: Exception, attempt: int, unknown: bool, redact: Callable[[str], str]
) -> ConnectionFailed:
    said = redact(str(error)).rstrip(".")
    return ConnectionFailed(
        f"{_what(call)}: no answer: {type(error).__name__}{f': {said}' if said else ''}",
        idempotency_key=call.idempotency_key,
        attempts=attempt,
        outcome_unknown=unknown,
    )


def _unreadable(
    call: Call[Any],
    response: Received,
    headers: Mapping[str, str],
    attempt: int,
    redact: Callable[[str], str],
    why: str,
    *,
    unknown: bool,
) -> UnexpectedResponse:
    return UnexpectedResponse(
        f"{_what(call)}: {response.status_code}, but the answer could not be read: {redact(why)}",
        status=response.status_code,
        headers=headers,
        text=_text(response, redact),
        correlation_id=headers.get("klarna-correlation-id"),
        idempotency_key=call.idempotency_key,
        attempts=attempt,
        outcome_unknown=unknown,
    )


def _foreign(
    call: Call[Any],
    response: Received,
    headers: Mapping[str, str],
    attempt: int,
    redact: Callable[[str], str],
    why: str,
) -> UnexpectedResponse:
    failure = _unreadable(call, response, headers, attempt, redact, why, unknown=False)
    failure.message = (
        f"{_what(call)}: {response.status_code}, but the answer is about something else: {redact(why)}"
    )
    failure.args = (failure.message,)
    failure.remedy = (
        "A connection, a cache or a proxy mixes up answers. Nothing was changed. Try again later."
    )
    failure.passing = True
    return failure


def _refused(
    call: Call[Any],
    response: Received,
    headers: Mapping[str, str],
    attempt: int,
    unknown: bool,
    redact: Callable[[str], str],
    retry_after: float | None,
) -> ApiError | UnexpectedResponse:
    status = response.status_code
    if not 400 <= status <= 599:
        return _unreadable(
            call, response, headers, attempt, redact, "neither a success nor an error", unknown=unknown
        )
    code, messages, correlation_id = _error_body(response.content, redact)
    kind: type[ApiError] = class_for(status, code)
    is_unpaid = (
        code == PAYMENT_METHOD_FAILED and kind is NotAllowed and call.request.path.endswith("/captures")
    )
    if is_unpaid:
        kind = CaptureNotAllowed
    said = "; ".join(message.rstrip(".") for message in messages)
    error = kind(
        f"{_what(call)}: {status}{f' {code}' if code else ''}{f': {said}' if said else ''}",
        status=status,
        headers=headers,
        text=_text(response, redact),
        correlation_id=correlation_id or headers.get("klarna-correlation-id"),
        code=code,
        messages=messages,
        retry_after=retry_after,
        idempotency_key=call.idempotency_key,
        attempts=attempt,
        outcome_unknown=unknown,
    )
    if is_unpaid and not unknown:
        error.remedy = PAYMENT_METHOD_FAILED_REMEDY
    return error


def _error_body(
    content: bytes, redact: Callable[[str], str]
) -> tuple[str | None, tuple[str, ...], str | None]:
    """Code, messages and correlation id of an error body, of whatever shape it is."""
    try:
        body = loads(content)
    except ValueError:
        return None, (), None
    if not isinstance(body, dict):
        return None, (), None

    def text(value: Any) -> str | None:
        # Redacted after reading: JSON has several spellings for one text.
        return redact(_printable(value)) if isinstance(value, str) and value.strip() else None

    # One integration saw the singular.
    said = body.get("error_messages") or body.get("error_message")
    found = (text(one) for one in (said if isinstance(said, list) else [said]))
    return text(body.get("error_code")), tuple(one for one in found if one), text(body.get("correlation_id"))


def _text(response: Received, redact: Callable[[str], str]) -> str:
    """The body as text, without secrets; where there was one, JSON is spelled anew, as it could hide another."""
    try:
        plain = _printable(json.dumps(loads(response.content), ensure_ascii=False))
    except (ValueError, RecursionError):
        plain = ""
    if redact(plain) != plain:
        return redact(plain)
    return redact(response.content.decode("utf-8", "replace"))


def _printable(text: str) -> str:
    """A text that can be printed and logged: JSON can hold halves of letters, and what would forge a line of a log."""
    return _CONTROLS.sub(" ", text.encode("utf-8", "replace").decode())


def _what(call: Call[Any]) -> str:
    return f"{call.request.method} {call.request.path}"


def _log(
    level: int, call: Call[Any], outcome: str, attempt: int, seconds: float, correlation_id: str | None = None
) -> None:
    """One line per attempt; never a header with a secret, never a body."""
    try:
        log.log(
            level,
            "%s %s: %s (attempt %d, %.3f s, correlation id %s, idempotency key %s)",
            call.request.method,
            call.request.path,
            outcome,
            attempt,
            seconds,
            correlation_id,
            call.idempotency_key,
        )
    except Exception:  # noqa: BLE001  # a handler that fails must not take the place of what became of the money
        if logging.raiseExceptions:  # as the standard library does with what its own handlers raise
            traceback.print_exc()
