"""The only module that knows an HTTP library: both drivers, and which failures never left.

The library is httpx2 where it is installed, else httpx. A caller's own transport may be of either.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any, Final, Protocol, TypeVar

import httpx

from .._operations.call import Request
from .._privacy import bare_copy, without_frames
from ..config import Config
from ..errors import ConfigurationError
from .steps import NoAnswer, Received, Send, Sleep, Steps

try:
    import httpx2  # pyright: ignore[reportMissingImports]  # an extra: used where it is installed
except ImportError:  # the extra is not installed
    httpx2 = None  # type: ignore[assignment, unused-ignore]  # looked for below

T = TypeVar("T")


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

_LIMITS: Final = _own.Limits(max_connections=100, max_keepalive_connections=100)


def default_transport(proxy: str | None) -> Transport:
    """Return a transport over the network, for the blocking client."""
    transport: Transport = _own.HTTPTransport(proxy=proxy, limits=_LIMITS)
    return transport


def default_async_transport(proxy: str | None) -> AsyncTransport:
    """Return a transport over the network, for asyncio."""
    transport: AsyncTransport = _own.AsyncHTTPTransport(proxy=proxy, limits=_LIMITS)
    return transport


def belongs_to_a_loop(transport: object) -> bool:
    """Return whether a transport's connections belong to the event loop that made them."""
    return isinstance(transport, _LOOP_BOUND)


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


def drive(steps: Steps[T], transport: Transport, config: Config) -> T:
    """Carry out what the steps ask for, until they return or raise."""
    try:
        step = next(steps)
        while True:
            if isinstance(step, Sleep):
                time.sleep(step.seconds)
                step = steps.send(None)
                continue
            outcome: Received | NoAnswer
            try:
                outcome = _exchange(transport, step, config)
            # Any error of a transport: the steps decide its meaning, and none is lost.
            except Exception as error:  # noqa: BLE001  # see above
                outcome = no_answer(error, config.redact)
            except BaseException as error:
                without_frames(error)
                raise
            # Out of the except clause, or the transport's error would be the context of ours.
            step = steps.throw(outcome) if isinstance(outcome, NoAnswer) else steps.send(outcome)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        steps.close()


async def drive_async(steps: Steps[T], transport: AsyncTransport, config: Config) -> T:
    """Carry out what the steps ask for, until they return or raise."""
    try:
        step = next(steps)
        while True:
            if isinstance(step, Sleep):
                await asyncio.sleep(step.seconds)
                step = steps.send(None)
                continue
            outcome: Received | NoAnswer
            try:
                outcome = await _exchange_async(transport, step, config)
            # As above.
            except Exception as error:  # noqa: BLE001  # see above
                outcome = no_answer(error, config.redact)
            except BaseException as error:
                without_frames(error)
                raise
            step = steps.throw(outcome) if isinstance(outcome, NoAnswer) else steps.send(outcome)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        steps.close()


def no_answer(error: Exception, redact: Callable[[str], str] = str) -> NoAnswer:
    """Return what a transport's error means for the request, without the frames that it is from.

    Args:
        error: the transport's own error.
        redact: takes secrets out of its text.
    """
    # A job's own deadline (SIGALRM) comes as a TimeoutError: a repeat must not sit it out.
    transient = isinstance(error, _TRANSIENT) and not isinstance(error, TimeoutError)
    never_sent = isinstance(error, _NEVER_SENT)
    return NoAnswer(bare_copy(error, redact), never_sent=never_sent, transient=transient)


def is_final_without_body(send: Send, status: int, error: Exception) -> bool:
    """Return whether an answer whose body broke off is an answer all the same.

    A success of a write is one, and so is a refusal, which no repeat would change. A body that came
    whole but cannot be decoded would not be better the next time.
    """
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


def _exchange(transport: Transport, send: Send, config: Config) -> Received:
    response = transport.handle_request(_to_request(transport, send.request, config))
    content = bytearray()
    try:
        try:
            if not is_done_at_headers(send, response):
                for chunk in response.iter_bytes():
                    _add(content, chunk, response, config)
        finally:
            response.close()
    except Exception as error:  # raised again, unless the status alone is the answer
        if not is_final_without_body(send, response.status_code, error):
            raise
    return _received(response, content)


async def _exchange_async(transport: AsyncTransport, send: Send, config: Config) -> Received:
    response = await transport.handle_async_request(_to_request(transport, send.request, config))
    content = bytearray()
    try:
        try:
            if not is_done_at_headers(send, response):
                async for chunk in response.aiter_bytes():
                    _add(content, chunk, response, config)
        finally:
            await response.aclose()
    except Exception as error:  # raised again, unless the status alone is the answer
        if not is_final_without_body(send, response.status_code, error):
            raise
    return _received(response, content)


def _to_request(transport: object, request: Request, config: Config) -> Any:
    """Return a request as the transport's library has it."""
    library: Any = httpx2 if httpx2 and isinstance(transport, _OF_HTTPX2) else httpx
    return library.Request(
        request.method,
        _url(library, config.base_url + request.path),
        headers={**config.headers, **request.headers},
        content=request.content,
        extensions={"timeout": config.timeouts},
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
