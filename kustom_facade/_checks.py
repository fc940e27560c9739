"""Checks that lines add up, before they are sent: what the API would refuse or misread, and what is only odd.

It looks at plain JSON data. Never used on answers: amounts that were read need not add up.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from .money import tax_of

#: What to do with findings: raise those that the API would refuse or misread and log the rest, log all, or nothing.
Check = Literal["error", "warn", "off"]
CHECKS: Final[tuple[Check, ...]] = ("error", "warn", "off")

#: Hundredths of a percent in 100 %.
_WHOLE: Final = 10_000


class Finding(NamedTuple):
    """Something about the lines that does not add up."""

    text: str
    #: Whether the API would refuse it, or take it for something else.
    serious: bool


#: Kinds of lines that take something off.
_OFF: Final = ("discount", "gift_card", "store_credit", "return_fee")


class Currencies(NamedTuple):
    """The currencies of an amount and of each line, as far as they are known: the API is sent none."""

    amount: str | None
    lines: tuple[str | None, ...]

    @property
    def known(self) -> frozenset[str]:
        """All of them."""
        return frozenset(one for one in (self.amount, *self.lines) if one is not None)


def findings(
    lines: Sequence[Mapping[str, Any]],
    amount: Any,
    *,
    field: str,
    sum_matters: bool,
    currencies: Currencies,
) -> Iterator[Finding]:
    """What is wrong with the lines of a request.

    Args:
        lines: the lines as JSON data; what breaks the document's limits is not looked at again here.
        amount: what they should sum up to, in minor units.
        field: the name of the field that holds the amount.
        sum_matters: whether the API needs the sum to be right.
        currencies: those of the amount and of the lines.
    """
    expected = next((one for one in (currencies.amount, *currencies.lines) if one is not None), None)
    for number, (line, currency) in enumerate(zip(lines, currencies.lines, strict=True)):
        name = _name(number, line)
        yield from _line(line, name)
        if currency is not None and currency != expected:
            whose = f"that of {field}" if currencies.amount else "that of the lines before"
            yield Finding(f"{name}: expected the currency {expected} ({whose}), got {currency}", serious=True)
        if field == "refunded_amount" and not line.get("reference"):
            yield Finding(
                f"{name}: expected a reference, by which a refund is matched to its capture", serious=False
            )
    totals: list[Any] = [line.get("total_amount") for line in lines]
    # An update replaces all lines, and none is allowed: the order has an amount for nothing then.
    sum_matters = sum_matters and bool(lines)
    if all(type(one) is int for one in (*totals, amount)) and sum(totals) != amount:
        yield Finding(
            f"order_lines: expected total_amounts that sum up to {amount} ({field}), got {sum(totals)}",
            sum_matters,
        )


def _line(line: Mapping[str, Any], name: str) -> Iterator[Finding]:
    amounts = _ints(line, "quantity", "unit_price", "total_discount_amount", "total_amount")
    if amounts:
        quantity, unit_price, discount, total = amounts
        expected = quantity * unit_price - discount
        if expected != total:
            rule = "quantity * unit_price - total_discount_amount"
            yield Finding(f"{name}.total_amount: expected {expected} ({rule}), got {total}", serious=True)
        kind = line.get("type", "")
        if kind and total and (kind in _OFF) != (total < 0):
            sign = "0 or less" if kind in _OFF else "0 or more"
            yield Finding(
                f"{name}.total_amount: expected {sign} for a line of type {kind}, got {total}", serious=False
            )
    yield from _tax(line, name)


def _tax(line: Mapping[str, Any], name: str) -> Iterator[Finding]:
    if "tax_rate" not in line or "total_tax_amount" not in line:
        if line.get("tax_rate") or line.get("total_tax_amount"):
            lacking = "total_tax_amount" if "tax_rate" in line else "tax_rate"
            yield Finding(
                f"{name}.{lacking}: expected, for the one without the other says little, got none",
                serious=False,
            )
        return
    taxes = _ints(line, "tax_rate", "total_tax_amount", "total_amount")
    if taxes and taxes[0] >= 0:
        rate, tax, total = taxes
        whole = _WHOLE + rate
        # The vendor's rule without a division: |tax - total * rate / (10000 + rate)| <= 1.
        if abs(tax * whole - total * rate) > whole:
            rule = f"the tax in {total} at a tax_rate of {rate}, give or take 1"
            yield Finding(
                f"{name}.total_tax_amount: expected {tax_of(total, rate)} ({rule}), got {tax}", serious=True
            )


def _ints(line: Mapping[str, Any], *names: str) -> list[int] | None:
    """The values of these fields, absent ones as 0; ``None`` if one is no whole number, which is told elsewhere."""
    values = [line.get(name, 0) for name in names]
    return values if all(type(value) is int for value in values) else None


def _name(number: int, line: Mapping[str, Any]) -> str:
    reference = line.get("reference")
    return f"order_lines[{number}]{f' (reference {reference!r})' if reference else ''}"
