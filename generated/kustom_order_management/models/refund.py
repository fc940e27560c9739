from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read, read_list, register_fields, undeclared


@define(repr=False)
class Refund(Model):
    """One refund of an order.

    Attributes:
        credit_invoice: Whether the refund was made by crediting an invoice.
        description: Text shown to the customer with the refund.
        order_lines: The lines that the refund is for.
        reference: The merchant's own reference for the refund.
        refund_id: The refund's id.
        refunded_amount: Amount of the refund, in minor units.
        refunded_at: When the refund was made (ISO 8601).
    """

    credit_invoice: bool | None = None
    description: str | None = None
    order_lines: list[OrderLine] | None = None
    reference: str | None = None
    refund_id: str | None = None
    refunded_amount: int | None = None
    refunded_at: datetime.datetime | None = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.credit_invoice = get("credit_invoice")
        self.description = get("description")
        self.order_lines = read_list(get("order_lines"), OrderLine.from_dict)
        self.reference = get("reference")
        self.refund_id = get("refund_id")
        self.refunded_amount = get("refunded_amount")
        self.refunded_at = read(get("refunded_at"), datetime.datetime.fromisoformat)
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(Refund)

from ..models.order_line import OrderLine  # noqa: E402
