"""Fixtures for the tests of a shop: `pytest_plugins = ["kustom_facade.sandbox.pytest"]`.

It is the only module of the sandbox that knows the clients. They retry without waiting, and never
see a key, an address or a proxy of the environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from . import Sandbox, serve

if TYPE_CHECKING:
    from kustom_facade import AsyncKustomClient, KustomClient


@pytest.fixture
def kustom_sandbox() -> Sandbox:
    """Provide a fresh sandbox that holds the example order."""
    return Sandbox()


@pytest.fixture
def kustom_sandbox_url(kustom_sandbox: Sandbox) -> Iterator[str]:
    """Serve `kustom_sandbox` to code in other processes, and provide its URL."""
    with serve(kustom_sandbox) as url:
        yield url


@pytest.fixture
def kustom(kustom_sandbox: Sandbox) -> Iterator[KustomClient]:
    """Provide a client of `kustom_sandbox`."""
    from kustom_facade import KustomClient  # noqa: PLC0415  see the module's docstring

    with KustomClient(**_options(kustom_sandbox)) as client:
        yield client


@pytest.fixture
def async_kustom(kustom_sandbox: Sandbox) -> Iterator[AsyncKustomClient]:
    """Provide an async client of `kustom_sandbox`, for any event loop or `asyncio.run`."""
    from kustom_facade import AsyncKustomClient  # noqa: PLC0415  as above

    client = AsyncKustomClient(**_options(kustom_sandbox))
    yield client
    with suppress(StopIteration):
        client.aclose().send(None)  # nothing in it waits, so it needs no event loop


def _options(sandbox: Sandbox) -> dict[str, Any]:
    from kustom_facade import RetryPolicy  # noqa: PLC0415  as above

    return {
        "api_key": "kco_test_api_made-up",
        "username": "",
        "base_url": "http://127.0.0.1",  # never called, and never by way of a proxy
        "transport": sandbox,
        "retry": RetryPolicy(base=0.0),
    }
