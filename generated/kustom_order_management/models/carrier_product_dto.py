from __future__ import annotations

from ..types import *


@define
class CarrierProductDto(Undeclared):
    """A carrier's product.

    Attributes:
        identifier: The carrier's code.
        name: Name.
    """

    identifier: str | Unset = UNSET
    name: str | Unset = UNSET


declare(CarrierProductDto)
