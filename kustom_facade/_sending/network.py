"""The network beneath one connection: backends of httpcore whose waits end with the call.

The library bounds each wait by itself, and a name's lookup not at all. Here all waits of a blocking
call end at its deadline, and at once where the client is closed meanwhile. asyncio bounds its waits
itself; there, what a cancelled handshake leaves behind is closed.
"""

from __future__ import annotations

import socket
import sys
import time
from _thread import start_new_thread
from contextlib import suppress
from ipaddress import ip_address
from math import inf
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX
from types import ModuleType
from typing import Any, Final

from .interruptions import from_outside
from .steps import CallEnded

#: Bytes that are written at once, for a peer that takes them one by one.
_PIECE: Final = 65_536
DEADLINE: Final = "the deadline of the call is over"


class Network:
    """A blocking backend, for a transport of one connection.

    Args:
        inner: the backend of the library.
        library: whose errors to raise, httpx or httpx2.
    """

    def __init__(self, inner: Any, library: ModuleType) -> None:
        self._inner = inner
        self._library = library
        #: The time (of ``time.monotonic``) at which the present call ends.
        self.ends = inf
        self._streams: list[Any] = []
        self._lookup: SimpleQueue[Any] = SimpleQueue()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> Any:
        """Connect to the first address of a host that answers."""
        self._streams.clear()  # of a connection that has ended
        before = sys.exception()
        *others, last = self._addresses(host, port, self.wait(timeout, never_sent=True))
        for address in others:
            seconds = self.wait(timeout, never_sent=True)
            try:
                stream = self._inner.connect_tcp(address, port, seconds, **options)
            except Exception as error:  # the wire's: the next address may answer
                if from_outside(error, before, own_sockets=True):
                    raise
            else:
                return self.kept(stream)
        seconds = self.wait(timeout, never_sent=True)
        return self.kept(self._inner.connect_tcp(last, port, seconds, **options))

    def kept(self, stream: Any) -> Any:
        """Return a stream whose waits end with the call. It is closed with this network."""
        self._streams.append(stream)
        return _Stream(stream, self)

    def wait(self, timeout: float | None, *, never_sent: bool = False) -> float:
        """Return the seconds that a wait may last.

        Raises:
            CallEnded: none are left.
        """
        left = self.ends - time.monotonic()
        if left <= 0:
            raise CallEnded(DEADLINE, never_sent=never_sent)
        return left if timeout is None else min(timeout, left)

    def close(self) -> None:
        """Close the sockets, without a lock that an interrupted call may have left behind."""
        for stream in self._streams:
            stream.close()

    def abort(self) -> None:
        """End what another thread waits for here, and what it would wait for next."""
        self.ends = -inf
        self._lookup.put(OSError("the client was closed"))
        for stream in list(self._streams):
            with suppress(OSError):  # closed already, or replaced by the one with TLS
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def _addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """Look up the addresses of a host, in a thread: the system's lookup takes no timeout."""
        with suppress(ValueError):
            return [str(ip_address(host))]
        found: SimpleQueue[Any] = SimpleQueue()
        self._lookup = found
        seconds = self.wait(seconds, never_sent=True)  # abort() may have come just before
        # A Thread object would be in disorder if a signal struck while it starts.
        start_new_thread(_look_up, (host, port, found))
        try:
            answer = found.get(timeout=min(seconds, TIMEOUT_MAX))
        except Empty:
            raise self._library.ConnectTimeout(
                f"the name {host!r} was not looked up in time"
            ) from None
        if isinstance(answer, OSError):
            raise self._library.ConnectError(str(answer)) from answer
        addresses: list[str] = answer
        return addresses


def _look_up(host: str, port: int, found: SimpleQueue[Any]) -> None:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # a name that is none is a UnicodeError
        found.put(error if isinstance(error, OSError) else OSError(str(error)))
    else:
        found.put(list(dict.fromkeys(address[0] for *_, address in answers)))


class _Stream:
    """A blocking stream whose waits end with the call."""

    def __init__(self, inner: Any, network: Network) -> None:
        self._inner = inner
        self._network = network
        self.close = inner.close
        self.get_extra_info = inner.get_extra_info

    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        return self._inner.read(max_bytes, self._network.wait(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._inner.write(buffer[start : start + _PIECE], self._network.wait(timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: Any = None, timeout: float | None = None
    ) -> Any:
        seconds = self._network.wait(timeout, never_sent=True)
        return self._network.kept(self._inner.start_tls(ssl_context, server_hostname, seconds))


class AsyncNetwork:
    """A backend for asyncio, whose streams a cancelled handshake does not leave open.

    Args:
        inner: the backend of the library.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def connect_tcp(self, *args: Any, **options: Any) -> Any:
        """Connect to a host."""
        return _AsyncStream(await self._inner.connect_tcp(*args, **options))


class _AsyncStream:
    """A stream for asyncio."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.read = inner.read
        self.write = inner.write
        self.aclose = inner.aclose
        self.get_extra_info = inner.get_extra_info

    async def start_tls(self, *args: Any, **options: Any) -> Any:
        try:
            return _AsyncStream(await self._inner.start_tls(*args, **options))
        except BaseException:  # a cancellation too; raised again
            await self._inner.aclose()  # the library does so for its own errors only
            raise
