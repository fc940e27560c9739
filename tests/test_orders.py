"""What an order that was read shows:
what can still be captured and refunded, whatever the wire gets wrong.
"""

from typing import Any

import pytest
from hypothesis import given, strategies as st
from odd_orders import ORDERS, VALUES
from support import ORDER

from kustom_facade import InvalidRequest, MerchantOrder, Money, OrderLine, orders

SEK = "SEK"


def order_with(**fields: Any) -> MerchantOrder:
    """An order as it is read, in kronor."""
    return MerchantOrder.from_dict({"order_id": ORDER, "purchase_currency": SEK, **fields})


@pytest.mark.parametrize(
    ("status", "fraud", "remaining", "expected"),
    [
        ("AUTHORIZED", "ACCEPTED", 500, 500),
        ("PART_CAPTURED", "ACCEPTED", 500, 500),
        ("AUTHORIZED", "PENDING", 500, 0),
        ("AUTHORIZED", "REJECTED", 500, 0),
        ("AUTHORIZED", "STOPPED", 500, 0),
        ("CANCELLED", "ACCEPTED", 500, 0),
        ("EXPIRED", "ACCEPTED", 500, 0),
        ("CAPTURED", "ACCEPTED", 0, 0),
        ("CLOSED", "ACCEPTED", 500, 0),
        ("SOMETHING_NEW", "ACCEPTED", 500, 0),
        ("AUTHORIZED", "ACCEPTED", -5, 0),
    ],
)
def test_what_can_be_captured(status: str, fraud: str, remaining: int, expected: int) -> None:
    """The status and the amount decide together:
    a cancelled order may still show its full amount.
    """
    order = order_with(status=status, fraud_status=fraud, remaining_authorized_amount=remaining)
    assert orders.capturable(order) == Money(expected, SEK)


@pytest.mark.parametrize(
    ("captured", "refunded", "refunds", "expected"),
    [
        (900, 0, [], 900),
        (900, 200, [200], 700),
        (900, 0, [200, 100], 600),
        (900, 900, [900], 0),
        (900, 1000, [], 0),
    ],
)
def test_what_can_be_refunded(
    captured: int, refunded: int, refunds: list[int], expected: int
) -> None:
    """Of the sum and the list of refunds the larger counts: either may lag."""
    order = order_with(
        captured_amount=captured,
        refunded_amount=refunded,
        refunds=[{"refunded_amount": amount} for amount in refunds],
    )
    assert orders.refundable(order) == Money(expected, SEK)


def line_of(reference: str, amount: int) -> dict[str, Any]:
    """A line as it is read."""
    return {"reference": reference, "total_amount": amount}


def test_what_can_be_refunded_of_each_capture() -> None:
    """Refunds are matched by references and sum,
    since a capture's own refunded_amount may stay 0.
    """
    order = order_with(
        captured_amount=1000,
        refunded_amount=350,
        captures=[
            {
                "capture_id": "c-1",
                "captured_amount": 600,
                "refunded_amount": 0,
                "order_lines": [line_of("A", 400), line_of("B", 200)],
            },
            {"capture_id": "c-2", "captured_amount": 400, "order_lines": [line_of("C", 400)]},
        ],
        refunds=[
            {"refunded_amount": 200, "order_lines": [line_of("B", 200)]},
            {"refunded_amount": 100, "order_lines": [line_of("C", 100)]},
            {"refunded_amount": 50},
        ],
    )
    assert orders.refundable(order) == Money(650, SEK)
    # The refund of 50 names no lines, and may have come from either.
    assert orders.refundable_by_capture(order) == {"c-1": Money(350, SEK), "c-2": Money(250, SEK)}


def test_no_capture_has_more_than_the_order() -> None:
    """A refund that matches no capture still lowers what is left."""
    order = order_with(
        captured_amount=500,
        refunded_amount=450,
        captures=[{"capture_id": "c-1", "captured_amount": 500}],
    )
    assert orders.refundable_by_capture(order) == {"c-1": Money(50, SEK)}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"purchase_currency": None}, "names no purchase_currency"),
        ({"remaining_authorized_amount": "5"}, "is '5', not a whole number"),
        ({}, "remaining_authorized_amount of MerchantOrder .* is None"),
    ],
)
def test_an_order_that_does_not_say_enough(fields: dict[str, Any], message: str) -> None:
    """Better an error than a wrong amount."""
    with pytest.raises(ValueError, match=message):
        orders.capturable(order_with(status="AUTHORIZED", fraud_status="ACCEPTED", **fields))


def test_a_capture_without_an_id_cannot_be_named() -> None:
    """It would hide behind another."""
    order = order_with(captured_amount=5, captures=[{"captured_amount": 5}])
    with pytest.raises(ValueError, match="has no capture_id"):
        orders.refundable_by_capture(order)


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({"status": "CLOSED", "captured_amount": 500, "refunded_amount": 0}, 0),
        ({"status": "AUTHORIZED"}, 0),
        (
            {"status": "CAPTURED", "captures": [{"captured_amount": 500, "refunded_amount": 200}]},
            300,
        ),
        (
            {"status": "CAPTURED", "captured_amount": 500, "refunds": [{"refunded_amount": 300}]},
            200,
        ),
        ({"status": "CAPTURED", "captured_amount": 500, "refunded_amount": 600}, 0),
    ],
)
def test_what_can_be_refunded_whatever_lags(fields: dict[str, Any], left: int) -> None:
    """The place that says most was refunded counts;
    a closed order is one whose captures are refunded.
    """
    assert orders.refundable(order_with(**fields)) == Money(left, SEK)


def test_a_fraud_status_that_is_not_named_stands_in_nobodys_way() -> None:
    """Absent keys are common; the API decides."""
    order = order_with(status="AUTHORIZED", remaining_authorized_amount=500)
    assert orders.capturable(order) == Money(500, SEK)


def test_a_refund_with_a_line_without_reference_is_matched_to_no_capture() -> None:
    """The vendor could not either, so it may have been of any."""
    order = order_with(
        status="CAPTURED",
        captured_amount=1000,
        captures=[
            {"capture_id": "c-1", "captured_amount": 500, "order_lines": [line_of("A", 500)]},
            {"capture_id": "c-2", "captured_amount": 500, "order_lines": [line_of("B", 500)]},
        ],
        refunds=[
            {"refunded_amount": 200, "order_lines": [line_of("A", 100), {"total_amount": 100}]}
        ],
    )
    assert orders.refundable_by_capture(order) == {"c-1": Money(300, SEK), "c-2": Money(300, SEK)}


def test_lists_that_cannot_be_read_are_told() -> None:
    """Better an error that is documented than a wrong amount, or an AttributeError."""
    for captures in ([None], "x", 1.5):
        with pytest.raises(ValueError, match="cannot be read"):
            orders.refundable(order_with(status="CAPTURED", captured_amount=5, captures=captures))


# --- refunds and the captures that they belong to


def capture(capture_id: str, *held: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A capture of these lines."""
    amount = sum(line["total_amount"] for line in held)
    return {
        "capture_id": capture_id,
        "captured_amount": amount,
        "order_lines": list(held),
        **fields,
    }


def left_of(
    captures: list[dict[str, Any]], refunds: list[dict[str, Any]], **fields: Any
) -> dict[str, int]:
    """What is shown of each capture, in minor units."""
    captured = sum(capture["captured_amount"] for capture in captures)
    order = order_with(
        status="CAPTURED", captured_amount=captured, captures=captures, refunds=refunds, **fields
    )
    return {name: money.minor for name, money in orders.refundable_by_capture(order).items()}


FEE = {"type": "return_fee", "total_amount": -500}


@pytest.mark.parametrize(
    ("extra", "amount"),
    [
        ([FEE], 9500),
        ([{**FEE, "reference": "fee"}], 9500),
        ([{**FEE, "reference": "T-1"}], 9500),
        ([{"type": "surcharge", "total_amount": 100}], 10100),
        ([{"type": "discount", "reference": "new", "total_amount": -100}], 9900),
        ([{"type": "shipping_fee", "reference": "S", "total_amount": 100}], 10100),
        ([{"type": "physical", "total_amount": -500}], 9500),
    ],
)
def test_a_refund_is_matched_by_its_goods(extra: list[dict[str, Any]], amount: int) -> None:
    """Lines that no capture had do not count, and the whole amount does (field case 09)."""
    shirt, shoes = line_of("T-1", 20000), line_of("T-2", 20000)
    refund = {"refunded_amount": amount, "order_lines": [line_of("T-1", 10000), *extra]}
    remaining = left_of([capture("c-1", shirt), capture("c-2", shoes)], [refund])
    assert remaining == {"c-1": 20000 - amount, "c-2": 20000}


def test_a_line_that_is_no_goods_counts_where_a_capture_had_it() -> None:
    """Shipping that was captured with the shoes,
    and refunded with the shirt, belongs to neither capture alone.
    """
    captures = [
        capture("c-1", line_of("T-1", 10000)),
        capture("c-2", line_of("T-2", 10000), {**line_of("S", 500), "type": "shipping_fee"}),
    ]
    shipping = {**line_of("S", 500), "type": "shipping_fee"}
    assert left_of(captures, [{"refunded_amount": 500, "order_lines": [shipping]}])["c-1"] == 10000
    both = {"refunded_amount": 1500, "order_lines": [line_of("T-1", 1000), shipping]}
    assert left_of(captures, [both]) == {"c-1": 8500, "c-2": 9000}


@pytest.mark.parametrize(
    "refund",
    [
        {"refunded_amount": 3000},
        {"refunded_amount": 3000, "order_lines": [line_of("A", 2999)]},
        {"refunded_amount": 3000, "order_lines": [line_of("", 3000)]},
        {"refunded_amount": 3000, "order_lines": [line_of("both", 3000)]},
        {"refunded_amount": 3000, "order_lines": [{**FEE, "total_amount": 3000}]},
    ],
)
def test_a_refund_that_matches_no_single_capture_counts_against_each(
    refund: dict[str, Any],
) -> None:
    """It may have come from any of them: more is not certain."""
    captures = [
        capture("c-1", line_of("A", 5000), line_of("both", 5000)),
        capture("c-2", line_of("B", 2000), line_of("both", 2000)),
    ]
    assert left_of(captures, [refund]) == {"c-1": 7000, "c-2": 1000}
    # One that says itself what was refunded of it takes it off the others.
    captures[0]["refunded_amount"] = 3000
    assert left_of(captures, [refund]) == {"c-1": 7000, "c-2": 4000}


def test_what_the_order_counts_and_does_not_list_counts_against_each() -> None:
    """A list that lags is no proof."""
    captures = [capture("c-1", line_of("A", 5000)), capture("c-2", line_of("B", 2000))]
    assert left_of(captures, [], refunded_amount=3000) == {"c-1": 2000, "c-2": 0}


def test_refunds_that_a_capture_cannot_all_have_had_are_not_certain() -> None:
    """One of them was matched to it, and nobody knows which."""
    captures = [capture("c-1", line_of("A", 100)), capture("c-2", line_of("B", 200))]
    refunds = [
        {"refunded_amount": amount, "order_lines": [line_of("A", amount)]} for amount in (60, 50)
    ]
    assert left_of(captures, refunds) == {"c-1": 0, "c-2": 90}


def test_a_match_that_may_have_found_no_room_is_not_certain() -> None:
    """The refund without lines may have been of the first capture,
    and the other one had to go elsewhere.
    """
    captures = [capture("c-1", line_of("A", 100)), capture("c-2", line_of("B", 200))]
    refunds: list[dict[str, Any]] = [
        {"refunded_amount": 60},
        {"refunded_amount": 100, "order_lines": [line_of("A", 100)]},
    ]
    assert left_of(captures, refunds) == {"c-1": 0, "c-2": 40}


@pytest.mark.parametrize(
    "odd", [["odd"], [{"reference": "A"}], [{"reference": "A", "total_amount": "5"}]]
)
def test_a_refund_whose_lines_cannot_be_read_matches_none(odd: list[Any]) -> None:
    """It counts against each, and hides nothing."""
    captures = [capture("c-1", line_of("A", 100)), capture("c-2", line_of("B", 200))]
    assert left_of(captures, [{"refunded_amount": 60, "order_lines": odd}]) == {
        "c-1": 40,
        "c-2": 140,
    }


@given(
    amounts=st.lists(st.integers(1, 500), min_size=1, max_size=4),
    made=st.lists(
        st.tuples(st.integers(1, 500), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)),
        max_size=6,
    ),
    counts=st.booleans(),
)
def test_no_capture_is_shown_with_more_than_it_holds(
    amounts: list[int], made: list[tuple[int, int, int, int]], counts: bool
) -> None:
    """Whatever the true assignment was:
    to a capture that has the references and room, else to any that has room.
    """
    captures = [
        capture(
            f"c-{number}",
            line_of(f"own-{number}", amount - amount // 2),
            line_of("shared", amount // 2),
        )
        for number, amount in enumerate(amounts)
    ]
    truth, refunds = [0] * len(amounts), []
    for wanted, named, kind, elsewhere in made:
        number, other = named % len(amounts), elsewhere % len(amounts)
        # Of a reference that several have, no lines or a wrong sum: nobody knows; and where there
        # is no room.
        amount = min(wanted, amounts[other] - truth[other])
        has_room = amounts[number] - truth[number] >= amount
        taker = number if kind == 0 and has_room else other
        if amount == 0:
            continue
        truth[taker] += amount
        listed_lines = [
            [line_of(f"own-{number}", amount + 5), {**FEE, "total_amount": -5}],
            [line_of("shared", amount)],
            [line_of(f"own-{number}", amount + 1)],
            [],
        ][kind]
        refunds.append({"refunded_amount": amount, "order_lines": listed_lines})
    if counts:
        for held, taken in zip(captures, truth, strict=True):
            held["refunded_amount"] = taken
    remaining = left_of(captures, refunds, refunded_amount=sum(truth))
    for number, amount in enumerate(amounts):
        assert remaining[f"c-{number}"] <= amount - truth[number]


def test_an_order_in_a_currency_that_was_withdrawn_is_read_like_any_other() -> None:
    """Bulgaria left the lev on 2026-01-01,
    and orders of December are refunded for months (field case 11).
    """
    order = order_with(
        purchase_currency="BGN",
        status="PART_CAPTURED",
        remaining_authorized_amount=300,
        captured_amount=700,
        captures=[capture("c-1", line_of("A", 700))],
    )
    assert orders.capturable(order) == Money(300, "BGN")
    assert orders.refundable(order) == Money(700, "BGN")
    assert orders.refundable_by_capture(order) == {"c-1": Money(700, "BGN")}


READERS: list[Any] = [getattr(orders, name) for name in orders.__all__]


@given(ORDERS)
def test_an_order_of_any_kind_is_read_or_refused(order: MerchantOrder) -> None:
    """By an error of the tree, with what cannot be read."""
    for read in READERS:
        try:
            amounts = read(order)
        except InvalidRequest as error:
            assert error.problems  # noqa: PT017  # no single call is expected to raise
            continue
        each = amounts.values() if isinstance(amounts, dict) else [amounts]
        assert all(isinstance(amount, Money | int) for amount in each)


@given(VALUES | st.just(OrderLine.from_dict({})))
def test_what_is_no_order_is_misuse(value: Any) -> None:
    """A mapping, say, or the result of another verb."""
    for read in READERS:
        with pytest.raises(TypeError, match="order must be a MerchantOrder, not"):
            read(value)


@pytest.mark.parametrize(
    ("currency", "message"),
    [("XAU", "XAU has no minor unit"), ("SEKK", "never was, an ISO 4217 code"), (5, "names no")],
)
def test_a_currency_that_is_none_is_an_error_about_the_order(currency: Any, message: str) -> None:
    """That money could not be built is no fault of the caller's arguments."""
    with pytest.raises(InvalidRequest, match=message):
        orders.refundable(order_with(purchase_currency=currency))
