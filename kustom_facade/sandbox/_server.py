"""The sandbox over real HTTP, on the loopback interface: h11 reads and writes the protocol, asyncio moves bytes."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from http.client import responses
from typing import cast

import h11  # comes with httpx, by way of httpcore

from ._core import BODY_LIMIT, Core
from ._wire import Refusal, Request, Response, refused

HOST = "127.0.0.1"
_LINGER = 1.0
"""Seconds in which a peer may read its last answer before the connection goes."""

Respond = Callable[[Request], Response]
OnReady = Callable[[str, Callable[[], None]], None]


class _Connection(asyncio.Protocol):
    """One connection: its requests are answered in turn, until it is closed or says something that is not HTTP."""

    def __init__(self, respond: Respond, address: str, connections: set["_Connection"]) -> None:
        self._respond = respond
        self._address = address
        self._connections = connections
        self._http = h11.Connection(h11.SERVER)
        self._body = bytearray()
        self._over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # of a TCP server it always is one
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the protocol's signature
        self._connections.discard(self)

    def drop(self) -> None:
        """Ends the connection at once."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self._over:
            self._http.receive_data(data)
            self._proceed()

    def eof_received(self) -> None:
        # Returning nothing closes the connection, once all that was written is sent.
        self.data_received(b"")

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
                self._send(h11.InformationalResponse(status_code=100, headers=[]))
        elif isinstance(event, h11.Data):
            if len(self._body) <= BODY_LIMIT:  # beyond it the answer is known, so the rest is let go
                self._body += event.data
        elif isinstance(event, h11.EndOfMessage):
            self._write(self._respond(self._request()), is_head=self._head.method == b"HEAD")
            return self._go_on()
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
        # A proxy's client sends `http://host/path`, and OPTIONS may send `*`, which is no place here.
        if not target.startswith("/"):
            target = "/" + target.partition("://")[2].partition("/")[2]
        return Request(
            method=self._head.method.decode("ascii"),
            origin=f"http://{headers.get('host') or self._address}",
            path=target.partition("?")[0],
            headers=headers,
            body=bytes(self._body),
        )

    def _write(self, response: Response, *, is_head: bool) -> None:
        # What a request's Host header held comes back in a location: in latin-1, so that any byte may.
        headers = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in response.headers]
        self._send(
            h11.Response(
                status_code=response.status, headers=headers, reason=responses.get(response.status, "")
            ),
            *([h11.Data(response.body)] if response.body and not is_head else []),
            h11.EndOfMessage(),
        )

    def _send(self, *events: h11.Event) -> None:
        self._transport.write(b"".join(self._http.send(event) or b"" for event in events))

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


async def listen(respond: Respond, port: int, on_ready: OnReady) -> None:
    """Serves until it is told to stop; port 0 takes any that is free.

    Args:
        respond: gives the answer to each request.
        port: where to listen.
        on_ready: is called once connections are accepted, with the URL and a function that stops the server,
            which may be called from any thread and from a signal handler.
    """
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    connections: set[_Connection] = set()
    address = f"{HOST}:{port}"
    server = await loop.create_server(
        lambda: _Connection(respond, address, connections), HOST, port, backlog=512
    )
    address = f"{HOST}:{server.sockets[0].getsockname()[1]}"
    try:
        on_ready(f"http://{address}", lambda: _stop(loop, stopped))
        await stopped.wait()
    finally:
        server.close()
        for connection in tuple(connections):
            connection.drop()
        await server.wait_closed()


def _stop(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    loop.call_soon_threadsafe(stopped.set)


@contextmanager
def serve(sandbox: Core, *, port: int = 0) -> Iterator[str]:
    """Serves a sandbox from a thread for as long as the block lasts, and gives its URL.

    Raises:
        OSError: the port is taken.
    """
    ready: Future[tuple[str, Callable[[], None]]] = Future()

    def run() -> None:
        try:
            asyncio.run(listen(sandbox.respond, port, lambda url, stop: ready.set_result((url, stop))))
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
