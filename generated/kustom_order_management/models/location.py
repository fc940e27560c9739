from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read, register_fields, undeclared


@define(repr=False)
class Location(Model):
    """A pick-up location.

    Attributes:
        address: Address of a pick-up location.
        id: Id of the location.
        name: Name.
        price: Price in minor units.
    """

    address: LocationAddress | None = None
    id: str | None = None
    name: str | None = None
    price: int | None = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.address = read(get("address"), LocationAddress.from_dict)
        self.id = get("id")
        self.name = get("name")
        self.price = get("price")
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(Location)

from ..models.location_address import LocationAddress  # noqa: E402
