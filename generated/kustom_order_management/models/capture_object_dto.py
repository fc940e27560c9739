from __future__ import annotations

from ..types import *


@define
class CaptureObjectDto(Undeclared):
    """A new capture.

    Attributes:
        captured_amount: Amount to capture, in minor units.
        description: Text shown to the customer with the capture.
        order_lines: The lines that the capture is for.
        reference: The merchant's own reference for the capture.
        shipping_delay: Days until the goods are shipped; more than 0 needs a merchant account that allows
            it.
        shipping_info: How the captured goods are shipped.
    """

    captured_amount: int
    description: str | Unset = UNSET
    order_lines: list[OrderLineDto] | Unset = UNSET
    reference: str | Unset = UNSET
    shipping_delay: int | Unset = UNSET
    shipping_info: list[ShippingInfoDto] | Unset = UNSET

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.captured_amount = ABSENT if (value := get("captured_amount")) is None else value
        self.description = ABSENT if (value := get("description")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.reference = ABSENT if (value := get("reference")) is None else value
        self.shipping_delay = ABSENT if (value := get("shipping_delay")) is None else value
        self.shipping_info = read_list(get("shipping_info"), ShippingInfoDto.from_dict)
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(CaptureObjectDto)

from ..models.order_line_dto import OrderLineDto  # noqa: E402
from ..models.shipping_info_dto import ShippingInfoDto  # noqa: E402
