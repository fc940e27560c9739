from __future__ import annotations

from ..types import *


@define
class TimeslotDto(Undeclared):
    """A delivery window.

    Attributes:
        cutoff: Latest time to order for this window.
        end: End of the window.
        id: Id of the window.
        price: Price in minor units.
        start: Start of the window.
    """

    cutoff: str | Unset = UNSET
    end: str | Unset = UNSET
    id: str | Unset = UNSET
    price: int | Unset = UNSET
    start: str | Unset = UNSET


declare(TimeslotDto)
