"""Amounts of an order: captured, refunded, and still capturable or refundable.

Orders on the wire contradict themselves (api-facts, section 4). A cancelled order may show its full
amount as remaining, and a capture may not count its refunds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from kustom_order_management.models import Capture, MerchantOrder, OrderLine, Refund

from ._lines.values import describe, int_field, reference_of, unusable
from .money import Money, exponent

M = TypeVar("M", Capture, Refund)

__all__ = ["capturable", "captured", "refundable", "refundable_by_capture", "refunded"]

#: Statuses in which an order can be captured.
OPEN: Final = ("AUTHORIZED", "PART_CAPTURED")
#: Statuses in which an order can no longer be captured.
OVER: Final = ("CAPTURED", "CANCELLED", "EXPIRED", "CLOSED")

#: Kinds of lines that are no goods. A refund may have them although no capture had.
_NO_GOODS: Final = (
    "discount", "gift_card", "return_fee", "sales_tax", "shipping_fee", "store_credit", "surcharge",
)  # fmt: skip


def capturable(order: MerchantOrder) -> Money:
    """Return the amount that can still be captured.

    It is 0 unless the status and the fraud status allow a capture. A cancelled order may still show
    its full ``remaining_authorized_amount``, so that amount alone does not decide. A missing fraud
    status does not block.

    Raises:
        TypeError: this is no order.
        InvalidRequest: the order names no currency or no remaining amount.
    """
    currency = _currency(order)
    if order.status not in OPEN or (order.fraud_status and order.fraud_status != "ACCEPTED"):
        return Money(0, currency)
    return Money(max(0, int_field(order, "remaining_authorized_amount")), currency)


def refundable(order: MerchantOrder) -> Money:
    """Return the amount that was captured and not refunded yet.

    It is 0 for a CLOSED order, whose captures are all refunded. The order, its ``refunds`` and its
    captures each tell a refunded amount, and each may lag. The largest of the three counts. Where
    the order names no ``captured_amount``, the sum of its captures counts.

    Raises:
        TypeError: this is no order.
        InvalidRequest: the order names no currency, or an amount is no whole number.
    """
    currency = _currency(order)
    if order.status == "CLOSED":
        return Money(0, currency)
    return Money(max(0, captured(order) - refunded(order)), currency)


def refundable_by_capture(order: MerchantOrder) -> dict[str, Money]:
    """Return the amount of each capture that can certainly still be refunded, by ``capture_id``.

    A capture's own ``refunded_amount`` may stay 0, so refunds are matched by the vendor's rule. A
    refund belongs to the capture whose lines have all references of the refund's goods. Its lines
    must sum up to its amount. Fees, discounts and lines below zero that no capture had need no
    match. The refund's whole amount counts.

    A refund that matches no single capture may belong to any of them. So its amount is taken off
    *each* capture, unless a capture's ``refunded_amount`` tells where it went. The sum over all
    captures can therefore be less than :func:`refundable`. No capture has more than that.

    Raises:
        TypeError: this is no order.
        InvalidRequest: the order names no currency, or a capture has no id or amount.
    """
    currency, most = _currency(order), refundable(order)
    captures = _captures(order)
    if not all(capture.capture_id and isinstance(capture.capture_id, str) for capture in captures):
        raise unusable("a capture of the order has no capture_id")
    matched = _matched(captures, _refunds(order), refunded(order))
    # A capture's own count above the matched amount also tells where refunds went.
    counted = [int_field(capture, "refunded_amount", 0) for capture in captures]
    placed = [max(0, own - sure) for own, sure in zip(counted, matched, strict=True)]
    unplaced = refunded(order) - sum(matched)
    remaining = {}
    for number, capture in enumerate(captures):
        elsewhere = sum(placed) - placed[number]
        taken = max(counted[number], matched[number] + max(0, unplaced - elsewhere))
        rest = int_field(capture, "captured_amount") - taken
        remaining[str(capture.capture_id)] = min(most, Money(max(0, rest), currency))
    return remaining


def captured(order: MerchantOrder) -> int:
    """Return the captured amount of an order in minor units.

    Where the order names none, it is the sum of its captures.

    Raises:
        TypeError: this is no order.
        InvalidRequest: an amount is no whole number.
    """
    captures = _captures(order)
    return max(int_field(order, "captured_amount", 0), _sum(captures, "captured_amount"))


def refunded(order: MerchantOrder) -> int:
    """Return the refunded amount of an order in minor units.

    It is the largest of the order's own amount, the sum of its refunds and that of its captures.

    Raises:
        TypeError: this is no order.
        InvalidRequest: an amount is no whole number.
    """
    return max(
        _sum(_refunds(order), "refunded_amount"),
        _sum(_captures(order), "refunded_amount"),
        int_field(order, "refunded_amount", 0),
    )


def _matched(captures: list[Capture], refunds: Iterable[Refund], refunded: int) -> list[int]:
    """Return the certainly refunded amount of each capture, by the references of its refunds."""
    references = [_references(capture.order_lines) for capture in captures]
    held = [int_field(capture, "captured_amount") for capture in captures]
    matched = [0] * len(captures)
    for refund in refunds:
        wanted = _deciding(refund, set().union(*references))
        fitting = [number for number, own in enumerate(references) if wanted and wanted <= own]
        if len(fitting) == 1:
            matched[fitting[0]] += int_field(refund, "refunded_amount", 0)
    # Unplaced refunds may have used up a capture, so that a match to it is not certain.
    while True:
        unplaced = refunded - sum(matched)
        doubtful = [n for n, amount in enumerate(matched) if amount and amount + unplaced > held[n]]
        if not doubtful:
            return matched
        for number in doubtful:
            matched[number] = 0


def _deciding(refund: Refund, captured: set[str]) -> set[str]:
    """Return the references that decide to which capture a refund belongs.

    There are none where the refund's lines cannot decide.
    """
    lines = refund.order_lines or []
    if not isinstance(lines, list) or not all(isinstance(line, OrderLine) for line in lines):
        return set()
    totals = [line.total_amount for line in lines]
    if not all(type(total) is int for total in totals) or sum(totals) != refund.refunded_amount:
        return set()
    decisive = [
        reference_of(line)
        for line in lines
        if line.type_ != "return_fee" and (_is_goods(line) or reference_of(line) in captured)
    ]
    return set() if "" in decisive else set(decisive)


def _is_goods(line: OrderLine) -> bool:
    return line.type_ not in _NO_GOODS and line.total_amount >= 0


def _references(order_lines: Any) -> set[str]:
    lines = order_lines if isinstance(order_lines, list) else []
    return {reference_of(line) for line in lines if isinstance(line, OrderLine)} - {""}


def _captures(order: MerchantOrder) -> list[Capture]:
    _require_order(order)
    return _models(Capture, order.captures)


def _refunds(order: MerchantOrder) -> list[Refund]:
    _require_order(order)
    return _models(Refund, order.refunds)


def _models(model: type[M], parts: Any) -> list[M]:
    if not parts:
        return []
    if not isinstance(parts, list) or not all(isinstance(part, model) for part in parts):
        raise unusable(f"the {model.__name__.lower()}s of the order cannot be read")
    return parts


def _sum(parts: Iterable[Capture | Refund], field: str) -> int:
    return sum(int_field(part, field, 0) for part in parts)


def _currency(order: MerchantOrder) -> str:
    _require_order(order)
    currency = order.purchase_currency
    if not isinstance(currency, str):
        raise unusable(f"the order {describe(order)} names no purchase_currency")
    try:
        exponent(currency)
    except ValueError as error:
        raise unusable(f"the purchase_currency of the order {describe(order)}: {error}") from None
    return currency


def _require_order(order: MerchantOrder) -> None:
    if not isinstance(order, MerchantOrder):
        raise TypeError(f"order must be a MerchantOrder, not {type(order).__name__}")
