"""What a bad answer, or none, comes to: the error, without secrets and fit to print."""

import logging
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st
from support import CANARY, ORDER

from kustom_facade._operations import captures, orders as operations
from kustom_facade._operations.call import Call
from kustom_facade._sending import attempts
from kustom_facade.errors import KustomError, ServerError, UnexpectedResponse
from kustom_facade.retry import RetryPolicy

from .playing import play, sends, session


def test_an_error_without_a_text_is_named_by_its_class() -> None:
    """``httpx.ReadTimeout("")`` is common; its name says enough."""
    error, _ = play(
        attempts.steps(operations.get_order(ORDER), session(RetryPolicy(attempts=1))),
        httpx.ReadTimeout(""),
    )
    assert error.message.endswith("no answer: ReadTimeout")


def test_a_read_that_cannot_be_understood_is_an_unexpected_response() -> None:
    """Broken JSON on a 200 of a read is repeated, and then carries status, text and headers."""
    answers = [httpx.Response(200, text="<html>", headers={"X-A": "b"}) for _ in range(3)]
    error, asked = play(attempts.steps(operations.get_order(ORDER), session()), *answers)
    assert isinstance(error, UnexpectedResponse)
    assert (error.status, error.text, error.headers["x-a"]) == (200, "<html>", "b")
    assert not error.outcome_unknown
    assert error.transient
    assert len(sends(asked)) == 3


@given(body=st.binary(max_size=50), status=st.integers(300, 999))
def test_any_other_answer_is_one_of_our_errors(body: bytes, status: int) -> None:
    """Whatever a gateway sends, a KustomError with its status comes out."""
    error, _ = play(
        attempts.steps(operations.get_order(ORDER), session(RetryPolicy(attempts=1))),
        httpx.Response(status, content=body),
    )
    assert isinstance(error, KustomError)
    assert getattr(error, "status", None) == status
    assert str(status) in str(error)


def test_secrets_are_redacted_from_all_that_came_back() -> None:
    """A gateway that echoes the request must not bring the key into an error."""
    body = {"error_messages": [f"bad {CANARY}"], "correlation_id": CANARY}
    error, _ = play(
        attempts.steps(operations.get_order(ORDER), session()),
        httpx.Response(400, headers={"X-Echo": CANARY}, json=body),
    )
    assert error.messages == ("bad [redacted]",)
    shown = (error, error.headers, error.text, error.messages, error.correlation_id)
    assert CANARY not in " ".join(map(str, shown))


@pytest.mark.parametrize("depth", [900, 990, 1020, 5000])
@pytest.mark.parametrize("status", [500, 200])
def test_a_body_of_any_depth_is_told(depth: int, status: int) -> None:
    """JSON that is nested beyond what can be written again is no reason to lose the key."""
    call: Call[Any] = operations.get_order(ORDER) if status == 200 else captures.capture(ORDER, 1)
    body = b"[" * depth + b"]" * depth
    error, _ = play(attempts.steps(call, session()), *[httpx.Response(status, content=body)] * 3)
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
    error, _ = play(
        attempts.steps(captures.capture(ORDER, 1), session()), httpx.Response(400, json=body)
    )
    assert str(error).isprintable()
    assert (error.code, error.messages, error.correlation_id) == (
        "A B",
        ("x [2J201",),
        "a POST /captures: 201",
    )
    assert all(line.isprintable() for line in caplog.messages)
