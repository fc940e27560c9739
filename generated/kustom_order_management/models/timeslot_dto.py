from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import (
    ABSENT,
    UNSET,
    Undeclared,
    Unset,
    new,
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "cutoff",
        "end",
        "id",
        "price",
        "start",
    )
)


@_attrs_define
class TimeslotDto(Undeclared):
    """A delivery window.

    Attributes:
        cutoff (str | Unset): Latest time to order for this window.
        end (str | Unset): End of the window.
        id (str | Unset): Id of the window.
        price (int | Unset): Price in minor units.
        start (str | Unset): Start of the window.
    """

    cutoff: str | Unset = UNSET
    end: str | Unset = UNSET
    id: str | Unset = UNSET
    price: int | Unset = UNSET
    start: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.cutoff = ABSENT if (value := get("cutoff")) is None else value
        self.end = ABSENT if (value := get("end")) is None else value
        self.id = ABSENT if (value := get("id")) is None else value
        self.price = ABSENT if (value := get("price")) is None else value
        self.start = ABSENT if (value := get("start")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "cutoff": self.cutoff,
                "end": self.end,
                "id": self.id,
                "price": self.price,
                "start": self.start,
            },
            self.additional_properties,
        )
