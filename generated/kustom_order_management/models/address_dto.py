from __future__ import annotations

from ..types import *


@define
class AddressDto(Undeclared):
    """A postal address with a contact.

    Attributes:
        attention: Whom a delivery to an organization is for.
        city: City.
        country: Country (ISO 3166-1 alpha-2).
        email: E-mail address.
        family_name: Family name.
        given_name: Given name.
        organization_name: Name of the organization; business customers only.
        phone: Phone number.
        postal_code: Postal code.
        region: State or region; required for US addresses.
        street_address: First line of the street address.
        street_address2: Second line of the street address.
        title: Form of address.
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


declare(AddressDto)
