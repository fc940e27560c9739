"""Invariants of every order that only the API's own rules have changed."""

from collections.abc import Iterator
from typing import Any

OPEN = ("AUTHORIZED", "PART_CAPTURED")


def violations(order: dict[str, Any]) -> list[str]:
    """Return each invariant that an order violates, none for a sound one."""
    return [invariant for invariant, holds in _invariants(order) if not holds]


def _invariants(order: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    captures, refunds, status = order["captures"], order["refunds"], order["status"]
    captured, refunded = order["captured_amount"], order["refunded_amount"]
    remaining = order["remaining_authorized_amount"]
    captures_total = sum(capture["captured_amount"] for capture in captures)
    refunds_total = sum(refund["refunded_amount"] for refund in refunds)
    matched_total = sum(capture["refunded_amount"] for capture in captures)
    yield "the captures sum up to captured_amount", captures_total == captured
    yield "the refunds sum up to refunded_amount", refunds_total == refunded
    yield "refunded <= captured <= ordered", 0 <= refunded <= captured <= order["order_amount"]
    yield "there are captures if anything is captured", bool(captures) is (captured > 0)
    yield "the captures' refunds are among all", matched_total <= refunded
    if status in OPEN:
        yield "what is not captured can be", remaining == order["order_amount"] - captured
    if status == "CAPTURED":
        yield "nothing is left of a captured order", remaining == 0
    if status in ("AUTHORIZED", "CANCELLED"):
        yield f"{status} has no captures", not captures
    if status in ("PART_CAPTURED", "CAPTURED"):
        yield f"{status} has captures", bool(captures)
    numbers = [capture["klarna_reference"] for capture in captures]
    expected = [f"{order['klarna_reference']}-{index + 1}" for index in range(len(numbers))]
    yield "the captures' klarna_reference counts them", numbers == expected
    ids = [capture["capture_id"] for capture in captures]
    ids += [refund["refund_id"] for refund in refunds]
    yield "every id is there once", len(set(ids)) == len(ids)
