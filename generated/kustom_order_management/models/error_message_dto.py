from __future__ import annotations

from ..models.error_message_dto_error_code import ErrorMessageDtoErrorCode
from ..types import *

_read_error_code = reader_of(ErrorMessageDtoErrorCode)


@define
class ErrorMessageDto(Undeclared):
    """Any error of the API.

    Attributes:
        correlation_id: Id of the request, for support.
        error_code: Stable code of the refusal.
        error_messages: What was wrong, for people.
    """

    correlation_id: str | Unset = UNSET
    error_code: ErrorMessageDtoErrorCode | Unset = UNSET
    error_messages: list[str] | Unset = UNSET

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.correlation_id = ABSENT if (value := get("correlation_id")) is None else value
        self.error_code = _read_error_code(get("error_code"))
        self.error_messages = ABSENT if (value := get("error_messages")) is None else value
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(ErrorMessageDto)
