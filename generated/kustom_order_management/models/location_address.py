from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class LocationAddress(Model):
    """Address of a pick-up location.

    A field without a default is required in a request; one that an answer lacks reads as None.

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
    city: str | None = None
    postal_code: str | None = None
    region: str | None = None
    street_address2: str | None = None


register_fields(LocationAddress)
