"""What a repeated idempotency key does, and for how long."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import Clock, Sandbox

from .talking import START, Talk, problem


def _talk_to(**switches: Any) -> tuple[Talk, Clock]:
    clock = Clock(START)
    client = httpx.Client(transport=Sandbox(clock=clock, **switches), base_url="https://api.example.com")
    return Talk(client), clock


def _capture(talk: Talk, amount: int, key: str) -> httpx.Response:
    return talk("POST", "/captures", {"captured_amount": amount}, key=key)


def test_a_key_has_one_effect_and_one_answer(wire: Talk) -> None:
    """The body is disregarded: another amount, or nonsense, gets the first answer again, header by header."""
    first = _capture(wire, 4000, "k-1")
    for amount in (4000, 9999, -1):
        again = _capture(wire, amount, "k-1")
        assert (again.status_code, again.headers, again.content) == (201, first.headers, b"")
    assert wire.order()["captured_amount"] == 4000
    assert _capture(wire, 4000, "k-2").headers["capture-id"] != first.headers["capture-id"]


def test_no_key_and_an_empty_key_protect_nothing(talk: Talk) -> None:
    """An empty header counts as none."""
    for _ in range(2):
        assert _capture(talk, 100, "").status_code == 201
        assert talk.capture(100).status_code == 201
    assert talk.order()["captured_amount"] == 400


def test_a_key_on_a_read_means_nothing(talk: Talk) -> None:
    """Reads are always answered afresh."""
    assert talk("GET", key="k").json()["captured_amount"] == 0
    talk.capture(100)
    assert talk("GET", key="k").json()["captured_amount"] == 100


def test_a_key_can_count_per_order_and_operation() -> None:
    """By a switch, another order or operation has its own use of the same key."""
    sandbox = Sandbox(key_scope="operation")
    talk = Talk(httpx.Client(transport=sandbox, base_url="https://api.example.com"))
    assert _capture(talk, 4000, "k").status_code == 201
    assert talk("POST", "/refunds", {"refunded_amount": 1000}, key="k").headers["refund-id"]
    other = Talk(talk.client, sandbox.add_order({}))
    assert _capture(other, 700, "k").status_code == 201
    assert other.order()["captured_amount"] == 700


def test_a_key_counts_everywhere(objections: list[str]) -> None:
    """By default, a refund under a capture's key is answered as that capture was: the key alone decides."""
    talk, _ = _talk_to()
    made = _capture(talk, 4000, "k")
    again = talk("POST", "/refunds", {"refunded_amount": 1000}, key="k")
    assert again.headers == made.headers
    assert talk.order()["refunded_amount"] == 0
    # Of a refund that is no answer that the document allows.
    assert [one.rpartition(": ")[2] for one in objections] == ["header Refund-Id is missing"]
    objections.clear()


@pytest.mark.parametrize(
    ("switches", "lifetime"),
    [({}, timedelta(hours=24)), ({"key_lifetime": timedelta(minutes=5)}, timedelta(minutes=5))],
)
def test_a_key_is_forgotten_in_time(switches: dict[str, Any], lifetime: timedelta) -> None:
    """After 24 hours on the sandbox's clock, or another time, a key is as good as new; younger ones are not."""
    talk, clock = _talk_to(**switches)
    _capture(talk, 100, "old")
    clock.advance(lifetime / 2)
    _capture(talk, 100, "young")
    clock.advance(lifetime / 2 - timedelta(seconds=1))
    _capture(talk, 100, "old")
    assert talk.order()["captured_amount"] == 200
    clock.advance(1)
    _capture(talk, 100, "old")
    _capture(talk, 100, "young")
    assert talk.order()["captured_amount"] == 300


def test_a_refusal_is_an_answer_too() -> None:
    """A key that was refused stays refused, also when the reason is gone, with the same correlation id."""
    talk, _ = _talk_to()
    first = talk("POST", "/refunds", {"refunded_amount": 100}, key="k")
    talk.capture(100)
    again = talk("POST", "/refunds", {"refunded_amount": 100}, key="k")
    assert problem(again) == problem(first) == (403, "REFUND_NOT_ALLOWED", ["Order has no captures"])
    assert (again.content, again.headers) == (first.content, first.headers)


def test_refusals_need_not_be_remembered() -> None:
    """By a switch, only a success is."""
    talk, _ = _talk_to(replay_refusals=False)
    assert talk("POST", "/refunds", {"refunded_amount": 100}, key="k").status_code == 403
    talk.capture(200)
    for _ in range(2):
        assert talk("POST", "/refunds", {"refunded_amount": 100}, key="k").status_code == 201
    assert talk.order()["refunded_amount"] == 100


@pytest.mark.parametrize("key_scope", ["global", "operation"])
def test_an_order_that_is_not_there_has_no_memory(key_scope: Any) -> None:
    """The key of a 404 is as good as new once the order has come."""
    talk, _ = _talk_to(key_scope=key_scope)
    talk.order_id = "00000000-0000-0000-0000-00000000000a"
    assert problem(_capture(talk, 1, "k"))[:2] == (404, "NO_SUCH_ORDER")
    sandbox: Any = talk.client._transport
    sandbox.add_order({"order_id": talk.order_id})
    assert _capture(talk, 1, "k").status_code == 201


def test_a_401_is_not_remembered(talk: Talk) -> None:
    """The same key with the right credentials does what it was meant to."""
    url = f"/ordermanagement/v1/orders/{talk.order_id}/captures"
    headers = {"klarna-idempotency-key": "k"}
    assert talk.client.post(url, json={"captured_amount": 1}, headers=headers).status_code == 401
    assert _capture(talk, 1, "k").status_code == 201
