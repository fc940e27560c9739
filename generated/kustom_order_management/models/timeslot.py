from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class Timeslot(Model):
    """A delivery window.

    Attributes:
        cutoff: Latest time to order for this window.
        end: End of the window.
        id: Id of the window.
        price: Price in minor units.
        start: Start of the window.
    """

    cutoff: str | None = None
    end: str | None = None
    id: str | None = None
    price: int | None = None
    start: str | None = None


register_fields(Timeslot)
