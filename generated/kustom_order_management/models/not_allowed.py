from __future__ import annotations

from ..types import *


@define
class NotAllowed(Undeclared):
    """The order's state does not allow this.

    Attributes:
        correlation_id: Id of the request, for support.
        error_code: Stable code of the refusal.
        error_messages: What was wrong, for people.
    """

    correlation_id: str | Unset = UNSET
    error_code: str | Unset = UNSET
    error_messages: list[str] | Unset = UNSET


declare(NotAllowed)
