"""The schema of a whole order, as users give one and as a state file holds it.

It follows the published spec, so that a read can return every order that was accepted.
Fields that the spec does not have are kept, because the API itself has some.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from ..clock import from_wire
from .ids import UUID, IdGenerator
from .limits import ADDRESS, LINE, SHIPMENT
from .orders import json_copy, with_defaults
from .schema import (
    INT32,
    Boolean,
    DateString,
    Integer,
    ListOf,
    Object,
    Pattern,
    Problems,
    Schema,
    Text,
)
from .wire import Json, compact

# How alike two names are, from 0 to 1, for one to be the other one misspelt. A letter that is
# missing, doubled or wrong is. `customer` and `customer_id` are two names.
_NEAR = 0.85

# The limits of a list are those of requests; what an order collects has none that is published.
_MANY = 1_000_000

#: How deeply an order can be nested, which is far more than the spec needs.
DEEPEST = 32
#: Bytes of an order as JSON. It takes some thousand captures to get there.
LARGEST = 4 * 1024 * 1024

_DAY = "1941-03-21"
_amount, _text = Integer(0), Text()
_date_time = DateString(from_wire, "2020-09-29T14:39:58.000Z")
# `fromisoformat` also takes spellings of other lengths, which the spec does not allow.
_date = DateString(lambda text: date.fromisoformat(text if len(text) == len(_DAY) else ""), _DAY)
_lines, _shipments = ListOf(LINE, most=_MANY), ListOf(SHIPMENT, most=_MANY)


def _texts(*names: str) -> dict[str, Schema]:
    return dict.fromkeys(names, _text)


_CAPTURE: dict[str, Schema] = {
    **_texts("capture_id", "description", "klarna_reference"),
    "captured_amount": Integer(1),
    "captured_at": _date_time,
    "refunded_amount": _amount,
    "order_lines": _lines,
    "billing_address": ADDRESS,
    "shipping_address": ADDRESS,
    "shipping_info": _shipments,
}
_REFUND: dict[str, Schema] = {
    **_texts("refund_id", "description"),
    "refunded_amount": _amount,
    "refunded_at": _date_time,
    "order_lines": _lines,
}
_CUSTOMER = Object(
    {
        "date_of_birth": _date,
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
_LOCATION_ADDRESS = Object(
    _texts("city", "country", "postal_code", "region", "street_address", "street_address2"),
    required=("country", "street_address"),
)
_ADDON = Object(
    {**_texts("external_id", "type", "user_input"), "price": _amount},
    required=("price", "type"),
)
_SHIPPING_OPTION = Object(
    {
        **_texts("carrier", "class", "id", "method", "name", "tms_reference", "type"),
        **dict.fromkeys(("price", "tax_amount", "tax_rate"), Integer()),
        "carrier_product": Object(_texts("identifier", "name")),
        "location": Object(
            {**_texts("id", "name"), "address": _LOCATION_ADDRESS, "price": Integer()}
        ),
        "selected_addons": ListOf(_ADDON, _MANY),
        "timeslot": Object({**_texts("cutoff", "end", "id", "start"), "price": Integer()}),
    }
)
_STATUSES = frozenset({"AUTHORIZED", "PART_CAPTURED", "CAPTURED", "CANCELLED", "EXPIRED", "CLOSED"})
_ORDER: dict[str, Schema] = {
    **_texts("fraud_status", "klarna_reference", "locale", "purchase_country"),
    "purchase_currency": _text,
    "order_id": Text(pattern=Pattern(UUID, "a UUID")),
    "status": Text(words=_STATUSES),
    "order_amount": _amount,
    "original_order_amount": _amount,
    "captured_amount": _amount,
    "refunded_amount": _amount,
    "remaining_authorized_amount": _amount,
    "created_at": _date_time,
    "expires_at": _date_time,
    "order_lines": _lines,
    "customer": _CUSTOMER,
    "billing_address": ADDRESS,
    "shipping_address": ADDRESS,
    "initial_payment_method": _PAYMENT,
}
_OPTIONAL: dict[str, Schema] = {
    **_texts("merchant_data", "merchant_reference1", "merchant_reference2"),
    "selected_shipping_option": _SHIPPING_OPTION,
    "shipping_info": _shipments,
}


def _order(*, is_complete: bool) -> Object:
    def effects(required: dict[str, Schema], optional: dict[str, Schema]) -> ListOf:
        names = tuple(required) if is_complete else ()
        return ListOf(Object(required | optional, names), _MANY)

    required = _ORDER | {
        "captures": effects(_CAPTURE, {"reference": Text(255)}),
        "refunds": effects(_REFUND, {"reference": _text, "credit_invoice": Boolean()}),
    }
    return Object(required | _OPTIONAL, tuple(required) if is_complete else ())


_GIVEN = _order(is_complete=False)
#: An order as the sandbox holds it, with nothing left out.
ORDER = _order(is_complete=True)


def complete_orders(
    given: Iterable[Any], now: datetime, ids: IdGenerator, authorization_days: int
) -> list[Json]:
    """Return copies of orders with defaults for the fields that they lack.

    Raises:
        ValueError: An order does not fit the schema, has a misspelt field, or is too deep or too
            large. The message names every wrong field.
        TypeError: An order holds something that is not JSON.
    """
    orders = copies(given)
    misspelt = [
        problem
        for index, order in enumerate(orders)
        for problem in _misspelt(order, _GIVEN, f"orders[{index}]")
    ]
    if misspelt:
        raise ValueError("; ".join(misspelt))
    _check(orders, _GIVEN)
    completed = [with_defaults(order, now, ids, authorization_days) for order in orders]
    # Sums of valid amounts can be out of range.
    _check(completed, ORDER)
    for index, order in enumerate(completed):
        if len(compact(order)) > LARGEST:
            raise ValueError(f"orders[{index}]: must have at most {LARGEST} bytes")
    return completed


def copies(given: Iterable[Any]) -> list[Any]:
    """Return copies of values that are JSON, whether they are orders or not.

    Raises:
        ValueError: One is too deep, or holds something that is not JSON.
        TypeError: As above.
    """
    orders = list(given)
    for index, order in enumerate(orders):
        level = [order]
        for _ in range(DEEPEST):
            level = [item for value in level for item in _items(value)]
        if level:  # Python itself fails to copy what is some hundred levels deep
            raise ValueError(f"orders[{index}]: must not be nested deeper than {DEEPEST} levels")
    return [json_copy(order) for order in orders]


def _misspelt(value: Any, schema: Schema, path: str) -> Iterator[str]:
    """Yield each unknown field whose name is nearly that of a known one that is not given.

    Its value would be made up, and nobody would notice.
    """
    if isinstance(schema, ListOf) and isinstance(value, list):
        items: list[Any] = value
        for index, item in enumerate(items):
            yield from _misspelt(item, schema.item, f"{path}[{index}]")
    elif isinstance(schema, Object) and isinstance(value, dict):
        given: Json = value
        for name, inner in given.items():
            if name in schema.fields:
                yield from _misspelt(inner, schema.fields[name], f"{path}.{name}")
                continue
            for near in get_close_matches(name, schema.fields.keys() - given.keys(), 1, _NEAR):
                yield f"{path}.{name}: is not a field; did you mean {near}?"


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def _check(orders: list[Any], schema: Schema) -> None:
    problems = Problems()
    for index, order in enumerate(orders):
        schema.read(order, f"orders[{index}]", problems)
    if problems:
        raise ValueError("; ".join((*problems.malformed, *problems.out_of_range)))
