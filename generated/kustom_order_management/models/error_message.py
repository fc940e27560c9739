from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..models.error_message_error_code import ErrorMessageErrorCode
from ..types import Model, register_fields, undeclared


@define(repr=False)
class ErrorMessage(Model):
    """Any error of the API.

    Attributes:
        correlation_id: Id of the request, for support.
        error_code: Stable code of the refusal.
        error_messages: What was wrong, for people.
    """

    correlation_id: str | None = None
    error_code: ErrorMessageErrorCode | None = None
    error_messages: list[str] | None = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.correlation_id = get("correlation_id")
        self.error_code = ErrorMessageErrorCode.read(get("error_code"))
        self.error_messages = get("error_messages")
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(ErrorMessage)
