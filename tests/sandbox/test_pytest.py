"""The fixtures for a shop's own tests, used as a shop uses them."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kustom_facade import AsyncKustomClient, ConfigurationError, KustomClient, ServerError
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox

pytest_plugins = ["kustom_facade.sandbox.pytest"]


def test_a_client_over_a_fresh_sandbox(kustom: KustomClient, kustom_sandbox: Sandbox) -> None:
    """It repeats a lost capture with the same key, without waiting."""
    kustom_sandbox.faults.add(Fault("lose", verb="capture", nth=1))
    capture = kustom.capture(EXAMPLE_ORDER_ID, 4000)
    assert (capture.attempts, kustom_sandbox.order(EXAMPLE_ORDER_ID)["captured_amount"]) == (
        2,
        4000,
    )


def test_the_next_test_sees_nothing_of_it(kustom: KustomClient) -> None:
    """Each test has its own sandbox."""
    assert kustom.get_order(EXAMPLE_ORDER_ID).captured_amount == 0


def test_the_async_client_needs_no_plugin(
    async_kustom: AsyncKustomClient, kustom_sandbox: Sandbox
) -> None:
    """A plain `asyncio.run` in a plain test will do, twice as well."""
    kustom_sandbox.faults.add(Fault("status", verb="capture", status=520, nth=1))
    capture = asyncio.run(async_kustom.capture(EXAMPLE_ORDER_ID, 4000))
    order = asyncio.run(async_kustom.get_order(EXAMPLE_ORDER_ID))
    assert (capture.attempts, order.captured_amount) == (2, 4000)


def test_both_share_the_sandbox(kustom: KustomClient, async_kustom: AsyncKustomClient) -> None:
    """What one does the other sees."""
    kustom.capture(EXAMPLE_ORDER_ID, 1)
    assert asyncio.run(async_kustom.get_order(EXAMPLE_ORDER_ID)).captured_amount == 1


def test_code_in_another_process_has_an_address(
    kustom_sandbox: Sandbox, kustom_sandbox_url: str, kustom: KustomClient
) -> None:
    """It is the same sandbox, with the same faults."""
    kustom_sandbox.faults.add(Fault("lose", verb="capture", nth=1))
    program = (
        "from kustom_facade import KustomClient, RetryPolicy\n"
        "with KustomClient(retry=RetryPolicy(base=0.0)) as kustom:\n"
        f"    print(kustom.capture('{EXAMPLE_ORDER_ID}', 4000).attempts)\n"
    )
    environment = {
        **os.environ,
        "KUSTOM_API_KEY": "kco_test_x",
        "KUSTOM_BASE_URL": kustom_sandbox_url,
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr
    assert kustom.get_order(EXAMPLE_ORDER_ID).captured_amount == 4000


def test_three_attempts_take_no_time(kustom: KustomClient, kustom_sandbox: Sandbox) -> None:
    """The error is the one of production, and comes at once."""
    kustom_sandbox.faults.add(Fault("status"))
    with pytest.raises(ServerError) as caught:
        kustom.get_order(EXAMPLE_ORDER_ID)
    assert caught.value.attempts == 3


@pytest.mark.parametrize("client", [KustomClient, AsyncKustomClient])
@pytest.mark.parametrize("username", ["", "K1-a"])
def test_a_live_key_is_refused_at_once(
    kustom_sandbox: Sandbox, client: type, username: str
) -> None:
    """Whoever builds a client with one is told so there, before anything could be sent."""
    with pytest.raises(ConfigurationError) as caught:
        client("kco_live_x", username=username, transport=kustom_sandbox)
    assert "kco_live_x" not in str(caught.value)
    assert kustom_sandbox.calls == ()


def test_the_environment_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Live keys, users, addresses, proxies and plugins of the environment stay out."""
    for name, value in {
        "KUSTOM_API_KEY": "kco_live_api_secret",
        "KUSTOM_USERNAME": "K1-a",
        "KUSTOM_BASE_URL": "https://production.example",
        "HTTPS_PROXY": "http://proxy.example:1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["kustom_facade.sandbox.pytest"]\n')
    (tmp_path / "test_shop.py").write_text(
        "import asyncio\n"
        "ID = 'f3392f8b-6116-4073-ab96-e330819e2c07'\n"
        "def test_it(kustom, async_kustom, kustom_sandbox):\n"
        "    kustom.capture(ID, 1)\n"
        "    assert asyncio.run(async_kustom.get_order(ID)).captured_amount == 1\n"
        "    origins = {call.request.origin for call in kustom_sandbox.calls}\n"
        "    assert origins == {'http://127.0.0.1'}\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "."]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
