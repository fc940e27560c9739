"""The sandbox as a transport of httpx, sync and async: the only module here that knows the library."""

import httpx

from ._core import Core
from ._wire import Request


class Sandbox(Core, httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The stand-in as it is used: `transport=Sandbox()` in a client, or `serve(Sandbox())`.

    A client that is closed closes its transport, too; the sandbox takes no notice, so that several clients can
    share one, one after the other or at the same time. Its arguments are those of `Core`.
    """

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answers a request of an `httpx.Client`."""
        request.read()
        return self._handle(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers a request of an `httpx.AsyncClient`."""
        await request.aread()
        return self._handle(request)

    def close(self) -> None:
        """Does nothing: the state outlives the clients."""

    async def aclose(self) -> None:
        """Does nothing: the state outlives the clients."""

    def _handle(self, request: httpx.Request) -> httpx.Response:
        host = request.headers.get("host") or request.url.netloc.decode("ascii")
        response = self.respond(
            Request(
                method=request.method,
                origin=f"{request.url.scheme}://{host}",
                path=request.url.raw_path.decode("ascii").partition("?")[0],
                headers=dict(request.headers),
                body=request.content,
            )
        )
        # A stream, because the library adds headers of its own to content.
        return httpx.Response(
            response.status, headers=list(response.headers), stream=httpx.ByteStream(response.body)
        )
