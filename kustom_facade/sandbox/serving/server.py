"""The HTTP server on the loopback interface, for any number of connections at once.

`scripts/request_rate.py` measures how many requests it answers.
"""

import asyncio
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from typing import Any

from ..api.core import Core
from ..api.refusals import Refusal
from ..api.wire import Outcome, Request, Response
from .connection import Connection
from .control import dispatch
from .database import StateError
from .state_file import StateFile

HOST = "127.0.0.1"

_logger = logging.getLogger("kustom_facade.sandbox")

OnReady = Callable[[str, Callable[[], object]], None]


class _Site:
    """Share the sandbox between connections, and hold responses until the state is kept.

    They wait together, so that one `sync` serves all requests that came at the same time.
    """

    def __init__(self, core: Core, state: StateFile | None) -> None:
        self._core = core
        self.address = ""
        self.connections: set[Connection] = set()
        self._state = state
        self._is_stuck = False  # because the state cannot be written
        self._deferred: list[tuple[Callable[[Outcome], None], Outcome]] = []

    def handle(self, request: Request) -> Outcome:
        """Implement `connection.Site`."""
        try:
            if self._state and self._is_stuck:
                # Nothing more is done until what was done before is kept.
                self._state.sync()
                self._is_stuck = False
            return dispatch(self._core, request)
        except Exception as error:  # noqa: BLE001  a failure is answered, whatever it is
            return Outcome(self.failed(f"{request.method} {request.path}", error))

    def defer_until_synced(self, respond: Callable[[Outcome], None], outcome: Outcome) -> bool:
        """Implement `connection.Site`."""
        if self._state is None or self._is_stuck or not self._state.is_behind:
            return False
        if not self._deferred:
            asyncio.get_running_loop().call_soon(self._sync, self._state)
        self._deferred.append((respond, outcome))
        return True

    def failed(self, about: str, error: Exception) -> Response:
        """Implement `connection.Site`."""
        is_known = isinstance(error, StateError)
        _logger.error("sandbox failed on %s: %s", about, error, exc_info=not is_known)
        refusal = Refusal(500, "INTERNAL_ERROR", f"The sandbox itself has failed: {error}")
        return refusal.response(str(uuid.uuid4()))

    def _sync(self, state: StateFile) -> None:
        failed: Outcome | None = None
        try:
            state.sync()
        except Exception as error:  # noqa: BLE001  as above
            self._is_stuck = True
            failed = Outcome(self.failed("the state", error))
        deferred, self._deferred = self._deferred, []
        for respond, outcome in deferred:
            respond(failed or outcome)


async def listen(core: Core, port: int, on_ready: OnReady, state: StateFile | None = None) -> None:
    """Serve until told to stop.

    Args:
        core: The sandbox.
        port: The port to listen on. 0 takes any that is free.
        on_ready: A function to call once connections are accepted. It gets the URL, and a
            function that stops the server from any thread or signal handler.
        state: Where the state is kept.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()
    site = _Site(core, state)
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


def _stop(stopped: "asyncio.Future[None]") -> None:
    if not stopped.done():
        stopped.set_result(None)


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
