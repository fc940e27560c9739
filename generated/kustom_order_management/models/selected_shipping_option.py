from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read, read_list, register_fields, undeclared


@define(repr=False)
class SelectedShippingOption(Model):
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

    carrier: str | None = None
    carrier_product: CarrierProduct | None = None
    class_: str | None = None
    id: str | None = None
    location: Location | None = None
    method: str | None = None
    name: str | None = None
    price: int | None = None
    selected_addons: list[Addon] | None = None
    tax_amount: int | None = None
    tax_rate: int | None = None
    timeslot: Timeslot | None = None
    tms_reference: str | None = None
    type_: str | None = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.carrier = get("carrier")
        self.carrier_product = read(get("carrier_product"), CarrierProduct.from_dict)
        self.class_ = get("class")
        self.id = get("id")
        self.location = read(get("location"), Location.from_dict)
        self.method = get("method")
        self.name = get("name")
        self.price = get("price")
        self.selected_addons = read_list(get("selected_addons"), Addon.from_dict)
        self.tax_amount = get("tax_amount")
        self.tax_rate = get("tax_rate")
        self.timeslot = read(get("timeslot"), Timeslot.from_dict)
        self.tms_reference = get("tms_reference")
        self.type_ = get("type")
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(SelectedShippingOption, class_="class", type_="type")

from ..models.addon import Addon  # noqa: E402
from ..models.carrier_product import CarrierProduct  # noqa: E402
from ..models.location import Location  # noqa: E402
from ..models.timeslot import Timeslot  # noqa: E402
