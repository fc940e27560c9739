"""Orders as checkout leaves them: the published example, and defaults for others."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from ..clock import as_wire, from_wire, midnight, to_wire
from .ids import IdGenerator
from .wire import Json

#: The order of the published documentation, with which every sandbox starts.
EXAMPLE_ORDER_ID = "f3392f8b-6116-4073-ab96-e330819e2c07"

_ADDRESS: Json = {
    "given_name": "Test",
    "family_name": "Testsson",
    "title": "",
    "street_address": "Testgatan 10",
    "street_address2": "",
    "postal_code": "123 45",
    "city": "Vetlanda",
    "region": "",
    "country": "SE",
    "email": "test.testsson@example.com",
    "phone": "+46000000000",
}


def _order_line(
    name: str, reference: str, price: int, quantity: int = 1, kind: str = "physical"
) -> Json:
    """Return a line in the recorded shape, with 25 % tax included in the price of one piece."""
    total = quantity * price
    return {
        "reference": reference,
        "type": kind,
        "quantity": quantity,
        "quantity_unit": "",
        "name": name,
        "total_amount": total,
        "unit_price": price,
        "total_discount_amount": 0,
        "tax_rate": 2500,
        "total_tax_amount": total // 5,  # 25 % of the net price is a fifth of the gross price
    }


def _example_lines() -> list[Json]:
    return [
        _order_line("Ceramic mug", "MUG-01", 1995, quantity=2),
        _order_line("Linen tea towel", "TOWEL-02", 3110),
        _order_line("Parcel to your door", "SHIPPING", 2900, kind="shipping_fee"),
    ]


def json_copy(value: Any) -> Any:
    """Return a copy that can be written to the wire.

    Raises:
        ValueError: A number or a text is not JSON's, such as NaN or half a surrogate pair.
        TypeError: The value holds something that is not JSON.
    """
    return json.loads(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())


def with_defaults(order: Json, now: datetime, ids: IdGenerator, authorization_days: int) -> Json:
    """Fill in the fields that an order lacks, and return it.

    Fields that it has are kept, even if they do not add up. Only dates in a form that the wire
    does not have are rewritten.
    """
    order["order_id"] = order.get("order_id", ids.new_id()).lower()
    _add_lines(order)
    order["created_at"] = as_wire(order.get("created_at", to_wire(now)))
    expires_at = midnight(from_wire(order["created_at"]) + timedelta(days=authorization_days))
    order["expires_at"] = as_wire(order.get("expires_at", to_wire(expires_at)))
    defaults: Json = {
        "fraud_status": "ACCEPTED",
        "original_order_amount": order["order_amount"],
        "purchase_currency": "SEK",
        "purchase_country": "SE",
        "locale": "sv-SE",
        "klarna_reference": ids.new_reference(),
        "customer": {"date_of_birth": "1941-03-21", "type": "person"},
        "billing_address": dict(_ADDRESS),
        "shipping_address": dict(_ADDRESS),
        "initial_payment_method": {"type": "INVOICE", "description": "Pay later"},
    }
    order.update({key: value for key, value in defaults.items() if key not in order})
    _add_history(order, to_wire(now), ids.new_id)
    return order


def _add_lines(order: Json) -> None:
    if "order_lines" not in order:
        amount = order.get("order_amount")
        lines = _example_lines() if amount is None else [_order_line("Goods", "1", amount)]
        order["order_lines"] = lines
    order.setdefault("order_amount", total(order["order_lines"], "total_amount"))


def _add_history(order: Json, now: str, new_id: Callable[[], str]) -> None:
    captures: list[Json] = order.setdefault("captures", [])
    for number, capture in enumerate(captures, start=1):
        capture.setdefault("order_lines", [])
        capture.setdefault("captured_amount", total(capture["order_lines"], "total_amount"))
        capture.update(new_capture(order, number, new_id, now) | capture)
        capture["captured_at"] = as_wire(capture["captured_at"])
    refunds: list[Json] = order.setdefault("refunds", [])
    for refund in refunds:
        refund.setdefault("order_lines", [])
        refund.setdefault("refunded_amount", total(refund["order_lines"], "total_amount"))
        refund.update(new_refund(new_id, now) | refund)
        refund["refunded_at"] = as_wire(refund["refunded_at"])
    captured = order.setdefault("captured_amount", total(captures, "captured_amount"))
    order.setdefault("refunded_amount", total(refunds, "refunded_amount"))
    uncaptured = max(0, order["order_amount"] - captured)  # more may be captured than was ordered
    if "status" not in order:
        remaining = order.get("remaining_authorized_amount", uncaptured)
        captured_status = "PART_CAPTURED" if remaining else "CAPTURED"
        order["status"] = captured_status if captures else "AUTHORIZED"
    is_done = order["status"] in {"CAPTURED", "CLOSED"}
    order.setdefault("remaining_authorized_amount", 0 if is_done else uncaptured)


def new_capture(order: Json, number: int, new_id: Callable[[], str], now: str) -> Json:
    """Return the fields of a capture, in the recorded shape, that no request sets."""
    return {
        "capture_id": new_id(),
        "klarna_reference": f"{order['klarna_reference']}-{number}",
        "captured_at": now,
        "description": "",
        "refunded_amount": 0,
        "billing_address": dict(order["billing_address"]),
        "shipping_address": dict(order["shipping_address"]),
        "shipping_info": [],
    }


def new_refund(new_id: Callable[[], str], now: str) -> Json:
    """Return the fields of a refund that no request sets."""
    return {"refund_id": new_id(), "refunded_at": now, "description": ""}


def total(items: Iterable[Json], amount: str) -> int:
    """Return the sum of one amount over lines, captures or refunds."""
    return sum(item[amount] for item in items)
