"""Defaults of the orders that a user adds."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox

from ..api_client import ApiClient, line

_ID = "7CE4EE13-973c-6f49-a30e-85a0bc675997"


def test_what_an_order_lacks_is_filled_in(sandbox: Sandbox, api: ApiClient) -> None:
    """An id of its own, and everything that the example has."""
    api.order_id = sandbox.add_order({})
    added, example = api.order(), sandbox.order(EXAMPLE_ORDER_ID)
    assert sandbox.order_ids == (EXAMPLE_ORDER_ID, api.order_id)
    assert set(added) == set(example)
    assert added["order_lines"] == example["order_lines"]
    assert added["klarna_reference"] != example["klarna_reference"]


def test_what_an_order_has_is_kept(sandbox: Sandbox) -> None:
    """Also when it does not add up, as real orders need not."""
    given: dict[str, Any] = {
        "order_id": _ID,
        "order_amount": 1900,
        "order_lines": [line(2000)],
        "purchase_currency": "NOK",
        "created_at": "2026-01-15T23:59:58+01:00",
        "merchant_data": "basket 7",
    }
    order_id = sandbox.add_order(given)
    assert order_id == _ID.lower()
    order = sandbox.order(_ID)
    assert {name: order[name] for name in given if name != "order_id"} == {
        name: given[name] for name in given if name != "order_id"
    }
    assert (order["remaining_authorized_amount"], order["expires_at"]) == (
        1900,
        "2026-02-12T00:00:00.000Z",
    )
    order["order_lines"].clear()
    given["order_lines"].clear()
    assert sandbox.order(_ID)["order_lines"] == [line(2000)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"order_amount": 5000}, ("AUTHORIZED", 5000, 0, 5000, 0)),
        ({"order_lines": [line(300), line(200)]}, ("AUTHORIZED", 500, 0, 500, 0)),
        (
            {"order_amount": 500, "captures": [{"order_lines": [line(300)]}]},
            ("PART_CAPTURED", 500, 300, 200, 0),
        ),
        (
            {
                "order_amount": 500,
                "captures": [{"captured_amount": 500}],
                "refunds": [{"refunded_amount": 20}],
            },
            ("CAPTURED", 500, 500, 0, 20),
        ),
        (
            {
                "order_amount": 500,
                "remaining_authorized_amount": 0,
                "captures": [{"captured_amount": 300}],
                "refunds": [{"order_lines": [line(30)]}],
            },
            ("CAPTURED", 500, 300, 0, 30),
        ),
        ({"order_amount": 500, "status": "CANCELLED"}, ("CANCELLED", 500, 0, 500, 0)),
        ({"order_amount": 500, "status": "CLOSED"}, ("CLOSED", 500, 0, 0, 0)),
    ],
)
def test_amounts_and_status_follow_from_each_other(
    sandbox: Sandbox, given: dict[str, Any], expected: tuple[str, int, int, int, int]
) -> None:
    """Lines give the order's amount, captures and refunds theirs, and all of them the status."""
    order = sandbox.order(sandbox.add_order(given))
    names = (
        "status",
        "order_amount",
        "captured_amount",
        "remaining_authorized_amount",
        "refunded_amount",
    )
    assert tuple(order[name] for name in names) == expected


def test_an_order_can_come_with_a_history(sandbox: Sandbox, api: ApiClient) -> None:
    """Captures and refunds get their defaults, and are found under their ids."""
    api.order_id = sandbox.add_order(
        {
            "captures": [{"capture_id": "C-1", "captured_amount": 100}, {"captured_amount": 200}],
            "refunds": [{"refund_id": "R-1", "refunded_amount": 50}],
        }
    )
    order = api.order()
    references = [capture["klarna_reference"] for capture in order["captures"]]
    assert references == [f"{order['klarna_reference']}-1", f"{order['klarna_reference']}-2"]
    assert api("GET", "/captures/C-1").json() == order["captures"][0]
    assert api("GET", "/refunds/R-1").json() == order["refunds"][0]
    assert (
        api("GET", f"/captures/{order['captures'][1]['capture_id']}").json()["captured_amount"]
        == 200
    )
    assert api.capture(10).status_code == 201
    assert api.order()["captures"][2]["klarna_reference"].endswith("-3")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"order_id": "42"}, ValueError),
        ({"order_id": 42}, ValueError),
        ({"order_id": EXAMPLE_ORDER_ID.upper()}, ValueError),
        ({"created_at": "yesterday"}, ValueError),
        ({"expires_at": "soon"}, ValueError),
        ({"order_amount": float("nan")}, ValueError),
        ({"merchant_data": "\ud800"}, ValueError),
        ({"created_at": datetime(2026, 3, 2, tzinfo=UTC)}, TypeError),
    ],
)
def test_an_impossible_order_is_refused(
    sandbox: Sandbox, given: dict[str, Any], error: type[Exception]
) -> None:
    """And it leaves no trace."""
    with pytest.raises(error):
        sandbox.add_order(given)
    assert sandbox.order_ids == (EXAMPLE_ORDER_ID,)


def test_a_date_without_a_zone_is_in_utc(sandbox: Sandbox) -> None:
    """A bare date will do."""
    order = sandbox.order(sandbox.add_order({"created_at": "2026-03-01"}))
    assert order["expires_at"] == "2026-03-29T00:00:00.000Z"
