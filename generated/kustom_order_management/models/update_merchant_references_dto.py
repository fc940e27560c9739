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
        "merchant_reference1",
        "merchant_reference2",
    )
)


@_attrs_define
class UpdateMerchantReferencesDto(Undeclared):
    """New references; one that is present overwrites the old one.

    Attributes:
        merchant_reference1 (str | Unset): Replaces the first merchant reference when present.
        merchant_reference2 (str | Unset): Replaces the second merchant reference when present.
    """

    merchant_reference1: str | Unset = UNSET
    merchant_reference2: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.merchant_reference1 = ABSENT if (value := get("merchant_reference1")) is None else value
        self.merchant_reference2 = ABSENT if (value := get("merchant_reference2")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "merchant_reference1": self.merchant_reference1,
                "merchant_reference2": self.merchant_reference2,
            },
            self.additional_properties,
        )
