from __future__ import annotations

from ..types import *


@define
class UpdateShippingInfoDto(Undeclared):
    """Shipments to add.

    Attributes:
        shipping_info: The shipments to add, at most 500.
    """

    shipping_info: list[ShippingInfoDto]

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.shipping_info = read_list(get("shipping_info"), ShippingInfoDto.from_dict)
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(UpdateShippingInfoDto)

from ..models.shipping_info_dto import ShippingInfoDto  # noqa: E402
