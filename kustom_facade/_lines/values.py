"""Amounts of lines and orders, whose fields may hold any type when they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any, NamedTuple, TypeAlias

from kustom_order_management.models import OrderLine

from ..money import is_whole

AnyLine: TypeAlias = OrderLine | Mapping[str, Any]


class Origin(NamedTuple):
    """The order of a line that was read, as far as checks of the line need it."""

    currency: str | None
    #: The order's amount less the sum of its lines, mostly 0.
    difference: int | None


def line_model(line: AnyLine) -> OrderLine:
    """Return a line as a model.

    Raises:
        TypeError: it is neither a model nor a mapping.
    """
    if isinstance(line, OrderLine):
        return line
    if isinstance(line, Mapping):
        return OrderLine.from_dict(line)
    raise TypeError(f"a line is an OrderLine or a mapping, not {type(line).__name__}")


def sum_field(order_lines: Iterable[AnyLine], field: str, default: int | None = None) -> int:
    """Return the sum of a field over lines.

    Raises:
        TypeError: lines are of two currencies, as far as they know theirs.
        ValueError: a value is no whole number, or absent without a default.
    """
    lines = [line_model(line) for line in order_lines]
    currencies = {currency for line in lines if (currency := currency_of(line)) is not None}
    if len(currencies) > 1:
        raise TypeError(f"cannot add lines in {' and '.join(sorted(currencies))}")
    return sum(int_field(line, field, default) for line in lines)


def currency_of(line: Any) -> str | None:
    """Return the currency of a line that was built or read from an order, if it is known."""
    built: str | None = getattr(line, "currency", None)
    origin: Origin | None = getattr(line, "origin", None)
    return built or (origin.currency if origin else None)


def int_field(holder: Any, field: str, default: int | None = None) -> int:
    """Return a whole number of a model, or the default where it is absent.

    Raises:
        ValueError: the field is no whole number. The message names the model.
    """
    value = getattr(holder, field)
    if value is None and default is not None:
        return default
    if not is_whole(value):
        raise ValueError(
            f"{field} of {type(holder).__name__} {describe(holder)} is {value!r}, "
            "not a whole number"
        )
    return index(value)


def describe(holder: Any) -> str:
    """Return a name for a model in a message: its reference, id or name."""
    for name in ("reference", "capture_id", "refund_id", "order_id", "name"):
        if getattr(holder, name, None):
            return repr(getattr(holder, name))
    return "without a name"


def require_count(name: str, value: int, least: int) -> int:
    """Return a caller's whole number, of any library, as an int.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is below ``least``.
    """
    if not is_whole(value):
        raise TypeError(f"{name} must be a whole number, not {type(value).__name__}")
    if index(value) < least:
        raise ValueError(f"{name} must be {least} or more, not {value}")
    return index(value)
