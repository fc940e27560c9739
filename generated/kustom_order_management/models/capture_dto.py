from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import (
    ABSENT,
    UNSET,
    Undeclared,
    Unset,
    new,
    read,
    read_list,
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "billing_address",
        "capture_id",
        "captured_amount",
        "captured_at",
        "description",
        "klarna_reference",
        "order_lines",
        "reference",
        "refunded_amount",
        "shipping_address",
        "shipping_info",
    )
)


@_attrs_define
class CaptureDto(Undeclared):
    """One capture of an order.

    Attributes:
        billing_address (AddressDto | Unset): A postal address with a contact.
        capture_id (str | Unset): The capture's id.
        captured_amount (int | Unset): Amount of this capture, in minor units.
        captured_at (datetime.datetime | Unset): When the capture was made (ISO 8601).
        description (str | Unset): Text shown to the customer with the capture.
        klarna_reference (str | Unset): Short reference of the capture that the customer sees.
        order_lines (list[OrderLineDto] | Unset): The lines that the capture is for.
        reference (str | Unset): The merchant's own reference for the capture.
        refunded_amount (int | Unset): How much of this capture has been refunded, in minor units.
        shipping_address (AddressDto | Unset): A postal address with a contact.
        shipping_info (list[ShippingInfoDto] | Unset): Shipments recorded on the capture.
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
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

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
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "billing_address": self.billing_address,
                "capture_id": self.capture_id,
                "captured_amount": self.captured_amount,
                "captured_at": self.captured_at,
                "description": self.description,
                "klarna_reference": self.klarna_reference,
                "order_lines": self.order_lines,
                "reference": self.reference,
                "refunded_amount": self.refunded_amount,
                "shipping_address": self.shipping_address,
                "shipping_info": self.shipping_info,
            },
            self.additional_properties,
        )


from ..models.address_dto import AddressDto  # noqa: E402
from ..models.order_line_dto import OrderLineDto  # noqa: E402
from ..models.shipping_info_dto import ShippingInfoDto  # noqa: E402
