"""Amounts of lines and orders, whose fields may hold any type when they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any, Final, NamedTuple, TypeAlias

from kustom_order_management.models import OrderLine

from ..errors import InvalidRequest
from ..money import is_whole

AnyLine: TypeAlias = OrderLine | Mapping[str, Any]
#: More than any amount or quantity, and few enough digits to print and to multiply.
_TOO_LARGE: Final = 10**40


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
        TypeError: these are no lines, or lines of two currencies, as far as they know theirs.
        InvalidRequest: a value is no whole number, or absent without a default.
    """
    if isinstance(order_lines, str | bytes | Mapping) or not isinstance(order_lines, Iterable):
        raise TypeError(f"order lines are a list, not {type(order_lines).__name__}")
    lines = [line_model(line) for line in order_lines]
    currencies = {currency for line in lines if (currency := currency_of(line)) is not None}
    if len(currencies) > 1:
        raise TypeError(f"cannot add lines in {' and '.join(sorted(currencies))}")
    return sum(int_field(line, field, default) for line in lines)


def currency_of(line: Any) -> str | None:
    """Return the currency of a line that was built or read from an order, if it is known."""
    built, origin = getattr(line, "currency", None), getattr(line, "origin", None)
    if isinstance(built, str) and built:
        return built
    return origin.currency if isinstance(origin, Origin) else None


def int_field(holder: Any, field: str, default: int | None = None) -> int:
    """Return a whole number of a model, or the default where it is absent.

    Raises:
        InvalidRequest: the field is no whole number of a sensible size. The message names the
            model.
    """
    value = getattr(holder, field)
    if value is None and default is not None:
        return default
    of_what = f"{field} of {type(holder).__name__} {describe(holder)}"
    if not is_whole(value):
        is_plain = value is None or isinstance(value, str | float)
        shown = repr(value)[:40] if is_plain else f"a {type(value).__name__}"
        raise unusable(f"{of_what} is {shown}, not a whole number")
    if abs(index(value)) >= _TOO_LARGE:
        raise unusable(f"{of_what} has more digits than any amount")
    return index(value)


def describe(holder: Any) -> str:
    """Return a name for a model in a message: its reference, id or name."""
    for name in ("reference", "capture_id", "refund_id", "order_id", "name"):
        value = getattr(holder, name, None)
        if isinstance(value, str) and value:
            return repr(value[:255])
    return "without a name"


def reference_of(line: OrderLine) -> str:
    """Return a line's reference as text, empty where it has none. A number may have come back."""
    return str(line.reference) if isinstance(line.reference, str | int) else ""


def require_count(name: str, value: int, least: int) -> int:
    """Return a caller's whole number, of any library, as an int.

    Raises:
        TypeError: it is no whole number.
        InvalidRequest: it is below ``least``, or larger than any count.
    """
    if not is_whole(value):
        raise TypeError(f"{name} must be a whole number, not {type(value).__name__}")
    if index(value) >= _TOO_LARGE or index(value) <= -_TOO_LARGE:
        raise unusable(f"{name} has more digits than any count")
    if index(value) < least:
        raise unusable(f"{name} must be {least} or more, not {value}")
    return index(value)


def unusable(problem: str) -> InvalidRequest:
    """Return the error for lines, or an order, that cannot be worked with."""
    return InvalidRequest(problem, problems=(problem,))
