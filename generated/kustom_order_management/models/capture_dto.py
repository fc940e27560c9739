from __future__ import annotations

from ..types import *


@define
class CaptureDto(Undeclared):
    """One capture of an order.

    Attributes:
        billing_address: A postal address with a contact.
        capture_id: The capture's id.
        captured_amount: Amount of this capture, in minor units.
        captured_at: When the capture was made (ISO 8601).
        description: Text shown to the customer with the capture.
        klarna_reference: Short reference of the capture that the customer sees.
        order_lines: The lines that the capture is for.
        reference: The merchant's own reference for the capture.
        refunded_amount: How much of this capture has been refunded, in minor units.
        shipping_address: A postal address with a contact.
        shipping_info: Shipments recorded on the capture.
    """

    billing_address: AddressDto | Unset = UNSET
    capture_id: str | Unset = UNSET
    captured_amount: int | Unset = UNSET
    captured_at: datetime.datetime | Unset = UNSET
    description: str | Unset = UNSET
    klarna_reference: str | Unset = UNSET
    order_lines: list[OrderLineDto] | Unset = UNSET
    reference: str | Unset = UNSET
    refunded_amount: int | Unset = UNSET
    shipping_address: AddressDto | Unset = UNSET
    shipping_info: list[ShippingInfoDto] | Unset = UNSET

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.billing_address = read(get("billing_address"), AddressDto.from_dict)
        self.capture_id = ABSENT if (value := get("capture_id")) is None else value
        self.captured_amount = ABSENT if (value := get("captured_amount")) is None else value
        self.captured_at = read(get("captured_at"), datetime.datetime.fromisoformat)
        self.description = ABSENT if (value := get("description")) is None else value
        self.klarna_reference = ABSENT if (value := get("klarna_reference")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.reference = ABSENT if (value := get("reference")) is None else value
        self.refunded_amount = ABSENT if (value := get("refunded_amount")) is None else value
        self.shipping_address = read(get("shipping_address"), AddressDto.from_dict)
        self.shipping_info = read_list(get("shipping_info"), ShippingInfoDto.from_dict)
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(CaptureDto)

from ..models.address_dto import AddressDto  # noqa: E402
from ..models.order_line_dto import OrderLineDto  # noqa: E402
from ..models.shipping_info_dto import ShippingInfoDto  # noqa: E402
