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
        "correlation_id",
        "error_code",
        "error_messages",
    )
)


@_attrs_define
class NoSuchCapture(Undeclared):
    """There is no capture with this id on the order.

    Attributes:
        correlation_id (str | Unset): Id of this request, for the vendor's support.
        error_code (str | Unset): Stable code of the refusal.
        error_messages (list[str] | Unset): What was wrong, for people; the texts change.
    """

    correlation_id: str | Unset = UNSET
    error_code: str | Unset = UNSET
    error_messages: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.correlation_id = ABSENT if (value := get("correlation_id")) is None else value
        self.error_code = ABSENT if (value := get("error_code")) is None else value
        self.error_messages = ABSENT if (value := get("error_messages")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "correlation_id": self.correlation_id,
                "error_code": self.error_code,
                "error_messages": self.error_messages,
            },
            self.additional_properties,
        )
