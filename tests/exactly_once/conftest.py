"""Clients of a sandbox behind a network on which a test decides."""

from collections.abc import Callable

import pytest
from support import Client

from kustom_facade.sandbox import Sandbox

from .network import ONCE, FaultyTransport, RewrittenReads


@pytest.fixture(autouse=True)
def _fresh_guard(fresh_guard: None) -> None:
    """Each test uses the example's references afresh."""


@pytest.fixture
def network() -> FaultyTransport:
    """A network before a fresh sandbox."""
    return FaultyTransport(Sandbox())


@pytest.fixture
def client(connect: Callable[..., Client], network: FaultyTransport) -> Client:
    """A client of either mode that sends each call once."""
    return connect(transport=network, retry=ONCE)


@pytest.fixture
def reads() -> RewrittenReads:
    """A network before a fresh sandbox, whose reads a test can make lag."""
    return RewrittenReads(Sandbox())


@pytest.fixture
def reader(connect: Callable[..., Client], reads: RewrittenReads) -> Client:
    """A client of it that sends each call once."""
    return connect(transport=reads, retry=ONCE)
