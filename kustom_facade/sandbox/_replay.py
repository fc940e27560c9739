"""The memory for idempotency keys: the first answer to a key is the answer to all that follow."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal

from ._operations import Place
from ._wire import Response

KeyScope = Literal["operation", "global"]
_Where = tuple[str, ...]


class Replays:
    """Answers by key alone, never by what was asked; the oldest are forgotten first.

    Args:
        lifetime: how long an answer is remembered.
        scope: whether a key counts everywhere, or per order and operation.
        refusals: whether a refusal is remembered as well.
    """

    def __init__(self, lifetime: timedelta, scope: KeyScope, refusals: bool) -> None:
        self._lifetime = lifetime
        self._scope = scope
        self._refusals = refusals
        self._answers: dict[_Where, tuple[datetime, Response]] = {}

    def recall(self, place: Place, key: str, now: datetime) -> Response | None:
        """The answer that this key had before, if it is still remembered."""
        self._forget(now)
        at, response = self._answers.get(self._where(place, key), (now, None))
        return response if now - at < self._lifetime else None

    def remember(self, place: Place, key: str, now: datetime, response: Response) -> list[Any] | None:
        """Keeps the answer to a key, unless it is of a kind that is asked for anew; what was kept, for a journal."""
        if not key or not (response.status < 300 or (self._refusals and response.status < 500)):
            return None
        where = self._where(place, key)
        self._put(where, now, response)
        return _entry(where, now, response)

    def restore(self, entry: list[Any]) -> None:
        """Takes back what was kept."""
        where, at, status, headers, body = entry
        pairs = tuple((name, text) for name, text in headers)
        self._put(tuple(where), datetime.fromisoformat(at), Response(status, pairs, body.encode()))

    def entries(self) -> Iterator[list[Any]]:
        """All that is kept, oldest first."""
        return (_entry(where, at, response) for where, (at, response) in self._answers.items())

    def _put(self, where: _Where, at: datetime, response: Response) -> None:
        self._answers.pop(where, None)  # a key that is used anew is as young as any: it goes to the end
        self._answers[where] = (at, response)

    def _where(self, place: Place, key: str) -> _Where:
        if self._scope == "global":
            return (key,)
        return (place.order_id, place.operation.name, key)

    def _forget(self, now: datetime) -> None:
        while self._answers:
            oldest = next(iter(self._answers))
            if now - self._answers[oldest][0] < self._lifetime:
                return
            del self._answers[oldest]


def _entry(where: _Where, at: datetime, response: Response) -> list[Any]:
    return [where, at.isoformat(), response.status, response.headers, response.body.decode()]
