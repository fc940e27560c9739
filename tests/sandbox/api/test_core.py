"""The state between requests, and the record of exchanges."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Clock, Sandbox
from kustom_facade.sandbox.api.core import Core
from kustom_facade.sandbox.api.wire import Request

from ..api_client import KEY, ORDERS, START, ApiClient, client_of
from ..invariants import violations


@pytest.fixture(autouse=True)
def _every_answer_is_one_that_the_document_allows() -> None:
    """Not here: keys count everywhere, so that a refund may be answered as a capture was."""


_amounts = st.integers(min_value=0, max_value=11_000)
_moves = st.one_of(
    _amounts.map(lambda amount: ("POST", "/captures", {"captured_amount": amount})),
    _amounts.map(lambda amount: ("POST", "/refunds", {"refunded_amount": amount})),
    _amounts.map(
        lambda amount: ("PATCH", "/authorization", {"order_amount": amount, "order_lines": []})
    ),
    st.sampled_from(
        [
            ("POST", "/cancel", None),
            ("POST", "/release-remaining-authorization", None),
            ("POST", "/extend-authorization-time", None),
            ("PATCH", "/merchant-references", {"merchant_reference2": "B"}),
        ]
    ),
)
_keys = st.sampled_from(["", "", "a", "b"])
_days = st.sampled_from([0, 0, 0, 5])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_moves, _keys, _days), max_size=12), st.booleans())
def test_money_adds_up_and_a_replay_changes_nothing(
    steps: list[tuple[tuple[str, str, Any], str, int]], is_matched: bool
) -> None:
    """Sums hold after each step. A refusal and a repeated key leave the order as it was."""
    clock = Clock(START)
    sandbox = Sandbox(clock=clock, refunds_on_captures=is_matched, key_lifetime=timedelta(days=365))
    api = client_of(sandbox)
    known: dict[tuple[str, str], httpx.Response] = {}
    for (method, path, body), key, days in steps:
        clock.advance(timedelta(days=days))
        before = api.order()
        response = api(method, path, body, key=key)
        after = api.order()
        assert not violations(after)
        assert after["original_order_amount"] == 10000
        assert response.status_code in {201, 204, 403}
        earlier = known.get((path, key))
        if earlier is not None:
            assert (response.status_code, response.headers) == (
                earlier.status_code,
                earlier.headers,
            )
            assert after == before
        if response.status_code == 403:
            assert after == before
        if key:
            known.setdefault((path, key), response)


def test_the_books_find_what_is_wrong() -> None:
    """A check that cannot fail would be none: each number that is changed is found."""
    sandbox = Sandbox()
    api = client_of(sandbox)
    api.capture(4000)
    api.refund(1000)
    order = api.order()
    assert not violations(order)
    for name in (
        "captured_amount",
        "refunded_amount",
        "remaining_authorized_amount",
        "klarna_reference",
    ):
        wrong = f"{order[name]}1" if name == "klarna_reference" else order[name] + 1
        assert violations({**order, name: wrong}), name
    for name in ("captures", "refunds"):
        assert violations({**order, name: order[name] * 2}), name
    assert violations({**order, "status": "AUTHORIZED"})


_PLACES = [
    "acknowledge",
    "captures",
    "captures/x",
    "captures/x/shipping-info",
    "refunds",
    "authorization",
]
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["captured_amount", "order_lines", "name", "x"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "PUT", "ODD"]),
    path=st.sampled_from(_PLACES).map(lambda place: f"{ORDERS}/{EXAMPLE_ORDER_ID}/{place}")
    | st.text(),
    authorization=st.just(f"Basic {KEY}") | st.text().map("Basic {}".format) | st.text(),
    content_type=st.just("application/json") | st.text(),
    key=st.text(),
    body=st.binary() | _json.map(lambda value: json.dumps(value).encode()),
)
def test_no_request_is_too_strange(
    method: str, path: str, authorization: str, content_type: str, key: str, body: bytes
) -> None:
    """Whatever is asked, there is an answer, it is no 5xx, and what JSON it holds can be read."""
    headers = {
        "authorization": authorization,
        "content-type": content_type,
        "klarna-idempotency-key": key,
    }
    response = Core(clock=Clock(START)).respond(Request(method, "http://a", path, headers, body))
    assert 200 <= response.status < 500
    if dict(response.headers).get("content-type") == "application/json":
        assert isinstance(json.loads(response.body), dict | list)


def test_the_last_calls_are_remembered_without_credentials() -> None:
    """A bounded record of exchanges holds everything but the secrets."""
    sandbox = Sandbox(remembered_calls=2)
    with httpx.Client(transport=sandbox, base_url="https://api.example.com") as client:
        api = ApiClient(client)
        api("GET")
        api("POST", "/acknowledge", key="k-1")
        api.capture(700)
    first, last = sandbox.calls
    assert last.response is not None
    assert (first.request.path.rpartition("/")[2], first.status) == ("acknowledge", 204)
    assert first.request.headers["klarna-idempotency-key"] == "k-1"
    assert (last.request.method, last.request.body) == ("POST", b'{"captured_amount":700}')
    assert dict(last.response.headers)["capture-id"]
    assert KEY not in repr(sandbox.calls)


_ID = "7CE4EE13-973c-6f49-a30e-85a0bc675997"


def test_a_sandbox_starts_with_orders() -> None:
    """The example is among them, as the user wants it or as it is published."""
    sandbox = Sandbox(orders=[{"order_id": _ID}, {"order_id": EXAMPLE_ORDER_ID, "order_amount": 5}])
    assert sandbox.order_ids == (_ID.lower(), EXAMPLE_ORDER_ID)
    assert sandbox.order(EXAMPLE_ORDER_ID)["order_amount"] == 5
    with pytest.raises(KeyError):
        sandbox.order("00000000-0000-0000-0000-000000000000")


def test_the_state_is_looked_at_in_copies(sandbox: Sandbox) -> None:
    """Nobody changes an order but the API."""
    sandbox.order(EXAMPLE_ORDER_ID)["billing_address"]["city"] = "Elsewhere"
    with httpx.Client(transport=sandbox, base_url="https://api.example.com") as client:
        assert ApiClient(client).order()["billing_address"]["city"] == "Vetlanda"
