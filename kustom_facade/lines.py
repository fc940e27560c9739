"""Order lines that are right by construction: built, summed up, split for captures, and refunded.

``lines.physical("Tomatoes", quantity=10, unit_price=Money.of("6.00", "SEK"), tax_rate="25")`` is an ``OrderLine``
whose ``total_amount``, ``total_tax_amount`` and ``total_discount_amount`` are computed by the vendor's rules:

- ``total_amount`` is ``quantity * unit_price - total_discount_amount``, all with tax;
- ``total_tax_amount`` is the tax in it, see :func:`kustom_facade.money.tax_of`.

What is built remembers its currency, so that the clients can tell when lines of two currencies meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, Self, TypeAlias

import attrs
from kustom_order_management.models import (
    OrderLineDto,
    OrderLineDtoType,
    ProductIdentifiersDto,
)
from kustom_order_management.types import UNSET

from ._amounts import AnyLine, count, sum_of
from ._parting import for_refund, split, take
from .money import Money, TaxRate, tax_of

__all__ = [
    "AnyLine", "Line", "Rate", "digital", "discount", "for_refund", "gift_card", "package", "physical", "return_fee",
    "sales_tax", "shipping_fee", "split", "store_credit", "surcharge", "take", "total", "total_tax",
]  # fmt: skip

#: A tax rate as percent in a str or Decimal ("25"), or as a TaxRate. An int is refused: 25 and 2500 are both meant by it.
Rate: TypeAlias = str | Decimal | TaxRate


@attrs.define(eq=False)
class Line(OrderLineDto):
    """An order line that knows its currency, which the API does not send along with a line."""

    #: ISO 4217 code; never sent.
    currency: str | None = attrs.field(default=None, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """A line as JSON has it, whose currency is not known."""
        line = super().from_dict(src_dict)
        line.currency = None
        return line

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OrderLineDto) and self.to_dict() == other.to_dict()

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
        name: what the customer reads, at most 255 characters.
        amount: instead of ``unit_price``, for a line of one.
        tax_rate: in percent as text, ``"25"``; or a TaxRate.
        quantity: how many, at least 1, in ``quantity_unit``.
        unit_price: the price of one with tax, before the discount.
        total: instead of ``unit_price``, what the customer pays for all of them with tax, after the discount. Where
            it does not divide by the quantity, the unit price is rounded up and the minor units above the total
            become a discount, so that none is lost.
        discount: on the whole line with tax, 0 or more.
        reference: your article number; the vendor matches refunds to captures by it. At most 255 characters.
        details: further fields of an order line: ``quantity_unit``, ``image_url``, ``product_url``,
            ``merchant_data``, ``product_identifiers``.

    Raises:
        TypeError: an amount that is no Money, amounts of two currencies, a quantity that is no whole number, a tax
            rate that is an int or float, or a detail that order lines do not have.
        ValueError: none or several of ``amount``, ``unit_price`` and ``total``, an amount below 0, a quantity below 1,
            a discount above the price, or a tax rate that is no plain number.
    """
    price = _price(amount, unit_price, total, discount, quantity)
    return _line(OrderLineDtoType.PHYSICAL, name, price, tax_rate, reference, details)


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
    """Return a line of goods that are not shipped; arguments and errors as of :func:`physical`."""
    price = _price(amount, unit_price, total, discount, quantity)
    return _line(OrderLineDtoType.DIGITAL, name, price, tax_rate, reference, details)


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
    """Return a line of several goods sold as one; arguments and errors as of :func:`physical`."""
    price = _price(amount, unit_price, total, discount, quantity)
    return _line(OrderLineDtoType.PACKAGE, name, price, tax_rate, reference, details)


# --- money without a quantity


def shipping_fee(
    name: str, amount: Money, *, tax_rate: Rate, reference: str | None = None, **details: Any
) -> Line:
    """Return a line for shipping: ``shipping_fee("Parcel", Money.of("29.00", "SEK"), tax_rate="25")``.

    Args:
        name: what the customer reads, at most 255 characters.
        amount: with tax, 0 or more; the kind of the line gives it its sign.
        tax_rate: in percent as text, ``"25"``; or a TaxRate.
        reference: your own id of the line, at most 255 characters.
        details: further fields of an order line, as of :func:`physical`.

    Raises:
        TypeError: an amount that is no Money, a tax rate that is an int or float, or a detail that order lines do not
            have.
        ValueError: an amount below 0, or a tax rate that is no plain number.
    """
    return _line(OrderLineDtoType.SHIPPING_FEE, name, _one(amount, sign=1), tax_rate, reference, details)


def surcharge(
    name: str, amount: Money, *, tax_rate: Rate, reference: str | None = None, **details: Any
) -> Line:
    """Return a line for a fee on top; arguments and errors as of :func:`shipping_fee`."""
    return _line(OrderLineDtoType.SURCHARGE, name, _one(amount, sign=1), tax_rate, reference, details)


def discount(
    name: str, amount: Money, *, tax_rate: Rate, reference: str | None = None, **details: Any
) -> Line:
    """Return a line that takes a discount off the order: give the amount as 0 or more.

    Arguments and errors as of :func:`shipping_fee`. A discount on one line is that line's ``discount=``.
    """
    return _line(OrderLineDtoType.DISCOUNT, name, _one(amount, sign=-1), tax_rate, reference, details)


def gift_card(
    name: str, amount: Money, *, tax_rate: Rate = "0", reference: str | None = None, **details: Any
) -> Line:
    """Return a line that takes off what a gift card pays: give the amount as 0 or more.

    Arguments and errors as of :func:`shipping_fee`. A means of payment bears no tax, so the rate is 0 by default.
    """
    return _line(OrderLineDtoType.GIFT_CARD, name, _one(amount, sign=-1), tax_rate, reference, details)


def store_credit(
    name: str, amount: Money, *, tax_rate: Rate = "0", reference: str | None = None, **details: Any
) -> Line:
    """Return a line that takes off what credit with the shop pays; as :func:`gift_card`."""
    return _line(OrderLineDtoType.STORE_CREDIT, name, _one(amount, sign=-1), tax_rate, reference, details)


def return_fee(
    name: str, amount: Money, *, tax_rate: Rate, reference: str | None = None, **details: Any
) -> Line:
    """Return a line that takes the fee of a return off a refund: give the amount as 0 or more.

    Arguments and errors as of :func:`shipping_fee`. The line was never part of a capture, and needs no reference.
    """
    return _line(OrderLineDtoType.RETURN_FEE, name, _one(amount, sign=-1), tax_rate, reference, details)


def sales_tax(
    name: str, amount: Money, *, tax_rate: Rate = "0", reference: str | None = None, **details: Any
) -> Line:
    """Return the one tax line of an order in the US, whose other lines have a tax rate of 0.

    Arguments and errors as of :func:`shipping_fee`. A rate other than 0 is a ``ValueError``, for the line itself bears no
    tax. The vendor counts it as an amount: :func:`total_tax` of such an order is 0.
    """
    if _rate(tax_rate).rate:
        raise ValueError(f"a line of sales tax bears no tax: its tax_rate is 0, not {tax_rate}")
    return _line(OrderLineDtoType.SALES_TAX, name, _one(amount), tax_rate, reference, details)


# --- summing up


def total(order_lines: Iterable[AnyLine]) -> int:
    """The sum of the lines with tax, in minor units.

    Raises:
        TypeError: lines of two currencies, as far as they know theirs.
        ValueError: a line has no amount that is a whole number.
    """
    return sum_of(order_lines, "total_amount")


def total_tax(order_lines: Iterable[AnyLine]) -> int:
    """The tax in the lines, in minor units; a line that names none has none.

    Raises:
        TypeError: lines of two currencies, as far as they know theirs.
        ValueError: a line has a tax that is no whole number.
    """
    return sum_of(order_lines, "total_tax_amount", 0)


# --- how a line is put together


def _price(
    amount: Money | None, unit_price: Money | None, whole: Money | None, off: Money | None, quantity: int
) -> dict[str, Any]:
    """Quantity, unit price, discount and total of a line, which obey the vendor's rule, and their currency."""
    number = count("quantity", quantity, 1)
    given = {"amount": amount, "unit_price": unit_price, "total": whole, "discount": off}
    amounts = {name: _amount(name, value) for name, value in given.items() if value is not None}
    prices = [name for name in amounts if name != "discount"]
    if len(prices) != 1 or (prices == ["amount"] and number != 1):
        raise ValueError("give one of unit_price= and total=, or the amount of a line of one")
    currencies = {one.currency for one in amounts.values()}
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


def _one(amount: Money, *, sign: Literal[1, -1] = 1) -> dict[str, Any]:
    """Return the amounts of a line of one, which adds its amount to the order or takes it off."""
    minor = sign * _amount("amount", amount).minor
    return {
        "quantity": 1,
        "unit_price": minor,
        "total_discount_amount": 0,
        "total_amount": minor,
        "currency": amount.currency,
    }


def _line(
    kind: OrderLineDtoType,
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
        more["product_identifiers"] = ProductIdentifiersDto.from_dict(more["product_identifiers"])
    return Line(
        type_=kind,
        name=name,
        reference=UNSET if reference is None else reference,
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
            f"tax_rate must be percent as a str like '25', or a TaxRate, not {type(tax_rate).__name__}: "
            "25 and 2500 would both be meant by a number"
        )
    return TaxRate.percent(tax_rate)


def _amount(name: str, value: Money) -> Money:
    if not isinstance(value, Money):
        raise TypeError(f"{name} must be Money, not {type(value).__name__}; see Money.of")
    if value.minor < 0:
        raise ValueError(f"{name} must be 0 or more, not {value}: the kind of the line gives the sign")
    return value
