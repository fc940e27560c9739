from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import ABSENT, UNSET, Unset, new, read_undeclared, write_fields

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
class TimeslotDto:
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
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read an answer, tolerantly: absent and null fields are ``UNSET``, undeclared ones are kept."""
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
        """The model as plain JSON data; what is ``UNSET`` or ``None`` is left out."""
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

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


# At the end, so that models may refer to each other in a circle.
