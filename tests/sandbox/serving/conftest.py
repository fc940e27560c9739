"""Fixtures: a served sandbox, by address and by client."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from kustom_facade.sandbox import Sandbox, serve


@pytest.fixture
def address(sandbox: Sandbox) -> Iterator[tuple[str, int]]:
    """Serve the sandbox at an address."""
    with serve(sandbox) as url:
        parts = urlsplit(url)
        yield parts.hostname or "", parts.port or 0


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Reach a served sandbox without any key."""
    with serve(sandbox) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client
