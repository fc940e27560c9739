from __future__ import annotations

from ..types import *


@define
class AddonDto(Undeclared):
    """An extra to a shipping option.

    Attributes:
        price: Price in minor units.
        type_: Kind of extra.
        external_id: Id in the merchant's system.
        user_input: What the customer typed.
    """

    price: int
    type_: str
    external_id: str | Unset = UNSET
    user_input: str | Unset = UNSET


declare(AddonDto, type_="type")
