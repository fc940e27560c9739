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
        "order_amount",
        "order_lines",
        "description",
    )
)


@_attrs_define
class UpdateAuthorizationDto(Undeclared):
    """A new total and a new set of lines for the order.

    Attributes:
        order_amount (int): The new order total, in minor units.
        order_lines (list[OrderLineDto]): The lines that replace the order's lines.
        description (str | Unset): Why the order is changed.
    """

    order_amount: int
    order_lines: list[OrderLineDto]
    description: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.order_amount = ABSENT if (value := get("order_amount")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.description = ABSENT if (value := get("description")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "order_amount": self.order_amount,
                "order_lines": self.order_lines,
                "description": self.description,
            },
            self.additional_properties,
        )


from ..models.order_line_dto import OrderLineDto  # noqa: E402
