"""Orders as the checkout would have left them: the published example, and others with what they lack filled in."""

import json
import random
import re
import string
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from ._clock import as_wire, from_wire, midnight, to_wire
from ._wire import Json

EXAMPLE_ORDER_ID = "f3392f8b-6116-4073-ab96-e330819e2c07"
"""The order of the published documentation, which every sandbox starts with."""

AUTHORIZATION_DAYS = 28
"""How long an authorization lasts, at first and after each extension."""

UUID = re.compile(r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
"""Of any version: order ids mostly are of none."""

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


def is_uuid(text: str) -> bool:
    """Whether it looks like a UUID."""
    return UUID.search(text) is not None


def order_line(name: str, reference: str, price: int, quantity: int = 1, kind: str = "physical") -> Json:
    """A line at 25 % tax, in the recorded shape; the price of one piece includes the tax."""
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
        "total_tax_amount": total // 5,  # 25 % on top of a price is a fifth of the price that includes it
    }


def _example_lines() -> list[Json]:
    return [
        order_line("Ceramic mug", "MUG-01", 1995, quantity=2),
        order_line("Linen tea towel", "TOWEL-02", 3110),
        order_line("Parcel to your door", "SHIPPING", 2900, kind="shipping_fee"),
    ]


class Names:
    """Ids that look random and are the same in every run with the same seed."""

    def __init__(self, seed: int | str) -> None:
        self._ids = random.Random(f"ids {seed}")  # noqa: S311  to be repeatable is the point
        self._traces = random.Random(f"traces {seed}")  # noqa: S311  as above

    def new_id(self) -> str:
        """An id for an order, a capture or a refund; reads in between do not change which one comes next."""
        return _as_uuid(self._ids.getrandbits(128))

    def new_trace(self) -> str:
        """An id for a request: its correlation id, for example."""
        return _as_uuid(self._traces.getrandbits(128))

    def new_reference(self) -> str:
        """A `klarna_reference`, 8 characters for people."""
        return "".join(self._ids.choices(string.ascii_uppercase + string.digits, k=8))


def _as_uuid(bits: int) -> str:
    digits = f"{bits:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def copied(given: Any) -> Any:
    """A copy, and the proof that it can be written to the wire: half a surrogate pair could not.

    Raises:
        ValueError: a number or a text is none of JSON's.
        TypeError: it holds something that is not JSON.
    """
    return json.loads(json.dumps(given, allow_nan=False, ensure_ascii=False).encode())


def filled_in(order: Json, now: datetime, names: Names) -> Json:
    """The order with what it lacks; what it has is kept as it is, also where it does not add up."""
    order["order_id"] = order.get("order_id", names.new_id()).lower()
    _fill_lines(order)
    order["created_at"] = as_wire(order.get("created_at", to_wire(now)))
    expires_at = midnight(from_wire(order["created_at"]) + timedelta(days=AUTHORIZATION_DAYS))
    order["expires_at"] = as_wire(order.get("expires_at", to_wire(expires_at)))
    defaults: Json = {
        "fraud_status": "ACCEPTED",
        "original_order_amount": order["order_amount"],
        "purchase_currency": "SEK",
        "purchase_country": "SE",
        "locale": "sv-SE",
        "klarna_reference": names.new_reference(),
        "customer": {"date_of_birth": "1941-03-21", "type": "person"},
        "billing_address": dict(_ADDRESS),
        "shipping_address": dict(_ADDRESS),
        "initial_payment_method": {"type": "INVOICE", "description": "Pay later"},
    }
    order.update({key: value for key, value in defaults.items() if key not in order})
    _fill_history(order, to_wire(now), names.new_id)
    return order


def _fill_lines(order: Json) -> None:
    if "order_lines" not in order:
        amount = order.get("order_amount")
        order["order_lines"] = _example_lines() if amount is None else [order_line("Goods", "1", amount)]
    order.setdefault("order_amount", total(order["order_lines"], "total_amount"))


def _fill_history(order: Json, now: str, new_id: Callable[[], str]) -> None:
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
    rest = max(0, order["order_amount"] - captured)  # more may be captured than was ordered
    if "status" not in order:
        left = order.get("remaining_authorized_amount", rest)
        order["status"] = "AUTHORIZED" if not captures else "PART_CAPTURED" if left else "CAPTURED"
    over = order["status"] in {"CAPTURED", "CLOSED"}
    order.setdefault("remaining_authorized_amount", 0 if over else rest)


def new_capture(order: Json, number: int, new_id: Callable[[], str], now: str) -> Json:
    """What every capture has besides the amount and lines that were asked for, in the recorded shape."""
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
    """What every refund has besides the amount and lines that were asked for."""
    return {"refund_id": new_id(), "refunded_at": now, "description": ""}


def total(things: Iterable[Json], amount: str) -> int:
    """The sum of one amount over lines, captures or refunds."""
    return sum(thing[amount] for thing in things)
