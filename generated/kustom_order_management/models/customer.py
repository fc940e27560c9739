from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read, register_fields, undeclared


@define(repr=False)
class Customer(Model):
    """Who placed the order.

    Attributes:
        date_of_birth: Date of birth.
        national_identification_number: National identification number.
        vat_id: VAT registration number.
        type_: Kind of customer.
        organization_entity_type: Legal form of the organization.
        organization_registration_id: Registration number of the organization.
    """

    date_of_birth: datetime.date | None = None
    national_identification_number: str | None = None
    vat_id: str | None = None
    type_: str | None = None
    organization_entity_type: str | None = None
    organization_registration_id: str | None = None

    _personal = frozenset(
        {
            "date_of_birth",
            "national_identification_number",
            "vat_id",
            "type_",
            "organization_entity_type",
            "organization_registration_id",
        }
    )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.date_of_birth = read(get("date_of_birth"), datetime.date.fromisoformat)
        self.national_identification_number = get("national_identification_number")
        self.vat_id = get("vat_id")
        self.type_ = get("type")
        self.organization_entity_type = get("organization_entity_type")
        self.organization_registration_id = get("organization_registration_id")
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(Customer, type_="type")
