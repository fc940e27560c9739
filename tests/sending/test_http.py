"""The drivers, and what they make of answers and of failures of a transport."""

import asyncio
import inspect

import httpx
import pytest
from support import CANARY, ORDER, Client

from kustom_facade import AsyncKustomClient
from kustom_facade._operations import captures, orders as operations
from kustom_facade._sending import http
from kustom_facade._sending.steps import Send

from .playing import session


def test_a_cancelled_async_call_closes_its_steps(caplog: pytest.LogCaptureFixture) -> None:
    """Cancellation reaches the steps at once, not when the garbage collector comes by."""

    class Never(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(3600)
            raise AssertionError(request)

    settings = AsyncKustomClient(CANARY)._config

    async def main() -> None:
        steps = session().send(captures.capture(ORDER, 1))
        task = asyncio.create_task(http.drive_async(steps, Never(), settings))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert inspect.getgeneratorstate(steps) == inspect.GEN_CLOSED

    asyncio.run(main())
    assert "interrupted, outcome unknown" in caplog.text


@pytest.mark.parametrize(
    ("writes", "status", "error", "stands"),
    [
        (True, 201, httpx.ReadError("cut"), True),
        (True, 201, httpx.DecodingError("gzip"), True),
        (True, 503, httpx.ReadError("cut"), False),
        (True, 403, httpx.ReadError("cut"), True),
        (True, 429, httpx.ReadError("cut"), False),
        (True, 302, httpx.ReadError("cut"), False),
        (False, 200, httpx.ReadError("cut"), False),
        (False, 200, httpx.DecodingError("gzip"), True),
        (False, 404, httpx.ReadError("cut"), True),
        (False, 500, httpx.ReadError("cut"), False),
    ],
)
def test_what_becomes_of_an_answer_whose_body_broke(
    writes: bool, status: int, error: Exception, stands: bool
) -> None:
    """A write's success and any refusal stand;
    a read's body cut off, and an error of the server, are repeated.
    """
    send = Send(operations.get_order(ORDER).request, writes)
    assert http.is_final_without_body(send, status, error) is stands


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_names_of_headers_come_in_any_case(mode: str) -> None:
    """Lower case from here on; what came several times is one text, and no letter is lost."""
    headers = [
        (b"CAPTURE-ID", b"c-1"),
        (b"Klarna-Correlation-Id", b"x"),
        (b"Via", b"a"),
        (b"VIA", b"b"),
        (b"X-Latin", "ö".encode("latin-1")),
    ]
    transport = httpx.MockTransport(lambda _: httpx.Response(201, headers=headers))
    client = Client(mode, transport=transport)
    done = client.capture(ORDER, 1)
    assert (done.id, done.correlation_id) == ("c-1", "x")
    assert (done.headers["via"], done.headers["x-latin"]) == ("a, b", "ö")
    client.close()
