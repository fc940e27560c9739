"""An order's captures and refunds as evidence: what it lists, what it counts, and what it does not allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from kustom_order_management.types import Unset

from ._amounts import number_in
from .orders import OVER, captured, refunded

if TYPE_CHECKING:
    from kustom_order_management.models import MerchantOrderDto


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
    #: How much of the order there is left for one; ``None`` where it cannot be read.
    left: Callable[[MerchantOrderDto], int | None]

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


def _left_to_capture(order: MerchantOrderDto) -> int | None:
    left = order.remaining_authorized_amount
    return left if type(left) is int else None


def _left_to_refund(order: MerchantOrderDto) -> int | None:
    if order.status == "CLOSED":  # all that was captured has been refunded
        return 0
    try:
        return captured(order) - refunded(order)
    except ValueError:  # an amount that cannot be read
        return None


CAPTURE: Final = Effect(
    "capture",
    "captures",
    "captured_amount",
    "capture_id",
    "captured_amount",
    _uncapturable,
    _left_to_capture,
)
REFUND: Final = Effect(
    "refund",
    "refunds",
    "refunded_amount",
    "refund_id",
    "refunded_amount",
    _unrefundable,
    _left_to_refund,
)
