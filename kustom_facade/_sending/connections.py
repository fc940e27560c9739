"""The connections of a client, each of which serves one request at a time.

A call that breaks off (cancelled, interrupted, out of time) takes its connection with it. It leaves
behind neither a slot of a pool nor a lock, which is where a shared pool of the library loses both.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX
from typing import Any, Final, TypeVar
from weakref import WeakSet

from .limiter import Limiter
from .steps import CallEnded

R = TypeVar("R")

#: Seconds after which an idle connection is closed, as with httpx.
_LONGEST_IDLE: Final = 5.0
CLOSED: Final = "the client was closed during the call"


@dataclass(eq=False, slots=True)
class Connection:
    """A transport, for one request at a time unless it is the caller's."""

    transport: Any
    #: The ``Network`` beneath a blocking transport of our own. ``None`` beneath the caller's.
    network: Any = None
    #: The time (of ``time.monotonic``) at which the present call ends.
    ends: float = inf


class BaseConnections:
    """What both kinds have: connections that wait for a request, the last used first.

    Args:
        make: makes a connection.
        limiter: how many requests may be under way, and when the next may go.
        shared: the caller's own transport, which serves all requests.
    """

    def __init__(
        self, make: Callable[[], Connection], limiter: Limiter, shared: Any = None
    ) -> None:
        self._make = make
        self._limiter = limiter
        self._shared = shared
        self._idle: deque[tuple[float, Connection]] = deque()
        self.is_closed = False
        #: Whether a fork has left the caller's own transport to two processes.
        self.is_torn = False
        _all.add(self)

    def renew(self) -> None:
        """Begin anew in the child of a fork: the connections and locks are the parent's."""
        self.is_torn = not self.is_own
        self._limiter.renew()

    @property
    def is_own(self) -> bool:
        """Return whether the connections are the client's own, over the network."""
        return self._shared is None

    def _take(self) -> Connection:
        try:
            return self._idle.pop()[1]
        except IndexError:
            return self._make()

    def _all_busy(self) -> CallEnded:
        most = self._limiter.most_in_flight
        reason = f"{most} requests were under way until its deadline (max_in_flight)"
        return CallEnded(reason, never_sent=True)

    def _give_back(self, connection: Connection, is_whole: bool) -> Iterator[Connection]:
        """Keep a connection, if it may serve another request, and yield those to close."""
        if self._shared is not None:
            return
        if is_whole and not self.is_closed:
            self._idle.append((time.monotonic(), connection))
        else:
            yield connection
        yield from self._expired(_LONGEST_IDLE)

    def _expired(self, longest: float) -> Iterator[Connection]:
        """Give up and yield those that have waited for longer."""
        limit = time.monotonic() - longest
        with suppress(IndexError):  # another thread took the last
            while self._idle[0][0] <= limit:
                yield self._idle.popleft()[1]


#: Those of this process, for a fork.
_all: Final[WeakSet[BaseConnections]] = WeakSet()


def _renew_all() -> None:
    for connections in list(_all):
        connections.renew()


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_renew_all)


class Connections(BaseConnections):
    """The connections of a blocking client, which threads share.

    Its queues are the interpreter's own: a signal's exception cannot leave a lock behind.
    """

    def __init__(
        self, make: Callable[[], Connection], limiter: Limiter, shared: Any = None
    ) -> None:
        super().__init__(make, limiter, shared)
        self._begin()

    def _begin(self) -> None:
        self._turns: SimpleQueue[None] = SimpleQueue()
        for _ in range(self._limiter.most_in_flight):
            self._turns.put(None)
        self._busy: set[Connection] = set()
        self._alarms: set[SimpleQueue[None]] = set()

    def renew(self) -> None:
        """Begin anew in the child of a fork: the connections and locks are the parent's."""
        super().renew()
        for connection in (*self._busy, *self._expired(-inf)) if self.is_own else ():
            connection.network.close()  # which ends nothing for the parent
        self._begin()

    def run(
        self,
        exchange: Callable[[Connection], R],
        seconds: float,
        begin: Callable[[], object] = bool,
    ) -> R:
        """Exchange a request for an answer, over a connection of its own.

        Args:
            exchange: sends over a connection.
            seconds: until the deadline.
            begin: is called when the turn has come.

        Raises:
            CallEnded: there was no turn in time, or the client was closed before.
        """
        ends = time.monotonic() + seconds
        try:
            self._turns.get(timeout=min(seconds, TIMEOUT_MAX))
        except Empty:
            raise self._all_busy() from None
        try:
            for wait in self._limiter.waits(ends):
                self.sleep(wait)
                if self.is_closed:
                    break
            return self._exchange(exchange, ends, begin)
        finally:
            self._turns.put(None)

    def _exchange(
        self, exchange: Callable[[Connection], R], ends: float, begin: Callable[[], object]
    ) -> R:
        connection, is_whole = self._take(), False
        connection.ends = ends
        if connection.network:
            connection.network.ends = ends
        self._busy.add(connection)
        try:
            if self.is_closed:  # looked at after the line above: close() ends what is busy
                raise CallEnded(CLOSED, never_sent=True)
            begin()
            answer = exchange(connection)
            is_whole = True
            return answer
        finally:
            self._busy.discard(connection)
            for unused in self._give_back(connection, is_whole):
                unused.network.close()

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds, or until the client is closed."""
        alarm: SimpleQueue[None] = SimpleQueue()
        self._alarms.add(alarm)
        try:
            if not self.is_closed:
                alarm.get(timeout=seconds)
        except Empty:
            pass
        finally:
            self._alarms.discard(alarm)

    def close(self) -> None:
        """Close all, and end the calls that are under way."""
        self.is_closed = True
        self._turns.put(None)  # a call that waits for its turn wakes the next
        for alarm in list(self._alarms):
            alarm.put(None)
        for connection in list(self._busy):
            if connection.network:
                connection.network.abort()
        for connection in self._expired(0.0):
            connection.network.close()
        if self._shared is not None and not self.is_torn:
            self._shared.close()
