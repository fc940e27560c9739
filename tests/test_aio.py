"""The asyncio client and event loops:
what its connections belong to, and what does not depend on one.
"""

import asyncio
import gc
import warnings

import pytest
from support import CANARY, ORDER, answer, wire

from kustom_facade import AsyncKustomClient, ConfigurationError
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox


def test_a_second_event_loop_is_refused_before_anything_is_sent() -> None:
    """Its connections belong to the first:
    the capture would arrive, and look as if it had not (field case 13).
    """
    with wire() as server:
        server.will(answer(204), answer(204))
        kustom = AsyncKustomClient(CANARY, base_url=server.url)
        asyncio.run(kustom.acknowledge(ORDER))
        for client in (kustom, kustom.with_options(timeout=1.0)):
            with pytest.raises(ConfigurationError, match="another event loop"):
                asyncio.run(client.acknowledge(ORDER))
        assert len(server.received) == 1
        # Its loop is gone, and its connections with it (field case 14).
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            asyncio.run(kustom.aclose())
            del kustom, client
            gc.collect()


def test_another_event_loop_than_asyncios_is_refused_at_once() -> None:
    """Under trio nothing is sent. Closing there raises nothing (a coroutine run by hand)."""
    kustom = AsyncKustomClient(CANARY, base_url="http://127.0.0.1:9")
    with pytest.raises(ConfigurationError, match="no event loop of asyncio"):
        kustom.acknowledge(ORDER).send(None)
    with pytest.raises(StopIteration):
        kustom.aclose().send(None)


def test_the_sandbox_works_in_any_loop() -> None:
    """It holds no connections."""
    kustom = AsyncKustomClient(CANARY, transport=Sandbox())
    for _ in range(2):
        assert asyncio.run(kustom.get_order(EXAMPLE_ORDER_ID)).order_amount == 10000
    asyncio.run(kustom.aclose())
