from __future__ import annotations

from ..types import *


@define
class LocationDto(Undeclared):
    """A pick-up location.

    Attributes:
        address: Address of a pick-up location.
        id: Id of the location.
        name: Name.
        price: Price in minor units.
    """

    address: LocationAddressDto | Unset = UNSET
    id: str | Unset = UNSET
    name: str | Unset = UNSET
    price: int | Unset = UNSET

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.address = read(get("address"), LocationAddressDto.from_dict)
        self.id = ABSENT if (value := get("id")) is None else value
        self.name = ABSENT if (value := get("name")) is None else value
        self.price = ABSENT if (value := get("price")) is None else value
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(LocationDto)

from ..models.location_address_dto import LocationAddressDto  # noqa: E402
