"""One connection to the served sandbox: h11 reads and writes the protocol, and nobody can make it hoard data."""

import asyncio
import socket
import struct
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol, cast

import h11  # comes with httpx, by way of httpcore

from ._core import BODY_LIMIT
from ._wire import Outcome, Refusal, Request, Response, reason, refused

_LINGER = 1.0
"""Seconds in which a peer may read its last answer before the connection goes."""

_TURN = 32
"""Requests that are answered at a stretch before it is the other connections' turn."""

_RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing a connection resets it."""


class Site(Protocol):
    """What connections share."""

    address: str
    connections: "set[Connection]"

    def visit(self, request: Request) -> Outcome:
        """What becomes of a request."""
        ...

    def must_wait(self, give: Callable[[Outcome], None], outcome: Outcome) -> bool:
        """Whether an answer has to wait; it is then given by itself."""
        ...


class Connection(asyncio.Protocol):
    """A connection: its requests are answered in turn, until it is closed or says something that is not HTTP.

    While an answer waits, or its peer does not read, nothing is read from it either: what a peer may have on the way is
    then bounded by what the system buffers, and one read.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._http = h11.Connection(h11.SERVER)
        self._body = bytearray()
        self._over = False
        self._is_waiting = False
        """For an answer that comes later, or for its turn."""
        self._is_full = False
        """The peer does not read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # of a TCP server it always is one
        self._site.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the protocol's signature
        self._site.connections.discard(self)

    def drop(self) -> None:
        """Ends the connection at once."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        self._http.receive_data(data)
        if self._is_waiting or self._is_full:
            # Not before there is more: most peers wait for their answer, and pausing costs two calls of the system.
            self._transport.pause_reading()
        else:
            self._proceed()

    def eof_received(self) -> bool:
        self.data_received(b"")
        return (
            self._is_waiting or self._is_full
        )  # false closes the connection, once all that was written is sent

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._resume()

    def _take_turn(self) -> None:
        self._is_waiting = False
        self._resume()

    def _resume(self) -> None:
        if not (self._is_waiting or self._is_full or self._over or self._transport.is_closing()):
            self._proceed()

    def _proceed(self) -> None:
        """Answers what was received, and reads on once that is done."""
        left = _TURN
        try:
            while self._accept(self._http.next_event()):
                left -= self._http.their_state is h11.IDLE  # it is when a request is answered
                if not left:
                    self._is_waiting = True
                    asyncio.get_running_loop().call_soon(self._take_turn)
                if not left or self._is_full or self._transport.is_closing():
                    return
        except h11.RemoteProtocolError as error:
            message = f"Request is not valid HTTP: {error}"
            self._write(refused(Refusal(400, "BAD_REQUEST", message), str(uuid.uuid4())), is_head=False)
            self._finish()
        if not self._is_waiting:
            self._transport.resume_reading()

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
            outcome = self._site.visit(self._request())
            self._is_waiting = self._site.must_wait(self.give, outcome)
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
            self._resume()

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
        self._transport.resume_reading()  # what still comes is let go
        with suppress(OSError):  # a peer that was killed is gone already
            self._transport.write_eof()
        asyncio.get_running_loop().call_later(_LINGER, self._transport.close)

    def _go_on(self) -> bool:
        if self._http.our_state is h11.MUST_CLOSE:
            self._finish()
            return False
        self._http.start_next_cycle()
        return True
