"""What holds for the books of any order that went through the API's own rules, however silly the calls were."""

from collections.abc import Iterator
from typing import Any

OPEN = ("AUTHORIZED", "PART_CAPTURED")


def mistakes(order: dict[str, Any]) -> list[str]:
    """One line for each thing that does not add up in an order, as the sandbox holds it; empty for a sound one."""
    return [what for what, holds in _rules(order) if not holds]


def _rules(order: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    captures, refunds, status = order["captures"], order["refunds"], order["status"]
    captured, refunded = order["captured_amount"], order["refunded_amount"]
    left = order["remaining_authorized_amount"]
    yield (
        "the captures sum up to captured_amount",
        sum(one["captured_amount"] for one in captures) == captured,
    )
    yield "the refunds sum up to refunded_amount", sum(one["refunded_amount"] for one in refunds) == refunded
    yield "refunded <= captured <= ordered", 0 <= refunded <= captured <= order["order_amount"]
    yield "there are captures if anything is captured", bool(captures) is (captured > 0)
    yield "the captures' refunds are among all", sum(one["refunded_amount"] for one in captures) <= refunded
    if status in OPEN:
        yield "what is not captured can be", left == order["order_amount"] - captured
    if status == "CAPTURED":
        yield "nothing is left of a captured order", left == 0
    if status in ("AUTHORIZED", "CANCELLED"):
        yield f"{status} has no captures", not captures
    if status in ("PART_CAPTURED", "CAPTURED"):
        yield f"{status} has captures", bool(captures)
    numbers = [one["klarna_reference"] for one in captures]
    wanted = [f"{order['klarna_reference']}-{number}" for number in range(1, len(numbers) + 1)]
    yield "the captures' klarna_reference counts them", numbers == wanted
    ids = [one["capture_id"] for one in captures] + [one["refund_id"] for one in refunds]
    yield "every id is there once", len(set(ids)) == len(ids)
