"""Only type-checked, never run: what mypy and pyright must tell apart, and what they must let pass.

An ignore that is not needed is an error of both, so each of them proves that the line above it
would be refused.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from decimal import Decimal
from typing import assert_type

from kustom_facade import (
    AsyncKustomClient,
    Created,
    Done,
    KustomClient,
    MerchantOrder,
    Money,
    OrderLine,
    TaxRate,
    lines,
)
from kustom_facade.money import tax_of


def money(amount: Money) -> None:
    """Money and int are two things."""
    assert_type(amount + amount, Money)
    assert_type(amount - amount, Money)
    assert_type(amount * 3, Money)
    assert_type(3 * amount, Money)
    assert_type(-amount, Money)
    assert_type(amount < amount, bool)  # noqa: PLR0124  # types only
    assert_type(amount.minor, int)
    assert_type(amount.decimal, Decimal)
    assert_type(amount.split(3), list[Money])
    assert_type(tax_of(100, 2500), int)
    assert_type(tax_of(amount, TaxRate(2500)), Money)
    amount + 1  # type: ignore[operator]  # a bare number has no currency
    amount - 1  # type: ignore[operator]  # as above
    amount * 1.5  # type: ignore[operator]  # not exact
    amount * amount  # type: ignore[operator]  # means nothing
    _ = amount < 1  # type: ignore[operator]  # as above
    Money.of(19.99, "SEK")  # type: ignore[arg-type]  # a float
    Money("19.99", "SEK")  # type: ignore[arg-type]  # Money.of reads text
    _number: int = amount  # type: ignore[assignment]  # not an int


def building(price: Money) -> None:
    """Lines are built of Money, and rates are no bare numbers."""
    line = lines.physical("x", quantity=1, unit_price=price, tax_rate="25")
    assert_type(line, lines.Line)
    assert_type(lines.total([line, {"total_amount": 1}]), int)
    assert_type(lines.take(line, 1), OrderLine)
    lines.physical("x", quantity=1, unit_price=100, tax_rate="25")  # type: ignore[arg-type]  # minor units of what?
    lines.physical("x", quantity=1, unit_price=price, tax_rate=25)  # type: ignore[arg-type]  # 25 or 0.25 percent?
    lines.physical("x", 1, unit_price=price, tax_rate="25")  # type: ignore[arg-type]  # by name


def sync_verbs(kustom: KustomClient, order_id: str, price: Money) -> None:
    """Amounts are int or Money, results are what they say."""
    assert_type(kustom.get_order(order_id), MerchantOrder)
    assert_type(kustom.capture(order_id, 100), Created)
    assert_type(kustom.capture(order_id, price, order_lines=[{"name": "x"}]), Created)
    assert_type(kustom.cancel(order_id), Done)
    kustom.capture(order_id, 1.0)  # type: ignore[arg-type]  # a float
    kustom.capture(order_id, "100")  # type: ignore[arg-type]  # text
    KustomClient(check="strict")  # type: ignore[arg-type]  # error, warn or off


async def async_verbs(kustom: AsyncKustomClient, order_id: str, price: Money) -> None:
    """The same with await."""
    assert_type(await kustom.get_order(order_id), MerchantOrder)
    assert_type(await kustom.refund(order_id, price), Created)
    await kustom.refund(order_id, 1.0)  # type: ignore[arg-type]  # a float


def reading(order: MerchantOrder, line: OrderLine) -> None:
    """What is absent is None, which a type checker makes one look at."""
    if order.order_amount is not None:
        assert_type(order.order_amount + 1, int)
    if order.billing_address is not None:
        assert_type(order.billing_address.city, str | None)
    for one in order.order_lines or []:
        assert_type(one.total_amount, int)
    assert_type(line.total_amount, int)  # required, so that lines which were built need no check
    order.order_amount + 1  # type: ignore[operator]  # there may be none
    _ = order.billing_address.city  # type: ignore[union-attr]  # as above
