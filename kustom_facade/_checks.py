"""Checks that lines add up, before they are sent: what the API would refuse or misread, and what is only odd.

A leaf that looks at plain JSON data. Never used on answers: amounts that were read need not add up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

#: What to do with findings: raise those that the API would refuse or misread and log the rest, log all, or nothing.
Check = Literal["error", "warn", "off"]
CHECKS: Final[tuple[Check, ...]] = ("error", "warn", "off")

#: Hundredths of a percent in 100 %.
_WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the lines that does not add up."""

    text: str
    #: Whether the API would refuse it, or take it for something else.
    serious: bool


def findings(
    lines: Sequence[Mapping[str, Any]],
    amount: Any,
    *,
    field: str,
    sum_matters: bool,
    currencies: Iterable[str] = (),
) -> Iterator[Finding]:
    """What is wrong with the lines of a request.

    Args:
        lines: the lines as JSON data; what breaks the document's limits is not looked at again here.
        amount: what they should sum up to, in minor units.
        field: the name of the field that holds the amount.
        sum_matters: whether the API needs the sum to be right.
        currencies: those of the amount and of the lines, as far as they are known.
    """
    for number, line in enumerate(lines):
        yield from _line(line, _name(number, line))
    totals: list[Any] = [line.get("total_amount") for line in lines]
    if all(type(one) is int for one in (*totals, amount)) and sum(totals) != amount:
        yield Finding(
            f"order_lines: their total_amount sums up to {sum(totals)}, and {field} is {amount}", sum_matters
        )
    known = sorted(set(currencies))
    if len(known) > 1:
        yield Finding(
            f"order_lines and {field} are in more than one currency: {', '.join(known)}", serious=True
        )


def _line(line: Mapping[str, Any], name: str) -> Iterator[Finding]:
    amounts = _ints(line, "quantity", "unit_price", "total_discount_amount", "total_amount")
    if amounts:
        quantity, unit_price, discount, total = amounts
        expected = quantity * unit_price - discount
        if expected != total:
            rule = "quantity * unit_price - total_discount_amount"
            yield Finding(f"{name}.total_amount: expected {expected} ({rule}), got {total}", serious=True)
    if "tax_rate" not in line or "total_tax_amount" not in line:
        return
    taxes = _ints(line, "tax_rate", "total_tax_amount", "total_amount")
    if taxes and taxes[0] >= 0:
        rate, tax, total = taxes
        whole = _WHOLE + rate
        # The vendor's rule without a division: |tax - total * rate / (10000 + rate)| <= 1.
        if abs(tax * whole - total * rate) > whole:
            nearest = (2 * abs(total) * rate + whole) // (2 * whole) * (1 if total >= 0 else -1)
            rule = f"the tax in {total} at a tax_rate of {rate}, give or take 1"
            yield Finding(f"{name}.total_tax_amount: expected {nearest} ({rule}), got {tax}", serious=True)


def _ints(line: Mapping[str, Any], *names: str) -> list[int] | None:
    """The values of these fields, absent ones as 0; ``None`` if one is no whole number, which is told elsewhere."""
    values = [line.get(name, 0) for name in names]
    return values if all(type(value) is int for value in values) else None


def _name(number: int, line: Mapping[str, Any]) -> str:
    reference = line.get("reference")
    return f"order_lines[{number}]{f' (reference {reference!r})' if reference else ''}"
