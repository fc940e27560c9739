from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import (
    Undeclared,
    new,
    read_list,
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(("shipping_info",))


@_attrs_define
class UpdateShippingInfoDto(Undeclared):
    """Shipments to add.

    Attributes:
        shipping_info (list[ShippingInfoDto]): The shipments to add, at most 500.
    """

    shipping_info: list[ShippingInfoDto]
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.shipping_info = read_list(get("shipping_info"), ShippingInfoDto.from_dict)
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "shipping_info": self.shipping_info,
            },
            self.additional_properties,
        )


from ..models.shipping_info_dto import ShippingInfoDto  # noqa: E402
