from __future__ import annotations

from ..types import *


@define
class UpdateConsumerDto(Undeclared):
    """New details of the customer.

    Attributes:
        shipping_address: A postal address with a contact.
    """

    shipping_address: AddressDto | Unset = UNSET

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.shipping_address = read(get("shipping_address"), AddressDto.from_dict)
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(UpdateConsumerDto)

from ..models.address_dto import AddressDto  # noqa: E402
