"""Fixtures of all tests. None of them sees the caller's own credentials."""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from congruence import validator
from hypothesis import HealthCheck, settings
from support import Client, Wire, wire

from kustom_facade._sending import key_guard
from kustom_facade.sandbox.api.core import Core
from kustom_facade.sandbox.api.wire import Outcome, Request

# The machines are shared: how long an example takes says nothing about the code.
settings.register_profile(
    "shared machines", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared machines")

#: Folders and files whose tests run programs at length.
AT_LENGTH = {"congruence", "codegen", "test_chaos", "test_shops", "test_soak"}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep keys and proxies of whoever runs the tests out of them."""
    for name in ("API_KEY", "USERNAME", "BASE_URL", "ORDER_ID"):
        monkeypatch.delenv(f"KUSTOM_{name}", raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def _what_is_run_at_length_is_not_measured(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs that these tests run cover nothing new,
    and measuring them takes most of their time.
    """
    if {request.path.parent.name, request.path.stem} & AT_LENGTH:
        for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
            monkeypatch.delenv(name)


@pytest.fixture
def fresh_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what other tests used keys for, and what they left open."""
    monkeypatch.setattr(key_guard.guard, "_used", OrderedDict())
    monkeypatch.setattr(key_guard.guard, "_open", OrderedDict())


@pytest.fixture
def schema_violations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What an independent judge has against the answers of
    sandboxes in this process, but for those of a fault.
    """
    violations: list[str] = []
    exchange = Core.exchange

    def judged(core: Core, request: Request) -> Outcome:
        outcome = exchange(core, request)
        response = outcome.response
        if response is not None and not outcome.fault:
            headers = {name.lower(): value for name, value in response.headers}
            place = request.method, request.path
            problems = validator.problems(*place, response.status, headers, response.body)
            violations.extend(f"{request.method} {request.path}: {text}" for text in problems)
        return outcome

    monkeypatch.setattr(Core, "exchange", judged)
    return violations


@pytest.fixture(autouse=True)
def _every_answer_is_one_that_the_document_allows(schema_violations: list[str]) -> Iterator[None]:
    """Hold it for every test, whichever clients it uses."""
    yield
    assert schema_violations == []


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Callable[..., Client]]:
    """Build a client of either mode; closed at the end of the test."""
    clients: list[Client] = []

    def build(**options: Any) -> Client:
        clients.append(Client(request.param, **options))
        return clients[-1]

    yield build
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def _wire() -> Iterator[Wire]:
    with wire() as server:
        yield server


@pytest.fixture
def server(_wire: Wire) -> Wire:
    """A server that answers with exactly the bytes that a test gives it."""
    _wire.will()
    return _wire
