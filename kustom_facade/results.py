"""What calls give back: what was done, or read, with the ids that support asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Generic, Literal, Self, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receipt:
    """What every result has."""

    #: The id that the vendor's support asks for.
    correlation_id: str | None
    #: How often this call sent it. 0 where nothing had to be sent.
    attempts: int
    #: The answer's headers, names in lower case.
    headers: Mapping[str, str] = field(repr=False)
    #: Empty, unless there is something to know about this result.
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON data, for a queue that stores results as JSON."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the result of which this is ``to_dict()``. What a newer version adds is left out.

        Raises:
            TypeError: a field is missing.
        """
        names = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(_Receipt):
    """A write that succeeded."""

    #: The key it was sent with.
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(Done):
    """A capture or a refund that was made: the money moved.

    ``id`` is ``None`` when the answer named none. That is no failure. ``note`` says so, and
    ``get_order`` shows what was made.
    """

    #: The id of the capture or refund.
    id: str | None
    #: Its absolute URL; ``None`` where it was found in the order.
    location: str | None
    #: From an ``ensure_`` verb: found in the order, and not made by this answer.
    already_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided(_Receipt):
    """What became of the uncaptured rest of an order."""

    #: The key it was sent with; ``None`` where nothing was sent.
    idempotency_key: str | None
    #: ``cancelled`` the whole order, ``released`` what was not captured, or ``nothing`` was left.
    action: Literal["cancelled", "released", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Generic[T]):
    """The result of a read, with what its answer says besides."""

    #: What was read.
    value: T
    status: int
    #: The id that the vendor's support asks for.
    correlation_id: str | None
    #: How often the read was sent.
    attempts: int
    #: The answer's headers, names in lower case.
    headers: Mapping[str, str] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON data."""
        value: Any = self.value
        plain = [one.to_dict() for one in value] if isinstance(value, list) else value.to_dict()
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"value": plain}
