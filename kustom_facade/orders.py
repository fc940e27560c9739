"""What an order that was read shows: its amounts, and what can still be captured and refunded.

Honest about what the wire gets wrong: amounts of a cancelled order, captures that never count their refunds (api-facts,
section 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from kustom_order_management.models import OrderLineDto
from kustom_order_management.types import Unset

from ._amounts import label, number_in
from .money import Money

if TYPE_CHECKING:
    from kustom_order_management.models import CaptureDto, MerchantOrderDto, RefundDto

__all__ = ["capturable", "captured", "refundable", "refundable_by_capture", "refunded"]

#: The states in which something can be captured, and those in which nothing can any more.
OPEN: Final = ("AUTHORIZED", "PART_CAPTURED")
OVER: Final = ("CAPTURED", "CANCELLED", "EXPIRED", "CLOSED")

#: Kinds of lines that are no goods: a refund may have them although no capture had.
_NO_GOODS: Final = (
    "discount", "gift_card", "return_fee", "sales_tax", "shipping_fee", "store_credit", "surcharge",
)  # fmt: skip


def capturable(order: MerchantOrderDto) -> Money:
    """Return what can still be captured: nothing, unless the status and the fraud status allow it.

    A cancelled order may still show its full ``remaining_authorized_amount``, so that amount alone says nothing. A
    missing fraud status does not block.

    Raises:
        ValueError: the order names no currency or no remaining amount.
    """
    currency = _currency(order)
    if order.status not in OPEN or (order.fraud_status and order.fraud_status != "ACCEPTED"):
        return Money(0, currency)
    return Money(max(0, number_in(order, "remaining_authorized_amount")), currency)


def refundable(order: MerchantOrderDto) -> Money:
    """Return what was captured and not refunded yet; nothing of a CLOSED order, whose captures are all refunded.

    What the order, its ``refunds`` and its captures say was refunded may each lag: the largest of them counts. Where the
    order names no ``captured_amount``, its captures do.

    Raises:
        ValueError: the order names no currency, or an amount that is no whole number.
    """
    currency = _currency(order)
    if order.status == "CLOSED":
        return Money(0, currency)
    return Money(max(0, captured(order) - refunded(order)), currency)


def refundable_by_capture(order: MerchantOrderDto) -> dict[str, Money]:
    """Return how much of each capture can certainly still be refunded, by its ``capture_id``.

    A capture's own ``refunded_amount`` may stay 0, so refunds are matched as the vendor does it: to the capture whose
    lines have all references of the refund's goods, if all lines of the refund sum up to it. Fees, discounts and lines
    below zero that no capture had do not count in that, and the refund's whole amount does.

    A refund that matches no single capture may have come from any of them. So it is taken off *each*, as far as no
    capture's ``refunded_amount`` says where it went: the worst assignment. The sum over all captures can therefore be less
    than :func:`refundable`, and no capture is ever shown with more than that.

    Raises:
        ValueError: the order names no currency, a capture has no id or amount.
    """
    currency, most = _currency(order), refundable(order)
    captures = list(order.captures or [])
    for capture in captures:
        if not capture.capture_id:
            raise ValueError("a capture of the order has no capture_id")
    matched = _matched(captures, order.refunds or [], refunded(order))
    # What the captures themselves count beyond that was told where it belongs, too.
    counted = [number_in(capture, "refunded_amount", 0) for capture in captures]
    placed = [max(0, own - sure) for own, sure in zip(counted, matched, strict=True)]
    unplaced = refunded(order) - sum(matched)
    left = {}
    for number, capture in enumerate(captures):
        elsewhere = sum(placed) - placed[number]
        taken = max(counted[number], matched[number] + max(0, unplaced - elsewhere))
        rest = number_in(capture, "captured_amount") - taken
        left[str(capture.capture_id)] = min(most, Money(max(0, rest), currency))
    return left


def captured(order: MerchantOrderDto) -> int:
    """Return the order's captured amount in minor units, as its captures have it if it names none.

    Raises:
        ValueError: an amount that is no whole number.
    """
    if isinstance(order.captured_amount, Unset):
        return _sum(order.captures, "captured_amount")
    return number_in(order, "captured_amount")


def refunded(order: MerchantOrderDto) -> int:
    """Return what was refunded in minor units, by whatever place of the order says most.

    Raises:
        ValueError: an amount that is no whole number.
    """
    return max(
        number_in(order, "refunded_amount", 0),
        _sum(order.refunds, "refunded_amount"),
        _sum(order.captures, "refunded_amount"),
    )


def _matched(captures: list[CaptureDto], refunds: Iterable[RefundDto], refunded: int) -> list[int]:
    """Return what was certainly refunded of each capture, by the references of the refunds' lines."""
    references = [_references(capture.order_lines) for capture in captures]
    held = [number_in(capture, "captured_amount") for capture in captures]
    matched = [0] * len(captures)
    for refund in refunds:
        wanted = _deciding(refund, set().union(*references))
        fitting = [number for number, own in enumerate(references) if wanted and wanted <= own]
        if len(fitting) == 1:
            matched[fitting[0]] += number_in(refund, "refunded_amount", 0)
    # A capture that may have been refunded otherwise may have had no room for what was matched to it.
    while True:
        unplaced = refunded - sum(matched)
        doubtful = [n for n, amount in enumerate(matched) if amount and amount + unplaced > held[n]]
        if not doubtful:
            return matched
        for number in doubtful:
            matched[number] = 0


def _deciding(refund: RefundDto, captured: set[str]) -> set[str]:
    """Return the references that decide to which capture a refund belongs; none where that cannot be told."""
    lines = refund.order_lines or []
    if not all(isinstance(line, OrderLineDto) for line in lines):
        return set()
    totals = [line.total_amount for line in lines]
    if not all(type(total) is int for total in totals) or sum(totals) != refund.refunded_amount:
        return set()
    decisive = [
        str(line.reference or "")
        for line in lines
        if line.type_ != "return_fee" and (_is_goods(line) or line.reference in captured)
    ]
    return set() if "" in decisive else set(decisive)


def _is_goods(line: OrderLineDto) -> bool:
    return line.type_ not in _NO_GOODS and line.total_amount >= 0


def _references(order_lines: Any) -> set[str]:
    return {str(line.reference) for line in order_lines or () if line.reference}


def _sum(parts: Any, field: str) -> int:
    if parts and not (isinstance(parts, list) and all(hasattr(part, field) for part in parts)):
        raise ValueError(f"a list of the order, with a {field} in each part, cannot be read")
    return sum(number_in(part, field, 0) for part in parts or ())


def _currency(order: MerchantOrderDto) -> str:
    if not isinstance(order.purchase_currency, str):
        raise ValueError(f"the order {label(order)} names no purchase_currency")  # noqa: TRY004  # the answer's fault
    return order.purchase_currency
