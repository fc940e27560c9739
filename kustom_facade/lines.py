"""Order lines: build, sum, split and refund them.

``lines.physical("Tomatoes", quantity=10, unit_price=Money.of("6.00", "SEK"), tax_rate="25")``
returns an ``OrderLine`` whose amounts follow the vendor's rules:

- ``total_amount`` is ``quantity * unit_price - total_discount_amount``, all with tax.
- ``total_tax_amount`` is the tax in it, see :func:`kustom_facade.money.tax_of`.

A line that was built knows its currency, so that the clients refuse lines of two currencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, Self, TypeAlias

import attrs
from kustom_order_management.models import (
    OrderLine,
    OrderLineType,
    ProductIdentifiers,
)

from ._lines.splitting import for_refund, split, take
from ._lines.values import AnyLine, require_count, sum_field
from .money import Money, TaxRate, tax_of

__all__ = [
    "AnyLine", "Line", "Rate", "digital", "discount", "for_refund", "gift_card", "package",
    "physical", "return_fee", "sales_tax", "shipping_fee", "split", "store_credit", "surcharge",
    "take", "total", "total_tax",
]  # fmt: skip

#: A tax rate: percent as a str or Decimal ("25"), or a TaxRate. An int is refused, because people
#: write 25 % as 25 and as 2500.
Rate: TypeAlias = str | Decimal | TaxRate


@attrs.define(eq=False)
class Line(OrderLine):
    """An order line with its currency, which is no field of the API's lines."""

    #: The ISO 4217 code. Never sent.
    currency: str | None = attrs.field(default=None, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read a line from JSON data, which tells no currency."""
        line = super().from_dict(src_dict)
        line.currency = None
        return line

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OrderLine) and self.to_dict() == other.to_dict()

    __hash__ = None  # lines can be changed, like all models


# --- goods


def physical(
    name: str,
    amount: Money | None = None,
    *,
    tax_rate: Rate,
    quantity: int = 1,
    unit_price: Money | None = None,
    total: Money | None = None,
    discount: Money | None = None,
    reference: str | None = None,
    **details: Any,
) -> Line:
    """Return a line of goods that are shipped.

    Args:
        name: the text for the customer, at most 255 characters.
        amount: the price of a line of one unit with tax. It replaces ``unit_price``.
        tax_rate: percent as text, ``"25"``, or a TaxRate.
        quantity: the number of units, at least 1, in ``quantity_unit``.
        unit_price: the price of one unit with tax, before the discount.
        total: the price of the whole line with tax, after the discount. It replaces ``unit_price``.
            Where it does not divide by the quantity, the unit price is rounded up. The minor units
            above the total become a discount, so that none is lost.
        discount: the discount on the whole line with tax, 0 or more.
        reference: your article number, at most 255 characters. The vendor matches refunds to
            captures by it.
        details: further fields of an order line: ``quantity_unit``, ``image_url``, ``product_url``,
            ``merchant_data``, ``product_identifiers``.

    Raises:
        TypeError: an amount is no Money, or amounts are of two currencies. The quantity is no whole
            number. The tax rate is an int or float. A detail is no field of order lines.
        ValueError: none or several of ``amount``, ``unit_price`` and ``total`` are given. An amount
            is below 0, or the quantity below 1. The discount is above the price. The tax rate is no
            plain number.
    """
    price = _price(amount, unit_price, total, discount, quantity)
    return _line(OrderLineType.PHYSICAL, name, price, tax_rate, reference, details)


def digital(
    name: str,
    amount: Money | None = None,
    *,
    tax_rate: Rate,
    quantity: int = 1,
    unit_price: Money | None = None,
    total: Money | None = None,
    discount: Money | None = None,
    reference: str | None = None,
    **details: Any,
) -> Line:
    """Return a line of goods that are not shipped.

    Arguments and errors are those of :func:`physical`.
    """
    price = _price(amount, unit_price, total, discount, quantity)
    return _line(OrderLineType.DIGITAL, name, price, tax_rate, reference, details)


def package(
    name: str,
    amount: Money | None = None,
    *,
    tax_rate: Rate,
    quantity: int = 1,
    unit_price: Money | None = None,
    total: Money | None = None,
    discount: Money | None = None,
    reference: str | None = None,
    **details: Any,
) -> Line:
    """Return a line of several goods sold as one.

    Arguments and errors are those of :func:`physical`.
    """
    price = _price(amount, unit_price, total, discount, quantity)
    return _line(OrderLineType.PACKAGE, name, price, tax_rate, reference, details)


# --- money without a quantity


def shipping_fee(
    name: str, amount: Money, *, tax_rate: Rate, reference: str | None = None, **details: Any
) -> Line:
    """Return a line for shipping.

    An example is ``shipping_fee("Parcel", Money.of("29.00", "SEK"), tax_rate="25")``.

    Args:
        name: the text for the customer, at most 255 characters.
        amount: the amount with tax, 0 or more. The kind of the line gives it its sign.
        tax_rate: percent as text, ``"25"``, or a TaxRate.
        reference: your own id of the line, at most 255 characters.
        details: further fields of an order line, as of :func:`physical`.

    Raises:
        TypeError: the amount is no Money. The tax rate is an int or float. A detail is no field of
            order lines.
        ValueError: the amount is below 0, or the tax rate is no plain number.
    """
    return _line(
        OrderLineType.SHIPPING_FEE, name, _fixed_price(amount, sign=1), tax_rate, reference, details
    )


def surcharge(
    name: str, amount: Money, *, tax_rate: Rate, reference: str | None = None, **details: Any
) -> Line:
    """Return a line for a fee on top.

    Arguments and errors are those of :func:`shipping_fee`.
    """
    return _line(
        OrderLineType.SURCHARGE, name, _fixed_price(amount, sign=1), tax_rate, reference, details
    )


def discount(
    name: str, amount: Money, *, tax_rate: Rate, reference: str | None = None, **details: Any
) -> Line:
    """Return a line that takes a discount off the order. Give the amount as 0 or more.

    Arguments and errors are those of :func:`shipping_fee`. A discount on one line is that line's
    ``discount=``.
    """
    return _line(
        OrderLineType.DISCOUNT, name, _fixed_price(amount, sign=-1), tax_rate, reference, details
    )


def gift_card(
    name: str, amount: Money, *, tax_rate: Rate = "0", reference: str | None = None, **details: Any
) -> Line:
    """Return a line for payment by gift card. Give the amount as 0 or more.

    Arguments and errors are those of :func:`shipping_fee`. A means of payment bears no tax, so the
    rate is 0 by default.
    """
    return _line(
        OrderLineType.GIFT_CARD, name, _fixed_price(amount, sign=-1), tax_rate, reference, details
    )


def store_credit(
    name: str, amount: Money, *, tax_rate: Rate = "0", reference: str | None = None, **details: Any
) -> Line:
    """Return a line for payment by credit with the shop. Give the amount as 0 or more.

    Arguments, errors and tax are those of :func:`gift_card`.
    """
    return _line(
        OrderLineType.STORE_CREDIT,
        name,
        _fixed_price(amount, sign=-1),
        tax_rate,
        reference,
        details,
    )


def return_fee(
    name: str, amount: Money, *, tax_rate: Rate, reference: str | None = None, **details: Any
) -> Line:
    """Return a line that takes the fee of a return off a refund. Give the amount as 0 or more.

    Arguments and errors are those of :func:`shipping_fee`. The line was never part of a capture,
    and needs no reference.
    """
    return _line(
        OrderLineType.RETURN_FEE, name, _fixed_price(amount, sign=-1), tax_rate, reference, details
    )


def sales_tax(
    name: str, amount: Money, *, tax_rate: Rate = "0", reference: str | None = None, **details: Any
) -> Line:
    """Return the one tax line of an order in the US, whose other lines have a tax rate of 0.

    Arguments and errors are those of :func:`shipping_fee`. A rate other than 0 is a ``ValueError``,
    for the line itself bears no tax. The vendor counts it as an amount, so :func:`total_tax` of
    such an order is 0.
    """
    if _rate(tax_rate).rate:
        raise ValueError(f"a line of sales tax bears no tax: its tax_rate is 0, not {tax_rate}")
    return _line(OrderLineType.SALES_TAX, name, _fixed_price(amount), tax_rate, reference, details)


# --- sums


def total(order_lines: Iterable[AnyLine]) -> int:
    """Return the sum of the lines with tax, in minor units.

    Raises:
        TypeError: lines are of two currencies, as far as they know theirs.
        ValueError: a line has no amount that is a whole number.
    """
    return sum_field(order_lines, "total_amount")


def total_tax(order_lines: Iterable[AnyLine]) -> int:
    """Return the tax in the lines, in minor units. A line that names none has none.

    Raises:
        TypeError: lines are of two currencies, as far as they know theirs.
        ValueError: a line has a tax that is no whole number.
    """
    return sum_field(order_lines, "total_tax_amount", 0)


# --- parts of a line


def _price(
    amount: Money | None,
    unit_price: Money | None,
    total: Money | None,
    discount: Money | None,
    quantity: int,
) -> dict[str, Any]:
    """Return the quantity, amounts and currency of a line, by the vendor's rule."""
    number = require_count("quantity", quantity, 1)
    given = {"amount": amount, "unit_price": unit_price, "total": total, "discount": discount}
    amounts = {name: _amount(name, value) for name, value in given.items() if value is not None}
    prices = [name for name in amounts if name != "discount"]
    if len(prices) != 1 or (prices == ["amount"] and number != 1):
        raise ValueError("give one of unit_price= and total=, or the amount of a line of one")
    currencies = {money.currency for money in amounts.values()}
    if len(currencies) > 1:
        raise TypeError(f"a line has one currency, not {' and '.join(sorted(currencies))}")
    price = amounts[prices[0]].minor
    reduced = amounts["discount"].minor if "discount" in amounts else 0
    if prices == ["total"]:
        gross = price + reduced
        price = -(-gross // number)
        reduced += price * number - gross
    if reduced > price * number:
        raise ValueError(
            f"the discount of {reduced} is more than the price of {price * number} (minor units)"
        )
    return {
        "quantity": number,
        "unit_price": price,
        "total_discount_amount": reduced,
        "total_amount": number * price - reduced,
        "currency": currencies.pop(),
    }


def _fixed_price(amount: Money, *, sign: Literal[1, -1] = 1) -> dict[str, Any]:
    """Return the quantity, amounts and currency of a line of one, with the sign of its kind."""
    minor = sign * _amount("amount", amount).minor
    return {
        "quantity": 1,
        "unit_price": minor,
        "total_discount_amount": 0,
        "total_amount": minor,
        "currency": amount.currency,
    }


def _line(
    kind: OrderLineType,
    name: str,
    price: Mapping[str, Any],
    tax_rate: Rate,
    reference: str | None,
    details: Mapping[str, Any],
) -> Line:
    rate = _rate(tax_rate)
    unknown = set(details) - {
        "quantity_unit",
        "image_url",
        "product_url",
        "merchant_data",
        "product_identifiers",
    }
    if unknown:
        raise TypeError(f"a {kind} line takes no {', '.join(sorted(unknown))}")
    more = {key: value for key, value in details.items() if value is not None}
    if isinstance(more.get("product_identifiers"), Mapping):
        more["product_identifiers"] = ProductIdentifiers.from_dict(more["product_identifiers"])
    return Line(
        type_=kind,
        name=name,
        reference=reference,
        tax_rate=rate.rate,
        total_tax_amount=tax_of(price["total_amount"], rate),
        **price,
        **more,
    )


def _rate(tax_rate: Rate) -> TaxRate:
    if isinstance(tax_rate, TaxRate):
        return tax_rate
    if not isinstance(tax_rate, str | Decimal):
        raise TypeError(
            "tax_rate must be percent as a str like '25', or a TaxRate, "
            f"not {type(tax_rate).__name__}: 25 and 2500 would both be meant by a number"
        )
    return TaxRate.from_percent(tax_rate)


def _amount(name: str, value: Money) -> Money:
    if not isinstance(value, Money):
        raise TypeError(f"{name} must be Money, not {type(value).__name__}; see Money.of")
    if value.minor < 0:
        raise ValueError(
            f"{name} must be 0 or more, not {value}: the kind of the line gives the sign"
        )
    return value
