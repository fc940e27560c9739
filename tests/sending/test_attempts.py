"""Every decision of sending, reading and repeating."""

import logging
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st
from support import ORDER

from kustom_facade import Created
from kustom_facade._operations import captures, orders as operations, refunds
from kustom_facade._operations.call import Call, Request
from kustom_facade._sending import attempts, telemetry
from kustom_facade._sending.steps import Sleep
from kustom_facade.errors import (
    BadRequest,
    ConnectionFailed,
    IdempotencyKeyReused,
    RateLimited,
    ServerError,
)
from kustom_facade.retry import RetryPolicy

from .playing import begun, created, play, received, sends, session

WRITE_FAILURES = (httpx.ReadTimeout("late"), httpx.ReadError("cut"), ConnectionResetError("reset"))
NEVER_SENT = (
    httpx.ConnectError("no"),
    httpx.ConnectTimeout("no"),
    httpx.PoolTimeout("no"),
    httpx.ProxyError("no"),
)


def test_three_attempts_are_one_result_with_one_key_and_one_body() -> None:
    """ReadTimeout, then 503, then 201 is one result; each attempt carries the same key and body."""
    call = captures.capture(ORDER, 100, reference="r")
    result, asked = play(
        attempts.steps(call, session()), httpx.ReadTimeout("late"), httpx.Response(503), created()
    )
    assert result.attempts == 3
    assert result.id == "c-1"
    assert len(sends(asked)) == 3
    assert len({id(request) for request in sends(asked)}) == 1
    assert (
        sends(asked)[0].headers["Klarna-Idempotency-Key"]
        == result.idempotency_key
        == call.idempotency_key
    )
    assert sends(asked)[0].content == b'{"captured_amount":100,"reference":"r"}'


@pytest.mark.parametrize(
    "status", [300, 301, 302, 304, 307, 400, 401, 403, 404, 405, 409, 413, 415, 418, 422, 451]
)
@pytest.mark.parametrize(
    "call", [operations.get_order(ORDER), captures.capture(ORDER, 1)], ids=["read", "write"]
)
def test_other_statuses_are_never_repeated(status: int, call: Call[Any]) -> None:
    """3xx, and 4xx but for 429, end the call at once."""
    error, asked = play(
        attempts.steps(call, session()), httpx.Response(status, json={"error_code": "X"})
    )
    assert error.status == status
    assert error.attempts == 1
    assert len(asked) == 1


@pytest.mark.parametrize("status", [429, *range(500, 512), 520, 521, 522, 524, 525, 599])
@pytest.mark.parametrize(
    "call", [operations.get_order(ORDER), captures.capture(ORDER, 1)], ids=["read", "write"]
)
def test_429_and_all_5xx_are_repeated(status: int, call: Call[Any]) -> None:
    """429 and every 5xx, the unofficial ones too, are repeated until the attempts are used up."""
    error, asked = play(
        attempts.steps(call, session()), *[httpx.Response(status) for _ in range(3)]
    )
    assert isinstance(error, RateLimited if status == 429 else ServerError)
    assert len(sends(asked)) == error.attempts == 3
    assert error.outcome_unknown == (call.writes and status != 429)


@pytest.mark.parametrize(
    "failure", [*WRITE_FAILURES, *NEVER_SENT], ids=lambda failure: type(failure).__name__
)
@pytest.mark.parametrize(
    "call", [operations.get_order(ORDER), refunds.refund(ORDER, 1)], ids=["read", "write"]
)
def test_no_answer_is_repeated_and_tells_what_is_known(failure: Exception, call: Call[Any]) -> None:
    """A transport error is repeated;
    at the end a write that may have arrived says that the outcome is unknown.
    """
    error, asked = play(attempts.steps(call, session()), failure, failure, failure)
    assert isinstance(error, ConnectionFailed)
    assert len(sends(asked)) == 3
    assert error.idempotency_key == call.idempotency_key
    assert error.outcome_unknown == (call.writes and failure in WRITE_FAILURES)
    assert type(error.__cause__) is type(failure)
    assert str(error.__cause__) == str(failure)
    if error.outcome_unknown:
        assert f"idempotency_key={call.idempotency_key!r}" in str(error)


def test_a_refusal_after_a_lost_answer_does_not_hide_that_the_outcome_is_unknown() -> None:
    """ReadTimeout, then 400: the first attempt may have moved the money all the same."""
    error, _ = play(
        attempts.steps(captures.capture(ORDER, 1), session()),
        httpx.ReadTimeout("late"),
        httpx.Response(400, json={"error_code": "BAD_REQUEST"}),
    )
    assert isinstance(error, BadRequest)
    assert error.outcome_unknown
    assert "could do it twice" in str(error)


def test_an_error_that_no_repeat_can_mend_is_not_repeated() -> None:
    """Something that is no transport error ends the call,
    as a ConnectionFailed, and the outcome is unknown.
    """
    error, asked = play(
        attempts.steps(operations.cancel(ORDER), session()), RuntimeError("closed pool")
    )
    assert isinstance(error, ConnectionFailed)
    assert len(asked) == 1
    assert error.outcome_unknown
    assert "RuntimeError: closed pool" in str(error)


def test_a_write_without_a_key_is_not_repeated() -> None:
    """Should the document drop the key header from a write, a repeat would no longer be safe."""
    request = Request("POST", "/x", {}, None)
    call: Call[None] = Call("x", ORDER, request, lambda _: None, None)
    error, asked = play(attempts.steps(call, session()), httpx.Response(503))
    assert isinstance(error, ServerError)
    assert len(asked) == 1


def test_retry_after_is_obeyed_exactly() -> None:
    """Seconds and dates are waited for as they are, without jitter."""
    steps = attempts.steps(
        operations.get_order(ORDER), session(RetryPolicy(), now=lambda: 0.0, jitter=lambda: 0.5)
    )
    result, asked = play(
        steps,
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(503, headers={"Retry-After": "Thu, 01 Jan 1970 00:00:09 GMT"}),
        httpx.Response(200, json={"order_id": ORDER}),
    )
    assert [step.seconds for step in asked if isinstance(step, Sleep)] == [7.0, 9.0]
    assert result.order_id == ORDER


def test_a_retry_after_above_the_cap_fails_at_once() -> None:
    """Instead of sleeping for an hour, the error says how long to wait."""
    error, asked = play(
        attempts.steps(operations.get_order(ORDER), session(RetryPolicy())),
        httpx.Response(429, headers={"Retry-After": "3600"}),
    )
    assert isinstance(error, RateLimited)
    assert error.retry_after == 3600.0
    assert len(asked) == 1


def test_no_attempt_begins_after_the_deadline() -> None:
    """Attempts of 20 s each: the third would begin after 30 s, so there are two."""
    time = 0.0
    steps = attempts.steps(
        operations.get_order(ORDER),
        session(RetryPolicy(attempts=9, base=0.0), ends=30.0, clock=lambda: time),
    )
    begun(steps)
    time = 20.0
    assert isinstance(steps.send(received(httpx.Response(500))), Sleep)
    begun(steps)
    time = 40.0
    with pytest.raises(ServerError, match="2 attempts"):
        steps.send(received(httpx.Response(500)))


def test_a_deadline_that_is_over_sends_nothing() -> None:
    """A workflow goes on with its next request, for which there is no time."""
    time = 30.0
    call = captures.capture(ORDER, 1, idempotency_key="late")
    error, asked = play(attempts.steps(call, session(ends=30.0, clock=lambda: time)))
    assert isinstance(error, ConnectionFailed)
    assert "not sent: the deadline of the call is over" in str(error)
    assert (error.attempts, error.outcome_unknown, error.idempotency_key) == (0, False, "late")
    assert asked == []


def test_a_deadline_that_is_over_settles_nothing() -> None:
    """What an earlier call with the key did is still not known."""
    call = captures.capture(ORDER, 1, idempotency_key="open")
    play(attempts.steps(call, session(RetryPolicy(attempts=1))), httpx.ReadTimeout("late"))
    error, _ = play(attempts.steps(call, session(ends=0.0, clock=lambda: 1.0)))
    assert error.outcome_unknown


@given(body=st.binary(max_size=50), status=st.integers(200, 299))
def test_a_success_of_a_write_stands_whatever_its_body_holds(body: bytes, status: int) -> None:
    """Every 2xx is done; the body is never read."""
    result, _ = play(
        attempts.steps(captures.capture(ORDER, 1), session()), httpx.Response(status, content=body)
    )
    assert isinstance(result, Created)
    assert result.id is None
    assert "money moved" in result.note


def test_a_refusal_is_logged_with_the_correlation_id_of_its_body(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where the header has none."""
    caplog.set_level(logging.DEBUG, "kustom_facade")
    play(
        attempts.steps(operations.cancel(ORDER), session()),
        httpx.Response(403, json={"error_code": "X", "correlation_id": "c-9"}),
    )
    assert "correlation id c-9" in caplog.messages[0]
    assert caplog.records[0].levelname == "INFO"


def test_each_attempt_is_one_log_line(caplog: pytest.LogCaptureFixture) -> None:
    """Method, path, outcome, attempt, correlation id and key, and no body."""
    caplog.set_level(logging.DEBUG, "kustom_facade")
    call = captures.capture(ORDER, 1, description="SECRET-BODY", idempotency_key="key-1")
    play(
        attempts.steps(call, session()),
        httpx.Response(503, headers={"klarna-correlation-id": "corr-1"}),
        created(**{"klarna-correlation-id": "corr-2"}),
    )
    first, second = caplog.messages
    assert f"POST /ordermanagement/v1/orders/{ORDER}/captures: 503, again in" in first
    assert "attempt 1" in first
    assert "corr-1" in first
    assert ": 201 (attempt 2" in second
    assert "corr-2" in second
    for line in (first, second):
        assert "key-1" in line
        assert "SECRET-BODY" not in line


@pytest.mark.parametrize(
    ("call", "answers", "expected"),
    [
        (captures.capture(ORDER, 1), [], "interrupted, outcome unknown"),
        (operations.get_order(ORDER), [], "interrupted "),
        (captures.capture(ORDER, 1), [httpx.Response(503)], "interrupted, outcome unknown"),
        (captures.capture(ORDER, 1), [httpx.Response(429)], "interrupted "),
    ],
    ids=[
        "write on the wire",
        "read on the wire",
        "write waiting after 503",
        "write waiting after 429",
    ],
)
def test_an_interrupted_call_leaves_its_key_in_the_log(
    call: Call[Any], answers: list[httpx.Response], expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Ctrl-C and cancellation cannot carry our error, so the log says what is known."""
    steps = attempts.steps(call, session())
    begun(steps)
    for response in answers:
        assert isinstance(steps.send(received(response)), Sleep)
    steps.close()
    assert f": {expected}" in caplog.messages[-1]
    assert str(call.idempotency_key) in caplog.messages[-1]


def test_the_deadline_of_a_job_is_not_sat_out() -> None:
    """A signal handler's TimeoutError ends the call:
    known to be unknown, with the key, and nothing sent again.
    """
    error, asked = play(attempts.steps(captures.capture(ORDER, 1), session()), TimeoutError("job"))
    assert isinstance(error, ConnectionFailed)
    assert error.outcome_unknown
    assert len(asked) == 1


@pytest.mark.parametrize("shown", [True, False])
def test_a_log_that_fails_does_not_take_the_place_of_the_result(
    shown: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The money moved; a full disk under the log must not hide it."""

    def fail(_: logging.LogRecord) -> bool:
        raise OSError("log sink down")

    monkeypatch.setattr(logging, "raiseExceptions", shown)
    monkeypatch.setattr(telemetry.log, "filters", [fail])
    caplog.set_level(logging.DEBUG, "kustom_facade")
    result, _ = play(attempts.steps(captures.capture(ORDER, 1), session()), created())
    assert result.id == "c-1"
    assert ("log sink down" in capsys.readouterr().err) == shown


def test_the_answer_to_another_request_is_logged_as_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A key of one's own that was used in another process: nobody knows what happened."""
    answer = httpx.Response(201, headers={"Refund-Id": "r-1", "klarna-correlation-id": "x"})
    error, asked = play(
        attempts.steps(captures.capture(ORDER, 1, idempotency_key="k"), session()), answer
    )
    assert isinstance(error, IdempotencyKeyReused)
    assert error.outcome_unknown
    assert len(asked) == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "201, to another request" in caplog.messages[0]
