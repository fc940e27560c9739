"""The last exchanges of a sandbox, bounded by number and by size."""

from collections import deque
from collections.abc import Iterator

from .wire import Exchange, Response

#: Bytes of bodies that are remembered in all. The last exchange is remembered at any size.
MOST_BYTES = 16 * 1024 * 1024


class History:
    """Remember exchanges, and forget the oldest first.

    Args:
        most: How many exchanges are remembered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._exchanges: deque[tuple[int, Exchange]] = deque()
        self._bytes = 0

    def add(self, exchange: Exchange) -> None:
        """Remember an exchange as the newest."""
        size = len(exchange.request.body) + _size(exchange.response)
        if exchange.done is not exchange.response:
            size += _size(exchange.done)
        self._exchanges.append((size, exchange))
        self._bytes += size
        while len(self._exchanges) > self._most or (
            self._bytes > MOST_BYTES and len(self._exchanges) > 1
        ):
            self._bytes -= self._exchanges.popleft()[0]

    def clear(self) -> None:
        """Forget everything."""
        self._exchanges.clear()
        self._bytes = 0

    def __iter__(self) -> Iterator[Exchange]:
        """Iterate over the exchanges, oldest first."""
        return (exchange for _, exchange in tuple(self._exchanges))


def _size(response: Response | None) -> int:
    return len(response.body) if response else 0
