"""The HTTP server on the loopback interface, for any number of connections at once.

Over 64 connections it answers some thousand requests per second on a small machine, and about
half as many if each write goes to a disk first. `tests/sandbox/measure.py` measures it.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from typing import Any, Protocol

from ..api.core import Core
from ..api.wire import Outcome, Request
from .connection import Connection
from .control import dispatch

HOST = "127.0.0.1"

OnReady = Callable[[str, Callable[[], object]], None]


class Store(Protocol):
    """Describe where the state is kept. No response goes out while it is behind."""

    @property
    def is_behind(self) -> bool:
        """Return whether `sync` has something to do."""
        ...

    def sync(self) -> None:
        """Keep what is not kept yet."""


class _Site:
    """Share the sandbox between connections, and hold responses until the state is kept.

    They wait together, so that one `sync` serves all requests that came at the same time.
    """

    def __init__(self, core: Core, store: Store | None, stopped: "asyncio.Future[None]") -> None:
        self._core = core
        self.address = ""
        self.connections: set[Connection] = set()
        self._store = store
        self._stopped = stopped
        self._deferred: list[tuple[Callable[[Outcome], None], Outcome]] = []

    def handle(self, request: Request) -> Outcome:
        """Implement `connection.Site`."""
        return dispatch(self._core, request)

    def defer_until_synced(self, respond: Callable[[Outcome], None], outcome: Outcome) -> bool:
        """Implement `connection.Site`."""
        if self._store is None or not self._store.is_behind:
            return False
        if not self._deferred:
            asyncio.get_running_loop().call_soon(self._sync, self._store)
        self._deferred.append((respond, outcome))
        return True

    def _sync(self, store: Store) -> None:
        try:
            store.sync()
        except Exception as error:  # noqa: BLE001  the server ends with any of them
            _stop(self._stopped, error)
            return
        deferred, self._deferred = self._deferred, []
        for respond, outcome in deferred:
            respond(outcome)


async def listen(core: Core, port: int, on_ready: OnReady, store: Store | None = None) -> None:
    """Serve until told to stop.

    Args:
        core: The sandbox.
        port: The port to listen on. 0 takes any that is free.
        on_ready: A function to call once connections are accepted. It gets the URL, and a
            function that stops the server from any thread or signal handler.
        store: Where the state is kept. An error that it raises ends the server.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()
    site = _Site(core, store, stopped)
    server = await loop.create_server(lambda: Connection(site), HOST, port, backlog=512)
    site.address = f"{HOST}:{server.sockets[0].getsockname()[1]}"
    try:
        on_ready(f"http://{site.address}", lambda: loop.call_soon_threadsafe(_stop, stopped))
        await stopped
    finally:
        server.close()
        for connection in tuple(site.connections):
            connection.drop()
        await server.wait_closed()


def _stop(stopped: "asyncio.Future[None]", error: Exception | None = None) -> None:
    """End the server, with an error or without. The first call counts."""
    if stopped.done():
        return
    if error is None:
        stopped.set_result(None)
    else:
        stopped.set_exception(error)


@contextmanager
def serve(sandbox: Core, *, port: int = 0) -> Iterator[str]:
    """Serve a sandbox from a thread for as long as the block lasts, and yield its URL.

    Raises:
        OSError: The port is taken.
        OverflowError: There is no such port.
    """
    ready: Future[Any] = Future()
    served: Future[Any] = Future()

    def run() -> None:
        try:
            asyncio.run(listen(sandbox, port, lambda url, stop: ready.set_result((url, stop))))
        except Exception as error:  # noqa: BLE001  the waiting thread raises it
            served.set_exception(error)
        else:
            served.set_result(None)

    threading.Thread(target=run, name="kustom-sandbox", daemon=True).start()
    wait((ready, served), return_when=FIRST_COMPLETED)
    if not ready.done():
        served.result()
    url: str
    stop: Callable[[], object]
    url, stop = ready.result()
    try:
        yield url
    finally:
        stop()
        served.result()
