from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class Address(Model):
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

    attention: str | None = None
    city: str | None = None
    country: str | None = None
    email: str | None = None
    family_name: str | None = None
    given_name: str | None = None
    organization_name: str | None = None
    phone: str | None = None
    postal_code: str | None = None
    region: str | None = None
    street_address: str | None = None
    street_address2: str | None = None
    title: str | None = None

    _personal = frozenset(
        {
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
        }
    )


register_fields(Address)
