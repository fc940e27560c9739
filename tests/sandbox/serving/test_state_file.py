"""The file of `--state`: its growth, its owner, and its damage."""

import json
import os
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Clock, Sandbox
from kustom_facade.sandbox.__main__ import main
from kustom_facade.sandbox.serving.journal import Journal, StateError

from ..api_client import START, ApiClient, line
from .stateful import capture, kept, process

_HEADER = {"kustom_sandbox": 1}


def test_the_file_grows_with_the_state_and_not_with_its_square(tmp_path: Path) -> None:
    """It is compacted before it is several times as large as the state, and loses nothing."""
    path = tmp_path / "state"
    largest, capture_ids = 0, {}
    with kept(path) as (api, sandbox, journal):
        for number in range(400):
            key = str(number)
            capture_ids[key] = capture(api, 1, key, order_lines=[line(1)]).headers["capture-id"]
            journal.sync()
            largest = max(largest, path.stat().st_size)
        order = sandbox.order(EXAMPLE_ORDER_ID)
    with kept(path) as (api, sandbox, _):
        assert largest < 4 * path.stat().st_size + 1_500_000
        assert sandbox.order(EXAMPLE_ORDER_ID) == order
        assert {
            key: capture(api, 1, key).headers["capture-id"] for key in capture_ids
        } == capture_ids


def test_a_kill_while_it_is_compacted_loses_nothing(tmp_path: Path) -> None:
    """The old file is whole until the new one replaces it, so each capture is there."""
    path, order = tmp_path / "state", tmp_path / "order.json"
    # A large order, so that it is compacted every few writes.
    order.write_text(json.dumps({"order_id": EXAMPLE_ORDER_ID, "merchant_data": "x" * 300_000}))
    acknowledged: list[str] = []
    compacted = 0
    for turn in range(6):
        with (
            process("--state", path, "--orders", order) as (url, server),
            httpx.Client(base_url=url, trust_env=False) as client,
        ):
            first, before = path.stat().st_ino, len(acknowledged)
            while len(acknowledged) < before + 9 + turn:
                key = str(len(acknowledged))
                acknowledged.append(capture(ApiClient(client), 1, key).headers["capture-id"])
            os.kill(server.pid, signal.SIGKILL)
            compacted += path.stat().st_ino != first
    assert compacted > 0
    with kept(path) as (_, sandbox, _):
        assert [
            capture["capture_id"] for capture in sandbox.order(EXAMPLE_ORDER_ID)["captures"]
        ] == acknowledged


def test_a_new_file_that_was_not_finished_is_of_no_consequence(tmp_path: Path) -> None:
    """What a kill left of it is overwritten."""
    path = tmp_path / "state"
    with kept(path) as (api, _, journal):
        api.capture(5)
        journal.sync()
    (tmp_path / "state.new").write_bytes(b'{"kustom_sandbox":1}\n{"ord')
    with kept(path) as (api, _, _):
        assert api.order()["captured_amount"] == 5
    assert not (tmp_path / "state.new").exists()


def test_a_file_that_cannot_be_compacted_ends_the_server(tmp_path: Path) -> None:
    """With one line as for a full disk. What was acknowledged is in the old file."""
    path = tmp_path / "state"
    with (
        process("--state", path) as (url, server),
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        (tmp_path / "state.new").mkdir()
        acknowledged = 0
        lines = [line(1, merchant_data="x" * 1000)] * 500
        with suppress(httpx.TransportError):
            while ApiClient(client).capture(1, order_lines=lines).status_code == 201:
                acknowledged += 1
        _, err = server.communicate(timeout=10)
    assert (server.returncode, err.count("\n")) == (1, 1)
    assert "the state cannot be kept" in err
    (tmp_path / "state.new").rmdir()
    with kept(path) as (api, _, _):
        assert api.order()["captured_amount"] >= acknowledged > 0


def test_keys_are_forgotten_in_time_after_a_restart_too(tmp_path: Path) -> None:
    """Also where a key that was used anew stands before an older one in the file."""
    path, clock = tmp_path / "state", Clock(START)
    with kept(path, clock=clock) as (api, sandbox, journal):
        capture(api, 1, "first")
        sandbox.advance(timedelta(hours=1))
        capture(api, 1, "second")
        sandbox.advance(timedelta(hours=23.5))
        capture(api, 1, "first")
        journal.sync()
    for _ in range(2):
        with kept(path, clock=Clock(START)) as (api, sandbox, _):
            assert capture(api, 1, "first").status_code == 201
            assert api.order()["captured_amount"] == 3
            sandbox.advance(timedelta(hours=1))
            capture(api, 1, "second")
            assert api.order()["captured_amount"] == 4


def test_one_file_by_another_name_is_the_same_file(tmp_path: Path) -> None:
    """A link leads to the same lock, and is not replaced by a file."""
    path, link = tmp_path / "state", tmp_path / "link"
    link.symlink_to(path)
    with kept(link) as (api, _, journal):
        api.capture(5)
        journal.sync()
        for name in (path, link, tmp_path / "." / "state"):
            with pytest.raises(StateError, match="is in use by another sandbox"):
                Journal(name, Sandbox())
    assert link.is_symlink()
    with kept(path) as (api, _, _):
        assert api.order()["captured_amount"] == 5


def test_a_file_with_two_names_is_refused(tmp_path: Path) -> None:
    """By a hard link another sandbox would have another lock, and a folder is no file."""
    path = tmp_path / "state"
    with kept(path):
        pass
    other = tmp_path / "other"
    other.hardlink_to(path)
    (tmp_path / "folder").mkdir()
    for name in (path, other, tmp_path / "folder"):
        with pytest.raises(StateError, match="is no file, or one with several names"):
            Journal(name, Sandbox())
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(StateError, match="Too many levels of symbolic links"):
        Journal(loop, Sandbox())
    other.unlink()
    with kept(path):  # what was refused holds no lock
        pass


@pytest.mark.parametrize("successor", [None, b"{}"])
def test_a_file_that_is_gone_is_not_written_on(tmp_path: Path, successor: bytes | None) -> None:
    """The server ends, with one line, before it acknowledges what nobody could find again."""
    path = tmp_path / "state"
    with (
        process("--state", path) as (url, server),
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        assert ApiClient(client).capture(1).status_code == 201
        path.rename(tmp_path / "elsewhere")
        if successor is not None:
            path.write_bytes(successor)
        with pytest.raises(httpx.TransportError):
            ApiClient(client).capture(1)
        _, err = server.communicate(timeout=10)
    assert (server.returncode, err.count("\n")) == (1, 1)
    assert f"the state cannot be kept: {path}" in err
    assert path.exists() is (successor is not None)


_ORDER = Sandbox(clock=Clock(START)).order(EXAMPLE_ORDER_ID)
_ANSWER = ["x", "2026-03-02T09:30:00+00:00", 201, [["location", "y"], ["capture-id", "z"]], ""]


@pytest.mark.parametrize(
    "record",
    [
        {"order": 5},
        {"order": {"a": 1}},
        {"order": _ORDER | {"captures": ["x"]}},
        {"order": {name: _ORDER[name] for name in _ORDER if name != "order_lines"}},
        {"moved": "x"},
        {"moved": None},
        {"moved": True},
        {"moved": -1},
        {"moved": 1e300},
        {"generation": "x"},
        {"generation": -1},
        {"generation": 1.5},
        {"answer": [1]},
        {"answer": {"x": 1}},
        {"answer": [["k"], *_ANSWER[1:4], 7]},
        {"answer": [[7], *_ANSWER[1:]]},
        {"answer": [["k"], "yesterday", *_ANSWER[2:]]},
        {"answer": [["k"], "2026-03-02T09:30:00", *_ANSWER[2:]]},
        {"answer": [["k"], _ANSWER[1], 7, *_ANSWER[3:]]},
        {"answer": [["k"], *_ANSWER[1:3], [["location"]], ""]},
        {"answer": [["k"], *_ANSWER[1:3], [["location", 7]], ""]},
        {"answer": [["k"], *_ANSWER[1:3], ["ab"], ""]},
    ],
    ids=str,
)
def test_a_record_that_cannot_be_taken_back_is_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], record: dict[str, Any], taken_port: str
) -> None:
    """It is named by its line, it is not dropped as a torn one is, and the file stays."""
    path = tmp_path / "state"
    content = "".join(
        f"{json.dumps(each)}\n" for each in (_HEADER, {"order": _ORDER, "answer": None}, record)
    )
    path.write_text(content)
    assert main(["--port", taken_port, "--state", str(path)]) == 2
    assert (
        capsys.readouterr().err
        == f"python -m kustom_facade.sandbox: --state {path}: line 3 is damaged\n"
    )
    assert path.read_text() == content


def test_sound_records_are_taken_back(tmp_path: Path) -> None:
    """What the test above breaks is accepted whole, and unknown fields are passed over."""
    path = tmp_path / "state"
    records = (
        {"generation": 3, "moved": 60},
        {"order": _ORDER, "answer": [["k"], *_ANSWER[1:]]},
        {"later": "x"},
    )
    path.write_text("".join(f"{json.dumps(each)}\n" for each in (_HEADER, *records)))
    with kept(path, clock=Clock(START)) as (api, sandbox, _):
        assert sandbox.order_ids == (EXAMPLE_ORDER_ID,)
        assert sandbox.clock.now() == START + timedelta(minutes=1)
        assert capture(api, 1, "k").headers["location"] == "y"


def test_orders_from_a_file_stay_with_a_state(tmp_path: Path) -> None:
    """The file counts at the first start and after a reset, the state at every other start."""
    path, orders = tmp_path / "state", tmp_path / "orders.json"
    orders.write_text(
        json.dumps([{"order_id": EXAMPLE_ORDER_ID, "order_amount": 700}, {"order_amount": 800}])
    )
    seen: list[tuple[list[int], int]] = []
    for _ in range(3):
        with (
            process("--state", path, "--orders", orders) as (url, _),
            httpx.Client(base_url=url, trust_env=False) as client,
        ):
            there = client.get("/_sandbox/orders").json()
            amounts = [order["order_amount"] for order in there]
            seen.append((amounts, there[0]["captured_amount"]))
            if len(seen) == 1:
                assert ApiClient(client).capture(700).status_code == 201
            else:
                assert client.post("/_sandbox/reset").status_code == 200
    assert seen == [([700, 800], 0), ([700, 800], 700), ([700, 800], 0)]


def test_what_a_state_does_not_have_yet_is_added(tmp_path: Path) -> None:
    """An order that is new in the file comes to those that the state has."""
    path, orders = tmp_path / "state", tmp_path / "orders.json"
    for amounts in ([500], [500, 600]):
        orders.write_text(json.dumps([{"order_amount": amount} for amount in amounts]))
        with (
            process("--state", path, "--orders", orders) as (url, _),
            httpx.Client(base_url=url, trust_env=False) as client,
        ):
            there = [order["order_amount"] for order in client.get("/_sandbox/orders").json()]
    assert sorted(there) == [500, 600, 10000]
