from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import ABSENT, UNSET, Unset, new, read_undeclared, write_fields

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
class ShippingInfoDto:
    """One shipment, with the way back if there is one.

    Attributes:
        return_shipping_company (str | Unset): Carrier of a return. Example: DHL SE.
        return_tracking_number (str | Unset): Tracking number of a return. Example: 93456415674545679888.
        return_tracking_uri (str | Unset): Page that tracks a return. Example:
            http://shipping.example/findmypackage?93456415674545679888.
        shipping_company (str | Unset): Carrier. Example: DHL SE.
        shipping_method (str | Unset): How the goods reach the customer. Example: Home.
        tracking_number (str | Unset): Tracking number. Example: 63456415674545679874.
        tracking_uri (str | Unset): Page that tracks the shipment. Example:
            http://shipping.example/findmypackage?63456415674545679874.
    """

    return_shipping_company: str | Unset = UNSET
    return_tracking_number: str | Unset = UNSET
    return_tracking_uri: str | Unset = UNSET
    shipping_company: str | Unset = UNSET
    shipping_method: str | Unset = UNSET
    tracking_number: str | Unset = UNSET
    tracking_uri: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read an answer, tolerantly: absent and null fields are ``UNSET``, undeclared ones are kept."""
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
        """The model as plain JSON data; what is ``UNSET`` or ``None`` is left out."""
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

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


# At the end, so that models may refer to each other in a circle.
