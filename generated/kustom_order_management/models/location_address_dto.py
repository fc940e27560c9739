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
        "country",
        "street_address",
        "city",
        "postal_code",
        "region",
        "street_address2",
    )
)


@_attrs_define
class LocationAddressDto(Undeclared):
    """Address of a pick-up location.

    Attributes:
        country (str): Country (ISO 3166-1 alpha-2).
        street_address (str): First line of the street address.
        city (str | Unset): City.
        postal_code (str | Unset): Postal code.
        region (str | Unset): Region.
        street_address2 (str | Unset): Second line of the street address.
    """

    country: str
    street_address: str
    city: str | Unset = UNSET
    postal_code: str | Unset = UNSET
    region: str | Unset = UNSET
    street_address2: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.country = ABSENT if (value := get("country")) is None else value
        self.street_address = ABSENT if (value := get("street_address")) is None else value
        self.city = ABSENT if (value := get("city")) is None else value
        self.postal_code = ABSENT if (value := get("postal_code")) is None else value
        self.region = ABSENT if (value := get("region")) is None else value
        self.street_address2 = ABSENT if (value := get("street_address2")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "country": self.country,
                "street_address": self.street_address,
                "city": self.city,
                "postal_code": self.postal_code,
                "region": self.region,
                "street_address2": self.street_address2,
            },
            self.additional_properties,
        )
