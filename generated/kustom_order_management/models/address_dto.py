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
        "attention",
        "city",
        "country",
        "email",
        "family_name",
        "given_name",
        "organization_name",
        "phone",
        "postal_code",
        "region",
        "street_address",
        "street_address2",
        "title",
    )
)


@_attrs_define
class AddressDto(Undeclared):
    """A postal address with a contact.

    Attributes:
        attention (str | Unset): Whom a delivery to an organization is for.
        city (str | Unset): City.
        country (str | Unset): Country (ISO 3166-1 alpha-2).
        email (str | Unset): E-mail address.
        family_name (str | Unset): Family name.
        given_name (str | Unset): Given name.
        organization_name (str | Unset): Name of the organization; business customers only.
        phone (str | Unset): Phone number.
        postal_code (str | Unset): Postal code.
        region (str | Unset): State or region; required for US addresses.
        street_address (str | Unset): First line of the street address.
        street_address2 (str | Unset): Second line of the street address.
        title (str | Unset): Form of address.
    """

    attention: str | Unset = UNSET
    city: str | Unset = UNSET
    country: str | Unset = UNSET
    email: str | Unset = UNSET
    family_name: str | Unset = UNSET
    given_name: str | Unset = UNSET
    organization_name: str | Unset = UNSET
    phone: str | Unset = UNSET
    postal_code: str | Unset = UNSET
    region: str | Unset = UNSET
    street_address: str | Unset = UNSET
    street_address2: str | Unset = UNSET
    title: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.attention = ABSENT if (value := get("attention")) is None else value
        self.city = ABSENT if (value := get("city")) is None else value
        self.country = ABSENT if (value := get("country")) is None else value
        self.email = ABSENT if (value := get("email")) is None else value
        self.family_name = ABSENT if (value := get("family_name")) is None else value
        self.given_name = ABSENT if (value := get("given_name")) is None else value
        self.organization_name = ABSENT if (value := get("organization_name")) is None else value
        self.phone = ABSENT if (value := get("phone")) is None else value
        self.postal_code = ABSENT if (value := get("postal_code")) is None else value
        self.region = ABSENT if (value := get("region")) is None else value
        self.street_address = ABSENT if (value := get("street_address")) is None else value
        self.street_address2 = ABSENT if (value := get("street_address2")) is None else value
        self.title = ABSENT if (value := get("title")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "attention": self.attention,
                "city": self.city,
                "country": self.country,
                "email": self.email,
                "family_name": self.family_name,
                "given_name": self.given_name,
                "organization_name": self.organization_name,
                "phone": self.phone,
                "postal_code": self.postal_code,
                "region": self.region,
                "street_address": self.street_address,
                "street_address2": self.street_address2,
                "title": self.title,
            },
            self.additional_properties,
        )
