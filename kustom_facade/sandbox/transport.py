"""The sandbox as a transport of httpx, the only module here that knows the library."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import httpx

from .api.core import Core
from .api.credentials import api_key
from .api.wire import Outcome, Request


class Sandbox(Core, httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Stand in for the API: `transport=Sandbox()` in a client, or `serve(Sandbox())`.

    Several clients can share a sandbox, one after the other or at the same time: it stays open
    when a client closes it. Its arguments are those of `Core`.

    Faults raise the errors that the library has for them on a network. A delay beyond the
    request's read timeout raises at once. A request with a live key was not meant for a test. It
    fails like a refused connection, so that nobody thinks that it may have been carried out.
    """

    def accepts_key(self, api_key: str) -> bool:
        """Return whether a key is for tests. The facade's clients ask when they are built."""
        return api_key.startswith("kco_test_")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an `httpx.Client`."""
        request.read()
        outcome = self._exchange(request)
        if outcome.delay:
            time.sleep(outcome.delay)
        return _respond(request, outcome)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an `httpx.AsyncClient`."""
        await request.aread()
        outcome = self._exchange(request)
        if outcome.delay:
            await asyncio.sleep(outcome.delay)
        return _respond(request, outcome)

    def close(self) -> None:
        """Do nothing, because the state outlives the clients."""

    async def aclose(self) -> None:
        """Do nothing, because the state outlives the clients."""

    def _exchange(self, request: httpx.Request) -> Outcome:
        host = request.headers.get("host") or request.url.netloc.decode("ascii")
        received = Request(
            method=request.method,
            origin=f"{request.url.scheme}://{host}",
            path=request.url.raw_path.decode("ascii").partition("?")[0],
            headers=dict(request.headers),
            body=request.content,
        )
        if api_key(received).startswith("kco_live_"):
            raise httpx.ConnectError(
                "a live key (kco_live_...) was sent to the sandbox; "
                "use one that starts with kco_test_",
                request=request,
            )
        outcome = self.exchange(received)
        timeout = request.extensions.get("timeout", {}).get("read")
        if timeout is not None and outcome.delay > timeout:
            raise httpx.ReadTimeout(f"sandbox: no answer within {timeout:g} s", request=request)
        return outcome


class _CutStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Yield half of a body, and then fail like a closed connection."""

    def __init__(self, request: httpx.Request, body: bytes) -> None:
        self._half = body[: len(body) // 2]
        self._error = httpx.RemoteProtocolError(
            "sandbox: connection ended in the body", request=request
        )

    def __iter__(self) -> Iterator[bytes]:
        yield self._half
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._half
        raise self._error


def _respond(request: httpx.Request, outcome: Outcome) -> httpx.Response:
    fault, response = outcome.fault, outcome.response
    if fault == "refuse":
        raise httpx.ConnectError("sandbox: connection refused", request=request)
    if fault == "lose":
        raise httpx.ReadError("sandbox: connection reset, the answer is lost", request=request)
    body = b"" if response is None or request.method == "HEAD" else response.body
    if response is None or (fault == "cut" and not body):
        message = "sandbox: connection ended without an answer"
        raise httpx.RemoteProtocolError(message, request=request)
    # A stream, because the library adds headers of its own to content.
    stream = _CutStream(request, body) if fault == "cut" else httpx.ByteStream(body)
    return httpx.Response(response.status, headers=list(response.headers), stream=stream)
