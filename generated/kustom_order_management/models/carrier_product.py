from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class CarrierProduct(Model):
    """A carrier's product.

    Attributes:
        identifier: The carrier's code.
        name: Name.
    """

    identifier: str | None = None
    name: str | None = None


register_fields(CarrierProduct)
