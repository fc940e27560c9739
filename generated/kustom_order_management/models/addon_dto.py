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
        "price",
        "type",
        "external_id",
        "user_input",
    )
)


@_attrs_define
class AddonDto(Undeclared):
    """An extra to a shipping option.

    Attributes:
        price (int): Price in minor units.
        type_ (str): Kind of extra.
        external_id (str | Unset): Id in the merchant's system.
        user_input (str | Unset): What the customer typed.
    """

    price: int
    type_: str
    external_id: str | Unset = UNSET
    user_input: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.price = ABSENT if (value := get("price")) is None else value
        self.type_ = ABSENT if (value := get("type")) is None else value
        self.external_id = ABSENT if (value := get("external_id")) is None else value
        self.user_input = ABSENT if (value := get("user_input")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "price": self.price,
                "type": self.type_,
                "external_id": self.external_id,
                "user_input": self.user_input,
            },
            self.additional_properties,
        )
