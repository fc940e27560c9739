"""An order's captures and refunds as evidence: what it lists, what it counts, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from unicodedata import is_normalized

from kustom_order_management.models import Capture, MerchantOrder, Refund

from .._lines.values import int_field
from .._operations.call import Amount
from .._operations.ids import minor_units
from ..errors import InvalidRequest
from ..orders import OPEN, OVER, captured, refunded


class Effect(NamedTuple):
    """A capture or a refund that an order lists."""

    id: str | None
    #: As text: one that looks like a number may come back as a number.
    reference: str | None
    #: In minor units; anything else where it cannot be read.
    amount: Any


@dataclass(frozen=True, slots=True)
class History:
    """What an order shows of its captures, or of its refunds."""

    #: ``None`` where the list cannot be read.
    effects: Sequence[Effect] | None
    #: How much the order counts at least, by any of its places, in minor units.
    counted: int
    #: Whether it does not contradict itself by an amount that is not known.
    is_sound: bool
    #: What it lists, as far as it can be read.
    listed: int
    #: What it lists and counts, in words, for an error.
    summary: str
    #: Why none is allowed, of any amount; ``None`` where nothing is known to forbid it.
    blocked: str | None
    #: How much there is left for one; ``None`` where it cannot be read.
    left: int | None
    #: Where that comes from, in words, for an error.
    limit: str

    def may_hide(self, amount: int | None, earlier: Sequence[History] = ()) -> bool:
        """Return whether an effect of this amount, or of any, may be there and not be listed.

        What earlier reads of the order counted is not undone by a later one, which may be stale.
        """
        was_sound = all(history.is_sound for history in earlier)
        if not self.is_sound or not (was_sound or self.listed):
            return True
        hidden = max(history.counted for history in (self, *earlier)) - self.listed
        return hidden > 0 if amount is None else hidden >= amount

    def refusal(self, amount: int) -> str | None:
        """Return why the order does not allow an amount, ``None`` where it does, or cannot tell."""
        if self.blocked or self.left is None:
            return self.blocked
        if amount > self.left:
            return f"{amount} is more than {self.limit}"
        return "nothing is left of it" if amount <= 0 else None


def check_event(amount: Amount | None, reference: str) -> None:
    """Refuse what would make an event that cannot be found again, or that is none."""
    problem = ""
    if not reference:
        problem = "reference: is empty, and is what an event is found again by"
    elif reference != reference.strip() or not is_normalized("NFC", reference):
        problem = (
            "reference: has spaces at its ends, or letters in pieces (not NFC), and may come back "
            "without"
        )
    elif amount is not None and minor_units("amount", amount) == 0:
        problem = "amount: is 0, and an event of nothing cannot be found again"
    if problem:
        raise InvalidRequest(problem, problems=(problem,))


def captures_of(order: MerchantOrder) -> History:
    """Return what an order shows of its captures."""
    effects = None
    if _is_list_of(Capture, order.captures):
        effects = [
            Effect(part.capture_id or None, _text(part.reference), part.captured_amount)
            for part in order.captures or ()
        ]
    left = order.remaining_authorized_amount
    return History(
        effects=effects,
        counted=_counted_captures(order) or 0,
        is_sound=_captured(order) is not None,
        listed=_listed(effects),
        summary=f"its captures sum up to {_listed(effects)}, its captured_amount is "
        f"{order.captured_amount}, {left} of {order.order_amount} are left, and it is "
        f"{order.status}",
        blocked=_capture_blocked(order),
        left=left if type(left) is int else None,
        limit=f"the order's remaining_authorized_amount of {left}",
    )


def refunds_of(order: MerchantOrder) -> History:
    """Return what an order shows of its refunds."""
    effects = None
    if _is_list_of(Refund, order.refunds):
        effects = [
            Effect(part.refund_id or None, _text(part.reference), part.refunded_amount)
            for part in order.refunds or ()
        ]
    taken, returned = _captured(order), _amount(refunded, order)
    return History(
        effects=effects,
        counted=returned or 0,
        is_sound=returned is not None,
        listed=_listed(effects),
        summary=f"its refunds sum up to {_listed(effects)}, its refunded_amount is "
        f"{order.refunded_amount}, and it is {order.status}",
        blocked=None,
        left=None if taken is None or returned is None else taken - returned,
        limit=f"the {taken} captured less the {returned} refunded",
    )


def is_captured(order: MerchantOrder) -> bool:
    """Return whether anything was captured, by any place of the order that says so."""
    return order.status == "PART_CAPTURED" or bool(order.captures) or bool(order.captured_amount)


def was_released(order: MerchantOrder) -> bool:
    """Return whether a part of the order was never captured, and cannot be any more.

    Amounts that cannot be read prove nothing.
    """
    taken = _amount(captured, order)
    try:
        ordered = int_field(order, "order_amount", 0)
    except ValueError:
        return False
    return order.status in ("CAPTURED", "CLOSED") and taken is not None and taken < ordered


def _capture_blocked(order: MerchantOrder) -> str | None:
    if order.status in OVER:
        return f"the order is {order.status}"
    # A missing fraud status does not block.
    if isinstance(order.fraud_status, str) and order.fraud_status not in ("", "ACCEPTED"):
        return f"the order's fraud_status is {order.fraud_status}"
    return None


def _is_list_of(model: type, parts: Any) -> bool:
    return not parts or (isinstance(parts, list) and all(isinstance(part, model) for part in parts))


def _listed(effects: Sequence[Effect] | None) -> int:
    """Return the sum of what an order lists, as far as it can be read."""
    return sum(effect.amount for effect in effects or () if isinstance(effect.amount, int))


def _captured(order: MerchantOrder) -> int | None:
    """Return how much was captured, ``None`` where the order contradicts itself.

    Two kinds of orders do, by an amount that is not known: one that was captured from and lists
    nothing, and one that was captured in full and has something left. Only a cancelled order is
    known to show a rest for ever (api-facts, section 4).
    """
    left = order.remaining_authorized_amount
    is_captured_in_full = order.status in ("CAPTURED", "CLOSED")
    if is_captured_in_full and isinstance(left, int) and left > 0:
        return None
    if not order.captures and (is_captured_in_full or order.status == "PART_CAPTURED"):
        return None
    return _counted_captures(order)


def _counted_captures(order: MerchantOrder) -> int | None:
    """Return how much was captured at least, by any place of the order that can be read.

    While an order is open, the part of its amount that is no longer left was captured.
    """
    counted = _amount(captured, order)
    ordered, left = order.order_amount, order.remaining_authorized_amount
    if counted is None or order.status not in OPEN:
        return counted
    is_known = isinstance(ordered, int) and isinstance(left, int)
    return max(counted, ordered - left) if is_known else counted  # type: ignore[operator]  # ints


def _amount(read: Any, order: MerchantOrder) -> int | None:
    try:
        amount: int = read(order)
    except ValueError:  # an amount that cannot be read
        return None
    return amount


def _text(reference: Any) -> str | None:
    return str(reference) if isinstance(reference, str | int) else None
