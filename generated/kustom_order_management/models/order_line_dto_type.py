from __future__ import annotations

from enum import StrEnum
from typing import Any

from ..types import ABSENT


class OrderLineDtoType(StrEnum):
    """Known values; the API may send others, which keep their raw string and compare, hash and pickle like it."""

    DIGITAL = "digital"
    DISCOUNT = "discount"
    GIFT_CARD = "gift_card"
    PACKAGE = "package"
    PHYSICAL = "physical"
    RETURN_FEE = "return_fee"
    SALES_TAX = "sales_tax"
    SHIPPING_FEE = "shipping_fee"
    STORE_CREDIT = "store_credit"
    SURCHARGE = "surcharge"

    @classmethod
    def _missing_(cls, value: object) -> OrderLineDtoType | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = str(value)
        return unknown

    @classmethod
    def read(cls, value: Any) -> Any:
        """Read a value of an answer: a member if it can be one, else the value as it came."""
        try:
            return _KNOWN[value]
        except (KeyError, TypeError):  # not known, or not even hashable
            if value is None:
                return ABSENT
            return cls(value) if isinstance(value, str) else value


# Much faster than a call of the enum, and an order has one of these per line.
_KNOWN = {member.value: member for member in OrderLineDtoType}
