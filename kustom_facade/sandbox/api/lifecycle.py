"""Rules of an order's lifecycle, each of which changes an order or refuses to.

They follow the published documentation and recordings of the same API family. Where the two
disagree, the recorded behaviour is the default, and `Switches` has the other one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from ..clock import from_wire, midnight, to_wire
from .orders import new_capture, new_refund, total
from .refusals import Refusal
from .wire import Json

#: How long after its creation an order can expire at the latest, however often it is extended.
LONGEST_AUTHORIZATION_DAYS = 90

#: Older orders cannot be extended. The day is published, its hour and time zone are not.
_FIRST_EXTENDABLE = datetime(2025, 9, 25, tzinfo=UTC)

_OPEN = frozenset({"AUTHORIZED", "PART_CAPTURED"})
_NO_GOODS = frozenset(
    {"discount", "gift_card", "sales_tax", "shipping_fee", "store_credit", "surcharge"}
)
_NO_EXTENSION_IN = frozenset({"ES", "FR", "IT", "PT"})

# An extension needs a payment that Klarna itself authorized, so no card or wallet.
_PAID_WITH_KLARNA = frozenset(
    {
        "ACCOUNT",
        "B2B_INVOICE",
        "BASE_ACCOUNT",
        "DEFERRED_INTEREST",
        "DIRECT_BANK_TRANSFER",
        "DIRECT_DEBIT",
        "FIXED_AMOUNT",
        "FIXED_SUM_CREDIT",
        "INVOICE",
        "INVOICE_BUSINESS",
        "KLARNA",
        "PAY_IN_X",
        "PAY_LATER",
        "PAY_LATER_IN_PARTS",
        "PAY_NOW",
        "PAY_OVER_TIME",
        "SLICE_IT_BY_CARD",
    }
)


@dataclass(frozen=True, slots=True)
class Switches:
    """Select a behaviour where the sources disagree.

    Attributes:
        status_after_full_refund: The status once everything captured is refunded. CAPTURED was
            recorded.
        refunds_on_captures: Whether a refund whose lines match a capture counts in that
            capture's `refunded_amount`, with its whole amount. A 0 that stays was recorded.
        authorization_days: How long an authorization lasts, at first and after each extension.

    Raises:
        ValueError: An authorization does not last for such a time.
    """

    status_after_full_refund: Literal["CAPTURED", "CLOSED"] = "CAPTURED"
    refunds_on_captures: bool = False
    authorization_days: int = 28

    def __post_init__(self) -> None:
        if not 1 <= self.authorization_days <= LONGEST_AUTHORIZATION_DAYS:
            message = f"authorization_days must be from 1 to {LONGEST_AUTHORIZATION_DAYS}"
            raise ValueError(message)


def expire(order: Json, now: datetime) -> None:
    """Set an order to EXPIRED if it is past its expiry date and not fully captured."""
    if order["status"] in _OPEN and now >= from_wire(order["expires_at"]):
        order["status"] = "EXPIRED"


def capture(
    order: Json, body: Json, now: datetime, new_id: Callable[[], str], switches: Switches
) -> Json:
    """Capture an authorized amount, and return the new capture."""
    amount = body["captured_amount"]
    if order["status"] not in _OPEN | {"CAPTURED"}:
        message = _reason(order, f"Order is {order['status'].lower()}")
        raise Refusal(403, "CAPTURE_NOT_ALLOWED", message)
    if order["fraud_status"] != "ACCEPTED":
        message = f"Fraud status of the order is {order['fraud_status']}"
        raise Refusal(403, "CAPTURE_NOT_ALLOWED", message)
    if order["status"] not in _OPEN or amount > order["remaining_authorized_amount"]:
        message = "Captured amount is higher than the remaining authorized amount"
        raise Refusal(403, "CAPTURE_NOT_ALLOWED", message)
    if amount == 0:  # the limits of the request allow it, those of a capture do not
        raise Refusal(403, "CAPTURE_NOT_ALLOWED", "Captured amount must be at least 1")
    new = new_capture(order, len(order["captures"]) + 1, new_id, to_wire(now))
    new |= {"captured_amount": amount, "order_lines": body.get("order_lines", [])}
    new |= {key: body[key] for key in ("reference", "description", "shipping_info") if key in body}
    order["captures"].append(new)
    order["captured_amount"] += amount
    order["remaining_authorized_amount"] -= amount
    _update_status(order, switches)
    return new


def refund(
    order: Json, body: Json, now: datetime, new_id: Callable[[], str], switches: Switches
) -> Json:
    """Refund a captured amount, and return the new refund."""
    amount = body["refunded_amount"]
    lines: list[Json] = body.get("order_lines", [])
    if not order["captures"]:
        raise Refusal(403, "REFUND_NOT_ALLOWED", "Order has no captures")
    if order["refunded_amount"] + amount > order["captured_amount"]:
        message = "Refunded amount is higher than the captured amount that is not refunded yet"
        raise Refusal(403, "REFUND_NOT_ALLOWED", message)
    # Searched for before anything changes, so that an error leaves no half of a refund.
    matching = _matching_capture(order, lines, amount) if switches.refunds_on_captures else None
    new = new_refund(new_id, to_wire(now)) | {"refunded_amount": amount, "order_lines": lines}
    new |= {key: body[key] for key in ("reference", "description") if key in body}
    order["refunds"].append(new)
    order["refunded_amount"] += amount
    if matching is not None:
        matching["refunded_amount"] += amount
    _update_status(order, switches)
    return new


def cancel(order: Json) -> None:
    """Cancel the whole order. Its amounts stay as they were, as recorded."""
    if order["captures"]:
        raise Refusal(403, "CANCEL_NOT_ALLOWED", "Order has previous captures")
    if order["status"] != "AUTHORIZED":
        message = _reason(order, f"Order is {order['status'].lower()}")
        raise Refusal(403, "CANCEL_NOT_ALLOWED", message)
    order["status"] = "CANCELLED"


def release(order: Json, switches: Switches) -> None:
    """Release what a partial capture left of the authorization."""
    if order["status"] != "PART_CAPTURED":
        message = "Update not allowed" if order["captures"] else "Order has no captures"
        raise Refusal(403, "NOT_ALLOWED", _reason(order, message))
    order["remaining_authorized_amount"] = 0
    _update_status(order, switches)


def update_authorization(order: Json, body: Json, switches: Switches) -> None:
    """Set amount and lines of the whole order, of which the captured amount is the minimum."""
    _require_open(order)
    amount, captured = body["order_amount"], order["captured_amount"]
    if amount < captured:
        message = (
            f"Resulting authorization amount {amount} cannot be less than "
            f"the captured amount {captured}"
        )
        raise Refusal(403, "NOT_ALLOWED", message)
    order["order_amount"] = amount
    order["order_lines"] = body["order_lines"]
    order["remaining_authorized_amount"] = amount - captured
    _update_status(order, switches)


def extend(order: Json, now: datetime, switches: Switches) -> None:
    """Move the expiry to 28 days from today, and at most 90 days after the creation.

    It never moves backwards.
    """
    _require_open(order)
    if order.get("initial_payment_method", {}).get("type") not in _PAID_WITH_KLARNA:
        raise Refusal(403, "NOT_ALLOWED", "Order is not paid with Klarna")
    if order["purchase_country"].upper() in _NO_EXTENSION_IN:
        country = order["purchase_country"].upper()
        message = f"Authorization time cannot be extended in {country}"
        raise Refusal(403, "NOT_ALLOWED", message)
    created_at, expires_at = from_wire(order["created_at"]), from_wire(order["expires_at"])
    if created_at < _FIRST_EXTENDABLE:
        day = _FIRST_EXTENDABLE.date()
        message = f"Authorization time cannot be extended for orders made before {day}"
        raise Refusal(403, "NOT_ALLOWED", message)
    extended = midnight(now + timedelta(days=switches.authorization_days))
    latest = midnight(created_at + timedelta(days=LONGEST_AUTHORIZATION_DAYS))
    order["expires_at"] = to_wire(max(min(extended, latest), expires_at))


def update_customer_details(order: Json, body: Json) -> None:
    """Overwrite the given fields of the shipping address. An empty string clears a field."""
    _require_alive(order)
    order["shipping_address"] |= body.get("shipping_address", {})


def update_merchant_references(order: Json, body: Json) -> None:
    """Overwrite the given references. An empty string clears a reference."""
    _require_alive(order)
    order |= body


def append_shipping_info(order_or_capture: Json, body: Json) -> None:
    """Append shipments. No status is known in which that is refused."""
    order_or_capture.setdefault("shipping_info", []).extend(body["shipping_info"])


def _update_status(order: Json, switches: Switches) -> None:
    """Set the status that follows from the amounts, once there is a capture."""
    if not order["captures"]:
        return
    if order["status"] in _OPEN:
        order["status"] = "PART_CAPTURED" if order["remaining_authorized_amount"] else "CAPTURED"
    if order["status"] == "CAPTURED" and order["refunded_amount"] == order["captured_amount"]:
        order["status"] = switches.status_after_full_refund


def _matching_capture(order: Json, lines: list[Json], amount: int) -> Json | None:
    """Return the first capture that a refund's lines refer to and that has the amount left.

    All lines together have to make up the amount, but not all have to be in the capture.
    A return fee never was in one. Other lines that are no goods have to be in this capture
    only if some capture of the order has them.
    """
    captures: list[Json] = order["captures"]
    captured = {reference for each in captures for reference in _references(each["order_lines"])}
    references = _references(line for line in lines if _is_matched(line, captured))
    if not references or "" in references or total(lines, "total_amount") != amount:
        return None
    for candidate in captures:
        refundable = candidate["captured_amount"] - candidate["refunded_amount"]
        if references <= _references(candidate["order_lines"]) and amount <= refundable:
            return candidate
    return None


def _is_matched(line: Json, captured: set[str]) -> bool:
    """Return whether a line of a refund has to be in its capture."""
    kind, reference = line.get("type"), line.get("reference")
    if kind == "return_fee":
        return False
    return kind not in _NO_GOODS or bool(reference and reference in captured)


def _references(lines: Iterable[Json]) -> set[str]:
    """Return the references of lines, with an empty one for all lines that have none."""
    return {line.get("reference") or "" for line in lines}


def _require_open(order: Json) -> None:
    if order["status"] not in _OPEN:
        raise Refusal(403, "NOT_ALLOWED", _reason(order, "Update not allowed"))


def _require_alive(order: Json) -> None:
    if order["status"] in {"CANCELLED", "EXPIRED"}:
        raise Refusal(403, "NOT_ALLOWED", _reason(order, "Update not allowed"))


def _reason(order: Json, otherwise: str) -> str:
    return "Order is expired" if order["status"] == "EXPIRED" else otherwise
