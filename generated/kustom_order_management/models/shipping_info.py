from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class ShippingInfo(Model):
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

    return_shipping_company: str | None = None
    return_tracking_number: str | None = None
    return_tracking_uri: str | None = None
    shipping_company: str | None = None
    shipping_method: str | None = None
    tracking_number: str | None = None
    tracking_uri: str | None = None


register_fields(ShippingInfo)
