"""Split order lines into parts that add up to the line; public as functions of ``kustom_facade.lines``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any

import attrs
from kustom_order_management.models import CaptureDto, OrderLineDto
from kustom_order_management.types import UNSET

from ._amounts import AnyLine, count, label, model, number_in, sum_of
from .money import tax_of


def take(order_line: AnyLine, quantity: int, *, after: int = 0) -> OrderLineDto:
    """Return a part of a line, for a partial capture or refund.

    All parts of a line add up to the line in amount, tax and discount, whatever the split. A line whose total is not
    exactly ``quantity * unit_price - total_discount_amount`` (shops that keep prices without tax have them, see
    api-facts, section 7) shares its difference among its parts: each is within the tolerance where the line is.

    For that a part must know where it begins: ``take(line, 2)``, then ``take(line, 1, after=2)``.

    Args:
        order_line: the whole line, as ordered or captured.
        quantity: how many of it, at least 1.
        after: how many of it went into earlier parts.

    Raises:
        TypeError: a number that is no whole number.
        ValueError: more than the line has, or less than 1; or the line lacks a whole amount.
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
    end = begin + wanted
    changes: dict[str, Any] = {
        "quantity": wanted,
        "total_amount": _total_until(line, end, whole) - _total_until(line, begin, whole),
    }
    if line.total_discount_amount is not UNSET:
        changes["total_discount_amount"] = _discount_until(line, end, whole) - _discount_until(
            line, begin, whole
        )
    if line.total_tax_amount is not UNSET:
        changes["total_tax_amount"] = _tax_until(line, end, whole) - _tax_until(line, begin, whole)
    return attrs.evolve(line, **changes)


def split(order_line: AnyLine, quantities: Iterable[int]) -> list[OrderLineDto]:
    """Return parts of a line one after the other, each with its quantity; errors as of :func:`take`."""
    parts, after = [], 0
    for quantity in quantities:
        parts.append(take(order_line, quantity, after=after))
        after += index(quantity)
    return parts


def for_refund(
    capture: CaptureDto, quantities: Mapping[str, int], *, refunded: Mapping[str, int] | None = None
) -> list[OrderLineDto]:
    """The lines of a refund of some of what a capture holds.

    They keep the references of the captured lines: by these, and by the sum, the vendor matches the refund to its
    capture. Refund ``total(lines)``, and give the lines along. Where the lines of a capture sum up to more than it took,
    refund at most what it has left.

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
        number = len(held.get(reference, []))
        if number > 1:
            raise ValueError(
                f"the capture has {number} lines with the reference {reference!r}, and it cannot be told which comes back: "
                "take(line, quantity) of the line that is meant gives the same kind of line, for order_lines"
            )
        if number == 0:
            known = ", ".join(sorted(held)) or "none"
            raise ValueError(f"the capture has no line with the reference {reference!r} (it has: {known})")
    found = [
        take(held[reference][0], quantity, after=before.get(reference, 0))
        for reference, quantity in quantities.items()
        if quantity != 0  # a form sends all of its rows
    ]
    wanted, whole = sum_of(found, "total_amount"), sum_of(capture.order_lines or [], "total_amount", 0)
    captured = number_in(capture, "captured_amount", whole)
    left = captured - number_in(capture, "refunded_amount", 0)
    if wanted > left and whole <= captured:
        raise ValueError(f"the lines sum up to {wanted}, and the capture has {left} left to refund")
    return found


def _share(amount: int, number: int, whole: int) -> int:
    """The part of an amount that falls on the first units, rounded half up; of all units it is the amount."""
    return (2 * amount * number + whole) // (2 * whole)


def _total_until(line: OrderLineDto, number: int, whole: int) -> int:
    """Return the total of the first units of a line; of all units it is the line's."""
    before = number * number_in(line, "unit_price") + _share(_difference(line, whole), number, whole)
    return before - _discount_until(line, number, whole)


def _discount_until(line: OrderLineDto, number: int, whole: int) -> int:
    """Return the discount on the first units of a line; of all units it is the line's.

    The smaller of discount and total is shared, and the other one follows: shared by itself, the larger one would now and
    then round past the price, and leave a part of a nearly free line below zero.
    """
    discount, total = number_in(line, "total_discount_amount", 0), number_in(line, "total_amount")
    if abs(discount) <= abs(total):
        return _share(discount, number, whole)
    before = number * number_in(line, "unit_price") + _share(_difference(line, whole), number, whole)
    return before - _share(total, number, whole)


def _difference(line: OrderLineDto, whole: int) -> int:
    """Return how far a line's total is from what its other amounts make it.

    Shared by itself: where it is at most 1 for each unit of the line, it is so for each unit of every part.
    """
    expected = whole * number_in(line, "unit_price") - number_in(line, "total_discount_amount", 0)
    return number_in(line, "total_amount") - expected


def _tax_until(line: OrderLineDto, number: int, whole: int) -> int:
    """Return the tax on the first units of a line; of all units it is the line's.

    The tax of every part must be within 1 of the exact tax, and the line's own may already be up to 1 off. So the
    running tax is rounded to the side on which the line's is: then no two of these sums differ in their error by
    more than 1. A tax that is further off does not follow from the rate, and is shared like an amount.
    """
    tax, rate = number_in(line, "total_tax_amount"), number_in(line, "tax_rate", 0)
    if number in (0, whole):
        return tax if number else 0
    base = 10_000 + rate
    off = tax * base - number_in(line, "total_amount") * rate
    if line.tax_rate is UNSET or rate < 0 or abs(off) > base:
        return _share(tax, number, whole)
    total = _total_until(line, number, whole)
    if 2 * off > base:
        return -(-total * rate // base)
    if 2 * off < -base:
        return total * rate // base
    return tax_of(total, rate)
