from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read, read_list, register_fields, undeclared


@define(repr=False)
class Capture(Model):
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

    billing_address: Address | None = None
    capture_id: str | None = None
    captured_amount: int | None = None
    captured_at: datetime.datetime | None = None
    description: str | None = None
    klarna_reference: str | None = None
    order_lines: list[OrderLine] | None = None
    reference: str | None = None
    refunded_amount: int | None = None
    shipping_address: Address | None = None
    shipping_info: list[ShippingInfo] | None = None

    _personal = frozenset({"billing_address", "shipping_address"})

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.billing_address = read(get("billing_address"), Address.from_dict)
        self.capture_id = get("capture_id")
        self.captured_amount = get("captured_amount")
        self.captured_at = read(get("captured_at"), datetime.datetime.fromisoformat)
        self.description = get("description")
        self.klarna_reference = get("klarna_reference")
        self.order_lines = read_list(get("order_lines"), OrderLine.from_dict)
        self.reference = get("reference")
        self.refunded_amount = get("refunded_amount")
        self.shipping_address = read(get("shipping_address"), Address.from_dict)
        self.shipping_info = read_list(get("shipping_info"), ShippingInfo.from_dict)
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(Capture)

from ..models.address import Address  # noqa: E402
from ..models.order_line import OrderLine  # noqa: E402
from ..models.shipping_info import ShippingInfo  # noqa: E402
