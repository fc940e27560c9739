from __future__ import annotations

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
    read_list,
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "refunded_amount",
        "description",
        "order_lines",
        "reference",
    )
)


@_attrs_define
class RefundObjectDto(Undeclared):
    """A new refund.

    Attributes:
        refunded_amount (int): Amount to refund, in minor units.
        description (str | Unset): Text shown to the customer with the refund.
        order_lines (list[OrderLineDto] | Unset): The lines that the refund is for.
        reference (str | Unset): The merchant's own reference for the refund.
    """

    refunded_amount: int
    description: str | Unset = UNSET
    order_lines: list[OrderLineDto] | Unset = UNSET
    reference: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.refunded_amount = ABSENT if (value := get("refunded_amount")) is None else value
        self.description = ABSENT if (value := get("description")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.reference = ABSENT if (value := get("reference")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "refunded_amount": self.refunded_amount,
                "description": self.description,
                "order_lines": self.order_lines,
                "reference": self.reference,
            },
            self.additional_properties,
        )


from ..models.order_line_dto import OrderLineDto  # noqa: E402
