"""Idempotency keys: what a repeated one does, and for how long."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import Clock, Sandbox

from ..api_client import START, ApiClient, client_of, problem


def _connect(**switches: Any) -> tuple[ApiClient, Clock]:
    clock = Clock(START)
    client = httpx.Client(
        transport=Sandbox(clock=clock, **switches), base_url="https://api.example.com"
    )
    return ApiClient(client), clock


def _capture(api: ApiClient, amount: int, key: str) -> httpx.Response:
    return api("POST", "/captures", {"captured_amount": amount}, key=key)


def test_a_key_has_one_effect_and_one_answer(wire: ApiClient) -> None:
    """The body is disregarded, so that another amount, or nonsense, gets the first answer."""
    first = _capture(wire, 4000, "k-1")
    for amount in (4000, 9999, -1):
        again = _capture(wire, amount, "k-1")
        assert (again.status_code, again.headers, again.content) == (201, first.headers, b"")
    assert wire.order()["captured_amount"] == 4000
    assert _capture(wire, 4000, "k-2").headers["capture-id"] != first.headers["capture-id"]


def test_no_key_and_an_empty_key_protect_nothing(api: ApiClient) -> None:
    """An empty header counts as none."""
    for _ in range(2):
        assert _capture(api, 100, "").status_code == 201
        assert api.capture(100).status_code == 201
    assert api.order()["captured_amount"] == 400


def test_a_key_on_a_read_means_nothing(api: ApiClient) -> None:
    """Reads are always answered afresh."""
    assert api("GET", key="k").json()["captured_amount"] == 0
    api.capture(100)
    assert api("GET", key="k").json()["captured_amount"] == 100


def test_a_key_can_count_per_order_and_operation() -> None:
    """By a switch, another order or operation has its own use of the same key."""
    sandbox = Sandbox(key_scope="operation")
    api = client_of(sandbox)
    assert _capture(api, 4000, "k").status_code == 201
    assert api("POST", "/refunds", {"refunded_amount": 1000}, key="k").headers["refund-id"]
    other = ApiClient(api.client, sandbox.add_order({}))
    assert _capture(other, 700, "k").status_code == 201
    assert other.order()["captured_amount"] == 700


def test_a_key_counts_everywhere(schema_violations: list[str]) -> None:
    """By default a refund under a capture's key is answered as that capture was."""
    api, _ = _connect()
    captured = _capture(api, 4000, "k")
    again = api("POST", "/refunds", {"refunded_amount": 1000}, key="k")
    assert again.headers == captured.headers
    assert api.order()["refunded_amount"] == 0
    # The document does not allow this answer to a refund.
    assert [violation.rpartition(": ")[2] for violation in schema_violations] == [
        "header Refund-Id is missing"
    ]
    schema_violations.clear()


@pytest.mark.parametrize(
    ("switches", "lifetime"),
    [({}, timedelta(hours=24)), ({"key_lifetime": timedelta(minutes=5)}, timedelta(minutes=5))],
)
def test_a_key_is_forgotten_in_time(switches: dict[str, Any], lifetime: timedelta) -> None:
    """After 24 hours on the sandbox's clock, or another time, a key is new, and not earlier."""
    api, clock = _connect(**switches)
    _capture(api, 100, "old")
    clock.advance(lifetime / 2)
    _capture(api, 100, "young")
    clock.advance(lifetime / 2 - timedelta(seconds=1))
    _capture(api, 100, "old")
    assert api.order()["captured_amount"] == 200
    clock.advance(1)
    _capture(api, 100, "old")
    _capture(api, 100, "young")
    assert api.order()["captured_amount"] == 300


def test_a_refusal_is_an_answer_too() -> None:
    """A key that was refused stays refused, with the same correlation id."""
    api, _ = _connect()
    first = api("POST", "/refunds", {"refunded_amount": 100}, key="k")
    api.capture(100)
    again = api("POST", "/refunds", {"refunded_amount": 100}, key="k")
    assert (
        problem(again) == problem(first) == (403, "REFUND_NOT_ALLOWED", ["Order has no captures"])
    )
    assert (again.content, again.headers) == (first.content, first.headers)


def test_refusals_need_not_be_remembered() -> None:
    """By a switch, only a success is."""
    api, _ = _connect(replay_refusals=False)
    assert api("POST", "/refunds", {"refunded_amount": 100}, key="k").status_code == 403
    api.capture(200)
    for _ in range(2):
        assert api("POST", "/refunds", {"refunded_amount": 100}, key="k").status_code == 201
    assert api.order()["refunded_amount"] == 100


@pytest.mark.parametrize("key_scope", ["global", "operation"])
def test_an_order_that_is_not_there_has_no_memory(key_scope: Any) -> None:
    """The key of a 404 is as good as new once the order has come."""
    api, _ = _connect(key_scope=key_scope)
    api.order_id = "00000000-0000-0000-0000-00000000000a"
    assert problem(_capture(api, 1, "k"))[:2] == (404, "NO_SUCH_ORDER")
    sandbox: Any = api.client._transport
    sandbox.add_order({"order_id": api.order_id})
    assert _capture(api, 1, "k").status_code == 201


def test_a_401_is_not_remembered(api: ApiClient) -> None:
    """The same key with the right credentials does what it was meant to."""
    url = f"/ordermanagement/v1/orders/{api.order_id}/captures"
    headers = {"klarna-idempotency-key": "k"}
    assert api.client.post(url, json={"captured_amount": 1}, headers=headers).status_code == 401
    assert _capture(api, 1, "k").status_code == 201
