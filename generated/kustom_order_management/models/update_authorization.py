from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read_list, register_fields, undeclared


@define(repr=False)
class UpdateAuthorization(Model):
    """A new total and a new set of lines for the order.

    A field without a default is required in a request; one that an answer lacks reads as None.

    Attributes:
        order_amount: The new order total, in minor units.
        order_lines: The lines that replace the order's lines.
        description: Why the order is changed.
    """

    order_amount: int
    order_lines: list[OrderLine]
    description: str | None = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.order_amount = get("order_amount")
        self.order_lines = read_list(get("order_lines"), OrderLine.from_dict)
        self.description = get("description")
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(UpdateAuthorization)

from ..models.order_line import OrderLine  # noqa: E402
