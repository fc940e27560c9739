from __future__ import annotations

from ..types import *


@define
class ShippingInfoDto(Undeclared):
    """One shipment, with the way back if there is one.

    Attributes:
        return_shipping_company: Carrier of a return.
        return_tracking_number: Tracking number of a return.
        return_tracking_uri: Page that tracks a return.
        shipping_company: Carrier.
        shipping_method: How the goods reach the customer.
        tracking_number: Tracking number.
        tracking_uri: Page that tracks the shipment.
    """

    return_shipping_company: str | Unset = UNSET
    return_tracking_number: str | Unset = UNSET
    return_tracking_uri: str | Unset = UNSET
    shipping_company: str | Unset = UNSET
    shipping_method: str | Unset = UNSET
    tracking_number: str | Unset = UNSET
    tracking_uri: str | Unset = UNSET


declare(ShippingInfoDto)
