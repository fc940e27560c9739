"""Reading amounts out of lines and orders, which may come over the wire and so hold anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any, TypeAlias

from kustom_order_management import models
from kustom_order_management.types import UNSET

from ._checks import Origin
from .money import is_whole

#: Named by their module, which loads them when they are first used.
AnyLine: TypeAlias = "models.OrderLineDto | Mapping[str, Any]"


def model(line: AnyLine) -> models.OrderLineDto:
    """A line as a model."""
    if isinstance(line, models.OrderLineDto):
        return line
    if isinstance(line, Mapping):
        return models.OrderLineDto.from_dict(line)
    raise TypeError(f"a line is an OrderLine or a mapping, not {type(line).__name__}")


def sum_of(order_lines: Iterable[AnyLine], field: str, default: int | None = None) -> int:
    """The sum of a field over lines; a TypeError if they know that they are of two currencies."""
    lines = [model(line) for line in order_lines]
    currencies = {currency for line in lines if (currency := currency_of(line)) is not None}
    if len(currencies) > 1:
        raise TypeError(f"cannot add lines in {' and '.join(sorted(currencies))}")
    return sum(number_in(line, field, default) for line in lines)


def currency_of(line: Any) -> str | None:
    """Return the currency of a line that was built, or read from an order; ``None`` where it is not known."""
    built: str | None = getattr(line, "currency", None)
    origin: Origin | None = getattr(line, "origin", None)
    return built or (origin.currency if origin else None)


def number_in(holder: Any, field: str, default: int | None = None) -> int:
    """A whole number of a model; a ValueError that names the model if there is another thing, and no default."""
    value = getattr(holder, field)
    if value is UNSET and default is not None:
        return default
    if not is_whole(value):
        raise ValueError(
            f"{field} of {type(holder).__name__.removesuffix('Dto')} {label(holder)} is {value!r}, not a whole number"
        )
    return index(value)


def label(holder: Any) -> str:
    """What to call a model in a message."""
    for name in ("reference", "capture_id", "refund_id", "order_id", "name"):
        if getattr(holder, name, UNSET):
            return repr(getattr(holder, name))
    return "without a name"


def count(name: str, value: int, least: int) -> int:
    """A caller's whole number, of whatever library, from a least one on."""
    if not is_whole(value):
        raise TypeError(f"{name} must be a whole number, not {type(value).__name__}")
    if index(value) < least:
        raise ValueError(f"{name} must be {least} or more, not {value}")
    return index(value)
