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
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "date_of_birth",
        "national_identification_number",
        "vat_id",
        "type",
        "organization_entity_type",
        "organization_registration_id",
    )
)


@_attrs_define
class CustomerDto(Undeclared):
    """Who placed the order.

    Attributes:
        date_of_birth (datetime.date | Unset): Date of birth.
        national_identification_number (str | Unset): National identification number.
        vat_id (str | Unset): VAT registration number.
        type_ (str | Unset): Kind of customer.
        organization_entity_type (str | Unset): Legal form of the organization.
        organization_registration_id (str | Unset): Registration number of the organization.
    """

    date_of_birth: datetime.date | Unset = UNSET
    national_identification_number: str | Unset = UNSET
    vat_id: str | Unset = UNSET
    type_: str | Unset = UNSET
    organization_entity_type: str | Unset = UNSET
    organization_registration_id: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.date_of_birth = read(get("date_of_birth"), datetime.date.fromisoformat)
        self.national_identification_number = (
            ABSENT if (value := get("national_identification_number")) is None else value
        )
        self.vat_id = ABSENT if (value := get("vat_id")) is None else value
        self.type_ = ABSENT if (value := get("type")) is None else value
        self.organization_entity_type = (
            ABSENT if (value := get("organization_entity_type")) is None else value
        )
        self.organization_registration_id = (
            ABSENT if (value := get("organization_registration_id")) is None else value
        )
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "date_of_birth": self.date_of_birth,
                "national_identification_number": self.national_identification_number,
                "vat_id": self.vat_id,
                "type": self.type_,
                "organization_entity_type": self.organization_entity_type,
                "organization_registration_id": self.organization_registration_id,
            },
            self.additional_properties,
        )
