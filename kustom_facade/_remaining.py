"""What can still be done with an order; public as functions of ``kustom_facade.lines``.

Honest about what the wire gets wrong: amounts of a cancelled order, captures that never count their refunds.
"""

from __future__ import annotations

from typing import Any, Final

from kustom_order_management.models import MerchantOrderDto

from ._amounts import label, number_in, sum_of
from .money import Money

_CAPTURABLE: Final = ("AUTHORIZED", "PART_CAPTURED")


def capturable(order: MerchantOrderDto) -> Money:
    """What can still be captured: nothing, unless the status and the fraud status allow it.

    A cancelled order may still show its full ``remaining_authorized_amount``, so that amount alone says nothing.

    Raises:
        ValueError: the order names no currency or no remaining amount.
    """
    currency = _currency(order)
    if order.status not in _CAPTURABLE or order.fraud_status != "ACCEPTED":
        return Money(0, currency)
    return Money(max(0, number_in(order, "remaining_authorized_amount")), currency)


def refundable(order: MerchantOrderDto) -> Money:
    """What was captured and not refunded yet.

    Of the order's ``refunded_amount`` and the sum of its ``refunds`` the larger one counts: either may lag.

    Raises:
        ValueError: the order names no currency or no captured amount.
    """
    listed = sum(number_in(refund, "refunded_amount", 0) for refund in order.refunds or [])
    left = number_in(order, "captured_amount") - max(number_in(order, "refunded_amount", 0), listed)
    return Money(max(0, left), _currency(order))


def refundable_by_capture(order: MerchantOrderDto) -> dict[str, Money]:
    """At most how much of each capture can still be refunded, by its ``capture_id``.

    A capture's own ``refunded_amount`` may stay 0, so refunds are matched as the vendor does it: to the capture whose
    lines have all of the refund's references, if the refund's lines sum up to it. A refund that matches none cannot
    be told from which capture it was; no capture is ever shown with more than :func:`refundable`.

    Raises:
        ValueError: the order names no currency or no captured amount, or a capture has no id.
    """
    currency, most = _currency(order), refundable(order)
    matched: dict[str, int] = {}
    captures = list(order.captures or [])
    for refund in order.refunds or []:
        amount, references = number_in(refund, "refunded_amount", 0), _references(refund.order_lines)
        fitting = [one for one in captures if references and references <= _references(one.order_lines)]
        if len(fitting) == 1 and sum_of(refund.order_lines or [], "total_amount") == amount:
            key = str(fitting[0].capture_id)
            matched[key] = matched.get(key, 0) + amount
    found = {}
    for capture in captures:
        key = str(capture.capture_id)
        if not capture.capture_id:
            raise ValueError("a capture of the order has no capture_id")
        refunded = max(number_in(capture, "refunded_amount", 0), matched.get(key, 0))
        found[key] = min(most, Money(max(0, number_in(capture, "captured_amount") - refunded), currency))
    return found


def _references(order_lines: Any) -> set[str]:
    return {str(line.reference) for line in order_lines or () if line.reference}


def _currency(order: MerchantOrderDto) -> str:
    if not isinstance(order.purchase_currency, str):
        raise ValueError(f"the order {label(order)} names no purchase_currency")  # noqa: TRY004  # the answer's fault
    return order.purchase_currency
