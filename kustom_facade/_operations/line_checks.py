"""Checks that order lines add up, before they are sent.

The rules are those that the checkout enforces when an order is made (api-facts, section 7). Order
management is not known to refuse lines, so by default most findings are only logged. Answers are
never checked, since amounts that were read need not add up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import index
from typing import Any, Final, Literal, NamedTuple

from ..money import is_whole, tax_of

#: How to treat findings: "auto" by ``REFUSED``, "error" refuses, "warn" logs, "off" does not check.
CheckMode = Literal["auto", "error", "warn", "off"]
CHECK_MODES: Final[tuple[CheckMode, ...]] = ("auto", "error", "warn", "off")

#: The rule that a finding breaks.
Rule = Literal["total", "tax", "sign", "sum", "currency", "incomplete"]

#: Rules that refuse a request under "auto", by the field of the amount. Two currencies move other
#: money than meant, and a new authorization *is* the sum of its lines. Captures and refunds whose
#: lines do not add up were carried out for years (field cases 01 to 08). To refuse them would stop
#: a shop's shipping.
REFUSED: Final[Mapping[str, frozenset[Rule]]] = {
    "captured_amount": frozenset({"currency"}),
    "refunded_amount": frozenset({"currency"}),
    "order_amount": frozenset({"currency", "sum"}),
}

#: 100 % in hundredths of a percent.
_WHOLE: Final = 10_000

#: JSON numbers have 64 bits.
_TOO_LARGE: Final = 2**64

#: Kinds of lines with a negative amount.
_OFF: Final = ("discount", "gift_card", "store_credit", "return_fee")


class Finding(NamedTuple):
    """A rule that the lines break, and the text about it."""

    rule: Rule
    text: str


class Currencies(NamedTuple):
    """The currencies of an amount and of each line, as far as known. None is sent to the API."""

    amount: str | None
    lines: tuple[str | None, ...]

    @property
    def known(self) -> frozenset[str]:
        """Return all currencies that are known."""
        return frozenset(
            currency for currency in (self.amount, *self.lines) if currency is not None
        )


def refuses(check: CheckMode, field: str, rule: Rule) -> bool:
    """Return whether a finding refuses the request instead of being logged."""
    return check == "error" or (check == "auto" and rule in REFUSED[field])


def findings(
    lines: Sequence[Mapping[str, Any]],
    amount: Any,
    *,
    field: str,
    currencies: Currencies,
    difference: int | None = None,
) -> Iterator[Finding]:
    """Yield the findings about the lines of a request.

    Args:
        lines: the lines as JSON data. The limits of the document are checked elsewhere.
        amount: the expected sum of the lines, in minor units.
        field: the name of the field that holds the amount.
        currencies: the currencies of the amount and of the lines.
        difference: the amount less the sum of the lines, in the order that the lines were read
            from.
    """
    expected = next(
        (known for known in (currencies.amount, *currencies.lines) if known is not None), None
    )
    for number, (line, currency) in enumerate(zip(lines, currencies.lines, strict=True)):
        name = _name(number, line)
        yield from _line(line, name)
        if currency is not None and currency != expected:
            whose = f"that of {field}" if currencies.amount else "that of the lines before"
            yield Finding(
                "currency", f"{name}: expected the currency {expected} ({whose}), got {currency}"
            )
        if (
            field == "refunded_amount"
            and not _text(line, "reference")
            and _text(line, "type") != "return_fee"
        ):
            yield Finding(
                "incomplete",
                f"{name}: expected a reference, by which a refund is matched to its capture",
            )
    if not lines and field != "order_amount":
        return  # a capture or refund needs no lines
    totals = _whole_numbers(line.get("total_amount") for line in lines)
    amounts = _whole_numbers([amount])
    if totals is not None and amounts is not None and [sum(totals)] != amounts:
        # An update may remove all lines, and lines of an order may never have added up (api-facts,
        # section 4).
        explained = not lines or amounts[0] - sum(totals) == difference
        yield Finding(
            "incomplete" if explained else "sum",
            f"order_lines: expected total_amounts that sum up to {amount} ({field}), "
            f"got {sum(totals)}",
        )


def tolerance(quantity: int) -> int:
    """Return the allowed difference of a line's total from its other amounts.

    The total should be ``quantity * unit_price - total_discount_amount``. Shops that keep prices
    without tax cannot name a unit price that multiplies back: 2 pieces for 10.01 are 2 x 5.01. The
    vendor family's SDKs for .NET and Java state plus or minus the quantity (api-facts, section 7).
    """
    return abs(quantity)


def _line(line: Mapping[str, Any], name: str) -> Iterator[Finding]:
    amounts = _ints(line, "quantity", "unit_price", "total_discount_amount", "total_amount")
    if amounts:
        quantity, unit_price, discount, total = amounts
        expected = quantity * unit_price - discount
        if abs(total - expected) > tolerance(quantity):
            rule = (
                f"quantity * unit_price - total_discount_amount, give or take {tolerance(quantity)}"
            )
            yield Finding(
                "total", f"{name}.total_amount: expected {expected} ({rule}), got {total}"
            )
        kind = _text(line, "type")
        if kind and total and (kind in _OFF) != (total < 0):
            sign = "0 or less" if kind in _OFF else "0 or more"
            yield Finding(
                "sign",
                f"{name}.total_amount: expected {sign} for a line of type {kind}, got {total}",
            )
    yield from _tax(line, name)


def _tax(line: Mapping[str, Any], name: str) -> Iterator[Finding]:
    if "tax_rate" not in line or "total_tax_amount" not in line:
        if any(_ints(line, "tax_rate", "total_tax_amount") or ()):
            lacking = "total_tax_amount" if "tax_rate" in line else "tax_rate"
            yield Finding(
                "incomplete",
                f"{name}.{lacking}: expected, for the one without the other says little, got none",
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
                "tax",
                f"{name}.total_tax_amount: expected {tax_of(total, rate)} ({rule}), got {tax}",
            )


def _ints(line: Mapping[str, Any], *names: str) -> list[int] | None:
    """Return the values of fields, absent ones as 0. ``None`` if one is no whole number."""
    return _whole_numbers(line.get(name, 0) for name in names)


def _whole_numbers(values: Iterable[Any]) -> list[int] | None:
    """Return values as ints, also those of other libraries.

    ``None`` if one is no whole number, or more than JSON can hold.
    """
    numbers = list(values)
    if not all(type(number) is int for number in numbers):
        if not all(map(is_whole, numbers)):
            return None
        numbers = [index(number) for number in numbers]
    return numbers if all(-_TOO_LARGE < number < _TOO_LARGE for number in numbers) else None


def _name(number: int, line: Mapping[str, Any]) -> str:
    reference = _text(line, "reference")
    return f"order_lines[{number}]{f' (reference {reference!r})' if reference else ''}"


def _text(line: Mapping[str, Any], name: str) -> str:
    """Return the text of a field, empty where it is none. Its type is checked elsewhere."""
    value = line.get(name)
    return str.__str__(value) if isinstance(value, str) else ""
