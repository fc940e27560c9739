from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read_list, register_fields, undeclared


@define(repr=False)
class RefundObject(Model):
    """A new refund.

    A field without a default is required in a request; one that an answer lacks reads as None.

    Attributes:
        refunded_amount: Amount to refund, in minor units.
        description: Text shown to the customer with the refund.
        order_lines: The lines that the refund is for.
        reference: The merchant's own reference for the refund.
    """

    refunded_amount: int
    description: str | None = None
    order_lines: list[OrderLine] | None = None
    reference: str | None = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.refunded_amount = get("refunded_amount")
        self.description = get("description")
        self.order_lines = read_list(get("order_lines"), OrderLine.from_dict)
        self.reference = get("reference")
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(RefundObject)

from ..models.order_line import OrderLine  # noqa: E402
