from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import (
    UNSET,
    Undeclared,
    Unset,
    new,
    read,
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(("shipping_address",))


@_attrs_define
class UpdateConsumerDto(Undeclared):
    """New details of the customer.

    Attributes:
        shipping_address (AddressDto | Unset): A postal address with a contact.
    """

    shipping_address: AddressDto | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.shipping_address = read(get("shipping_address"), AddressDto.from_dict)
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "shipping_address": self.shipping_address,
            },
            self.additional_properties,
        )


from ..models.address_dto import AddressDto  # noqa: E402
