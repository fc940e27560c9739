from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import (
    ABSENT,
    UNSET,
    Undeclared,
    Unset,
    new,
    read,
    read_list,
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "credit_invoice",
        "description",
        "order_lines",
        "reference",
        "refund_id",
        "refunded_amount",
        "refunded_at",
    )
)


@_attrs_define
class RefundDto(Undeclared):
    """One refund of an order.

    Attributes:
        credit_invoice (bool | Unset): Whether the refund was made by crediting an invoice.
        description (str | Unset): Text shown to the customer with the refund.
        order_lines (list[OrderLineDto] | Unset): The lines that the refund is for.
        reference (str | Unset): The merchant's own reference for the refund.
        refund_id (str | Unset): The refund's id.
        refunded_amount (int | Unset): Amount of the refund, in minor units.
        refunded_at (datetime.datetime | Unset): When the refund was made (ISO 8601).
    """

    credit_invoice: bool | Unset = UNSET
    description: str | Unset = UNSET
    order_lines: list[OrderLineDto] | Unset = UNSET
    reference: str | Unset = UNSET
    refund_id: str | Unset = UNSET
    refunded_amount: int | Unset = UNSET
    refunded_at: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.credit_invoice = ABSENT if (value := get("credit_invoice")) is None else value
        self.description = ABSENT if (value := get("description")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.reference = ABSENT if (value := get("reference")) is None else value
        self.refund_id = ABSENT if (value := get("refund_id")) is None else value
        self.refunded_amount = ABSENT if (value := get("refunded_amount")) is None else value
        self.refunded_at = read(get("refunded_at"), datetime.datetime.fromisoformat)
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "credit_invoice": self.credit_invoice,
                "description": self.description,
                "order_lines": self.order_lines,
                "reference": self.reference,
                "refund_id": self.refund_id,
                "refunded_amount": self.refunded_amount,
                "refunded_at": self.refunded_at,
            },
            self.additional_properties,
        )


from ..models.order_line_dto import OrderLineDto  # noqa: E402
