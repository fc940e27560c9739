"""Where a sandbox keeps its state, if it keeps it anywhere but in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from .wire import Json, Response

#: A capture or refund of an order: which list, and its index there.
EffectIndex = tuple[Literal["captures", "refunds"], int]


@dataclass(frozen=True, slots=True)
class KeyedResponse:
    """Hold the response that an idempotency key has.

    Attributes:
        key: The key.
        operation: The operation that was asked for first.
        order_id: The order of that request.
        at: When it was answered, on the sandbox's clock.
        response: The response.
    """

    key: str
    operation: str
    order_id: str
    at: datetime
    response: Response


@dataclass(frozen=True, slots=True)
class State:
    """Hold everything that is kept.

    Attributes:
        generation: How often the state was taken up again. New ids depend on it.
        moved: How far the clock was moved, in seconds.
        orders: The orders, oldest first.
        keys: The responses of idempotency keys, oldest first.
    """

    generation: int
    moved: float
    orders: list[Json] = field(default_factory=list[Json])
    keys: list[KeyedResponse] = field(default_factory=list[KeyedResponse])


class Store(Protocol):
    """Describe what is told of each change, before its response is given."""

    def save_order(self, order: Json, changed: Iterable[EffectIndex]) -> None:
        """Keep an order, and those of its captures and refunds that have changed."""

    def save_key(self, keyed: KeyedResponse) -> None:
        """Keep the response of a key, instead of an older one."""

    def forget_key(self, keyed: KeyedResponse) -> None:
        """Drop the response of a key."""

    def save_clock(self, moved: float) -> None:
        """Keep how far the clock was moved."""

    def clear(self) -> None:
        """Drop everything, because the sandbox starts anew."""


class NoStore:
    """Keep nothing."""

    def save_order(self, order: Json, changed: Iterable[EffectIndex]) -> None:
        """Implement `Store`."""

    def save_key(self, keyed: KeyedResponse) -> None:
        """Implement `Store`."""

    def forget_key(self, keyed: KeyedResponse) -> None:
        """Implement `Store`."""

    def save_clock(self, moved: float) -> None:
        """Implement `Store`."""

    def clear(self) -> None:
        """Implement `Store`."""


def all_effects(order: Json) -> Iterable[EffectIndex]:
    """Yield every capture and refund of an order."""
    for index in range(len(order["captures"])):
        yield "captures", index
    for index in range(len(order["refunds"])):
        yield "refunds", index
