"""The sandbox over real HTTP, on the loopback interface, for any number of connections at once.

Over 64 connections that are kept it answers some thousand requests per second on a small machine, and about half as many
where each write goes to a disk first; `tests/sandbox/measure.py` says how many on yours.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from typing import Any, Protocol

from ._connection import Connection
from ._control import visit
from ._core import Core
from ._wire import Outcome, Request

HOST = "127.0.0.1"

OnReady = Callable[[str, Callable[[], object]], None]


class Store(Protocol):
    """Where the state is kept; no answer goes out while it is behind."""

    @property
    def is_behind(self) -> bool:
        """Whether `sync` has something to do."""
        ...

    def sync(self) -> None:
        """Keeps what is not kept yet."""


class _Site:
    """What all connections share: the sandbox, and the answers that wait until the state is kept.

    They wait together, so that one `sync` does for all the requests that came at the same time.
    """

    def __init__(self, core: Core, store: Store | None, stopped: "asyncio.Future[None]") -> None:
        self._core = core
        self.address = ""
        self.connections: set[Connection] = set()
        self._store = store
        self._stopped = stopped
        self._waiting: list[tuple[Callable[[Outcome], None], Outcome]] = []

    def visit(self, request: Request) -> Outcome:
        """What becomes of a request."""
        return visit(self._core, request)

    def must_wait(self, give: Callable[[Outcome], None], outcome: Outcome) -> bool:
        """Whether an answer has to wait; it is then given by itself."""
        if self._store is None or not self._store.is_behind:
            return False
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._sync, self._store)
        self._waiting.append((give, outcome))
        return True

    def _sync(self, store: Store) -> None:
        try:
            store.sync()
        except Exception as error:  # noqa: BLE001  nothing may be answered any more: the server ends with it
            _settle(self._stopped, error)
            return
        waiting, self._waiting = self._waiting, []
        for give, outcome in waiting:
            give(outcome)


async def listen(core: Core, port: int, on_ready: OnReady, store: Store | None = None) -> None:
    """Serves until it is told to stop; port 0 takes any that is free.

    Args:
        core: the sandbox.
        port: where to listen.
        on_ready: is called once connections are accepted, with the URL and a function that stops the server,
            which may be called from any thread and from a signal handler.
        store: where the state is kept; what it raises ends the server.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()
    site = _Site(core, store, stopped)
    server = await loop.create_server(lambda: Connection(site), HOST, port, backlog=512)
    site.address = f"{HOST}:{server.sockets[0].getsockname()[1]}"
    try:
        on_ready(f"http://{site.address}", lambda: loop.call_soon_threadsafe(_settle, stopped))
        await stopped
    finally:
        server.close()
        for connection in tuple(site.connections):
            connection.drop()
        await server.wait_closed()


def _settle(stopped: "asyncio.Future[None]", error: Exception | None = None) -> None:
    """Ends the server, with an error or without; what comes first counts."""
    if stopped.done():
        return
    if error is None:
        stopped.set_result(None)
    else:
        stopped.set_exception(error)


@contextmanager
def serve(sandbox: Core, *, port: int = 0) -> Iterator[str]:
    """Serves a sandbox from a thread for as long as the block lasts, and gives its URL.

    Raises:
        OSError: the port is taken.
        OverflowError: there is no such port.
    """
    ready: Future[Any] = Future()
    served: Future[Any] = Future()

    def run() -> None:
        try:
            asyncio.run(listen(sandbox, port, lambda url, stop: ready.set_result((url, stop))))
        except Exception as error:  # noqa: BLE001  whatever it is, it is raised where somebody waits
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
