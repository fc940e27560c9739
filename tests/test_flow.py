"""The flow by hand: no server, no waiting; every decision of the send, read and retry loop."""

import asyncio
import logging
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st
from support import CANARY, ORDER

from kustom_facade import AsyncKustomClient, _calls, _flow, idempotency
from kustom_facade._flow import Send, Sleep, steps
from kustom_facade.aio import drive as drive_async
from kustom_facade.errors import (
    BadRequest,
    ConnectionFailed,
    IdempotencyKeyReused,
    KustomError,
    RateLimited,
    ServerError,
    UnexpectedResponse,
)
from kustom_facade.retry import RetryPolicy

AT_ONCE = RetryPolicy(base=0.0)
WRITE_FAILURES = (httpx.ReadTimeout("late"), httpx.ReadError("cut"), ConnectionResetError("reset"))
NEVER_SENT = (
    httpx.ConnectError("no"),
    httpx.ConnectTimeout("no"),
    httpx.PoolTimeout("no"),
    httpx.ProxyError("no"),
)


def received(response: httpx.Response) -> _flow.Received:
    """An answer as a driver hands it to the flow."""
    return _flow.Received(response.status_code, response.headers, response.content)


def play(flow: _flow.Flow[Any], *answers: Any) -> tuple[Any, list[Send | Sleep]]:
    """Give a flow its answers one by one; returns its result or error, and what it asked for."""
    asked: list[Send | Sleep] = []
    left = list(answers)
    try:
        step = next(flow)
        while True:
            asked.append(step)
            if isinstance(step, Sleep):
                step = flow.send(None)
                continue
            given_ = left.pop(0)
            step = flow.throw(given_) if isinstance(given_, Exception) else flow.send(received(given_))
    except StopIteration as stop:
        return stop.value, asked
    except KustomError as error:
        return error, asked


def sends(asked: list[Send | Sleep]) -> list[_calls.Request]:
    """The requests among what a flow asked for."""
    return [step.request for step in asked if isinstance(step, Send)]


def created(**headers: str) -> httpx.Response:
    """A 201 as the API sends it."""
    return httpx.Response(201, headers={"Capture-Id": "c-1", **headers})


def test_three_attempts_are_one_result_with_one_key_and_one_body() -> None:
    """ReadTimeout, then 503, then 201 is one result; each attempt carries the same key and body."""
    call = _calls.capture(ORDER, 100, reference="r")
    result, asked = play(steps(call, AT_ONCE), httpx.ReadTimeout("late"), httpx.Response(503), created())
    assert result.attempts == 3
    assert result.id == "c-1"
    assert len(sends(asked)) == 3
    assert len({id(request) for request in sends(asked)}) == 1
    assert sends(asked)[0].headers["Klarna-Idempotency-Key"] == result.idempotency_key == call.idempotency_key
    assert sends(asked)[0].content == b'{"captured_amount":100,"reference":"r"}'


@pytest.fixture(autouse=True)
def _fresh_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what the tests before left open: calls are made once for all of them."""
    monkeypatch.setattr(idempotency, "guard", idempotency.Guard())


@pytest.mark.parametrize(
    "status", [300, 301, 302, 304, 307, 400, 401, 403, 404, 405, 409, 413, 415, 418, 422, 451]
)
@pytest.mark.parametrize("call", [_calls.get_order(ORDER), _calls.capture(ORDER, 1)], ids=["read", "write"])
def test_other_statuses_are_never_repeated(status: int, call: _calls.Call[Any]) -> None:
    """3xx, and 4xx but for 429, end the call at once."""
    error, asked = play(steps(call, AT_ONCE), httpx.Response(status, json={"error_code": "X"}))
    assert error.status == status
    assert error.attempts == 1
    assert len(asked) == 1


@pytest.mark.parametrize("status", [429, *range(500, 512), 520, 521, 522, 524, 525, 599])
@pytest.mark.parametrize("call", [_calls.get_order(ORDER), _calls.capture(ORDER, 1)], ids=["read", "write"])
def test_429_and_all_5xx_are_repeated(status: int, call: _calls.Call[Any]) -> None:
    """429 and every 5xx, the unofficial ones too, are repeated until the attempts are used up."""
    error, asked = play(steps(call, AT_ONCE), *[httpx.Response(status) for _ in range(3)])
    assert isinstance(error, RateLimited if status == 429 else ServerError)
    assert len(sends(asked)) == error.attempts == 3
    assert error.outcome_unknown == (call.writes and status != 429)


@pytest.mark.parametrize(
    "failure", [*WRITE_FAILURES, *NEVER_SENT], ids=lambda failure: type(failure).__name__
)
@pytest.mark.parametrize("call", [_calls.get_order(ORDER), _calls.refund(ORDER, 1)], ids=["read", "write"])
def test_no_answer_is_repeated_and_tells_what_is_known(failure: Exception, call: _calls.Call[Any]) -> None:
    """A transport error is repeated; at the end a write that may have arrived says that the outcome is unknown."""
    error, asked = play(steps(call, AT_ONCE), failure, failure, failure)
    assert isinstance(error, ConnectionFailed)
    assert len(sends(asked)) == 3
    assert error.idempotency_key == call.idempotency_key
    assert error.outcome_unknown == (call.writes and failure in WRITE_FAILURES)
    assert error.__cause__ is failure
    if error.outcome_unknown:
        assert f"idempotency_key={call.idempotency_key!r}" in str(error)


def test_a_refusal_after_a_lost_answer_does_not_hide_that_the_outcome_is_unknown() -> None:
    """ReadTimeout, then 400: the first attempt may have moved the money all the same."""
    error, _ = play(
        steps(_calls.capture(ORDER, 1), AT_ONCE),
        httpx.ReadTimeout("late"),
        httpx.Response(400, json={"error_code": "BAD_REQUEST"}),
    )
    assert isinstance(error, BadRequest)
    assert error.outcome_unknown
    assert "could do it twice" in str(error)


def test_an_error_that_no_repeat_can_mend_is_not_repeated() -> None:
    """Something that is no transport error ends the call, as a ConnectionFailed, and the outcome is unknown."""
    error, asked = play(steps(_calls.cancel(ORDER), AT_ONCE), RuntimeError("closed pool"))
    assert isinstance(error, ConnectionFailed)
    assert len(asked) == 1
    assert error.outcome_unknown
    assert "RuntimeError: closed pool" in str(error)


def test_an_error_without_a_text_is_named_by_its_class() -> None:
    """``httpx.ReadTimeout("")`` is common; its name says enough."""
    error, _ = play(steps(_calls.get_order(ORDER), RetryPolicy(attempts=1)), httpx.ReadTimeout(""))
    assert error.message.endswith("no answer: ReadTimeout")


def test_a_write_without_a_key_is_not_repeated() -> None:
    """Should the document drop the key header from a write, a repeat would no longer be safe."""
    request = _calls.Request("POST", "/x", {}, None)
    call: _calls.Call[None] = _calls.Call(request, lambda _: None, None)
    error, asked = play(steps(call, AT_ONCE), httpx.Response(503))
    assert isinstance(error, ServerError)
    assert len(asked) == 1


def test_retry_after_is_obeyed_exactly() -> None:
    """Seconds and dates are waited for as they are, without jitter."""
    flow = steps(_calls.get_order(ORDER), RetryPolicy(), now=lambda: 0.0, jitter=lambda: 0.5)
    result, asked = play(
        flow,
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(503, headers={"Retry-After": "Thu, 01 Jan 1970 00:00:09 GMT"}),
        httpx.Response(200, json={"order_id": ORDER}),
    )
    assert [step.seconds for step in asked if isinstance(step, Sleep)] == [7.0, 9.0]
    assert result.order_id == ORDER


def test_a_retry_after_above_the_cap_fails_at_once() -> None:
    """Instead of sleeping for an hour, the error says how long to wait."""
    error, asked = play(
        steps(_calls.get_order(ORDER), RetryPolicy()), httpx.Response(429, headers={"Retry-After": "3600"})
    )
    assert isinstance(error, RateLimited)
    assert error.retry_after == 3600.0
    assert len(asked) == 1


def test_no_attempt_begins_after_the_deadline() -> None:
    """Attempts of 20 s each: the third would begin after 30 s, so there are two."""
    time = 0.0
    flow = steps(
        _calls.get_order(ORDER), RetryPolicy(attempts=9, deadline=30.0, base=0.0), clock=lambda: time
    )
    next(flow)
    time = 20.0
    assert isinstance(flow.send(received(httpx.Response(500))), Sleep)
    assert isinstance(flow.send(None), Send)
    time = 40.0
    with pytest.raises(ServerError, match="2 attempts"):
        flow.send(received(httpx.Response(500)))


def test_a_read_that_cannot_be_understood_is_an_unexpected_response() -> None:
    """Broken JSON on a 200 of a read carries status, text and headers, and is not repeated."""
    error, asked = play(
        steps(_calls.get_order(ORDER), AT_ONCE), httpx.Response(200, text="<html>", headers={"X-A": "b"})
    )
    assert isinstance(error, UnexpectedResponse)
    assert (error.status, error.text, error.headers["x-a"]) == (200, "<html>", "b")
    assert not error.outcome_unknown
    assert len(asked) == 1


@given(body=st.binary(max_size=50), status=st.integers(200, 299))
def test_a_success_of_a_write_stands_whatever_its_body_holds(body: bytes, status: int) -> None:
    """Every 2xx is done; the body is never read."""
    result, _ = play(steps(_calls.capture(ORDER, 1), AT_ONCE), httpx.Response(status, content=body))
    assert isinstance(result, _calls.Created)
    assert result.id is None
    assert "money moved" in result.note


@given(body=st.binary(max_size=50), status=st.integers(300, 999))
def test_any_other_answer_is_one_of_our_errors(body: bytes, status: int) -> None:
    """Whatever a gateway sends, a KustomError with its status comes out."""
    error, _ = play(
        steps(_calls.get_order(ORDER), RetryPolicy(attempts=1)), httpx.Response(status, content=body)
    )
    assert isinstance(error, KustomError)
    assert getattr(error, "status", None) == status
    assert str(status) in str(error)


def test_secrets_are_redacted_from_all_that_came_back() -> None:
    """A gateway that echoes the request must not bring the key into an error."""
    error, _ = play(
        steps(_calls.get_order(ORDER), AT_ONCE, redact=lambda text: text.replace("KEY", "***")),
        httpx.Response(
            400, headers={"X-Echo": "KEY"}, json={"error_messages": ["bad KEY"], "correlation_id": "KEY"}
        ),
    )
    assert "KEY" not in f"{error} {error.headers} {error.text} {error.messages} {error.correlation_id}"


def test_a_refusal_is_logged_with_the_correlation_id_of_its_body(caplog: pytest.LogCaptureFixture) -> None:
    """Where the header has none."""
    caplog.set_level(logging.DEBUG, "kustom_facade")
    play(
        steps(_calls.cancel(ORDER), AT_ONCE),
        httpx.Response(403, json={"error_code": "X", "correlation_id": "c-9"}),
    )
    assert "correlation id c-9" in caplog.messages[0]
    assert caplog.records[0].levelname == "INFO"


def test_each_attempt_is_one_log_line(caplog: pytest.LogCaptureFixture) -> None:
    """Method, path, outcome, attempt, correlation id and key, and no body."""
    caplog.set_level(logging.DEBUG, "kustom_facade")
    call = _calls.capture(ORDER, 1, description="SECRET-BODY", idempotency_key="key-1")
    play(
        steps(call, AT_ONCE),
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
        (_calls.capture(ORDER, 1), [], "interrupted, outcome unknown"),
        (_calls.get_order(ORDER), [], "interrupted "),
        (_calls.capture(ORDER, 1), [httpx.Response(503)], "interrupted, outcome unknown"),
        (_calls.capture(ORDER, 1), [httpx.Response(429)], "interrupted "),
    ],
    ids=["write on the wire", "read on the wire", "write waiting after 503", "write waiting after 429"],
)
def test_an_interrupted_call_leaves_its_key_in_the_log(
    call: _calls.Call[Any], answers: list[httpx.Response], expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Ctrl-C and cancellation cannot carry our error, so the log says what is known."""
    flow = steps(call, AT_ONCE)
    next(flow)
    for response in answers:
        assert isinstance(flow.send(received(response)), Sleep)
    flow.close()
    assert f": {expected}" in caplog.messages[-1]
    assert str(call.idempotency_key) in caplog.messages[-1]


def test_a_cancelled_async_call_closes_its_flow(caplog: pytest.LogCaptureFixture) -> None:
    """Cancellation reaches the flow at once, not when the garbage collector comes by."""

    class Never(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(3600)
            raise AssertionError(request)

    settings = AsyncKustomClient(CANARY)._config

    async def main() -> None:
        flow = steps(_calls.capture(ORDER, 1), AT_ONCE)
        task = asyncio.create_task(drive_async(flow, Never(), settings))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert flow.gi_frame is None  # type: ignore[attr-defined]  # a generator function's flow is a generator

    asyncio.run(main())
    assert "interrupted, outcome unknown" in caplog.text


@pytest.mark.parametrize(
    ("writes", "status", "error", "stands"),
    [
        (True, 201, httpx.ReadError("cut"), True),
        (True, 201, httpx.DecodingError("gzip"), True),
        (True, 503, httpx.ReadError("cut"), False),
        (True, 403, httpx.ReadError("cut"), True),
        (True, 429, httpx.ReadError("cut"), False),
        (True, 302, httpx.ReadError("cut"), False),
        (False, 200, httpx.ReadError("cut"), False),
        (False, 200, httpx.DecodingError("gzip"), True),
        (False, 404, httpx.ReadError("cut"), True),
        (False, 500, httpx.ReadError("cut"), False),
    ],
)
def test_what_becomes_of_an_answer_whose_body_broke(
    writes: bool, status: int, error: Exception, stands: bool
) -> None:
    """A write's success and any refusal stand; a read's body cut off, and an error of the server, are repeated."""
    send = Send(_calls.get_order(ORDER).request, writes)
    assert _flow.status_stands(send, status, error) is stands


def test_the_names_of_headers_come_in_any_case() -> None:
    """Whoever drives a flow may hand it an answer as it came, httpx's own class too."""
    for answer in (
        _flow.Received(201, {"Capture-Id": "c-1", "KLARNA-Correlation-Id": "x"}, b""),
        httpx.Response(201, headers={"CAPTURE-ID": "c-1", "Klarna-Correlation-Id": "x"}),
    ):
        flow = steps(_calls.capture(ORDER, 1), AT_ONCE)
        next(flow)
        with pytest.raises(StopIteration) as stop:
            flow.send(answer)
        assert (stop.value.value.id, stop.value.value.correlation_id) == ("c-1", "x")


def test_the_deadline_of_a_job_is_not_sat_out() -> None:
    """A signal handler's TimeoutError ends the call: known to be unknown, with the key, and nothing sent again."""
    error, asked = play(steps(_calls.capture(ORDER, 1), AT_ONCE), TimeoutError("job"))
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
    monkeypatch.setattr(_flow.log, "filters", [fail])
    caplog.set_level(logging.DEBUG, "kustom_facade")
    result, _ = play(steps(_calls.capture(ORDER, 1), AT_ONCE), created())
    assert result.id == "c-1"
    assert ("log sink down" in capsys.readouterr().err) == shown


@pytest.mark.parametrize("depth", [900, 990, 1020, 5000])
@pytest.mark.parametrize("status", [500, 200])
def test_a_body_of_any_depth_is_told(depth: int, status: int) -> None:
    """JSON that is nested beyond what can be written again is no reason to lose the key."""
    call: _calls.Call[Any] = _calls.get_order(ORDER) if status == 200 else _calls.capture(ORDER, 1)
    body = b"[" * depth + b"]" * depth
    error, _ = play(steps(call, AT_ONCE), *[httpx.Response(status, content=body)] * 3)
    assert isinstance(error, UnexpectedResponse if status == 200 else ServerError)
    assert error.idempotency_key == call.idempotency_key
    assert error.text == body.decode()


def test_an_answer_cannot_forge_a_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Line ends and letters that steer a terminal are taken out of what a body says."""
    caplog.set_level(logging.DEBUG, "kustom_facade")
    body = {
        "error_code": "A\nB",
        "error_messages": ["x\r\n\x1b[2J201"],
        "correlation_id": "a\nPOST /captures: 201",
    }
    error, _ = play(steps(_calls.capture(ORDER, 1), AT_ONCE), httpx.Response(400, json=body))
    assert str(error).isprintable()
    assert (error.code, error.messages, error.correlation_id) == (
        "A B",
        ("x [2J201",),
        "a POST /captures: 201",
    )
    assert all(line.isprintable() for line in caplog.messages)


def test_the_answer_to_another_request_is_logged_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """A key of one's own that was used in another process: what was asked for did not happen."""
    answer = httpx.Response(201, headers={"Refund-Id": "r-1", "klarna-correlation-id": "x"})
    error, asked = play(steps(_calls.capture(ORDER, 1, idempotency_key="k"), AT_ONCE), answer)
    assert isinstance(error, IdempotencyKeyReused)
    assert not error.outcome_unknown
    assert len(asked) == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "201, to another request" in caplog.messages[0]
