"""What an order shows, and what can still be done with it; partly public as functions of ``kustom_facade.lines``.

Honest about what the wire gets wrong: amounts of a cancelled order, captures that never count their refunds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from kustom_order_management.types import Unset

from ._amounts import label, number_in, sum_of
from .money import Money

if TYPE_CHECKING:
    from kustom_order_management.models import MerchantOrderDto

#: The states in which something can be captured, and those in which nothing can any more.
OPEN: Final = ("AUTHORIZED", "PART_CAPTURED")
OVER: Final = ("CAPTURED", "CANCELLED", "EXPIRED", "CLOSED")


def capturable(order: MerchantOrderDto) -> Money:
    """What can still be captured: nothing, unless the status and the fraud status allow it.

    A cancelled order may still show its full ``remaining_authorized_amount``, so that amount alone says nothing. A fraud
    status that the order does not name stands in nobody's way.

    Raises:
        ValueError: the order names no currency or no remaining amount.
    """
    currency = _currency(order)
    if order.status not in OPEN or (order.fraud_status and order.fraud_status != "ACCEPTED"):
        return Money(0, currency)
    return Money(max(0, number_in(order, "remaining_authorized_amount")), currency)


def refundable(order: MerchantOrderDto) -> Money:
    """What was captured and not refunded yet; nothing of a CLOSED order, for that is one whose captures are refunded.

    What the order, its ``refunds`` and its captures say was refunded may each lag: the largest of them counts. Where the
    order names no ``captured_amount``, its captures do.

    Raises:
        ValueError: the order names no currency, or an amount that is no whole number.
    """
    currency = _currency(order)
    if order.status == "CLOSED":
        return Money(0, currency)
    return Money(max(0, captured(order) - refunded(order)), currency)


def captured(order: MerchantOrderDto) -> int:
    """The order's captured amount in minor units, as its captures have it if it names none."""
    if isinstance(order.captured_amount, Unset):
        return _sum(order.captures, "captured_amount")
    return number_in(order, "captured_amount")


def refunded(order: MerchantOrderDto) -> int:
    """What was refunded in minor units, by whatever place of the order says most."""
    return max(
        number_in(order, "refunded_amount", 0),
        _sum(order.refunds, "refunded_amount"),
        _sum(order.captures, "refunded_amount"),
    )


def _sum(parts: Any, field: str) -> int:
    if parts and not (isinstance(parts, list) and all(hasattr(part, field) for part in parts)):
        raise ValueError(f"a list of the order, with a {field} in each part, cannot be read")
    return sum(number_in(part, field, 0) for part in parts or ())


def refundable_by_capture(order: MerchantOrderDto) -> dict[str, Money]:
    """At most how much of each capture can still be refunded, by its ``capture_id``.

    A capture's own ``refunded_amount`` may stay 0, so refunds are matched as the vendor does it: to the capture whose
    lines have all of the refund's references, if the refund's lines sum up to it. A refund that matches none cannot
    be told from which capture it was; no capture is ever shown with more than :func:`refundable`.

    Raises:
        ValueError: the order names no currency, a capture has no id or amount.
    """
    currency, most = _currency(order), refundable(order)
    matched: dict[str, int] = {}
    captures = list(order.captures or [])
    for refund in order.refunds or []:
        amount, references = number_in(refund, "refunded_amount", 0), _references(refund.order_lines)
        fitting = [
            one
            for one in captures
            if references and "" not in references and references <= _references(one.order_lines)
        ]
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
    """The references of lines; an empty one stands for all lines that have none."""
    return {str(line.reference or "") for line in order_lines or ()}


def _currency(order: MerchantOrderDto) -> str:
    if not isinstance(order.purchase_currency, str):
        raise ValueError(f"the order {label(order)} names no purchase_currency")  # noqa: TRY004  # the answer's fault
    return order.purchase_currency


# --- for the conversations that read an order and decide


@dataclass(frozen=True, slots=True)
class Effect:
    """What differs between captures and refunds."""

    name: Literal["capture", "refund"]
    #: The order's list of them, and the amount that counts them.
    listed: str
    total: str
    #: The fields of one.
    id: str
    amount: str
    #: Why the order does not allow one of an amount; ``None`` where it does, or cannot tell.
    refused: Callable[[MerchantOrderDto, int], str | None]

    def of(self, order: MerchantOrderDto) -> list[Any] | None:
        """Those that the order lists; ``None`` where its list cannot be read."""
        listed = getattr(order, self.listed) or []
        readable = isinstance(listed, list) and all(hasattr(one, self.amount) for one in listed)
        return listed if readable else None


def has_reference(effect: Any, reference: str) -> bool:
    """Whether it is that of an event; a reference that looks like a number may come back as one."""
    return isinstance(effect.reference, str | int) and str(effect.reference) == reference


def sum_listed(order: MerchantOrderDto, kind: Effect) -> int:
    """The sum of what the order lists, as far as it can be read."""
    amounts = [getattr(one, kind.amount) for one in kind.of(order) or ()]
    return sum(one for one in amounts if isinstance(one, int))


def settled(order: MerchantOrderDto, kind: Effect) -> bool:
    """Whether the order lists all that it counts, wherever it does: what is not listed yet may be what is looked for."""
    try:
        counted = captured(order) if kind is CAPTURE else refunded(order)
    except ValueError:
        return False
    if (
        kind is CAPTURE
        and isinstance(order.captures, Unset)
        and order.status in ("PART_CAPTURED", "CAPTURED")
    ):
        return False
    return sum_listed(order, kind) >= counted


def was_released(order: MerchantOrderDto) -> bool:
    """Whether a part of the order was never captured, and cannot be any more; amounts that cannot be read prove nothing."""
    try:
        return order.status in ("CAPTURED", "CLOSED") and captured(order) < number_in(
            order, "order_amount", 0
        )
    except ValueError:
        return False


def is_captured(order: MerchantOrderDto) -> bool:
    """Whether anything was captured, by whatever place of the order says so."""
    return order.status == "PART_CAPTURED" or bool(order.captures) or bool(order.captured_amount)


def _uncapturable(order: MerchantOrderDto, amount: int) -> str | None:
    if order.status in OVER:
        return f"the order is {order.status}"
    if isinstance(order.fraud_status, str) and order.fraud_status not in ("", "ACCEPTED"):
        return f"the order's fraud_status is {order.fraud_status}"
    left = order.remaining_authorized_amount
    if isinstance(left, int) and amount > left:
        return f"{amount} is more than the order's remaining_authorized_amount of {left}"
    return None


def _unrefundable(order: MerchantOrderDto, amount: int) -> str | None:
    try:
        taken, back = captured(order), refunded(order)
    except ValueError:  # an amount that cannot be read
        return None
    if amount > taken - back:
        return f"{amount} is more than the {taken} captured less the {back} refunded"
    return None


CAPTURE: Final = Effect(
    "capture",
    "captures",
    "captured_amount",
    "capture_id",
    "captured_amount",
    _uncapturable,
)
REFUND: Final = Effect("refund", "refunds", "refunded_amount", "refund_id", "refunded_amount", _unrefundable)
