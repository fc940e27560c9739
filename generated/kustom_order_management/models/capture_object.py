from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read_list, register_fields, undeclared


@define(repr=False)
class CaptureObject(Model):
    """A new capture.

    A field without a default is required in a request; one that an answer lacks reads as None.

    Attributes:
        captured_amount: Amount to capture, in minor units.
        description: Text shown to the customer with the capture.
        order_lines: The lines that the capture is for.
        reference: The merchant's own reference for the capture.
        shipping_delay: Days until the goods are shipped; more than 0 needs a merchant account
            that allows it.
        shipping_info: How the captured goods are shipped.
    """

    captured_amount: int
    description: str | None = None
    order_lines: list[OrderLine] | None = None
    reference: str | None = None
    shipping_delay: int | None = None
    shipping_info: list[ShippingInfo] | None = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.captured_amount = get("captured_amount")
        self.description = get("description")
        self.order_lines = read_list(get("order_lines"), OrderLine.from_dict)
        self.reference = get("reference")
        self.shipping_delay = get("shipping_delay")
        self.shipping_info = read_list(get("shipping_info"), ShippingInfo.from_dict)
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(CaptureObject)

from ..models.order_line import OrderLine  # noqa: E402
from ..models.shipping_info import ShippingInfo  # noqa: E402
