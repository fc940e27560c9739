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
    read,
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "address",
        "id",
        "name",
        "price",
    )
)


@_attrs_define
class LocationDto(Undeclared):
    """A pick-up location.

    Attributes:
        address (LocationAddressDto | Unset): Address of a pick-up location.
        id (str | Unset): Id of the location.
        name (str | Unset): Name.
        price (int | Unset): Price in minor units.
    """

    address: LocationAddressDto | Unset = UNSET
    id: str | Unset = UNSET
    name: str | Unset = UNSET
    price: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.address = read(get("address"), LocationAddressDto.from_dict)
        self.id = ABSENT if (value := get("id")) is None else value
        self.name = ABSENT if (value := get("name")) is None else value
        self.price = ABSENT if (value := get("price")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "address": self.address,
                "id": self.id,
                "name": self.name,
                "price": self.price,
            },
            self.additional_properties,
        )


from ..models.location_address_dto import LocationAddressDto  # noqa: E402
