"""`--state FILE`: what was acknowledged is still there, however the process ended."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox
from kustom_facade.sandbox.__main__ import main
from kustom_facade.sandbox._journal import Journal, StateError

from .talking import Talk


@contextmanager
def _kept(path: Path, **options: Any) -> Iterator[tuple[Talk, Sandbox, Journal]]:
    sandbox = Sandbox(**options)
    journal = Journal(path, sandbox)
    with httpx.Client(transport=sandbox, base_url="https://api.example.com") as client:
        yield Talk(client), sandbox, journal
    journal.close()


def _capture(talk: Talk, amount: int, key: str) -> httpx.Response:
    return talk("POST", "/captures", {"captured_amount": amount}, key=key)


@contextmanager
def _process(*arguments: str | Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    command = [sys.executable, "-m", "kustom_facade.sandbox", *(str(part) for part in arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def test_everything_comes_back(tmp_path: Path) -> None:
    """Orders, the answers to keys (header by header), refusals too, the clock's moves; new ids are new."""
    path = tmp_path / "state"
    with _kept(path) as (talk, sandbox, journal):
        made = _capture(talk, 4000, "k")
        no = talk("POST", "/cancel", key="no")
        other = sandbox.add_order({"merchant_reference1": "Å"})
        sandbox.advance(3600)
        orders = [sandbox.order(order_id) for order_id in sandbox.order_ids]
        journal.sync()
    for _ in range(2):
        with _kept(path) as (talk, sandbox, journal):
            assert [sandbox.order(order_id) for order_id in sandbox.order_ids] == orders
            again, refused = _capture(talk, 1, "k"), talk("POST", "/cancel", key="no")
            assert (again.status_code, again.headers) == (201, made.headers)
            assert (refused.content, refused.headers) == (no.content, no.headers)
            assert sandbox.clock.moved.total_seconds() == 3600
            assert Talk(talk.client, other).capture(1).headers["capture-id"] != made.headers["capture-id"]
            orders = [sandbox.order(order_id) for order_id in sandbox.order_ids]
            journal.sync()


def test_what_is_not_on_the_disk_is_not_answered_yet(tmp_path: Path) -> None:
    """The journal is behind after a write and not after a read, and is compact after a start."""
    path = tmp_path / "state"
    with _kept(path) as (talk, _, journal):
        assert not journal.is_behind
        for number in range(20):
            _capture(talk, 1, str(number % 3))
        assert journal.is_behind
        journal.sync()
        assert not journal.is_behind
        talk.order()
        talk.refund(9999)
        assert not journal.is_behind
        long = path.stat().st_size
    with _kept(path) as (talk, _, _):
        assert path.stat().st_size < long
        assert len(path.read_bytes().splitlines()) == 6
        assert talk.order()["captured_amount"] == 3


def test_a_reset_is_kept_too(tmp_path: Path) -> None:
    """Nothing of what was before it comes back."""
    path = tmp_path / "state"
    with _kept(path) as (talk, sandbox, journal):
        sandbox.add_order({})
        sandbox.advance(60)
        _capture(talk, 1, "k")
        sandbox.reset()
        _capture(talk, 5, "l")
        journal.sync()
    with _kept(path) as (talk, sandbox, _):
        assert sandbox.order_ids == (EXAMPLE_ORDER_ID,)
        assert (sandbox.clock.moved.total_seconds(), talk.order()["captured_amount"]) == (0, 5)
        _capture(talk, 7, "k")
        assert talk.order()["captured_amount"] == 12


@pytest.mark.parametrize("torn", [b'{"order":{"order_id":"f33', b'{"order":{}}', b"\x00\x00\n", b"{\n"])
def test_a_torn_record_is_dropped_with_a_note(tmp_path: Path, torn: bytes) -> None:
    """It was never acknowledged: the disk did not have all of it."""
    path = tmp_path / "state"
    with _kept(path) as (talk, _, journal):
        assert journal.note == ""
        talk.capture(5)
        journal.sync()
    with path.open("ab") as file:
        file.write(torn)
    with _kept(path) as (talk, _, journal):
        length = len(torn.rstrip(b"\n"))
        assert journal.note == f"{path}: the last record was torn ({length} bytes), and is dropped"
        assert talk.order()["captured_amount"] == 5
    with _kept(path) as (_, _, journal):
        assert journal.note == ""


def test_every_cut_leaves_what_was_before_it(tmp_path: Path) -> None:
    """Wherever the file ends, all whole records count."""
    path = tmp_path / "state"
    with _kept(path) as (talk, _, journal):
        for _ in range(3):
            talk.capture(1)
            journal.sync()
    data = path.read_bytes()
    whole = len(b"".join(data.splitlines(keepends=True)[:3]))
    for end in range(whole, len(data), 97):
        path.write_bytes(data[:end])
        with _kept(path) as (talk, _, _):
            assert talk.order()["captured_amount"] == data[whole:end].count(b"\n")


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
def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path, content: bytes, message: str) -> None:
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
    with _kept(path):
        assert main(["--state", str(path)]) == 2
    assert main(["--state", str(tmp_path / "none" / "state")]) == 2
    in_use, no_folder = capsys.readouterr().err.splitlines()
    assert in_use == f"python -m kustom_facade.sandbox: --state {path} is in use by another sandbox"
    assert no_folder.endswith("/none/state: No such file or directory")


def test_a_note_is_for_people(tmp_path: Path) -> None:
    """On stderr, so that the URL stays the one line on stdout."""
    path = tmp_path / "state"
    with _kept(path):
        pass
    with path.open("ab") as file:
        file.write(b"{")
    with _process("--state", path) as (url, process):
        assert url.startswith("http://127.0.0.1:")
        process.terminate()
        out, err = process.communicate(timeout=10)
    assert (out, err.count("\n")) == ("", 1)
    assert "torn" in err


def test_orders_are_loaded_once(tmp_path: Path) -> None:
    """What happened to a loaded order is not undone by the next start, with an id in the file or without."""
    path, orders = tmp_path / "state", tmp_path / "orders.json"
    orders.write_text(
        '[{"order_amount": 700}, {"order_amount": 700}, {"order_id": "%s"}]'
        % ("A" * 8 + "-0000" * 3 + "-" + "0" * 12)
    )
    seen: list[list[dict[str, Any]]] = []
    for _ in range(2):
        with (
            _process("--state", path, "--orders", orders) as (url, _),
            httpx.Client(base_url=url, trust_env=False) as client,
        ):
            seen.append(client.get("/_sandbox/orders").json())
            if len(seen) == 1:
                Talk(client, seen[0][1]["order_id"]).capture(700)
    assert [order["order_id"] for order in seen[0]] == [order["order_id"] for order in seen[1]]
    assert len(seen[0]) == 4
    assert seen[1][1]["status"] == "CAPTURED"


def test_no_acknowledged_write_is_lost_when_it_is_killed(tmp_path: Path) -> None:
    """SIGKILL while eight clients write, again and again: each capture that was answered is there, once."""
    path, chance = tmp_path / "state", random.Random(5)  # noqa: S311  # to be repeatable is the point
    acknowledged: dict[str, str] = {}

    def work(url: str, name: str) -> None:
        with httpx.Client(base_url=url, trust_env=False) as client:
            talk = Talk(client)
            for number in range(10_000):
                key = f"{name}-{number}"
                try:
                    made = talk("POST", "/captures", {"captured_amount": 1, "reference": key}, key=key)
                except httpx.TransportError:
                    return
                if made.status_code != 201:
                    return
                acknowledged[key] = made.headers["capture-id"]

    for turn in range(4):
        with _process("--state", path) as (url, process):
            threads = [threading.Thread(target=work, args=(url, f"{turn}-{one}")) for one in range(8)]
            for thread in threads:
                thread.start()
            # In the middle of the work, however fast this machine is today.
            enough = len(acknowledged) + chance.randrange(20, 60)
            while len(acknowledged) < enough:
                threads[0].join(0.01)
            os.kill(process.pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
    with _kept(path) as (talk, sandbox, _):
        captures = sandbox.order(EXAMPLE_ORDER_ID)["captures"]
        there = {made["reference"]: made["capture_id"] for made in captures}
        assert len(there) == len(captures)
        assert acknowledged.items() <= there.items()
        for key, capture_id in list(acknowledged.items())[::25]:
            assert _capture(talk, 1, key).headers["capture-id"] == capture_id


def test_a_full_disk_ends_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that could not be kept is not acknowledged; one line says why, with exit code 1."""
    failing = "import os, sys; from kustom_facade.sandbox import _journal; from kustom_facade.sandbox.__main__ import main\n"
    failing += "def full(*_): raise OSError(28, 'No space left on device')\n"
    failing += (
        "class Os:\n    def __getattr__(self, name): return full if name == 'write' else getattr(os, name)\n"
    )
    failing += "_journal.os = Os(); sys.exit(main(sys.argv[1:]))\n"
    path = tmp_path / "state"
    command = [sys.executable, "-c", failing, "--state", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with httpx.Client(base_url=process.stdout.readline().strip(), trust_env=False) as client:
            assert Talk(client).order()["captured_amount"] == 0
            with pytest.raises(httpx.TransportError):
                Talk(client).capture(1)
        _, err = process.communicate(timeout=10)
    assert (process.returncode, err.count("\n")) == (1, 1)
    assert err.endswith(f"stopped, the state cannot be kept: {path}: No space left on device\n")
    with _kept(path) as (talk, _, journal):
        assert talk.order()["captured_amount"] == 0
        talk.capture(1)
        monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(5, "Input/output error")))
        with pytest.raises(StateError, match="Input/output error"):
            journal.sync()


def test_faults_and_a_state_go_together(tmp_path: Path) -> None:
    """A lost answer's effect is kept like any other."""
    path = tmp_path / "state"
    with _kept(path) as (talk, sandbox, journal):
        sandbox.faults.add(Fault("lose", nth=1))
        with pytest.raises(httpx.ReadError):
            _capture(talk, 5, "k")
        journal.sync()
    with _kept(path) as (talk, sandbox, _):
        assert (_capture(talk, 5, "k").status_code, talk.order()["captured_amount"]) == (201, 5)
        assert sandbox.faults.list() == ()
