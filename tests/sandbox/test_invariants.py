"""What holds after any sequence of calls, however silly."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Clock, Sandbox
from kustom_facade.sandbox._core import Core
from kustom_facade.sandbox._wire import Request

from .books import mistakes
from .talking import KEY, ORDERS, START, Talk


@pytest.fixture(autouse=True)
def _every_answer_is_one_that_the_document_allows() -> None:
    """Not here: keys count everywhere, so that a refund may be answered as a capture was."""


_amounts = st.integers(min_value=0, max_value=11_000)

_moves = st.one_of(
    _amounts.map(lambda amount: ("POST", "/captures", {"captured_amount": amount})),
    _amounts.map(lambda amount: ("POST", "/refunds", {"refunded_amount": amount})),
    _amounts.map(lambda amount: ("PATCH", "/authorization", {"order_amount": amount, "order_lines": []})),
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
    """Sums hold after each step; a refusal and a repeated key leave the order as it was."""
    clock = Clock(START)
    sandbox = Sandbox(clock=clock, refunds_on_captures=is_matched, key_lifetime=timedelta(days=365))
    talk = Talk(httpx.Client(transport=sandbox, base_url="https://api.example.com"))
    known: dict[tuple[str, str], httpx.Response] = {}
    for (method, path, body), key, days in steps:
        clock.advance(timedelta(days=days))
        before = talk.order()
        response = talk(method, path, body, key=key)
        after = talk.order()
        assert not mistakes(after)
        assert after["original_order_amount"] == 10000
        assert response.status_code in {201, 204, 403}
        earlier = known.get((path, key))
        if earlier is not None:
            assert (response.status_code, response.headers) == (earlier.status_code, earlier.headers)
            assert after == before
        if response.status_code == 403:
            assert after == before
        if key:
            known.setdefault((path, key), response)


def test_the_books_find_what_is_wrong() -> None:
    """A check that cannot fail would be none: each number that is changed is found."""
    sandbox = Sandbox()
    talk = Talk(httpx.Client(transport=sandbox, base_url="https://api.example.com"))
    talk.capture(4000)
    talk.refund(1000)
    order = talk.order()
    assert not mistakes(order)
    for name in ("captured_amount", "refunded_amount", "remaining_authorized_amount", "klarna_reference"):
        wrong = f"{order[name]}1" if name == "klarna_reference" else order[name] + 1
        assert mistakes({**order, name: wrong}), name
    for name in ("captures", "refunds"):
        assert mistakes({**order, name: order[name] * 2}), name
    assert mistakes({**order, "status": "AUTHORIZED"})


_PLACES = ["acknowledge", "captures", "captures/x", "captures/x/shipping-info", "refunds", "authorization"]
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
    path=st.sampled_from(_PLACES).map(lambda place: f"{ORDERS}/{EXAMPLE_ORDER_ID}/{place}") | st.text(),
    authorization=st.just(f"Basic {KEY}") | st.text().map("Basic {}".format) | st.text(),
    content_type=st.just("application/json") | st.text(),
    key=st.text(),
    body=st.binary() | _json.map(lambda value: json.dumps(value).encode()),
)
def test_no_request_is_too_strange(
    method: str, path: str, authorization: str, content_type: str, key: str, body: bytes
) -> None:
    """Whatever is asked, there is an answer, it is no 5xx, and what JSON it holds can be read."""
    headers = {"authorization": authorization, "content-type": content_type, "klarna-idempotency-key": key}
    response = Core(clock=Clock(START)).respond(Request(method, "http://a", path, headers, body))
    assert 200 <= response.status < 500
    if dict(response.headers).get("content-type") == "application/json":
        assert isinstance(json.loads(response.body), dict | list)
