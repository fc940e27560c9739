from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import ABSENT, UNSET, Unset, new, read_undeclared, write_fields

_DECLARED = frozenset(
    (
        "description",
        "number_of_installments",
        "type",
    )
)


@_attrs_define
class InitialPaymentMethodDto:
    """How the customer chose to pay at the purchase.

    Attributes:
        description (str | Unset): Name of the payment method. Example: Slice it (Fixed Payments).
        number_of_installments (int | Unset): Number of installments, for methods that have them. Example:
            3.
        type_ (str | Unset): Code of the payment method; new ones appear. Example: FIXED_AMOUNT.
    """

    description: str | Unset = UNSET
    number_of_installments: int | Unset = UNSET
    type_: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read an answer, tolerantly: absent and null fields are ``UNSET``, undeclared ones are kept."""
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
        """The model as plain JSON data; what is ``UNSET`` or ``None`` is left out."""
        return write_fields(
            {
                "description": self.description,
                "number_of_installments": self.number_of_installments,
                "type": self.type_,
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
