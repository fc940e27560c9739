"""When a client's next request may go: requests in flight, a rate, and a pause of all of them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from math import inf
from threading import RLock
from typing import Final

from .steps import CallEnded

#: The part by which requests are further apart than the rate alone asks for. Some are late, and
#: the server's clock is another one: neither may lead to more than the rate in any second.
_SPACING: Final = 1.03
#: The same for as many requests as a second may have. Less, so that the late ones can catch up.
_WINDOW: Final = 1.02
#: Requests a second just after a pause, and the factor by which that grows with each second.
_RESTART: Final = 50.0
_GROWTH: Final = 4.0
#: Seconds after a pause from which on requests go as if there had been none.
_RECOVERY: Final = 5.0


class Limiter:
    """What the requests of a client share, and of its clones, over all threads or tasks.

    Args:
        most_in_flight: requests under way at the same time.
        rate: requests a second, ``None`` for no limit.
        clock: seconds; never goes back.
    """

    def __init__(
        self,
        most_in_flight: int,
        rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most_in_flight = most_in_flight
        self._clock = clock
        count = max(1, int(rate or 1))
        seconds = 0.0 if rate is None else count / rate
        self._interval, self._window = _SPACING * seconds / count, _WINDOW * seconds
        #: When the latest requests went, as many as ``_window`` may have.
        self._sent: deque[float] = deque(maxlen=count)
        #: The time that was given out last, and those that were given back, the earliest first.
        self._last = -inf
        self._free: list[float] = []
        self._paused_until = -inf
        self.renew()

    def renew(self) -> None:
        """Begin with a lock that nobody holds, in the child of a fork too.

        A handler of a signal may take it once more, within the same thread.
        """
        self._lock = RLock()

    def pause(self, seconds: float) -> None:
        """Let no request go for so many seconds, and not all at once afterwards."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    def waits(self, ends: float) -> Iterator[float]:
        """Yield the seconds to wait, one after the other, until a request may go.

        Args:
            ends: the time at which the call ends.

        Raises:
            CallEnded: that is earlier.
        """
        if not self._interval and self._clock() > self._paused_until + _RECOVERY:
            return
        mine, has_gone = -inf, False
        try:
            while True:
                with self._lock:
                    now = self._clock()
                    if mine == -inf or mine < self._paused_until:
                        mine = self._reserve(now, ends)
                    is_full = len(self._sent) == self._sent.maxlen
                    may_go = max(mine, self._sent[0] + self._window) if is_full else mine
                    self._check(may_go, now, ends)
                    if now >= may_go:
                        self._sent.append(now)
                        has_gone = True
                        return
                yield may_go - now
        finally:
            if not has_gone and mine > self._clock():  # cancelled, say: others may have its time
                with self._lock:
                    heappush(self._free, mine)

    def _reserve(self, now: float, ends: float) -> float:
        """Take the earliest time that nobody else has."""
        earliest = max(now, self._paused_until)
        while self._free and self._free[0] < earliest:
            heappop(self._free)
        if self._free:
            self._check(self._free[0], now, ends)
            return heappop(self._free)
        mine = self._next(now)
        self._check(mine, now, ends)
        self._last = mine
        return mine

    def _next(self, now: float) -> float:
        """Return the earliest time after all that were given out."""
        interval = self._interval
        since_pause = max(now, self._last) - self._paused_until
        if since_pause < _RECOVERY:
            interval = max(interval, _GROWTH ** -max(0.0, since_pause) / _RESTART)
        return max(now, self._paused_until, self._last + interval)

    def _check(self, may_go: float, now: float, ends: float) -> None:
        if may_go <= ends:
            return
        paused = self._paused_until - now
        why = "rate_limit: its turn would have come after its deadline"
        if paused > 0:
            why = f"the API asked to wait {paused:.1f} s more (Retry-After), beyond its deadline"
        raise CallEnded(why, never_sent=True)
