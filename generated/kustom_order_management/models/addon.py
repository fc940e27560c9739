from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class Addon(Model):
    """An extra to a shipping option.

    A field without a default is required in a request; one that an answer lacks reads as None.

    Attributes:
        price: Price in minor units.
        type_: Kind of extra.
        external_id: Id in the merchant's system.
        user_input: What the customer typed.
    """

    price: int
    type_: str
    external_id: str | None = None
    user_input: str | None = None

    _personal = frozenset({"user_input"})


register_fields(Addon, type_="type")
