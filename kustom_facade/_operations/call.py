"""One operation as a value: what to send, and how to read a success."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from kustom_order_management.models import Address, OrderLine, ShippingInfo

from ..money import Money
from ..results import Response
from .line_checks import CheckMode

T = TypeVar("T")

#: An amount: whole minor units, or Money.
Amount: TypeAlias = int | Money
OrderId: TypeAlias = str | UUID
#: The id of a capture or a refund.
PartId: TypeAlias = str | UUID
Lines: TypeAlias = Iterable[OrderLine | Mapping[str, Any]]
Shipments: TypeAlias = Iterable[ShippingInfo | Mapping[str, Any]]
AddressLike: TypeAlias = Address | Mapping[str, Any]


# No NamedTuple: what shows the variables of a frame goes through tuples, and bodies are personal.
@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, but for the environment and the credentials, which the client adds."""

    method: str
    #: Path on the server, escaped.
    path: str
    headers: Mapping[str, str]
    #: The body, the same bytes on every attempt.
    content: bytes | None = field(repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A success as a reader sees it."""

    #: Names in lower case.
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    attempts: int
    status: int = 200

    @property
    def correlation_id(self) -> str | None:
        """Return the id that the vendor's support asks for. On a success only the header has it."""
        return self.headers.get("klarna-correlation-id")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One operation: the request, how to read its success, and the key that makes a repeat safe."""

    #: The vendor's name of the operation (its ``operationId``).
    operation: str
    order_id: str
    request: Request
    #: Raises ValueError for an answer that it cannot read; never does for a write.
    read: Callable[[Answer], T]
    #: ``None`` for reads.
    idempotency_key: str | None
    #: What is odd about the request, for the log.
    remarks: tuple[str, ...] = ()
    #: The currencies of its amounts, as far as they are known, and how strictly they are taken.
    currencies: frozenset[str] = frozenset()
    check: CheckMode = "auto"
    #: What its key must not be used for with another value, instead of the body.
    guard_payload: bytes | None = None

    @property
    def writes(self) -> bool:
        """Return whether the call changes something: then a success needs no body."""
        return self.request.method != "GET"

    @property
    def repeatable(self) -> bool:
        """Return whether it may be sent again: a read always, a write only with a key."""
        return not self.writes or self.idempotency_key is not None


def with_answer(call: Call[T]) -> Call[Response[T]]:
    """Return a read whose result comes with what its answer says besides."""

    def read(answer: Answer) -> Response[T]:
        return Response(
            value=call.read(answer),
            status=answer.status,
            correlation_id=answer.correlation_id,
            attempts=answer.attempts,
            headers=answer.headers,
        )

    return Call(call.operation, call.order_id, call.request, read, call.idempotency_key)
