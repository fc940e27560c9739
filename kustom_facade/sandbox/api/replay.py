"""Idempotency keys: the first response to a key answers every later request with it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal

from .routes import RouteMatch
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

    def __init__(self, lifetime: timedelta, scope: KeyScope, refusals: bool) -> None:
        self._lifetime = lifetime
        self._scope = scope
        self._refusals = refusals
        self._responses: dict[_ScopedKey, tuple[datetime, Response]] = {}

    def recall(self, route: RouteMatch, key: str, now: datetime) -> Response | None:
        """Return the response that a key had before, while it is remembered."""
        self._forget(now)
        at, response = self._responses.get(self._scoped(route, key), (now, None))
        return response if now - at < self._lifetime else None

    def remember(
        self, route: RouteMatch, key: str, now: datetime, response: Response
    ) -> list[Any] | None:
        """Store a response if its kind is replayed, and return the entry for a journal."""
        is_replayed = response.status < 300 or (self._refusals and response.status < 500)
        if not key or not is_replayed:
            return None
        scoped = self._scoped(route, key)
        self._store(scoped, now, response)
        return _entry(scoped, now, response)

    def restore(self, entry: list[Any]) -> None:
        """Store an entry of a journal."""
        scoped, at, status, headers, body = entry
        pairs = tuple((name, text) for name, text in headers)
        response = Response(status, pairs, body.encode())
        self._store(tuple(scoped), datetime.fromisoformat(at), response)

    def entries(self) -> Iterator[list[Any]]:
        """Return all entries for a journal, oldest first."""
        return (_entry(scoped, at, response) for scoped, (at, response) in self._responses.items())

    def _store(self, scoped: _ScopedKey, at: datetime, response: Response) -> None:
        self._responses.pop(scoped, None)  # re-insert, so that the oldest key stays first
        self._responses[scoped] = (at, response)

    def _scoped(self, route: RouteMatch, key: str) -> _ScopedKey:
        if self._scope == "global":
            return (key,)
        return (route.order_id, route.operation.name, key)

    def _forget(self, now: datetime) -> None:
        while self._responses:
            oldest = next(iter(self._responses))
            if now - self._responses[oldest][0] < self._lifetime:
                return
            del self._responses[oldest]


def _entry(scoped: _ScopedKey, at: datetime, response: Response) -> list[Any]:
    return [scoped, at.isoformat(), response.status, response.headers, response.body.decode()]
