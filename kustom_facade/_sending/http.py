"""The only module that knows an HTTP library: its requests, its answers and its failures.

The library is httpx2 where it is installed, else httpx. A caller's own transport may be of either.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache, partial
from types import ModuleType
from typing import Any, Final, Protocol

import httpx

from .._privacy import bare_copy, without_frames
from ..config import Config
from ..errors import ConfigurationError
from .async_connections import AsyncConnections
from .connections import Connection, Connections
from .interruptions import from_outside
from .limiter import Limiter
from .network import DEADLINE, AsyncNetwork, Network
from .steps import CallEnded, NoAnswer, Received, Send

try:
    import httpx2  # pyright: ignore[reportMissingImports]  # an extra: used where it is installed
except ImportError:  # the extra is not installed
    httpx2 = None  # type: ignore[assignment, unused-ignore]  # looked for below


class AnswerTooLarge(ValueError):
    """An answer that is larger than any that is meant; see ``max_response_bytes`` of the client."""


class Transport(Protocol):
    """A blocking transport of httpx or httpx2."""

    def handle_request(self, request: Any, /) -> Any:
        """Send a request."""

    def close(self) -> None:
        """Close the connections."""


class AsyncTransport(Protocol):
    """An asynchronous transport of httpx or httpx2."""

    async def handle_async_request(self, request: Any, /) -> Any:
        """Send a request."""

    async def aclose(self) -> None:
        """Close the connections."""


#: The library of connections of our own.
_own: Final[Any] = httpx2 or httpx
_libraries: Final[tuple[Any, ...]] = (httpx2, httpx) if httpx2 else (httpx,)

#: What transports may be, for a check and for the type checker.
TRANSPORTS: Final[tuple[type, ...]] = tuple(library.BaseTransport for library in _libraries)
ASYNC_TRANSPORTS: Final[tuple[type, ...]] = tuple(
    library.AsyncBaseTransport for library in _libraries
)
_OF_HTTPX2: Final[tuple[type, ...]] = (
    (httpx2.BaseTransport, httpx2.AsyncBaseTransport) if httpx2 else ()
)
#: Those that hold connections, which belong to one event loop.
_LOOP_BOUND: Final[tuple[type, ...]] = tuple(library.AsyncHTTPTransport for library in _libraries)

#: Failures that may pass, so that a repeat makes sense.
_TRANSIENT: Final = (*(library.TransportError for library in _libraries), OSError)
#: Failures at which the request cannot have reached the API.
_NEVER_SENT: Final = tuple(
    getattr(library, name)
    for library in _libraries
    for name in (
        "ConnectError",
        "ConnectTimeout",
        "PoolTimeout",
        "ProxyError",
        "UnsupportedProtocol",
    )
)
_DECODING: Final = tuple(library.DecodingError for library in _libraries)

#: For a transport that serves one request at a time.
_LIMITS: Final = _own.Limits(max_connections=1)


def connections(proxy: str | None, limiter: Limiter, transport: Transport | None) -> Connections:
    """Return the connections of a blocking client.

    Args:
        proxy: the URL of a proxy.
        limiter: how many requests may be under way, and when the next may go.
        transport: the caller's own transport.
    """
    if transport is not None:
        return Connections(partial(Connection, transport), limiter, transport)
    context = _own.create_ssl_context()

    def make() -> Connection:
        made = _own.HTTPTransport(verify=context, proxy=proxy, limits=_LIMITS)
        # The library has options for neither.
        network = Network(made._pool._network_backend, _own)
        made._pool._network_backend = network
        # One request at a time needs no lock. A signal that strikes just after it was taken would
        # leave it behind, and the library would wait for it for ever.
        made._pool._optional_thread_lock = nullcontext()
        return Connection(made, network)

    return Connections(make, limiter)


def async_connections(
    proxy: str | None, limiter: Limiter, transport: AsyncTransport | None
) -> AsyncConnections:
    """Return the connections of an asyncio client. The arguments are those of ``connections``."""
    if transport is not None:
        shared = partial(Connection, transport)
        return AsyncConnections(shared, limiter, transport, isinstance(transport, _LOOP_BOUND))
    context = _own.create_ssl_context()

    def make() -> Connection:
        made = _own.AsyncHTTPTransport(verify=context, proxy=proxy, limits=_LIMITS)
        made._pool._network_backend = AsyncNetwork(made._pool._network_backend)
        return Connection(made)

    return AsyncConnections(make, limiter)


def check_url(name: str, url: str) -> None:
    """Refuse a URL that a library cannot send to, before anything depends on it.

    The error does not show it, since that of a proxy may hold a password.

    Raises:
        ConfigurationError: it is none.
    """
    for library in _libraries:
        try:
            parsed = library.URL(url)
            # Decodes a name in Punycode, and encodes it as sockets do.
            _ = parsed.host, parsed.raw_host.decode("ascii").encode("idna")
        except (library.InvalidURL, UnicodeError):
            raise ConfigurationError(f"{name} is not a URL that can be sent to") from None


def no_answer(error: Exception, redact: Callable[[str], str] = str) -> NoAnswer:
    """Return what a transport's error means for the request, without the frames that it is from.

    Args:
        error: the transport's own error.
        redact: takes secrets out of its text.
    """
    if isinstance(error, CallEnded):
        return NoAnswer(without_frames(error), never_sent=error.never_sent, transient=False)
    # A job's own deadline (SIGALRM) comes as a TimeoutError: a repeat must not sit it out.
    transient = isinstance(error, _TRANSIENT) and not isinstance(error, TimeoutError)
    never_sent = isinstance(error, _NEVER_SENT)
    return NoAnswer(bare_copy(error, redact), never_sent=never_sent, transient=transient)


def is_final_without_body(
    send: Send, status: int, error: Exception, before: BaseException | None = None
) -> bool:
    """Return whether an answer whose body broke off is an answer all the same.

    A success of a write is one, and so is a refusal, which no repeat would change. A body that came
    whole but cannot be decoded would not be better the next time.
    """
    if from_outside(error, before, own_sockets=False):
        return False
    refused = 400 <= status < 500 and status != 429
    done = send.body_optional and 200 <= status < 300
    return refused or done or isinstance(error, _DECODING)


def is_done_at_headers(send: Send, response: Any) -> bool:
    """Return whether to leave the body alone, since a write's success is known without it.

    A body could drip for ever, or unpack to gigabytes. The library drops the connection with it.
    One that is announced as empty costs nothing to read, and the connection stays.
    """
    is_success = send.body_optional and 200 <= response.status_code < 300
    is_empty = response.status_code == 204 or response.headers.get("content-length") == "0"
    return is_success and not is_empty


def _add(content: bytearray, chunk: bytes, response: Any, config: Config) -> None:
    """Add a part to a body, within the bounds of what an answer may be.

    Raises:
        AnswerTooLarge: it is larger, or packed several times, which unpacks without bounds.
    """
    if "," in response.headers.get("content-encoding", ""):
        raise AnswerTooLarge("the answer is packed several times")
    content += chunk
    if len(content) > config.max_response_bytes:
        raise AnswerTooLarge(f"the answer has more than {config.max_response_bytes:,} bytes")


def exchange(
    connection: Connection, *, send: Send, config: Config, before: BaseException | None
) -> Received:
    """Send a request over a connection, and return its answer."""
    transport = connection.transport
    response = transport.handle_request(_to_request(transport, send, config))
    content = bytearray()
    try:
        try:
            if not is_done_at_headers(send, response):
                for chunk in response.iter_bytes():
                    _add(content, chunk, response, config)
                    if time.monotonic() > connection.ends:
                        raise CallEnded(DEADLINE, never_sent=False)
        finally:
            response.close()
    except Exception as error:  # raised again, unless the status alone is the answer
        if not is_final_without_body(send, response.status_code, error, before):
            raise
    return _received(response, content)


async def exchange_async(
    connection: Connection, *, send: Send, config: Config, before: BaseException | None
) -> Received:
    """Send a request over a connection, and return its answer."""
    transport = connection.transport
    response = await transport.handle_async_request(_to_request(transport, send, config))
    content = bytearray()
    try:
        try:
            if not is_done_at_headers(send, response):
                async for chunk in response.aiter_bytes():
                    _add(content, chunk, response, config)
        finally:
            await response.aclose()
    except Exception as error:  # raised again, unless the status alone is the answer
        if not is_final_without_body(send, response.status_code, error, before):
            raise
    return _received(response, content)


def _to_request(transport: object, send: Send, config: Config) -> Any:
    """Return a request as the transport's library has it."""
    request = send.request
    library: Any = httpx2 if httpx2 and isinstance(transport, _OF_HTTPX2) else httpx
    return library.Request(
        request.method,
        _url(library, config.base_url + request.path),
        headers={**config.headers, **request.headers},
        content=request.content,
        extensions={
            "timeout": {wait: min(most, send.seconds) for wait, most in config.timeouts.items()}
        },
    )


# Reading a URL costs a sixth of a call, and a workflow about an order asks for the same few.
@lru_cache(maxsize=512)
def _url(library: ModuleType, url: str) -> Any:
    return library.URL(url)


def _received(response: Any, content: bytearray) -> Received:
    """Return an answer; values of a header that came several times are one text, with commas."""
    headers: dict[str, str] = {}
    # The library's own mapping decodes all of them for each.
    for raw_name, raw_value in response.headers.raw:
        name = raw_name.decode("latin-1").lower()
        value = raw_value.decode("utf-8" if raw_value.isascii() else "latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Received(response.status_code, headers, bytes(content))
