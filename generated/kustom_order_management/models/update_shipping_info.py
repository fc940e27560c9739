from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read_list, register_fields, undeclared


@define(repr=False)
class UpdateShippingInfo(Model):
    """Shipments to add.

    A field without a default is required in a request; one that an answer lacks reads as None.

    Attributes:
        shipping_info: The shipments to add, at most 500.
    """

    shipping_info: list[ShippingInfo]

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.shipping_info = read_list(get("shipping_info"), ShippingInfo.from_dict)
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(UpdateShippingInfo)

from ..models.shipping_info import ShippingInfo  # noqa: E402
