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
    read,
    read_list,
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "carrier",
        "carrier_product",
        "class",
        "id",
        "location",
        "method",
        "name",
        "price",
        "selected_addons",
        "tax_amount",
        "tax_rate",
        "timeslot",
        "tms_reference",
        "type",
    )
)


@_attrs_define
class SelectedShippingOptionDto(Undeclared):
    """The shipping option that the customer picked in the checkout.

    Attributes:
        carrier (str | Unset): Carrier.
        carrier_product (CarrierProductDto | Unset): A carrier's product.
        class_ (str | Unset): Delivery class.
        id (str | Unset): Id of the option.
        location (LocationDto | Unset): A pick-up location.
        method (str | Unset): Delivery method.
        name (str | Unset): Name of the option.
        price (int | Unset): Price in minor units, with tax.
        selected_addons (list[AddonDto] | Unset): Extras that the customer picked.
        tax_amount (int | Unset): Tax contained in the price, in minor units.
        tax_rate (int | Unset): Tax rate in percent with two implicit decimals.
        timeslot (TimeslotDto | Unset): A delivery window.
        tms_reference (str | Unset): Reference in the delivery system.
        type_ (str | Unset): Type of the option.
    """

    carrier: str | Unset = UNSET
    carrier_product: CarrierProductDto | Unset = UNSET
    class_: str | Unset = UNSET
    id: str | Unset = UNSET
    location: LocationDto | Unset = UNSET
    method: str | Unset = UNSET
    name: str | Unset = UNSET
    price: int | Unset = UNSET
    selected_addons: list[AddonDto] | Unset = UNSET
    tax_amount: int | Unset = UNSET
    tax_rate: int | Unset = UNSET
    timeslot: TimeslotDto | Unset = UNSET
    tms_reference: str | Unset = UNSET
    type_: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.carrier = ABSENT if (value := get("carrier")) is None else value
        self.carrier_product = read(get("carrier_product"), CarrierProductDto.from_dict)
        self.class_ = ABSENT if (value := get("class")) is None else value
        self.id = ABSENT if (value := get("id")) is None else value
        self.location = read(get("location"), LocationDto.from_dict)
        self.method = ABSENT if (value := get("method")) is None else value
        self.name = ABSENT if (value := get("name")) is None else value
        self.price = ABSENT if (value := get("price")) is None else value
        self.selected_addons = read_list(get("selected_addons"), AddonDto.from_dict)
        self.tax_amount = ABSENT if (value := get("tax_amount")) is None else value
        self.tax_rate = ABSENT if (value := get("tax_rate")) is None else value
        self.timeslot = read(get("timeslot"), TimeslotDto.from_dict)
        self.tms_reference = ABSENT if (value := get("tms_reference")) is None else value
        self.type_ = ABSENT if (value := get("type")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "carrier": self.carrier,
                "carrier_product": self.carrier_product,
                "class": self.class_,
                "id": self.id,
                "location": self.location,
                "method": self.method,
                "name": self.name,
                "price": self.price,
                "selected_addons": self.selected_addons,
                "tax_amount": self.tax_amount,
                "tax_rate": self.tax_rate,
                "timeslot": self.timeslot,
                "tms_reference": self.tms_reference,
                "type": self.type_,
            },
            self.additional_properties,
        )


from ..models.addon_dto import AddonDto  # noqa: E402
from ..models.carrier_product_dto import CarrierProductDto  # noqa: E402
from ..models.location_dto import LocationDto  # noqa: E402
from ..models.timeslot_dto import TimeslotDto  # noqa: E402
