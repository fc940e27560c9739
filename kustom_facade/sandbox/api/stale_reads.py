"""Stale reads: orders as they were before a write that reads do not show yet."""

from datetime import datetime

from .wire import Json


class StaleReads:
    """Keep snapshots of orders for the reads of some time, or for a number of reads."""

    def __init__(self) -> None:
        self._snapshots: dict[str, tuple[Json, datetime | None, int]] = {}

    def remember(self, before: Json, now: datetime, until: datetime | None, reads: int) -> None:
        """Show this snapshot to later reads, unless they still see an older one.

        Args:
            before: The order before the write.
            now: The time of the write.
            until: When reads show the write, or `None` if their number decides.
            reads: The number of stale reads if there is no such time.
        """
        order_id = before["order_id"]
        older = self._current(order_id, now)
        self._snapshots[order_id] = (older[0] if older else before, until, reads)

    def snapshot(self, order_id: str, now: datetime) -> Json | None:
        """Return what a read shows instead of the order, if it is stale, and count the read."""
        current = self._current(order_id, now)
        if current is None:
            return None
        before, until, reads = current
        self._snapshots[order_id] = (before, until, reads - 1)
        return before

    def _current(self, order_id: str, now: datetime) -> tuple[Json, datetime | None, int] | None:
        current = self._snapshots.get(order_id)
        if current is None:
            return None
        _, until, reads = current
        is_over = now >= until if until else not reads
        if is_over:
            del self._snapshots[order_id]
        return None if is_over else current
