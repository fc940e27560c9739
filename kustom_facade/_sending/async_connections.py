"""The connections of an asyncio client."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from .connections import CLOSED, BaseConnections, Connection
from .limiter import Limiter
from .network import DEADLINE
from .steps import CallEnded

R = TypeVar("R")


class AsyncConnections(BaseConnections):
    """The connections of an asyncio client, which the tasks of an event loop share."""

    def __init__(
        self,
        make: Callable[[], Connection],
        limiter: Limiter,
        shared: Any = None,
        belongs_to_a_loop: bool = True,
    ) -> None:
        super().__init__(make, limiter, shared)
        self._belongs_to_a_loop = belongs_to_a_loop
        self._abandoned: list[Any] = []
        self._end: asyncio.Future[None] | None = None
        self._begin()

    def _begin(self) -> None:
        self._turns = asyncio.Semaphore(self._limiter.most_in_flight)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._busy: set[asyncio.Timeout] = set()
        self._alarms: set[asyncio.Future[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()

    def renew(self) -> None:
        """Begin anew in the child of a fork: the connections and the event loop are the parent's.

        The connections are kept for ever. To close one would end it in the parent's event loop,
        whose selector both processes share.
        """
        super().renew()
        self._abandoned += [self._idle, self._busy, self._alarms, self._closing]
        self._idle = deque()
        self._begin()

    def joins(self) -> bool:
        """Return whether the connections can be used in this event loop: any, or the first.

        One that is none of asyncio's, such as trio's, is not joined.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        if self._loop is None or not self._belongs_to_a_loop:
            if loop is not self._loop:
                self._turns = asyncio.Semaphore(self._limiter.most_in_flight)
            self._loop = loop
        return self._loop is loop

    async def run(
        self,
        exchange: Callable[[Connection], Awaitable[R]],
        seconds: float,
        begin: Callable[[], object] = bool,
    ) -> R:
        """Exchange a request for an answer, over a connection of its own.

        Raises:
            CallEnded: there was no turn or no answer in time, or the client was closed meanwhile.
        """
        turns, is_sending = self._turns, False
        ends = time.monotonic() + seconds
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                self._busy.add(limit)
                if self.is_closed:
                    raise CallEnded(CLOSED, never_sent=True)
                async with turns:
                    for wait in self._limiter.waits(ends):
                        await asyncio.sleep(wait)
                    is_sending = True
                    begin()
                    return await self._exchange(exchange)
        except TimeoutError:
            if not limit.expired():
                raise
            if not is_sending:
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
            if not limit.expired():  # its call is ending already
                limit.reschedule(0.0)
        for alarm in self._alarms:
            alarm.set_result(None)
        for connection in self._expired(0.0):
            self._close(connection)
        if self._closing:
            await asyncio.wait(self._closing)
        if self._shared is not None and not self.is_torn:  # two processes share its selector
            await self._shared.aclose()

    def close_elsewhere(self) -> None:
        """Close all in the event loop that they belong to, from another one."""
        self.is_closed = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended, and they with it
                self._loop.call_soon_threadsafe(self._begin_closing)

    def _begin_closing(self) -> None:
        self._end = asyncio.ensure_future(self.aclose())

    async def _exchange(self, exchange: Callable[[Connection], Awaitable[R]]) -> R:
        connection, is_whole = self._take(), False
        try:
            answer = await exchange(connection)
            is_whole = True
            return answer
        finally:
            for unused in self._give_back(connection, is_whole):
                self._close(unused)

    def _close(self, connection: Connection) -> None:
        """Close a connection in a task of its own: the call that gave it up may be cancelled."""
        task = asyncio.create_task(_aclose(connection))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _aclose(connection: Connection) -> None:
    try:
        await connection.transport.aclose()
    except Exception:  # logged: nothing depends on a connection that was given up
        logging.getLogger("kustom_facade").debug("a connection did not close", exc_info=True)
