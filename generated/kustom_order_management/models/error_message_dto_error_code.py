from __future__ import annotations

from enum import StrEnum
from typing import Any

from ..types import ABSENT


class ErrorMessageDtoErrorCode(StrEnum):
    """Known values; the API may send others, which keep their raw string and compare, hash and pickle like it."""

    BAD_REQUEST = "BAD_REQUEST"
    CANCEL_NOT_ALLOWED = "CANCEL_NOT_ALLOWED"
    CAPTURE_NOT_ALLOWED = "CAPTURE_NOT_ALLOWED"
    CONFLICT = "CONFLICT"
    FORBIDDEN = "FORBIDDEN"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    INVALID_ORDER_ID = "INVALID_ORDER_ID"
    INVALID_REQUEST_PARAMETERS = "INVALID_REQUEST_PARAMETERS"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_FOUND = "NOT_FOUND"
    NO_SUCH_CAPTURE = "NO_SUCH_CAPTURE"
    NO_SUCH_ORDER = "NO_SUCH_ORDER"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    REFUND_NOT_ALLOWED = "REFUND_NOT_ALLOWED"
    RESOURCE_NOT_FOUND = "RESOURCE_NOT_FOUND"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    UPDATE_NOT_ALLOWED = "UPDATE_NOT_ALLOWED"

    @classmethod
    def _missing_(cls, value: object) -> ErrorMessageDtoErrorCode | None:
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
_KNOWN = {member.value: member for member in ErrorMessageDtoErrorCode}
