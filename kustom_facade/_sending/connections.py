"""The connections of a client, each of which serves one request at a time.

A call that breaks off (cancelled, interrupted, out of time) takes its connection with it. It leaves
behind neither a slot of a pool nor a lock, which is where a shared pool of the library loses both.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX
from typing import Any, Final, TypeVar

from .network import DEADLINE
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


class _Connections:
    """What both kinds have: connections that wait for a request, the last used first.

    Args:
        make: makes a connection.
        most: how many requests may be under way.
        shared: the caller's own transport, which serves all requests.
    """

    def __init__(self, make: Callable[[], Connection], most: int, shared: Any = None) -> None:
        self._make = make
        self._most = most
        self._shared = shared
        self._idle: deque[tuple[float, Connection]] = deque()
        self.is_closed = False

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
        reason = f"{self._most} requests were under way until its deadline (max_in_flight)"
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


class Connections(_Connections):
    """The connections of a blocking client, which threads share.

    Its queues are the interpreter's own: a signal's exception cannot leave a lock behind.
    """

    def __init__(self, make: Callable[[], Connection], most: int, shared: Any = None) -> None:
        super().__init__(make, most, shared)
        self._turns: SimpleQueue[None] = SimpleQueue()
        for _ in range(most):
            self._turns.put(None)
        self._busy: set[Connection] = set()
        self._alarms: set[SimpleQueue[None]] = set()

    def run(self, exchange: Callable[[Connection], R], seconds: float) -> R:
        """Exchange a request for an answer, over a connection of its own.

        Raises:
            CallEnded: there was no turn in time, or the client was closed before.
        """
        ends = time.monotonic() + seconds
        try:
            self._turns.get(timeout=min(seconds, TIMEOUT_MAX))
        except Empty:
            raise self._all_busy() from None
        try:
            return self._exchange(exchange, ends)
        finally:
            self._turns.put(None)

    def _exchange(self, exchange: Callable[[Connection], R], ends: float) -> R:
        connection, is_whole = self._take(), False
        connection.ends = ends
        if connection.network:
            connection.network.ends = ends
        self._busy.add(connection)
        try:
            if self.is_closed:  # looked at after the line above: close() ends what is busy
                raise CallEnded(CLOSED, never_sent=True)
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
        if self._shared is not None:
            self._shared.close()


class AsyncConnections(_Connections):
    """The connections of an asyncio client, which the tasks of an event loop share."""

    def __init__(
        self,
        make: Callable[[], Connection],
        most: int,
        shared: Any = None,
        belongs_to_a_loop: bool = True,
    ) -> None:
        super().__init__(make, most, shared)
        #: Whether they end with the event loop that made them.
        self.belongs_to_a_loop = belongs_to_a_loop
        self._turns = asyncio.Semaphore(most)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._busy: set[asyncio.Timeout] = set()
        self._alarms: set[asyncio.Future[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()

    async def run(self, exchange: Callable[[Connection], Awaitable[R]], seconds: float) -> R:
        """Exchange a request for an answer, over a connection of its own.

        Raises:
            CallEnded: there was no turn or no answer in time, or the client was closed meanwhile.
        """
        turns, has_turn = self._turns_of_this_loop(), False
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                self._busy.add(limit)
                if self.is_closed:
                    raise CallEnded(CLOSED, never_sent=True)
                async with turns:
                    has_turn = True
                    return await self._exchange(exchange)
        except TimeoutError:
            if not limit.expired():
                raise
            if not has_turn:
                raise self._all_busy() from None
            raise CallEnded(DEADLINE, never_sent=False) from None
        finally:
            self._busy.discard(limit)

    async def sleep(self, seconds: float) -> None:
        """Wait so many seconds, or until the client is closed."""
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._alarms.add(alarm)
        try:
            await asyncio.wait([alarm], timeout=seconds)
        finally:
            self._alarms.discard(alarm)

    async def aclose(self) -> None:
        """Close all, and end the calls that are under way."""
        self.is_closed = True
        for limit in self._busy:
            limit.reschedule(0.0)
        for alarm in self._alarms:
            alarm.set_result(None)
        for connection in self._expired(0.0):
            self._close(connection)
        if self._closing:
            await asyncio.wait(self._closing)
        if self._shared is not None:
            await self._shared.aclose()

    async def _exchange(self, exchange: Callable[[Connection], Awaitable[R]]) -> R:
        connection, is_whole = self._take(), False
        try:
            answer = await exchange(connection)
            is_whole = True
            return answer
        finally:
            for unused in self._give_back(connection, is_whole):
                self._close(unused)

    def _turns_of_this_loop(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._turns = loop, asyncio.Semaphore(self._most)
        return self._turns

    def _close(self, connection: Connection) -> None:
        """Close a connection in a task of its own: the call that gave it up may be cancelled."""
        task = asyncio.create_task(_aclose(connection))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _aclose(connection: Connection) -> None:
    try:
        await connection.transport.aclose()
    except Exception:  # nothing depends on a connection that was given up
        logging.getLogger("kustom_facade").debug("a connection did not close", exc_info=True)
