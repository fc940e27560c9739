from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class NotAllowed(Model):
    """The order's state does not allow this.

    Attributes:
        correlation_id: Id of the request, for support.
        error_code: Stable code of the refusal.
        error_messages: What was wrong, for people.
    """

    correlation_id: str | None = None
    error_code: str | None = None
    error_messages: list[str] | None = None


register_fields(NotAllowed)
