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
        "captured_amount",
        "description",
        "order_lines",
        "reference",
        "shipping_delay",
        "shipping_info",
    )
)


@_attrs_define
class CaptureObjectDto(Undeclared):
    """A new capture.

    Attributes:
        captured_amount (int): Amount to capture, in minor units.
        description (str | Unset): Text shown to the customer with the capture.
        order_lines (list[OrderLineDto] | Unset): The lines that the capture is for.
        reference (str | Unset): The merchant's own reference for the capture.
        shipping_delay (int | Unset): Days until the goods are shipped; more than 0 needs a merchant account
            that allows it.
        shipping_info (list[ShippingInfoDto] | Unset): How the captured goods are shipped.
    """

    captured_amount: int
    description: str | Unset = UNSET
    order_lines: list[OrderLineDto] | Unset = UNSET
    reference: str | Unset = UNSET
    shipping_delay: int | Unset = UNSET
    shipping_info: list[ShippingInfoDto] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.captured_amount = ABSENT if (value := get("captured_amount")) is None else value
        self.description = ABSENT if (value := get("description")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.reference = ABSENT if (value := get("reference")) is None else value
        self.shipping_delay = ABSENT if (value := get("shipping_delay")) is None else value
        self.shipping_info = read_list(get("shipping_info"), ShippingInfoDto.from_dict)
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "captured_amount": self.captured_amount,
                "description": self.description,
                "order_lines": self.order_lines,
                "reference": self.reference,
                "shipping_delay": self.shipping_delay,
                "shipping_info": self.shipping_info,
            },
            self.additional_properties,
        )


from ..models.order_line_dto import OrderLineDto  # noqa: E402
from ..models.shipping_info_dto import ShippingInfoDto  # noqa: E402
