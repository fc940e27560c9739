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
        "identifier",
        "name",
    )
)


@_attrs_define
class CarrierProductDto(Undeclared):
    """A carrier's product.

    Attributes:
        identifier (str | Unset): The carrier's code.
        name (str | Unset): Name.
    """

    identifier: str | Unset = UNSET
    name: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.identifier = ABSENT if (value := get("identifier")) is None else value
        self.name = ABSENT if (value := get("name")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "identifier": self.identifier,
                "name": self.name,
            },
            self.additional_properties,
        )
