"""Parts of lines, which always add up to the line; public as functions of ``kustom_facade.lines``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any

import attrs
from kustom_order_management.models import CaptureDto, OrderLineDto
from kustom_order_management.types import UNSET

from ._amounts import AnyLine, count, label, model, number_in, sum_of
from .money import tax_of


def part(order_line: AnyLine, quantity: int, *, after: int = 0) -> OrderLineDto:
    """A part of a line, for a partial capture or refund.

    All parts of a line add up to the line in amount, tax and discount, whatever the split, and each obeys the
    vendor's rules by itself. For that a part must know where it begins: ``part(line, 2)``, then
    ``part(line, 1, after=2)``.

    Args:
        order_line: the whole line, as ordered or captured.
        quantity: how many of it, at least 1.
        after: how many of it went into earlier parts.

    Raises:
        TypeError: a number that is no whole number.
        ValueError: more than the line has, or less than 1; or the line lacks a whole amount, or does not add up (as
            lines that are read need not).
    """
    line = model(order_line)
    whole = number_in(line, "quantity")
    wanted, begin = count("quantity", quantity, 1), count("after", after, 0)
    if begin + wanted > whole:
        raise ValueError(
            f"line {label(line)} has a quantity of {whole}; {begin} and {wanted} more are not in it"
        )
    if wanted == whole:
        return attrs.evolve(line)
    unit_price = number_in(line, "unit_price")
    expected = whole * unit_price - number_in(line, "total_discount_amount", 0)
    if expected != number_in(line, "total_amount"):
        raise ValueError(
            f"line {label(line)} does not add up, and so its parts could not: quantity * unit_price - "
            f"total_discount_amount is {expected}, total_amount is {line.total_amount}"
        )
    discounts = [
        _share(number_in(line, "total_discount_amount", 0), number, whole)
        for number in (begin, begin + wanted)
    ]
    changes: dict[str, Any] = {
        "quantity": wanted,
        "total_amount": wanted * unit_price - (discounts[1] - discounts[0]),
    }
    if line.total_discount_amount is not UNSET:
        changes["total_discount_amount"] = discounts[1] - discounts[0]
    if line.total_tax_amount is not UNSET:
        taxes = [_tax_until(line, number, whole) for number in (begin, begin + wanted)]
        changes["total_tax_amount"] = taxes[1] - taxes[0]
    return attrs.evolve(line, **changes)


def parts(order_line: AnyLine, quantities: Iterable[int]) -> list[OrderLineDto]:
    """Parts of a line one after the other, each with its quantity; errors as of :func:`part`."""
    found, after = [], 0
    for quantity in quantities:
        found.append(part(order_line, quantity, after=after))
        after += index(quantity)
    return found


def for_refund(
    capture: CaptureDto, quantities: Mapping[str, int], *, refunded: Mapping[str, int] | None = None
) -> list[OrderLineDto]:
    """The lines of a refund of some of what a capture holds.

    They keep the references of the captured lines: by these, and by the sum, the vendor matches the refund to its
    capture. Refund ``total(lines)``, and give the lines along.

    Args:
        capture: as read from the order.
        quantities: how many of which reference come back; 0 is none.
        refunded: how many of which reference were refunded before; without it a line's last minor units could be
            refunded twice or never.

    Raises:
        ValueError: a reference that the capture does not have or has twice, or more than it holds or has left.
    """
    held: dict[str, list[OrderLineDto]] = {}
    if not all(isinstance(line, OrderLineDto) for line in capture.order_lines or []):
        raise ValueError("the order_lines of the capture cannot be read")
    for line in capture.order_lines or []:
        if line.reference:  # one without could not be matched
            held.setdefault(str(line.reference), []).append(line)
    before = refunded or {}
    for reference in (*quantities, *before):
        if len(held.get(reference, [])) != 1:
            known = ", ".join(sorted(held)) or "none"
            raise ValueError(
                f"the capture has {len(held.get(reference, []))} lines with the reference {reference!r}; exactly one is "
                f"needed (it has: {known})"
            )
    found = [
        part(held[reference][0], quantity, after=before.get(reference, 0))
        for reference, quantity in quantities.items()
        if quantity != 0  # a form sends all of its rows
    ]
    wanted = sum_of(found, "total_amount")
    left = number_in(capture, "captured_amount", wanted) - number_in(capture, "refunded_amount", 0)
    if wanted > left:
        raise ValueError(f"the lines sum up to {wanted}, and the capture has {left} left to refund")
    return found


def _share(amount: int, number: int, whole: int) -> int:
    """The part of an amount that falls on the first units, rounded half up; of all units it is the amount."""
    return (2 * amount * number + whole) // (2 * whole)


def _tax_until(line: OrderLineDto, number: int, whole: int) -> int:
    """The tax on the first units of a line; of all units it is the line's.

    The tax of every part must be within 1 of the exact tax, and the line's own may already be up to 1 off. So the
    running tax is rounded to the side on which the line's is: then no two of these sums differ in their error by
    more than 1.
    """
    tax, rate = number_in(line, "total_tax_amount"), number_in(line, "tax_rate", 0)
    if number in (0, whole):
        return tax if number else 0
    if line.tax_rate is UNSET:
        return _share(tax, number, whole)
    base = 10_000 + rate
    reduced = _share(number_in(line, "total_discount_amount", 0), number, whole)
    exact = (number * number_in(line, "unit_price") - reduced) * rate
    off = 2 * (tax * base - number_in(line, "total_amount") * rate)
    if off > base:
        return -(-exact // base)
    if off < -base:
        return exact // base
    return tax_of(number * number_in(line, "unit_price") - reduced, rate)
