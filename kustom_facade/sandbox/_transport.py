"""The sandbox as a transport of httpx, sync and async: the only module here that knows the library."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import httpx

from ._core import Core, api_key
from ._wire import Outcome, Request


class Sandbox(Core, httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The stand-in as it is used: `transport=Sandbox()` in a client, or `serve(Sandbox())`.

    A client that is closed closes its transport, too; the sandbox takes no notice, so that several clients can
    share one, one after the other or at the same time. Its arguments are those of `Core`.

    Faults come as the errors that the library has for them on a network; a delay beyond the request's read timeout
    does so at once. A request with a live key was not meant for a test: it fails as if the sandbox could not be
    reached, so that nobody takes it for one that may have been carried out.
    """

    def accepts_key(self, api_key: str) -> bool:
        """Whether a client with this key is one for tests; the facade's clients ask when they are built."""
        return api_key.startswith("kco_test_")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answers a request of an `httpx.Client`."""
        request.read()
        outcome = self._ask(request)
        if outcome.delay:
            time.sleep(outcome.delay)
        return _give(request, outcome)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers a request of an `httpx.AsyncClient`."""
        await request.aread()
        outcome = self._ask(request)
        if outcome.delay:
            await asyncio.sleep(outcome.delay)
        return _give(request, outcome)

    def close(self) -> None:
        """Does nothing: the state outlives the clients."""

    async def aclose(self) -> None:
        """Does nothing: the state outlives the clients."""

    def _ask(self, request: httpx.Request) -> Outcome:
        host = request.headers.get("host") or request.url.netloc.decode("ascii")
        asked = Request(
            method=request.method,
            origin=f"{request.url.scheme}://{host}",
            path=request.url.raw_path.decode("ascii").partition("?")[0],
            headers=dict(request.headers),
            body=request.content,
        )
        if api_key(asked).startswith("kco_live_"):
            raise httpx.ConnectError(
                "a live key (kco_live_...) was sent to the sandbox; use one that starts with kco_test_",
                request=request,
            )
        outcome = self.exchange(asked)
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and outcome.delay > patience:
            raise httpx.ReadTimeout(f"sandbox: no answer within {patience:g} s", request=request)
        return outcome


class _Cut(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Half of a body, and then the end of the connection."""

    def __init__(self, request: httpx.Request, body: bytes) -> None:
        self._half = body[: len(body) // 2]
        self._error = httpx.RemoteProtocolError("sandbox: connection ended in the body", request=request)

    def __iter__(self) -> Iterator[bytes]:
        yield self._half
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._half
        raise self._error


def _give(request: httpx.Request, outcome: Outcome) -> httpx.Response:
    fault, response = outcome.fault, outcome.response
    if fault == "refuse":
        raise httpx.ConnectError("sandbox: connection refused", request=request)
    if fault == "lose":
        raise httpx.ReadError("sandbox: connection reset, the answer is lost", request=request)
    body = b"" if response is None or request.method == "HEAD" else response.body
    if response is None or (fault == "cut" and not body):
        raise httpx.RemoteProtocolError("sandbox: connection ended without an answer", request=request)
    # A stream, because the library adds headers of its own to content.
    stream = _Cut(request, body) if fault == "cut" else httpx.ByteStream(body)
    return httpx.Response(response.status, headers=list(response.headers), stream=stream)
