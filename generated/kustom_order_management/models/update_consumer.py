from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..types import Model, read, register_fields, undeclared


@define(repr=False)
class UpdateConsumer(Model):
    """New details of the customer.

    Attributes:
        shipping_address: A postal address with a contact.
    """

    shipping_address: Address | None = None

    _personal = frozenset({"shipping_address"})

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.shipping_address = read(get("shipping_address"), Address.from_dict)
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(UpdateConsumer)

from ..models.address import Address  # noqa: E402
