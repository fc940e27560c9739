"""What may happen to an order, and what it does: each rule changes the order it is given, or refuses.

Where documents and recordings disagree, the recorded behaviour is the default and a switch has the other one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ._clock import from_wire, midnight, to_wire
from ._orders import AUTHORIZATION_DAYS, new_capture, new_refund, total
from ._wire import Json, Refusal

LONGEST_AUTHORIZATION_DAYS = 90
"""No extension goes further than so many days after the order was made."""

_OPEN = frozenset({"AUTHORIZED", "PART_CAPTURED"})
_NO_GOODS = frozenset(
    {
        "surcharge",
        "discount",
        "gift_card",
        "store_credit",
        "sales_tax",
        "shipping_fee",
    }
)
_NO_EXTENSION_IN = frozenset({"ES", "FR", "IT", "PT"})

# Payments that Klarna itself stands behind; a card or a wallet is somebody else's authorization.
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
    """Behaviour on which the sources disagree.

    Attributes:
        status_after_full_refund: the status once everything that was captured is refunded. Recorded: CAPTURED.
        refunds_on_captures: whether a refund whose lines match a capture counts in that capture's
            `refunded_amount`, with its whole amount. Recorded: it stays 0.
    """

    status_after_full_refund: Literal["CAPTURED", "CLOSED"] = "CAPTURED"
    refunds_on_captures: bool = False


def expire(order: Json, now: datetime) -> None:
    """Past its expiry date an order that is not fully captured is EXPIRED."""
    if order["status"] in _OPEN and now >= from_wire(order["expires_at"]):
        order["status"] = "EXPIRED"


def capture(order: Json, body: Json, now: datetime, new_id: Callable[[], str], switches: Switches) -> Json:
    """Takes money that was authorized; returns the new capture."""
    amount = body["captured_amount"]
    if order["status"] not in _OPEN | {"CAPTURED"}:
        raise Refusal(403, "CAPTURE_NOT_ALLOWED", _why_closed(order, f"Order is {order['status'].lower()}"))
    if order["fraud_status"] != "ACCEPTED":
        raise Refusal(403, "CAPTURE_NOT_ALLOWED", f"Fraud status of the order is {order['fraud_status']}")
    if order["status"] not in _OPEN or amount > order["remaining_authorized_amount"]:
        message = "Captured amount is higher than the remaining authorized amount"
        raise Refusal(403, "CAPTURE_NOT_ALLOWED", message)
    if amount == 0:  # the limits of the request allow it, those of a capture do not
        raise Refusal(403, "CAPTURE_NOT_ALLOWED", "Captured amount must be at least 1")
    made = new_capture(order, len(order["captures"]) + 1, new_id, to_wire(now))
    made |= {"captured_amount": amount, "order_lines": body.get("order_lines", [])}
    made |= {key: body[key] for key in ("reference", "description", "shipping_info") if key in body}
    order["captures"].append(made)
    order["captured_amount"] += amount
    order["remaining_authorized_amount"] -= amount
    _settle(order, switches)
    return made


def refund(order: Json, body: Json, now: datetime, new_id: Callable[[], str], switches: Switches) -> Json:
    """Gives captured money back; returns the new refund."""
    amount = body["refunded_amount"]
    lines: list[Json] = body.get("order_lines", [])
    if not order["captures"]:
        raise Refusal(403, "REFUND_NOT_ALLOWED", "Order has no captures")
    if order["refunded_amount"] + amount > order["captured_amount"]:
        message = "Refunded amount is higher than the captured amount that is not refunded yet"
        raise Refusal(403, "REFUND_NOT_ALLOWED", message)
    # Looked for before anything changes: an effect is whole, or there is none.
    matching = _capture_of_lines(order, lines, amount) if switches.refunds_on_captures else None
    made = new_refund(new_id, to_wire(now)) | {"refunded_amount": amount, "order_lines": lines}
    made |= {key: body[key] for key in ("reference", "description") if key in body}
    order["refunds"].append(made)
    order["refunded_amount"] += amount
    if matching is not None:
        matching["refunded_amount"] += amount
    _settle(order, switches)
    return made


def cancel(order: Json) -> None:
    """Gives up the whole order; its amounts stay as they were, as recorded."""
    if order["captures"]:
        raise Refusal(403, "CANCEL_NOT_ALLOWED", "Order has previous captures")
    if order["status"] != "AUTHORIZED":
        message = _why_closed(order, f"Order is {order['status'].lower()}")
        raise Refusal(403, "CANCEL_NOT_ALLOWED", message)
    order["status"] = "CANCELLED"


def release(order: Json, switches: Switches) -> None:
    """Gives up what a partial capture left of the authorization."""
    if order["status"] != "PART_CAPTURED":
        no_capture = "Order has no captures" if not order["captures"] else "Update not allowed"
        raise Refusal(403, "NOT_ALLOWED", _why_closed(order, no_capture))
    order["remaining_authorized_amount"] = 0
    _settle(order, switches)


def update_authorization(order: Json, body: Json, switches: Switches) -> None:
    """Sets a new amount and new lines for the whole order, of which the captured part is fixed."""
    _must_be_open(order)
    amount, captured = body["order_amount"], order["captured_amount"]
    if amount < captured:
        message = (
            f"Resulting authorization amount {amount} cannot be less than the captured amount {captured}"
        )
        raise Refusal(403, "NOT_ALLOWED", message)
    order["order_amount"] = amount
    order["order_lines"] = body["order_lines"]
    order["remaining_authorized_amount"] = amount - captured
    _settle(order, switches)


def extend(order: Json, now: datetime) -> None:
    """Moves the expiry to 28 days from today, at most 90 days after the order was made, and never backwards."""
    _must_be_open(order)
    if order.get("initial_payment_method", {}).get("type") not in _PAID_WITH_KLARNA:
        raise Refusal(403, "NOT_ALLOWED", "Order is not paid with Klarna")
    if order["purchase_country"].upper() in _NO_EXTENSION_IN:
        message = f"Authorization time cannot be extended in {order['purchase_country'].upper()}"
        raise Refusal(403, "NOT_ALLOWED", message)
    wanted = midnight(now + timedelta(days=AUTHORIZATION_DAYS))
    latest = midnight(from_wire(order["created_at"]) + timedelta(days=LONGEST_AUTHORIZATION_DAYS))
    order["expires_at"] = to_wire(max(min(wanted, latest), from_wire(order["expires_at"])))


def update_customer_details(order: Json, body: Json) -> None:
    """Overwrites the fields of the shipping address that are present; an empty string clears one."""
    _must_be_alive(order)
    order["shipping_address"] |= body.get("shipping_address", {})


def update_merchant_references(order: Json, body: Json) -> None:
    """Overwrites the references that are present; an empty string clears one."""
    _must_be_alive(order)
    order |= body


def append_shipping_info(order_or_capture: Json, body: Json) -> None:
    """Adds shipments to those that are known; there is no status in which that is refused."""
    order_or_capture.setdefault("shipping_info", []).extend(body["shipping_info"])


def _settle(order: Json, switches: Switches) -> None:
    """The status that follows from the amounts, once there is a capture."""
    if not order["captures"]:
        return
    if order["status"] in _OPEN:
        order["status"] = "PART_CAPTURED" if order["remaining_authorized_amount"] else "CAPTURED"
    if order["status"] == "CAPTURED" and order["refunded_amount"] == order["captured_amount"]:
        order["status"] = switches.status_after_full_refund


def _capture_of_lines(order: Json, lines: list[Json], amount: int) -> Json | None:
    """Return the first capture that a refund's lines refer to and that has the amount left.

    All lines together have to make up the amount, but not all have to be in the capture.
    A return fee never was in one. Other lines that are no goods have to be in this capture
    only if some capture of the order has them.
    """
    captures: list[Json] = order["captures"]
    captured = {reference for made in captures for reference in _references(made["order_lines"])}
    references = _references(line for line in lines if _is_matched(line, captured))
    if not references or "" in references or total(lines, "total_amount") != amount:
        return None
    for made in captures:
        left = made["captured_amount"] - made["refunded_amount"]
        if references <= _references(made["order_lines"]) and amount <= left:
            return made
    return None


def _is_matched(line: Json, captured: set[str]) -> bool:
    """Return whether a line of a refund has to be in its capture."""
    kind, reference = line.get("type"), line.get("reference")
    if kind == "return_fee":
        return False
    return kind not in _NO_GOODS or bool(reference and reference in captured)


def _references(lines: Iterable[Json]) -> set[str]:
    """Return the references of lines; an empty one stands for all lines that have none."""
    return {line.get("reference") or "" for line in lines}


def _must_be_open(order: Json) -> None:
    if order["status"] not in _OPEN:
        raise Refusal(403, "NOT_ALLOWED", _why_closed(order, "Update not allowed"))


def _must_be_alive(order: Json) -> None:
    if order["status"] in {"CANCELLED", "EXPIRED"}:
        raise Refusal(403, "NOT_ALLOWED", _why_closed(order, "Update not allowed"))


def _why_closed(order: Json, otherwise: str) -> str:
    return "Order is expired" if order["status"] == "EXPIRED" else otherwise
