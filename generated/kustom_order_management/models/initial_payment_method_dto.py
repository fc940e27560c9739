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
        "description",
        "number_of_installments",
        "type",
    )
)


@_attrs_define
class InitialPaymentMethodDto(Undeclared):
    """How the customer chose to pay at the purchase.

    Attributes:
        description (str | Unset): Name of the payment method.
        number_of_installments (int | Unset): Number of installments, for methods that have them.
        type_ (str | Unset): Code of the payment method; new ones appear.
    """

    description: str | Unset = UNSET
    number_of_installments: int | Unset = UNSET
    type_: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.description = ABSENT if (value := get("description")) is None else value
        self.number_of_installments = ABSENT if (value := get("number_of_installments")) is None else value
        self.type_ = ABSENT if (value := get("type")) is None else value
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "description": self.description,
                "number_of_installments": self.number_of_installments,
                "type": self.type_,
            },
            self.additional_properties,
        )
