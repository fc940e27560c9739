"""Check that order lines add up, before they are sent.

The rules are those that the checkout enforces when an order is made (api-facts, section 7). Order management is not known
to refuse lines, so by default most findings are only logged. Answers are never checked: amounts that were read need not add
up.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from .money import tax_of

#: What happens to findings: the table below decides, all refuse, all are logged, or nothing is looked at.
Check = Literal["auto", "error", "warn", "off"]
CHECKS: Final[tuple[Check, ...]] = ("auto", "error", "warn", "off")

#: What can be wrong with lines.
Rule = Literal["total", "tax", "sign", "sum", "currency", "incomplete"]

#: The findings that refuse a request under "auto", by the field that holds the amount. Two currencies move other money than
#: was meant, and a new authorization *is* the sum of its lines. Captures and refunds whose lines do not add up were carried
#: out for years (field cases 01 to 08): refusing them would stop a shop's shipping.
REFUSED: Final[Mapping[str, frozenset[Rule]]] = {
    "captured_amount": frozenset({"currency"}),
    "refunded_amount": frozenset({"currency"}),
    "order_amount": frozenset({"currency", "sum"}),
}

#: Hundredths of a percent in 100 %.
_WHOLE: Final = 10_000

#: Kinds of lines that take something off.
_OFF: Final = ("discount", "gift_card", "store_credit", "return_fee")


class Finding(NamedTuple):
    """Something about the lines that does not add up."""

    rule: Rule
    text: str


class Origin(NamedTuple):
    """What a line that was read knows of its order, and the wire does not say with the line."""

    currency: str | None
    #: The order's amount less the sum of its lines: 0 for most orders, but not for all.
    difference: int | None


class Currencies(NamedTuple):
    """The currencies of an amount and of each line, as far as they are known: the API is sent none."""

    amount: str | None
    lines: tuple[str | None, ...]

    @property
    def known(self) -> frozenset[str]:
        """Return all that are known."""
        return frozenset(one for one in (self.amount, *self.lines) if one is not None)


def refuses(check: Check, field: str, rule: Rule) -> bool:
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
    """Yield what is wrong with the lines of a request.

    Args:
        lines: the lines as JSON data. What breaks the document's limits is not looked at again here.
        amount: what they should sum up to, in minor units.
        field: the name of the field that holds the amount.
        currencies: those of the amount and of the lines.
        difference: how far the amount of the order that the lines were read from is from their sum.
    """
    expected = next((one for one in (currencies.amount, *currencies.lines) if one is not None), None)
    for number, (line, currency) in enumerate(zip(lines, currencies.lines, strict=True)):
        name = _name(number, line)
        yield from _line(line, name)
        if currency is not None and currency != expected:
            whose = f"that of {field}" if currencies.amount else "that of the lines before"
            yield Finding("currency", f"{name}: expected the currency {expected} ({whose}), got {currency}")
        if field == "refunded_amount" and not line.get("reference") and line.get("type") != "return_fee":
            yield Finding(
                "incomplete", f"{name}: expected a reference, by which a refund is matched to its capture"
            )
    if not lines and field != "order_amount":
        return  # a capture or refund need not name lines, and an empty list names none
    totals: list[Any] = [line.get("total_amount") for line in lines]
    if all(type(one) is int for one in (*totals, amount)) and sum(totals) != amount:
        # An update may take all lines away, and an order may be read whose lines never added up (api-facts, section 4).
        explained = not lines or amount - sum(totals) == difference
        yield Finding(
            "incomplete" if explained else "sum",
            f"order_lines: expected total_amounts that sum up to {amount} ({field}), got {sum(totals)}",
        )


def tolerance(quantity: int) -> int:
    """Return how far a line's total may be from ``quantity * unit_price - total_discount_amount``.

    Shops that keep prices without tax cannot name a unit price that multiplies back: 2 pieces for 10.01 are 2 x 5.01. The
    vendor family's SDKs for .NET and Java state plus or minus the quantity (api-facts, section 7).
    """
    return abs(quantity)


def _line(line: Mapping[str, Any], name: str) -> Iterator[Finding]:
    amounts = _ints(line, "quantity", "unit_price", "total_discount_amount", "total_amount")
    if amounts:
        quantity, unit_price, discount, total = amounts
        expected = quantity * unit_price - discount
        if abs(total - expected) > tolerance(quantity):
            rule = f"quantity * unit_price - total_discount_amount, give or take {tolerance(quantity)}"
            yield Finding("total", f"{name}.total_amount: expected {expected} ({rule}), got {total}")
        kind = line.get("type", "")
        if kind and total and (kind in _OFF) != (total < 0):
            sign = "0 or less" if kind in _OFF else "0 or more"
            yield Finding(
                "sign", f"{name}.total_amount: expected {sign} for a line of type {kind}, got {total}"
            )
    yield from _tax(line, name)


def _tax(line: Mapping[str, Any], name: str) -> Iterator[Finding]:
    if "tax_rate" not in line or "total_tax_amount" not in line:
        if line.get("tax_rate") or line.get("total_tax_amount"):
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
                "tax", f"{name}.total_tax_amount: expected {tax_of(total, rate)} ({rule}), got {tax}"
            )


def _ints(line: Mapping[str, Any], *names: str) -> list[int] | None:
    """Return the values of these fields, absent ones as 0; ``None`` if one is no whole number."""
    values = [line.get(name, 0) for name in names]
    return values if all(type(value) is int for value in values) else None


def _name(number: int, line: Mapping[str, Any]) -> str:
    reference = line.get("reference")
    return f"order_lines[{number}]{f' (reference {reference!r})' if reference else ''}"
