"""Parts of order lines that add up to the line. ``kustom_facade.lines`` makes them public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any

import attrs
from kustom_order_management.models import Capture, OrderLine

from ..money import is_whole, tax_of
from .values import (
    AnyLine,
    describe,
    int_field,
    line_model,
    reference_of,
    require_count,
    sum_field,
    unusable,
)


def take(order_line: AnyLine, quantity: int, *, after: int = 0) -> OrderLine:
    """Return a part of a line, for a partial capture or refund.

    All parts of a line add up to the line in amount, tax and discount, for any split. So a part
    must know where it begins: ``take(line, 2)``, then ``take(line, 1, after=2)``.

    Shops that keep prices without tax have lines whose total differs from
    ``quantity * unit_price - total_discount_amount`` (api-facts, section 7). The parts share that
    difference. Each part is within the vendor's tolerance if the line is.

    Args:
        order_line: the whole line, as ordered or captured.
        quantity: the quantity of the part, at least 1.
        after: the quantity of all earlier parts, at least 0.

    Raises:
        TypeError: a quantity is no whole number, or the line is no order line.
        InvalidRequest: the quantities are too small or exceed the line's, or an amount of the line
            is no whole number.
    """
    line = line_model(order_line)
    whole = int_field(line, "quantity")
    wanted, begin = require_count("quantity", quantity, 1), require_count("after", after, 0)
    if begin + wanted > whole:
        raise unusable(
            f"line {describe(line)} has a quantity of {whole}; "
            f"{begin} and {wanted} more are not in it"
        )
    if wanted == whole:
        return attrs.evolve(line)
    end = begin + wanted
    changes: dict[str, Any] = {
        "quantity": wanted,
        "total_amount": _total_until(line, end, whole) - _total_until(line, begin, whole),
    }
    if line.total_discount_amount is not None:
        changes["total_discount_amount"] = _discount_until(line, end, whole) - _discount_until(
            line, begin, whole
        )
    if line.total_tax_amount is not None:
        changes["total_tax_amount"] = _tax_until(line, end, whole) - _tax_until(line, begin, whole)
    return attrs.evolve(line, **changes)


def split(order_line: AnyLine, quantities: Iterable[int]) -> list[OrderLine]:
    """Return consecutive parts of a line, one for each quantity.

    Errors are those of :func:`take`.
    """
    parts, after = [], 0
    for quantity in quantities:
        parts.append(take(order_line, quantity, after=after))
        after += index(quantity)
    return parts


def for_refund(
    capture: Capture, quantities: Mapping[str, int], *, refunded: Mapping[str, int] | None = None
) -> list[OrderLine]:
    """Return the lines of a refund of a part of a capture.

    Refund ``total(lines)``, and send the lines along. They keep the references of the captured
    lines. By the references and the sum, the vendor matches the refund to its capture. Where the
    lines of a capture sum up to more than its amount, refund at most its remaining amount.

    Args:
        capture: the capture, as read from the order.
        quantities: the quantity that comes back, by reference. 0 is none.
        refunded: the quantity that was refunded before, by reference. Without it a line's last
            minor units could be refunded twice or never.

    Raises:
        TypeError: the capture is none, or a quantity no whole number.
        InvalidRequest: a reference is on no line or on several lines of the capture. Or the
            quantity or the amount is more than the capture has left. Or its lines cannot be read.
    """
    before = {} if refunded is None else refunded
    if not isinstance(quantities, Mapping) or not isinstance(before, Mapping):
        raise TypeError("quantities and refunded must be mappings of references to quantities")
    captured_lines = _readable_lines(capture)
    held: dict[str, list[OrderLine]] = {}
    for line in captured_lines:
        if reference_of(line):  # a line without one cannot be matched
            held.setdefault(reference_of(line), []).append(line)
    for reference in (*quantities, *before):
        if not isinstance(reference, str):
            raise TypeError(f"a reference must be a str, not {type(reference).__name__}")
        number = len(held.get(reference, []))
        if number > 1:
            raise unusable(
                f"the capture has {number} lines with the reference {reference!r}, "
                "and it cannot be told which comes back: take(line, quantity) of the line that is "
                "meant gives the same kind of line, for order_lines"
            )
        if number == 0:
            known = ", ".join(sorted(held)) or "none"
            raise unusable(
                f"the capture has no line with the reference {reference!r} (it has: {known})"
            )
    lines = [
        take(held[reference][0], quantity, after=before.get(reference, 0))
        for reference, quantity in quantities.items()
        if not is_whole(quantity) or index(quantity)  # a web form sends all its rows
    ]
    wanted, whole = (
        sum_field(lines, "total_amount"),
        sum_field(captured_lines, "total_amount", 0),
    )
    captured = int_field(capture, "captured_amount", whole)
    remaining = captured - int_field(capture, "refunded_amount", 0)
    if wanted > remaining and whole <= captured:
        raise unusable(
            f"the lines sum up to {wanted}, and the capture has {remaining} left to refund"
        )
    return lines


def _readable_lines(capture: Capture) -> list[OrderLine]:
    if not isinstance(capture, Capture):
        raise TypeError(f"capture must be a Capture, not {type(capture).__name__}")
    lines = capture.order_lines or []
    if not isinstance(lines, list) or not all(isinstance(line, OrderLine) for line in lines):
        raise unusable("the order_lines of the capture cannot be read")
    return lines


def _share(amount: int, number: int, whole: int) -> int:
    """Return the share of the first units in an amount, rounded half up.

    The share of all units is the amount.
    """
    return (2 * amount * number + whole) // (2 * whole)


def _total_until(line: OrderLine, number: int, whole: int) -> int:
    """Return the total of the first units of a line. That of all units is the line's."""
    before = number * int_field(line, "unit_price") + _share(
        _difference(line, whole), number, whole
    )
    return before - _discount_until(line, number, whole)


def _discount_until(line: OrderLine, number: int, whole: int) -> int:
    """Return the discount on the first units of a line. That on all units is the line's.

    The smaller of discount and total is shared, and the other one follows from it. A share of the
    larger one could round past the price. A part of a nearly free line would be below zero.
    """
    discount, total = int_field(line, "total_discount_amount", 0), int_field(line, "total_amount")
    if abs(discount) <= abs(total):
        return _share(discount, number, whole)
    before = number * int_field(line, "unit_price") + _share(
        _difference(line, whole), number, whole
    )
    return before - _share(total, number, whole)


def _difference(line: OrderLine, whole: int) -> int:
    """Return the difference between a line's total and the total that its other amounts make.

    It is shared by itself. So every part is within the tolerance of 1 per unit if the line is.
    """
    expected = whole * int_field(line, "unit_price") - int_field(line, "total_discount_amount", 0)
    return int_field(line, "total_amount") - expected


def _tax_until(line: OrderLine, number: int, whole: int) -> int:
    """Return the tax on the first units of a line. That on all units is the line's.

    The tax of every part must be within 1 of the exact tax. The line's own may be up to 1 off. So
    the running tax is rounded to the same side as the line's. The errors of two running taxes
    then differ by at most 1. A tax that is further off does not follow from the rate, and is shared
    like an amount.
    """
    tax, rate = int_field(line, "total_tax_amount"), int_field(line, "tax_rate", 0)
    if number in (0, whole):
        return tax if number else 0
    base = 10_000 + rate
    off = tax * base - int_field(line, "total_amount") * rate
    if line.tax_rate is None or rate < 0 or abs(off) > base:
        return _share(tax, number, whole)
    total = _total_until(line, number, whole)
    if 2 * off > base:
        return -(-total * rate // base)
    if 2 * off < -base:
        return total * rate // base
    return tax_of(total, rate)
