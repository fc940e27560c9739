from __future__ import annotations

from ..types import *


@define
class SelectedShippingOptionDto(Undeclared):
    """The shipping option that the customer picked in the checkout.

    Attributes:
        carrier: Carrier.
        carrier_product: A carrier's product.
        class_: Delivery class.
        id: Id of the option.
        location: A pick-up location.
        method: Delivery method.
        name: Name of the option.
        price: Price in minor units, with tax.
        selected_addons: Extras that the customer picked.
        tax_amount: Tax contained in the price, in minor units.
        tax_rate: Tax rate in percent with two implicit decimals.
        timeslot: A delivery window.
        tms_reference: Reference in the delivery system.
        type_: Type of the option.
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
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(SelectedShippingOptionDto, class_="class", type_="type")

from ..models.addon_dto import AddonDto  # noqa: E402
from ..models.carrier_product_dto import CarrierProductDto  # noqa: E402
from ..models.location_dto import LocationDto  # noqa: E402
from ..models.timeslot_dto import TimeslotDto  # noqa: E402
