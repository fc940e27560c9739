"""`--state FILE`: what was acknowledged is still there, however the process ended."""

import asyncio
import json
import logging
import os
import random
import resource
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Clock, Fault, Sandbox
from kustom_facade.sandbox.__main__ import main
from kustom_facade.sandbox.serving import state_file
from kustom_facade.sandbox.serving.database import StateError, open_alone
from kustom_facade.sandbox.serving.server import listen
from kustom_facade.sandbox.serving.state_file import StateFile

from ..api_client import START, ApiClient, client_of, line, problem
from .stateful import capture, kept, process


@pytest.fixture(autouse=True)
def _every_answer_is_one_that_the_document_allows() -> None:
    """Not here: keys count everywhere, so that a refund may be answered as a capture was."""


_SHIPMENT = {"shipping_info": [{"tracking_number": "1"}]}
_LINES = {"order_lines": [line(5, "A-1")]}
_WRITES: list[tuple[str, str, Any]] = [
    ("POST", "/acknowledge", None),
    ("POST", "/captures", {"captured_amount": 5, **_LINES}),
    ("POST", "/captures", {"captured_amount": 5000}),
    ("POST", "/captures/*/shipping-info", _SHIPMENT),
    ("POST", "/refunds", {"refunded_amount": 5, **_LINES}),
    ("POST", "/shipping-info", _SHIPMENT),
    ("POST", "/release-remaining-authorization", None),
    ("POST", "/extend-authorization-time", None),
    ("POST", "/cancel", None),
    ("PATCH", "/authorization", {"order_amount": 9000, "order_lines": []}),
    ("PATCH", "/customer-details", {"shipping_address": {"city": "Å"}}),
    ("PATCH", "/merchant-references", {"merchant_reference1": "B-1"}),
]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(_WRITES), st.sampled_from(["", "a", "b"]), st.booleans()),
        max_size=14,
    ),
    st.booleans(),
)
def test_a_restart_at_any_time_changes_nothing(
    steps: list[tuple[tuple[str, str, Any], str, bool]], refunds_on_captures: bool
) -> None:
    """After any writes, the restored orders are those of before, byte by byte, and so are keys."""
    with TemporaryDirectory() as folder:
        path, options = Path(folder) / "state", {"refunds_on_captures": refunds_on_captures}
        expected = b""
        for index in range(len(steps) + 1):
            with kept(path, clock=Clock(START), **options) as (api, _, state):
                if index:
                    assert api("GET").content == expected
                for (method, route, body), key, goes_on in steps[index:]:
                    captures = api.order()["captures"]
                    if "*" in route and not captures:
                        break
                    where = route.replace("*", captures[0]["capture_id"] if captures else "")
                    answer = api(method, where, body, key=key)
                    if key:
                        assert api(method, where, body, key=key).headers == answer.headers
                    if not goes_on:
                        break
                state.sync()
                expected = api("GET").content


def test_everything_comes_back(tmp_path: Path) -> None:
    """Orders, responses to keys, refusals and the clock's moves return, and new ids are new."""
    path = tmp_path / "state"
    with kept(path) as (api, sandbox, state):
        captured = capture(api, 4000, "k")
        no = api("POST", "/cancel", key="no")
        effects = {"captures": [{"captured_amount": 5}], "refunds": [{"refunded_amount": 5}]}
        other = sandbox.add_order({"merchant_reference1": "Å", **effects})
        sandbox.advance(3600)
        orders = [sandbox.order(order_id) for order_id in sandbox.order_ids]
        state.sync()
    for _ in range(2):
        with kept(path) as (api, sandbox, state):
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
            state.sync()


def test_what_was_before_the_file_is_in_it(tmp_path: Path) -> None:
    """A new file begins with all that the sandbox has."""
    path, sandbox = tmp_path / "state", Sandbox()
    answer = capture(client_of(sandbox), 7, "k")
    StateFile(path, sandbox).close()
    with kept(path) as (api, _, _):
        assert capture(api, 9, "k").headers == answer.headers
        assert api.order()["captured_amount"] == 7


def test_what_is_not_on_the_disk_is_not_answered_yet(tmp_path: Path) -> None:
    """The file is behind after each kind of change, and not after a read."""
    with kept(tmp_path / "state") as (api, sandbox, state):
        assert not state.is_behind
        for change in (
            lambda: capture(api, 1, "k"),
            lambda: api("POST", "/cancel", key="refused"),
            lambda: sandbox.add_order({}),
            lambda: sandbox.advance(25 * 3600),
            lambda: capture(api, 1, "k"),  # which is forgotten first
            sandbox.reset,
        ):
            change()
            assert state.is_behind
            state.sync()
            assert not state.is_behind
        api.order()
        api.refund(9999)
        assert not state.is_behind


def test_a_reset_is_kept_too(tmp_path: Path) -> None:
    """Nothing of what was before it comes back."""
    path = tmp_path / "state"
    with kept(path) as (api, sandbox, state):
        sandbox.add_order({})
        sandbox.advance(60)
        capture(api, 1, "k")
        state.sync()
        capture(api, 1, "k2")
        sandbox.reset()
        capture(api, 5, "l")
        state.sync()
    with kept(path) as (api, sandbox, _):
        assert sandbox.order_ids == (EXAMPLE_ORDER_ID,)
        assert (sandbox.clock.moved.total_seconds(), api.order()["captured_amount"]) == (0, 5)
        capture(api, 7, "k")
        assert api.order()["captured_amount"] == 12


def test_keys_are_forgotten_in_time_after_a_restart_too(tmp_path: Path) -> None:
    """Also where a key was used anew. What is forgotten is in the file no more."""
    path, clock = tmp_path / "state", Clock(START)
    with kept(path, clock=clock) as (api, sandbox, state):
        capture(api, 1, "first")
        sandbox.advance(timedelta(hours=1))
        capture(api, 1, "second")
        sandbox.advance(timedelta(hours=23.5))
        capture(api, 1, "first")
        state.sync()
    for _ in range(2):
        with kept(path, clock=Clock(START)) as (api, sandbox, state):
            assert capture(api, 1, "first").status_code == 201
            assert api.order()["captured_amount"] == 3
            sandbox.advance(timedelta(hours=1))
            capture(api, 1, "second")
            assert api.order()["captured_amount"] == 4
    with kept(path, clock=Clock(START)) as (api, sandbox, state):
        sandbox.advance(timedelta(hours=48))
        api("POST", "/acknowledge", key="third")
        state.sync()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT key FROM keys").fetchall() == [("third",)]


def test_a_key_outlives_a_change_of_its_scope(tmp_path: Path) -> None:
    """The file says of each key what it was for, so that either scope can be served from it."""
    path = tmp_path / "state"
    for scope in ("global", "operation", "global"):
        with kept(path, key_scope=scope) as (api, _, state):
            capture(api, 1, "k")
            assert api.order()["captured_amount"] == 1
            state.sync()


def test_a_person_can_read_it_while_it_is_served(tmp_path: Path) -> None:
    """The stock `sqlite3` shows orders, captures, refunds and keys as tables."""
    path = tmp_path / "state"
    with (
        process("--state", path) as (url, _),
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        api = ApiClient(client)
        capture_id = capture(api, 4000, "k-1", reference="ship-1").headers["capture-id"]
        refund_id = api.refund(1000, reference="return-1").headers["refund-id"]
        with closing(sqlite3.connect(path)) as database:
            database.row_factory = sqlite3.Row
            names = ("orders", "captures", "refunds", "keys")
            orders, captures, refunds, keys = (
                [dict(row) for row in database.execute(f"SELECT * FROM {name}")]  # noqa: S608  as above
                for name in names
            )
        # The sandbox goes on to write afterwards.
        assert capture(api, 1, "k-2").status_code == 201
    assert [(row["status"], row["currency"], row["captured_amount"]) for row in orders] == [
        ("PART_CAPTURED", "SEK", 4000)
    ]
    assert [(row["capture_id"], row["reference"]) for row in captures] == [(capture_id, "ship-1")]
    assert [(row["refund_id"], row["refunded_amount"]) for row in refunds] == [(refund_id, 1000)]
    assert [(row["key"], row["operation"], row["status"]) for row in keys] == [
        ("k-1", "captureOrder", 201)
    ]


def test_orders_are_loaded_once(tmp_path: Path) -> None:
    """The next start does not undo what happened to a loaded order, with an id or without."""
    path, orders = tmp_path / "state", tmp_path / "orders.json"
    orders.write_text(
        json.dumps(
            [*[{"order_amount": 700}] * 2, {"order_id": "A" * 8 + "-0000" * 3 + "-" + "0" * 12}]
        )
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
    for content in ('[{"order_amount": 500}]', '[{"order_amount": 500}, {"order_amount": 600}]'):
        orders.write_text(content)
        with (
            process("--state", path, "--orders", orders) as (url, _),
            httpx.Client(base_url=url, trust_env=False) as client,
        ):
            there = [order["order_amount"] for order in client.get("/_sandbox/orders").json()]
    assert sorted(there) == [500, 600, 10000]


def test_no_acknowledged_write_is_lost_when_it_is_killed(tmp_path: Path) -> None:
    """After SIGKILL while eight clients write, each acknowledged capture is there, once.

    What is there besides was asked for: it is a request whose answer the kill has cut off.
    """
    path, chance = tmp_path / "state", random.Random(5)  # noqa: S311  to be repeatable is the point
    acknowledged: dict[str, str] = {}
    asked: set[str] = set()

    def work(url: str, name: str) -> None:
        with httpx.Client(base_url=url, trust_env=False) as client:
            api = ApiClient(client)
            for number in range(10_000):
                key = f"{name}-{number}"
                asked.add(key)
                try:
                    response = capture(api, 1, key, reference=key)
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
        assert set(there) <= asked
        for key in list(there)[::25]:
            assert capture(api, 1, key).headers["capture-id"] == there[key]


def test_a_full_disk_is_a_500_until_there_is_room(tmp_path: Path) -> None:
    """Nothing is acknowledged that is not kept, and with room again it goes on where it was.

    The system's own limit on the size of files stands in for the full disk.
    """
    path = tmp_path / "state"
    with (
        process("--state", path) as (url, server),
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        api = ApiClient(client)
        assert capture(api, 1, "before").status_code == 201
        _, most = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        room = path.with_name("state-wal").stat().st_size
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (room, most))
        failed = problem(capture(api, 2, "full"))
        assert failed[:2] == (500, "INTERNAL_ERROR")
        assert str(path) in failed[2][0]
        # Reads would show what is not kept, and more writes would pile up.
        assert api("GET").status_code == 500
        assert client.get("/_sandbox/orders").status_code == 500
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (most, most))
        assert api.order()["captured_amount"] == 3
        first = capture(api, 2, "full")
        server.kill()
        assert server.stderr is not None
        failures = server.stderr.read().splitlines()
    assert [line.partition(": ")[0].rpartition("/")[2] for line in failures] == [
        "sandbox failed on the state",
        EXAMPLE_ORDER_ID,
        "orders",
    ]
    with kept(path) as (api, _, _):
        assert capture(api, 9, "full").headers == first.headers
        assert api.order()["captured_amount"] == 3


def test_one_that_cannot_be_kept_is_logged_and_answered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each request has its 500 and its line, and the first one after it works is answered."""
    path, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    sandbox = Sandbox()
    state = StateFile(path, sandbox)
    statuses: list[int] = []

    def use(url: str) -> None:
        with httpx.Client(base_url=url, trust_env=False) as client:
            api = ApiClient(client)
            statuses.append(capture(api, 1, "k").status_code)
            path.rename(elsewhere)
            statuses.append(capture(api, 2, "l").status_code)
            statuses.append(api("GET").status_code)
            path.write_bytes(b"{}")
            statuses.append(api("GET").status_code)
            elsewhere.replace(path)
            statuses.append(capture(api, 2, "l").status_code)
            statuses.append(api.order()["captured_amount"])

    async def serve_and_use() -> None:
        def begin(url: str, stop: Callable[[], object]) -> None:
            task = asyncio.get_running_loop().run_in_executor(None, use, url)
            task.add_done_callback(lambda _: stop())

        await listen(sandbox, 0, begin, state)

    with closing(state), caplog.at_level(logging.ERROR):
        asyncio.run(serve_and_use())
    assert statuses == [201, 500, 500, 500, 201, 3]
    assert [record.name for record in caplog.records] == ["kustom_facade.sandbox"] * 3
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("successor", [None, b"{}"])
def test_a_file_that_is_gone_is_not_written_on(tmp_path: Path, successor: bytes | None) -> None:
    """What nobody could find again is not acknowledged."""
    path = tmp_path / "state"
    with (
        process("--state", path) as (url, _),
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        assert ApiClient(client).capture(1).status_code == 201
        path.rename(tmp_path / "elsewhere")
        if successor is not None:
            path.write_bytes(successor)
        assert problem(ApiClient(client).capture(1))[:2] == (500, "INTERNAL_ERROR")
    assert (path.read_bytes() if path.exists() else None) == successor


def test_a_second_sandbox_of_the_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], taken_port: str
) -> None:
    """By any name, as long as the first one runs. A kill of the first one is enough."""
    path = tmp_path / "state"
    (tmp_path / "folder").mkdir()
    with process("--state", path):
        for name in (path, tmp_path / "folder" / ".." / "state"):
            assert main(["--port", taken_port, "--state", str(name)]) == 2
            reason = (
                f"--state {path} is in use: close sqlite3 and other programs that have it open\n"
            )
            assert capsys.readouterr().err == f"python -m kustom_facade.sandbox: {reason}"
    with kept(path) as (api, _, _):
        assert api.order()["captured_amount"] == 0


def test_the_first_of_two_sandboxes_writes_no_more(tmp_path: Path) -> None:
    """If two open the file in the same moment, one of them finds out before it writes."""
    path = tmp_path / "state"
    with kept(path) as (api, _, state):
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("UPDATE sandbox SET generation = generation + 1")
        api.capture(1)
        with pytest.raises(StateError, match="was taken over by another sandbox"):
            state.sync()
    with kept(path) as (api, _, _):
        assert api.order()["captured_amount"] == 0


def test_the_second_of_two_sandboxes_finds_out_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its reading and its first writing another one has had the file."""
    path = tmp_path / "state"
    with kept(path):
        pass

    def slowly(name: Path) -> sqlite3.Connection:
        monkeypatch.undo()
        with kept(name) as (api, _, state):
            api.capture(1)
            state.sync()
        return open_alone(name)

    monkeypatch.setattr(state_file, "open_alone", slowly)
    with pytest.raises(StateError, match="was taken over by another sandbox"):
        StateFile(path, Sandbox())
    with kept(path) as (api, _, _):
        assert api.order()["captured_amount"] == 1


def test_faults_and_a_state_go_together(tmp_path: Path) -> None:
    """A lost answer's effect is kept like any other."""
    path = tmp_path / "state"
    with kept(path) as (api, sandbox, state):
        sandbox.faults.add(Fault("lose", nth=1))
        with pytest.raises(httpx.ReadError):
            capture(api, 5, "k")
        state.sync()
    with kept(path) as (api, sandbox, _):
        assert (capture(api, 5, "k").status_code, api.order()["captured_amount"]) == (201, 5)
        assert sandbox.faults.list() == ()


_ANSWER = ("k", "captureOrder", EXAMPLE_ORDER_ID, "2026-03-02T09:30:00+00:00", 201, "[]", "")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE order_json SET json = '{'", "Expecting property name"),
        ("UPDATE order_json SET json = '[]'", "cannot be restored"),
        ("UPDATE order_json SET json = json_remove(json, '$.order_lines')", "cannot be restored"),
        ("UPDATE order_json SET json = json_remove(json, '$.captures')", "cannot be restored"),
        ("UPDATE order_json SET order_id = 'x'", "order x cannot be restored"),
        ("INSERT INTO capture_json VALUES ('x', 1, '{}')", "x"),
        ("INSERT INTO refund_json SELECT order_id, 1, '{}' FROM order_json", "cannot be restored"),
        ("UPDATE sandbox SET clock_moved = -1", "the clock cannot be set"),
        ("UPDATE sandbox SET clock_moved = 1e300", "the clock cannot be set"),
        ("UPDATE sandbox SET generation = 'x'", "the clock cannot be set"),
        ("DELETE FROM sandbox", "not enough values"),
        ("DROP VIEW refunds; DROP TABLE refund_json", "no such table"),
        ("UPDATE keys SET answered_at = 'yesterday'", "yesterday"),
        ("UPDATE keys SET answered_at = '2026-03-02T09:30:00'", "the answer of key k"),
        ("UPDATE keys SET status = 7", "the answer of key k"),
        ("UPDATE keys SET headers = '{}'", "the answer of key k"),
        ("UPDATE keys SET headers = '[[\"location\", 7]]'", "the answer of key k"),
        ("UPDATE keys SET headers = '[\"ab\"]'", "the answer of key k"),
        ("UPDATE keys SET body = x'00'", "encode"),
    ],
)
def test_what_cannot_be_restored_is_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], taken_port: str, change: str, reason: str
) -> None:
    """The command says what it is, with exit code 2, and the file stays."""
    path = tmp_path / "state"
    with kept(path):
        pass
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)", _ANSWER)
        database.commit()
        database.executescript(change)
    content = path.read_bytes()
    assert main(["--port", taken_port, "--state", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"python -m kustom_facade.sandbox: --state {path} is damaged: ")
    assert (reason in error, error.count("\n")) == (True, 1)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_the_command_says_that_it_cannot_have_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], taken_port: str
) -> None:
    """One line, and exit code 2."""
    path = tmp_path / "none" / "state"
    assert main(["--port", taken_port, "--state", str(path)]) == 2
    expected = f"python -m kustom_facade.sandbox: --state {path}: No such file or directory\n"
    assert capsys.readouterr().err == expected


def test_it_stops_as_it_does_without_a_state(tmp_path: Path) -> None:
    """Nothing is printed but the URL, and nothing is left beside the file."""
    with process("--state", tmp_path / "state") as (url, server):
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert ApiClient(client).capture(1).status_code == 201
        server.terminate()
        assert server.communicate(timeout=10) == ("", "")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert (
        subprocess.run(
            ["sqlite3", tmp_path / "state", "SELECT captured_amount FROM captures"],  # noqa: S607  whichever
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        == "1\n"
    )
