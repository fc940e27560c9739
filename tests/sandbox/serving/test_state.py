"""`--state FILE`: what was acknowledged is still there, however the process ended."""

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox
from kustom_facade.sandbox.__main__ import main
from kustom_facade.sandbox.serving.journal import Journal, StateError

from ..api_client import ApiClient
from .stateful import capture, kept, process


def test_everything_comes_back(tmp_path: Path) -> None:
    """Orders, responses to keys, refusals and the clock's moves return, and new ids are new."""
    path = tmp_path / "state"
    with kept(path) as (api, sandbox, journal):
        captured = capture(api, 4000, "k")
        no = api("POST", "/cancel", key="no")
        other = sandbox.add_order({"merchant_reference1": "Å"})
        sandbox.advance(3600)
        orders = [sandbox.order(order_id) for order_id in sandbox.order_ids]
        journal.sync()
    for _ in range(2):
        with kept(path) as (api, sandbox, journal):
            assert [sandbox.order(order_id) for order_id in sandbox.order_ids] == orders
            again, refused = capture(api, 1, "k"), api("POST", "/cancel", key="no")
            assert (again.status_code, again.headers) == (201, captured.headers)
            assert (refused.content, refused.headers) == (no.content, no.headers)
            assert sandbox.clock.moved.total_seconds() == 3600
            assert (
                ApiClient(api.client, other).capture(1).headers["capture-id"]
                != captured.headers["capture-id"]
            )
            orders = [sandbox.order(order_id) for order_id in sandbox.order_ids]
            journal.sync()


def test_what_is_not_on_the_disk_is_not_answered_yet(tmp_path: Path) -> None:
    """The journal is behind after a write and not after a read, and is compact after a start."""
    path = tmp_path / "state"
    with kept(path) as (api, _, journal):
        assert not journal.is_behind
        for number in range(20):
            capture(api, 1, str(number % 3))
        assert journal.is_behind
        journal.sync()
        assert not journal.is_behind
        api.order()
        api.refund(9999)
        assert not journal.is_behind
        long = path.stat().st_size
    with kept(path) as (api, _, _):
        assert path.stat().st_size < long
        assert len(path.read_bytes().splitlines()) == 6
        assert api.order()["captured_amount"] == 3


def test_a_reset_is_kept_too(tmp_path: Path) -> None:
    """Nothing of what was before it comes back."""
    path = tmp_path / "state"
    with kept(path) as (api, sandbox, journal):
        sandbox.add_order({})
        sandbox.advance(60)
        capture(api, 1, "k")
        sandbox.reset()
        capture(api, 5, "l")
        journal.sync()
    with kept(path) as (api, sandbox, _):
        assert sandbox.order_ids == (EXAMPLE_ORDER_ID,)
        assert (sandbox.clock.moved.total_seconds(), api.order()["captured_amount"]) == (0, 5)
        capture(api, 7, "k")
        assert api.order()["captured_amount"] == 12


@pytest.mark.parametrize(
    "torn", [b'{"order":{"order_id":"f33', b'{"order":{}}', b"\x00\x00\n", b"{\n"]
)
def test_a_torn_record_is_dropped_with_a_note(tmp_path: Path, torn: bytes) -> None:
    """It was never acknowledged: the disk did not have all of it."""
    path = tmp_path / "state"
    with kept(path) as (api, _, journal):
        assert journal.note == ""
        api.capture(5)
        journal.sync()
    with path.open("ab") as file:
        file.write(torn)
    with kept(path) as (api, _, journal):
        length = len(torn.rstrip(b"\n"))
        assert journal.note == f"{path}: the last record was torn ({length} bytes), and is dropped"
        assert api.order()["captured_amount"] == 5
    with kept(path) as (_, _, journal):
        assert journal.note == ""


def test_every_cut_leaves_what_was_before_it(tmp_path: Path) -> None:
    """Wherever the file ends, all whole records count."""
    path = tmp_path / "state"
    with kept(path) as (api, _, journal):
        for _ in range(3):
            api.capture(1)
            journal.sync()
    data = path.read_bytes()
    whole = len(b"".join(data.splitlines(keepends=True)[:3]))
    for end in range(whole, len(data), 97):
        path.write_bytes(data[:end])
        with kept(path) as (api, _, _):
            assert api.order()["captured_amount"] == data[whole:end].count(b"\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello", "is not the state of a sandbox"),
        (b"[]\n", "is not the state of a sandbox"),
        (b'{"kustom_sandbox":2}\n', "is not the state of a sandbox"),
        (b'{"kustom_sandbox":1}\nx\n{"reset":true}\n', "line 2 is damaged"),
        (b'{"kustom_sandbox":1}\nx\n{"res', "line 2 is damaged"),
    ],
)
def test_a_file_that_is_something_else_is_left_alone(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """It may be of value to somebody."""
    path = tmp_path / "state"
    path.write_bytes(content)
    with pytest.raises(StateError, match=message):
        Journal(path, Sandbox())
    assert path.read_bytes() == content


def test_the_command_says_what_is_wrong_with_a_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and exit code 2: in use, or not to be had."""
    path = tmp_path / "state"
    with kept(path):
        assert main(["--state", str(path)]) == 2
    assert main(["--state", str(tmp_path / "none" / "state")]) == 2
    in_use, no_folder = capsys.readouterr().err.splitlines()
    assert in_use == f"python -m kustom_facade.sandbox: --state {path} is in use by another sandbox"
    assert no_folder.endswith("/none/state: No such file or directory")


def test_a_note_is_for_people(tmp_path: Path) -> None:
    """On stderr, so that the URL stays the one line on stdout."""
    path = tmp_path / "state"
    with kept(path):
        pass
    with path.open("ab") as file:
        file.write(b"{")
    with process("--state", path) as (url, server):
        assert url.startswith("http://127.0.0.1:")
        server.terminate()
        out, err = server.communicate(timeout=10)
    assert (out, err.count("\n")) == ("", 1)
    assert "torn" in err


def test_orders_are_loaded_once(tmp_path: Path) -> None:
    """The next start does not undo what happened to a loaded order, with an id or without."""
    path, orders = tmp_path / "state", tmp_path / "orders.json"
    orders.write_text(
        '[{"order_amount": 700}, {"order_amount": 700}, {"order_id": "%s"}]'
        % ("A" * 8 + "-0000" * 3 + "-" + "0" * 12)
    )
    seen: list[list[dict[str, Any]]] = []
    for _ in range(2):
        with (
            process("--state", path, "--orders", orders) as (url, _),
            httpx.Client(base_url=url, trust_env=False) as client,
        ):
            seen.append(client.get("/_sandbox/orders").json())
            if len(seen) == 1:
                ApiClient(client, seen[0][1]["order_id"]).capture(700)
    assert [order["order_id"] for order in seen[0]] == [order["order_id"] for order in seen[1]]
    assert len(seen[0]) == 4
    assert seen[1][1]["status"] == "CAPTURED"


def test_no_acknowledged_write_is_lost_when_it_is_killed(tmp_path: Path) -> None:
    """After SIGKILL while eight clients write, each acknowledged capture is there, once."""
    path, chance = tmp_path / "state", random.Random(5)  # noqa: S311  # to be repeatable is the point
    acknowledged: dict[str, str] = {}

    def work(url: str, name: str) -> None:
        with httpx.Client(base_url=url, trust_env=False) as client:
            api = ApiClient(client)
            for number in range(10_000):
                key = f"{name}-{number}"
                try:
                    response = api(
                        "POST", "/captures", {"captured_amount": 1, "reference": key}, key=key
                    )
                except httpx.TransportError:
                    return
                if response.status_code != 201:
                    return
                acknowledged[key] = response.headers["capture-id"]

    for turn in range(4):
        with process("--state", path) as (url, server):
            threads = [
                threading.Thread(target=work, args=(url, f"{turn}-{client}")) for client in range(8)
            ]
            for thread in threads:
                thread.start()
            enough = len(acknowledged) + chance.randrange(30, 60)
            while len(acknowledged) < enough and threads[0].is_alive():
                threads[0].join(0.01)
            os.kill(server.pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
    assert len(acknowledged) > 100
    with kept(path) as (api, sandbox, _):
        captures = sandbox.order(EXAMPLE_ORDER_ID)["captures"]
        there = {capture["reference"]: capture["capture_id"] for capture in captures}
        assert len(there) == len(captures)
        assert acknowledged.items() <= there.items()
        for key, capture_id in list(acknowledged.items())[::25]:
            assert capture(api, 1, key).headers["capture-id"] == capture_id


def test_a_full_disk_ends_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that could not be kept is not acknowledged. One line says why, with exit code 1."""
    failing = "import os, sys; from kustom_facade.sandbox.serving import journal\n"
    failing += "from kustom_facade.sandbox.__main__ import main\n"
    failing += "def full(*_): raise OSError(28, 'No space left on device')\n"
    failing += "class Os:\n    def __getattr__(self, name):\n"
    failing += "        return full if name == 'write' else getattr(os, name)\n"
    failing += "journal.os = Os(); sys.exit(main(sys.argv[1:]))\n"
    path = tmp_path / "state"
    command = [sys.executable, "-c", failing, "--state", str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        with httpx.Client(base_url=server.stdout.readline().strip(), trust_env=False) as client:
            assert ApiClient(client).order()["captured_amount"] == 0
            with pytest.raises(httpx.TransportError):
                ApiClient(client).capture(1)
        _, err = server.communicate(timeout=10)
    assert (server.returncode, err.count("\n")) == (1, 1)
    assert err.endswith(f"stopped, the state cannot be kept: {path}: No space left on device\n")
    with kept(path) as (api, _, journal):
        assert api.order()["captured_amount"] == 0
        api.capture(1)
        monkeypatch.setattr(
            os, "fsync", lambda _: (_ for _ in ()).throw(OSError(5, "Input/output error"))
        )
        with pytest.raises(StateError, match="Input/output error"):
            journal.sync()


def test_faults_and_a_state_go_together(tmp_path: Path) -> None:
    """A lost answer's effect is kept like any other."""
    path = tmp_path / "state"
    with kept(path) as (api, sandbox, journal):
        sandbox.faults.add(Fault("lose", nth=1))
        with pytest.raises(httpx.ReadError):
            capture(api, 5, "k")
        journal.sync()
    with kept(path) as (api, sandbox, _):
        assert (capture(api, 5, "k").status_code, api.order()["captured_amount"]) == (201, 5)
        assert sandbox.faults.list() == ()
