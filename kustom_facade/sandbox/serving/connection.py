"""One server connection, with bounded buffers. h11 reads and writes the protocol."""

import asyncio
import socket
import struct
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol, cast

import h11

from ..api.limits import BODY_LIMIT
from ..api.refusals import Refusal
from ..api.wire import Outcome, Request, Response, reason

#: Seconds in which a peer can read its last response before the connection closes.
_LINGER = 1.0

#: Requests that are answered in a row before the other connections have their turn.
_TURN = 32

#: The value of SO_LINGER with which closing a connection resets it.
_RESET = struct.pack("ii", 1, 0)


class Site(Protocol):
    """Describe what connections share.

    Attributes:
        address: Host and port of the server.
        connections: The open connections.
    """

    address: str
    connections: "set[Connection]"

    def handle(self, request: Request) -> Outcome:
        """Return what the client gets for a request."""
        ...

    def defer_until_synced(self, respond: Callable[[Outcome], None], outcome: Outcome) -> bool:
        """Return whether an outcome has to wait, and if so, respond with it later."""
        ...

    def failed(self, about: str, error: Exception) -> Response:
        """Log a failure of the sandbox itself, and return the 500 for it."""
        ...


class Connection(asyncio.Protocol):
    """Answer the requests of a connection in turn, until it closes or sends invalid HTTP.

    While a response waits, or the peer does not read, the connection is not read from either.
    So what it can hold is bounded by what the system buffers, and one read.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._http = h11.Connection(h11.SERVER)
        self._body = bytearray()
        self._is_over = False
        self._is_waiting = False  # for a response that comes later, or for its turn
        self._is_full = False  # because the peer does not read

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Implement `asyncio.Protocol`."""
        self._transport = cast("asyncio.Transport", transport)  # of a TCP server it always is one
        self._site.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        """Implement `asyncio.Protocol`."""
        self._site.connections.discard(self)

    def drop(self) -> None:
        """Close the connection at once."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Implement `asyncio.Protocol`."""
        if self._is_over:
            return
        self._http.receive_data(data)
        if self._is_waiting or self._is_full:
            # Not earlier: most peers wait for their response, and pausing costs two system calls.
            self._transport.pause_reading()
        else:
            self._proceed()

    def eof_received(self) -> bool:
        """Implement `asyncio.Protocol`."""
        self.data_received(b"")
        # False closes the connection, once all that was written is sent.
        return self._is_waiting or self._is_full

    def pause_writing(self) -> None:
        """Implement `asyncio.Protocol`."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Implement `asyncio.Protocol`."""
        self._is_full = False
        self._resume()

    def _take_turn(self) -> None:
        self._is_waiting = False
        self._resume()

    def _resume(self) -> None:
        is_closed = self._is_over or self._transport.is_closing()
        if not (self._is_waiting or self._is_full or is_closed):
            self._proceed()

    def _proceed(self) -> None:
        """Answer the requests that were received, then read on."""
        turn = _TURN
        try:
            while self._accept(self._http.next_event()):
                turn -= self._http.their_state is h11.IDLE  # which means that one was answered
                if not turn:
                    self._is_waiting = True
                    asyncio.get_running_loop().call_soon(self._take_turn)
                if not turn or self._is_full or self._transport.is_closing():
                    return
        except h11.RemoteProtocolError as error:
            self._refuse(f"Request is not valid HTTP: {error}")
        if not self._is_waiting:
            self._transport.resume_reading()

    def _refuse(self, reason: str) -> None:
        refusal = Refusal(400, "BAD_REQUEST", reason)
        self._transport.write(self._bytes(refusal.response(str(uuid.uuid4())), is_head=False))
        self._shut_down()

    def _accept(self, event: object) -> bool:
        """Take the next piece of a request, and return whether there may be more to read."""
        if isinstance(event, h11.Request):
            self._head = event
            self._body.clear()
            names = {name for name, _ in event.headers}
            if {b"content-length", b"transfer-encoding"} <= names:
                # RFC 9112, 6.1: such a request may be meant to smuggle another one in.
                self._refuse("Request has both Content-Length and Transfer-Encoding")
                return False
            if self._http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                self._transport.write(self._http.send(go_on) or b"")
        elif isinstance(event, h11.Data):
            if len(self._body) <= BODY_LIMIT:  # beyond it the response is known: drop the rest
                self._body += event.data
        elif isinstance(event, h11.EndOfMessage):
            outcome = self._site.handle(self._request())
            self._is_waiting = self._site.defer_until_synced(self.respond, outcome)
            return not self._is_waiting and self._finish_response(outcome)
        else:
            if isinstance(event, h11.ConnectionClosed):
                self._shut_down()
            return False
        return True

    def _request(self) -> Request:
        headers: dict[str, str] = {}
        for raw_name, raw_text in self._head.headers:
            name, text = raw_name.decode("latin-1"), raw_text.decode("latin-1")
            headers[name] = f"{headers[name]}, {text}" if name in headers else text
        target = self._head.target.decode("ascii")
        # The client of a proxy sends `http://host/path`. OPTIONS may send `*`, which stays.
        if not target.startswith("/") and "://" in target:
            # RFC 9112, 3.2.2: this host counts, and not that of the header.
            headers["host"], _, path = target.partition("://")[2].partition("/")
            target = f"/{path}"
        return Request(
            method=self._head.method.decode("ascii"),
            origin=f"http://{headers.get('host') or self._site.address}",
            path=target.partition("?")[0],
            headers=headers,
            body=bytes(self._body),
        )

    def respond(self, outcome: Outcome) -> None:
        """Send a response that had to wait, and go on with the next request."""
        self._is_waiting = False
        if not self._transport.is_closing() and self._finish_response(outcome):
            self._resume()

    def _finish_response(self, outcome: Outcome) -> bool:
        """Send the response, and return whether to read the next request."""
        if outcome.delay:
            self._is_waiting = True
            loop = asyncio.get_running_loop()
            loop.call_later(outcome.delay, self.respond, replace(outcome, delay=0))
            return False
        answer = self._answer(outcome.response) if outcome.response else b""
        if not answer or outcome.fault in {"lose", "cut"}:
            self._break(outcome.fault, answer)
            return False
        self._transport.write(answer)
        return self._start_next_cycle()

    def _answer(self, response: Response) -> bytes:
        is_head = self._head.method == b"HEAD"
        try:
            return self._bytes(response, is_head=is_head)
        except Exception as error:  # noqa: BLE001  a failure is answered, whatever it is
            failed = self._site.failed("a response", error)
            return self._bytes(failed, is_head=is_head)

    def _break(self, fault: str, answer: bytes) -> None:
        """End the connection as a fault demands: reset, closed, or closed within a response."""
        self._is_over = True
        if fault in {"refuse", "lose"}:
            raw: Any = self._transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
            return
        if fault == "cut":
            body_start = answer.index(b"\r\n\r\n") + 4
            body_length = len(answer) - body_start
            cut = body_start + body_length // 2 if body_length else body_start // 2
            self._transport.write(answer[:cut])
        self._transport.close()

    def _bytes(self, response: Response, *, is_head: bool) -> bytes:
        headers = [
            (name.encode("latin-1"), text.encode("latin-1")) for name, text in response.headers
        ]
        status = response.status
        events = (
            h11.Response(status_code=status, headers=headers, reason=reason(status)),
            *([h11.Data(response.body)] if response.body and not is_head else []),
            h11.EndOfMessage(),
        )
        return b"".join(self._http.send(event) or b"" for event in events)

    def _shut_down(self) -> None:
        """End the connection so that the peer can still read what was written.

        Closing it while the peer sends would reset it, and the response would be lost.
        """
        self._is_over = True
        self._transport.resume_reading()  # to drop what still comes
        with suppress(OSError):  # a peer that was killed is gone already
            self._transport.write_eof()
        asyncio.get_running_loop().call_later(_LINGER, self._transport.close)

    def _start_next_cycle(self) -> bool:
        if self._http.our_state is h11.MUST_CLOSE:
            self._shut_down()
            return False
        self._http.start_next_cycle()
        return True
