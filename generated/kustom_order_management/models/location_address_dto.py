from __future__ import annotations

from ..types import *


@define
class LocationAddressDto(Undeclared):
    """Address of a pick-up location.

    Attributes:
        country: Country (ISO 3166-1 alpha-2).
        street_address: First line of the street address.
        city: City.
        postal_code: Postal code.
        region: Region.
        street_address2: Second line of the street address.
    """

    country: str
    street_address: str
    city: str | Unset = UNSET
    postal_code: str | Unset = UNSET
    region: str | Unset = UNSET
    street_address2: str | Unset = UNSET


declare(LocationAddressDto)
