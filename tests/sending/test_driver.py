"""The drivers, over transports and sockets that fail in all ways."""

import asyncio
import inspect

import httpx
import pytest
from support import CANARY, ORDER

from kustom_facade import AsyncKustomClient
from kustom_facade._operations import captures
from kustom_facade._sending import attempts, driver, http
from kustom_facade._sending.limiter import Limiter

from .playing import session


def test_a_cancelled_async_call_closes_its_steps(caplog: pytest.LogCaptureFixture) -> None:
    """Cancellation reaches the steps at once, not when the garbage collector comes by."""

    class Never(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(3600)
            raise AssertionError(request)

    settings = AsyncKustomClient(CANARY)._config
    connections = http.async_connections(None, Limiter(1), Never())

    async def main() -> None:
        steps = attempts.steps(captures.capture(ORDER, 1), session())
        task = asyncio.create_task(driver.drive_async(steps, connections, settings))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert inspect.getgeneratorstate(steps) == inspect.GEN_CLOSED

    asyncio.run(main())
    assert "interrupted, outcome unknown" in caplog.text
