"""The sandbox over real HTTP, on the loopback interface: h11 reads and writes the protocol, asyncio moves bytes."""

import asyncio
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol, cast

import h11  # comes with httpx, by way of httpcore

from ._control import visit
from ._core import BODY_LIMIT, Core
from ._wire import Outcome, Refusal, Request, Response, reason, refused

HOST = "127.0.0.1"
_LINGER = 1.0
"""Seconds in which a peer may read its last answer before the connection goes."""

_RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing a connection resets it."""

OnReady = Callable[[str, Callable[[], None]], None]


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
        self.core = core
        self.address = ""
        self.connections: set[_Connection] = set()
        self._store = store
        self._stopped = stopped
        self._waiting: list[tuple[_Connection, Outcome]] = []

    def must_wait(self, connection: "_Connection", outcome: Outcome) -> bool:
        """Whether an answer has to wait; it is then given by itself."""
        if self._store is None or not self._store.is_behind:
            return False
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._sync, self._store)
        self._waiting.append((connection, outcome))
        return True

    def _sync(self, store: Store) -> None:
        try:
            store.sync()
        except Exception as error:  # noqa: BLE001  nothing may be answered any more: the server ends with it
            if not self._stopped.done():
                self._stopped.set_exception(error)
            return
        waiting, self._waiting = self._waiting, []
        for connection, outcome in waiting:
            connection.give(outcome)


class _Connection(asyncio.Protocol):
    """One connection: its requests are answered in turn, until it is closed or says something that is not HTTP."""

    def __init__(self, site: _Site) -> None:
        self._site = site
        self._http = h11.Connection(h11.SERVER)
        self._body = bytearray()
        self._over = False
        self._is_waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # of a TCP server it always is one
        self._site.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the protocol's signature
        self._site.connections.discard(self)

    def drop(self) -> None:
        """Ends the connection at once."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self._over:
            self._http.receive_data(data)
            if not self._is_waiting:
                self._proceed()

    def eof_received(self) -> bool:
        self.data_received(b"")
        return self._is_waiting  # false closes the connection, once all that was written is sent

    def _proceed(self) -> None:
        try:
            while self._accept(self._http.next_event()):
                pass
        except h11.RemoteProtocolError as error:
            message = f"Request is not valid HTTP: {error}"
            self._write(refused(Refusal(400, "BAD_REQUEST", message), str(uuid.uuid4())), is_head=False)
            self._finish()

    def _accept(self, event: object) -> bool:
        """Takes the next piece of a request; says whether there may be more to read."""
        if isinstance(event, h11.Request):
            self._head = event
            self._body.clear()
            if self._http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                self._transport.write(self._http.send(go_on) or b"")
        elif isinstance(event, h11.Data):
            if len(self._body) <= BODY_LIMIT:  # beyond it the answer is known, so the rest is let go
                self._body += event.data
        elif isinstance(event, h11.EndOfMessage):
            outcome = visit(self._site.core, self._request())
            self._is_waiting = self._site.must_wait(self, outcome)
            return not self._is_waiting and self._settle(outcome)
        else:
            if isinstance(event, h11.ConnectionClosed):
                self._finish()
            return False
        return True

    def _request(self) -> Request:
        headers: dict[str, str] = {}
        for raw_name, raw_text in self._head.headers:
            name, text = raw_name.decode("latin-1"), raw_text.decode("latin-1")
            headers[name] = f"{headers[name]}, {text}" if name in headers else text
        target = self._head.target.decode("ascii")
        # A proxy's client sends `http://host/path`; OPTIONS may send `*`, which is no place here.
        if not target.startswith("/") and "://" in target:
            target = "/" + target.partition("://")[2].partition("/")[2]
        return Request(
            method=self._head.method.decode("ascii"),
            origin=f"http://{headers.get('host') or self._site.address}",
            path=target.partition("?")[0],
            headers=headers,
            body=bytes(self._body),
        )

    def give(self, outcome: Outcome) -> None:
        """Gives an answer that had to wait, and goes on."""
        self._is_waiting = False
        if not self._transport.is_closing() and self._settle(outcome):
            self._proceed()

    def _settle(self, outcome: Outcome) -> bool:
        """Has its way with a request: says whether the next one may be read."""
        if outcome.delay:
            self._is_waiting = True
            asyncio.get_running_loop().call_later(outcome.delay, self.give, replace(outcome, delay=0))
            return False
        response, is_head = outcome.response, self._head.method == b"HEAD"
        if response is None or outcome.fault in {"lose", "cut"}:
            self._break(outcome, b"" if response is None else self._bytes(response, is_head=is_head))
            return False
        self._write(response, is_head=is_head)
        return self._go_on()

    def _break(self, outcome: Outcome, answer: bytes) -> None:
        """Ends the connection as a fault has it: reset, closed, or closed in the middle of an answer."""
        self._over = True
        if outcome.fault in {"refuse", "lose"}:
            raw: Any = self._transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
            return
        if outcome.fault == "cut":
            body = answer.index(b"\r\n\r\n") + 4
            rest = len(answer) - body
            self._transport.write(answer[: body + rest // 2 if rest else body // 2])
        self._transport.close()

    def _write(self, response: Response, *, is_head: bool) -> None:
        self._transport.write(self._bytes(response, is_head=is_head))

    def _bytes(self, response: Response, *, is_head: bool) -> bytes:
        # What a request's Host header held comes back in a location: in latin-1, so that any byte may.
        headers = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in response.headers]
        events = (
            h11.Response(status_code=response.status, headers=headers, reason=reason(response.status)),
            *([h11.Data(response.body)] if response.body and not is_head else []),
            h11.EndOfMessage(),
        )
        return b"".join(self._http.send(event) or b"" for event in events)

    def _finish(self) -> None:
        """Ends the connection so that its peer can still read what was written.

        Closing while the peer sends would reset the connection, and take the answer from it.
        """
        self._over = True
        self._transport.write_eof()
        asyncio.get_running_loop().call_later(_LINGER, self._transport.close)

    def _go_on(self) -> bool:
        if self._http.our_state is h11.MUST_CLOSE:
            self._finish()
            return False
        self._http.start_next_cycle()
        return True


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
    server = await loop.create_server(lambda: _Connection(site), HOST, port, backlog=512)
    site.address = f"{HOST}:{server.sockets[0].getsockname()[1]}"
    try:
        on_ready(f"http://{site.address}", lambda: _stop(loop, stopped))
        await stopped
    finally:
        server.close()
        for connection in tuple(site.connections):
            connection.drop()
        await server.wait_closed()


def _stop(loop: asyncio.AbstractEventLoop, stopped: "asyncio.Future[None]") -> None:
    def stop() -> None:
        if not stopped.done():
            stopped.set_result(None)

    loop.call_soon_threadsafe(stop)


@contextmanager
def serve(sandbox: Core, *, port: int = 0) -> Iterator[str]:
    """Serves a sandbox from a thread for as long as the block lasts, and gives its URL.

    Raises:
        OSError: the port is taken.
    """
    ready: Future[tuple[str, Callable[[], None]]] = Future()

    def run() -> None:
        try:
            asyncio.run(listen(sandbox, port, lambda url, stop: ready.set_result((url, stop))))
        except OSError as error:
            ready.set_exception(error)  # the port could not be had: it is told to whoever waits for the URL

    thread = threading.Thread(target=run, name="kustom-sandbox", daemon=True)
    thread.start()
    url, stop = ready.result()
    try:
        yield url
    finally:
        stop()
        thread.join()
