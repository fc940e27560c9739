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
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "brand",
        "category_path",
        "color",
        "global_trade_item_number",
        "manufacturer_part_number",
        "size",
    )
)


@_attrs_define
class ProductIdentifiersDto(Undeclared):
    """What identifies the product of a line.

    Attributes:
        brand (str | Unset): Brand.
        category_path (str | Unset): Place in the shop's catalogue, segments joined by ' > '.
        color (str | Unset): Colour.
        global_trade_item_number (str | Unset): GTIN: EAN, ISBN or UPC.
        manufacturer_part_number (str | Unset): The maker's part number.
        size (str | Unset): Size.
    """

    brand: str | Unset = UNSET
    category_path: str | Unset = UNSET
    color: str | Unset = UNSET
    global_trade_item_number: str | Unset = UNSET
    manufacturer_part_number: str | Unset = UNSET
    size: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.brand = ABSENT if (value := get("brand")) is None else value
        self.category_path = ABSENT if (value := get("category_path")) is None else value
        self.color = ABSENT if (value := get("color")) is None else value
        self.global_trade_item_number = (
            ABSENT if (value := get("global_trade_item_number")) is None else value
        )
        self.manufacturer_part_number = (
            ABSENT if (value := get("manufacturer_part_number")) is None else value
        )
        self.size = ABSENT if (value := get("size")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "brand": self.brand,
                "category_path": self.category_path,
                "color": self.color,
                "global_trade_item_number": self.global_trade_item_number,
                "manufacturer_part_number": self.manufacturer_part_number,
                "size": self.size,
            },
            self.additional_properties,
        )
