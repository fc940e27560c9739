"""Idempotency keys: the first response to a key answers every later request with it."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from .store import KeyedResponse
from .wire import Response

KeyScope = Literal["operation", "global"]
_ScopedKey = tuple[str, ...]


class Replays:
    """Store responses by key alone, because the API disregards what a later request asks for.

    Args:
        lifetime: How long a response is remembered.
        scope: Whether a key counts everywhere, or per order and operation.
        refusals: Whether a refusal is remembered as well.
    """

    def __init__(self, lifetime: timedelta, scope: KeyScope, *, refusals: bool) -> None:
        self._lifetime = lifetime
        self._scope = scope
        self._refusals = refusals
        self._responses: dict[_ScopedKey, KeyedResponse] = {}
        self._busy_until: dict[_ScopedKey, float] = {}

    def hold(self, key: str, operation: str, order_id: str, seconds: float) -> None:
        """Treat the request of a key as under way for some seconds of real time."""
        self._busy_until[self._scoped(key, operation, order_id)] = time.monotonic() + seconds

    def is_held(self, key: str, operation: str, order_id: str) -> bool:
        """Return whether the request of a key is still under way."""
        now = time.monotonic()
        self._busy_until = {held: until for held, until in self._busy_until.items() if until > now}
        return self._scoped(key, operation, order_id) in self._busy_until

    def recall(self, key: str, operation: str, order_id: str, now: datetime) -> Response | None:
        """Return the response that a key had before, while it is remembered."""
        known = self._responses.get(self._scoped(key, operation, order_id))
        return known.response if known and now - known.at < self._lifetime else None

    def is_remembered(self, response: Response) -> bool:
        """Return whether a response of this kind is replayed."""
        return response.status < 300 or (self._refusals and response.status < 500)

    def remember(self, keyed: KeyedResponse) -> None:
        """Store a response as the newest."""
        scoped = self._scoped(keyed.key, keyed.operation, keyed.order_id)
        self._responses.pop(scoped, None)  # re-insert, so that the oldest key stays first
        self._responses[scoped] = keyed

    def forget(self, now: datetime) -> Iterator[KeyedResponse]:
        """Drop the responses that are too old, and yield them."""
        while self._responses:
            oldest = next(iter(self._responses))
            if now - self._responses[oldest].at < self._lifetime:
                return
            yield self._responses.pop(oldest)

    def __iter__(self) -> Iterator[KeyedResponse]:
        """Iterate over all that is remembered, oldest first."""
        return iter(tuple(self._responses.values()))

    def _scoped(self, key: str, operation: str, order_id: str) -> _ScopedKey:
        return (key,) if self._scope == "global" else (order_id, operation, key)
