"""Fixtures: a sandbox whose clock stands still, and clients of it."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from kustom_facade.sandbox import Clock, Sandbox, serve

from .api_client import START, ApiClient
from .browser import Browser, started


@pytest.fixture
def clock() -> Clock:
    """Stand still until a test moves it."""
    return Clock(START)


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    """Hold the example order only."""
    return Sandbox(clock=clock)


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[ApiClient]:
    """Reach the sandbox in the same process."""
    with httpx.Client(transport=sandbox, base_url="https://api.example.com") as client:
        yield ApiClient(client)


@pytest.fixture
def strict(clock: Clock) -> Iterator[ApiClient]:
    """Reach a sandbox in the same process that refuses lines which do not add up."""
    sandbox = Sandbox(clock=clock, check_lines=True)
    with httpx.Client(transport=sandbox, base_url="https://api.example.com") as client:
        yield ApiClient(client)


@pytest.fixture(params=["in process", "served"])
def wire(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[ApiClient]:
    """Reach the sandbox in both ways, which must answer alike."""
    if request.param == "in process":
        with httpx.Client(transport=sandbox, base_url="http://api.example.com:8080") as client:
            yield ApiClient(client)
    else:
        with serve(sandbox) as url, httpx.Client(base_url=url, trust_env=False) as client:
            yield ApiClient(client)


@pytest.fixture
def taken_port() -> Iterator[str]:
    """Hold a port, so that a command which should have been refused does not serve for ever."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield str(taken.getsockname()[1])


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Show pages in a real browser, which is needed: without one the test fails."""
    with started(tmp_path_factory.mktemp("profile")) as browser:
        yield browser
