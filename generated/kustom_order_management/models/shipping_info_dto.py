from __future__ import annotations

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
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "return_shipping_company",
        "return_tracking_number",
        "return_tracking_uri",
        "shipping_company",
        "shipping_method",
        "tracking_number",
        "tracking_uri",
    )
)


@_attrs_define
class ShippingInfoDto(Undeclared):
    """One shipment, with the way back if there is one.

    Attributes:
        return_shipping_company (str | Unset): Carrier of a return.
        return_tracking_number (str | Unset): Tracking number of a return.
        return_tracking_uri (str | Unset): Page that tracks a return.
        shipping_company (str | Unset): Carrier.
        shipping_method (str | Unset): How the goods reach the customer.
        tracking_number (str | Unset): Tracking number.
        tracking_uri (str | Unset): Page that tracks the shipment.
    """

    return_shipping_company: str | Unset = UNSET
    return_tracking_number: str | Unset = UNSET
    return_tracking_uri: str | Unset = UNSET
    shipping_company: str | Unset = UNSET
    shipping_method: str | Unset = UNSET
    tracking_number: str | Unset = UNSET
    tracking_uri: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.return_shipping_company = ABSENT if (value := get("return_shipping_company")) is None else value
        self.return_tracking_number = ABSENT if (value := get("return_tracking_number")) is None else value
        self.return_tracking_uri = ABSENT if (value := get("return_tracking_uri")) is None else value
        self.shipping_company = ABSENT if (value := get("shipping_company")) is None else value
        self.shipping_method = ABSENT if (value := get("shipping_method")) is None else value
        self.tracking_number = ABSENT if (value := get("tracking_number")) is None else value
        self.tracking_uri = ABSENT if (value := get("tracking_uri")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "return_shipping_company": self.return_shipping_company,
                "return_tracking_number": self.return_tracking_number,
                "return_tracking_uri": self.return_tracking_uri,
                "shipping_company": self.shipping_company,
                "shipping_method": self.shipping_method,
                "tracking_number": self.tracking_number,
                "tracking_uri": self.tracking_uri,
            },
            self.additional_properties,
        )
