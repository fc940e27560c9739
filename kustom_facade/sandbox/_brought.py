"""The whole shape of an order: what somebody brings has to have it, and what a state file holds as well.

It is the shape of the published document, so that what was taken in can be given out by a read. Fields that the
document does not have are kept as they are, as the API itself has some.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from ._clock import from_wire
from ._limits import ADDRESS, LINE, SHIPMENT
from ._orders import UUID, Names, copied, filled_in
from ._schema import INT32, Dated, Flag, Form, Integer, ListOf, Object, Problems, Shape, Text
from ._wire import Json

_MANY = 1_000_000

_amount, _text = Integer(0), Text()
_moment = Dated(from_wire, "2020-09-29T14:39:58.000Z")
# The reader of dates takes other spellings too, which the document does not allow.
_day = Dated(lambda text: date.fromisoformat(text if len(text) == len("1941-03-21") else ""), "1941-03-21")
_lines, _shipments = ListOf(LINE, most=_MANY), ListOf(SHIPMENT, most=_MANY)


def _texts(*names: str) -> dict[str, Shape]:
    return dict.fromkeys(names, _text)


_CAPTURE: dict[str, Shape] = {
    **_texts("capture_id", "description", "klarna_reference"),
    "captured_amount": Integer(1),
    "captured_at": _moment,
    "refunded_amount": _amount,
    "order_lines": _lines,
    "billing_address": ADDRESS,
    "shipping_address": ADDRESS,
    "shipping_info": _shipments,
}
_REFUND: dict[str, Shape] = {
    **_texts("refund_id", "description"),
    "refunded_amount": _amount,
    "refunded_at": _moment,
    "order_lines": _lines,
}
_CUSTOMER = Object(
    {
        "date_of_birth": _day,
        **_texts("national_identification_number", "organization_entity_type"),
        **_texts("organization_registration_id", "type", "vat_id"),
    }
)
_PAYMENT = Object(
    {
        **_texts("description", "type"),
        "number_of_installments": Integer(-INT32 - 1, INT32),
    }
)
_SHIPPING_OPTION = Object(
    {
        **_texts("carrier", "class", "id", "method", "name", "tms_reference", "type"),
        **dict.fromkeys(("price", "tax_amount", "tax_rate"), Integer()),
        "carrier_product": Object(_texts("identifier", "name")),
        "location": Object(
            {
                "address": Object(
                    _texts("city", "country", "postal_code", "region", "street_address", "street_address2"),
                    required=("country", "street_address"),
                ),
                **_texts("id", "name"),
                "price": Integer(),
            }
        ),
        "selected_addons": ListOf(
            Object({**_texts("external_id", "type", "user_input"), "price": _amount}, ("price", "type")),
            _MANY,
        ),
        "timeslot": Object({**_texts("cutoff", "end", "id", "start"), "price": Integer()}),
    }
)
_ORDER: dict[str, Shape] = {
    **_texts("fraud_status", "klarna_reference", "locale", "purchase_country", "purchase_currency"),
    "order_id": Text(form=Form(UUID, "a UUID")),
    "status": Text(
        words=frozenset({"AUTHORIZED", "PART_CAPTURED", "CAPTURED", "CANCELLED", "EXPIRED", "CLOSED"})
    ),
    "order_amount": _amount,
    "original_order_amount": _amount,
    "captured_amount": _amount,
    "refunded_amount": _amount,
    "remaining_authorized_amount": _amount,
    "created_at": _moment,
    "expires_at": _moment,
    "order_lines": _lines,
    "customer": _CUSTOMER,
    "billing_address": ADDRESS,
    "shipping_address": ADDRESS,
    "initial_payment_method": _PAYMENT,
}
# What an order need not have, however it came here.
_MORE: dict[str, Shape] = {
    **_texts("merchant_data", "merchant_reference1", "merchant_reference2"),
    "selected_shipping_option": _SHIPPING_OPTION,
    "shipping_info": _shipments,
}


def _order(*, is_complete: bool) -> Object:
    def parts(fields: dict[str, Shape], more: dict[str, Shape]) -> ListOf:
        return ListOf(Object(fields | more, tuple(fields) if is_complete else ()), _MANY)

    needed = _ORDER | {
        "captures": parts(_CAPTURE, {"reference": Text(255)}),
        "refunds": parts(_REFUND, {"reference": _text, "credit_invoice": Flag()}),
    }
    return Object(needed | _MORE, tuple(needed) if is_complete else ())


_GIVEN = _order(is_complete=False)
ORDER = _order(is_complete=True)
"""An order as the sandbox holds it, with nothing left out."""


def complete(given: Iterable[Any], now: datetime, names: Names) -> list[Json]:
    """Orders from what is given of them: what they lack is filled in, and the rest is as it was.

    Raises:
        ValueError: they are not of the shape that orders have; the message names every field that is wrong.
        TypeError: they hold something that is not JSON.
    """
    orders = [copied(order) for order in given]
    _check(orders, _GIVEN)
    filled = [filled_in(order, now, names) for order in orders]
    # Once more: sums of what was given can be no amounts.
    _check(filled, ORDER)
    return filled


def _check(orders: list[Any], shape: Shape) -> None:
    problems = Problems()
    for number, order in enumerate(orders):
        shape.read(order, f"orders[{number}]", problems)
    wrong = (*problems.malformed, *problems.beyond)
    if wrong:
        raise ValueError("; ".join(wrong))
