from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class NoSuchCapture(Model):
    """There is no capture with this id on the order.

    Attributes:
        correlation_id: Id of the request, for support.
        error_code: Stable code of the refusal.
        error_messages: What was wrong, for people.
    """

    correlation_id: str | None = None
    error_code: str | None = None
    error_messages: list[str] | None = None


register_fields(NoSuchCapture)
