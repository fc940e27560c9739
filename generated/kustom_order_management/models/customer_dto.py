from __future__ import annotations

from ..types import *


@define
class CustomerDto(Undeclared):
    """Who placed the order.

    Attributes:
        date_of_birth: Date of birth.
        national_identification_number: National identification number.
        vat_id: VAT registration number.
        type_: Kind of customer.
        organization_entity_type: Legal form of the organization.
        organization_registration_id: Registration number of the organization.
    """

    date_of_birth: datetime.date | Unset = UNSET
    national_identification_number: str | Unset = UNSET
    vat_id: str | Unset = UNSET
    type_: str | Unset = UNSET
    organization_entity_type: str | Unset = UNSET
    organization_registration_id: str | Unset = UNSET

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
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(CustomerDto, type_="type")
