from __future__ import annotations

from enum import StrEnum
from typing import Any

from ..types import ABSENT


class MerchantOrderDtoStatus(StrEnum):
    """Known values; the API may send others, which keep their raw string and compare, hash and pickle like it."""

    AUTHORIZED = "AUTHORIZED"
    CANCELLED = "CANCELLED"
    CAPTURED = "CAPTURED"
    CLOSED = "CLOSED"
    EXPIRED = "EXPIRED"
    PART_CAPTURED = "PART_CAPTURED"

    @classmethod
    def _missing_(cls, value: object) -> MerchantOrderDtoStatus | None:
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
_KNOWN = {member.value: member for member in MerchantOrderDtoStatus}
