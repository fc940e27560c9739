"""The commands, as a person types them: run as programs against a served sandbox."""

import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from support import CANARY, ORDER
from typer.testing import CliRunner, Result

from kustom_facade import cli
from kustom_facade.cli import commands, rows
from kustom_facade.sandbox import Fault, Sandbox, serve

COMMAND = [sys.executable, "-m", "kustom_facade.cli"]
ROW = f"capture,{ORDER},s-%d,1.00,SEK\n"


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox with the example order."""
    return Sandbox()


@pytest.fixture(autouse=True)
def _served(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serve(sandbox) as url:
        monkeypatch.setenv("KUSTOM_API_KEY", CANARY)
        monkeypatch.setenv("KUSTOM_BASE_URL", url)
        yield


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Three captures of the example order."""
    path = tmp_path / "events.csv"
    rows = "".join(ROW % number for number in range(3))
    path.write_text(f"kind,order_id,reference,amount,currency\n{rows}", encoding="utf-8")
    return path


def kustom(*arguments: object) -> tuple[int, str, str]:
    """Run a command, and return its exit status, its output and its errors."""
    command = [*COMMAND, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert CANARY not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def test_a_batch_is_done_once_and_says_where_it_goes(events: Path, sandbox: Sandbox) -> None:
    """And run again it does nothing again."""
    status, out, errors = kustom("batch", events)
    assert (status, "3 of 3 events: 3 done" in out) == (0, True), out + errors
    assert errors.startswith("this machine: http://127.0.0.1:")
    status, out, _ = kustom("batch", events)
    assert (status, "3 of them from the results" in out) == (0, True)
    assert len(sandbox.order(ORDER)["captures"]) == 3
    results = events.with_name("events.csv.results.jsonl")
    assert len(results.read_text(encoding="utf-8").splitlines()) == 3


def test_a_wrong_row_stops_all_before_anything_is_sent(events: Path, sandbox: Sandbox) -> None:
    """Its line is named; --dry-run only looks; --skip-wrong-rows goes on, and says 1."""
    assert kustom("batch", events, "--dry-run")[0] == 0
    with events.open("a", encoding="utf-8") as file:
        file.write(f"capture,{ORDER},s-0,2.00,SEK\ncapture,nobody,s-9,1.00,SEK\n")
    for option in ([], ["--dry-run"]):
        status, _, errors = kustom("batch", events, *option)
        assert status == 2
        assert ":5: " in errors
        assert ":6: " in errors
    assert sandbox.order(ORDER)["captures"] == []
    assert kustom("batch", events, "--skip-wrong-rows")[0] == 1
    assert len(sandbox.order(ORDER)["captures"]) == 2  # s-0 may be meant in two ways


def test_what_needs_a_person_or_another_run_is_1(events: Path, sandbox: Sandbox) -> None:
    """A refusal is shown with its reason; a wrong key ends the run."""
    with events.open("a", encoding="utf-8") as file:
        file.write(f"capture,{ORDER},big,9999.00,SEK\n")
    status, out, _ = kustom("batch", events)
    assert status == 1
    assert "refused" in out
    assert "remaining_authorized_amount" in out
    sandbox.faults.add(Fault("status", status=401))
    status, _, errors = kustom("batch", events, "--repeat-refused")
    assert status == 1
    assert "ended early" in errors


def test_live_asks_for_live(events: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown first, and nothing is sent without the word; no key is wrong use."""
    monkeypatch.delenv("KUSTOM_BASE_URL")
    monkeypatch.setenv("KUSTOM_API_KEY", "kco_live_x")
    status, _, errors = kustom("batch", events)
    assert status == 2
    assert errors.startswith("LIVE: https://api.kustom.co")
    assert "--live" in errors
    monkeypatch.delenv("KUSTOM_API_KEY")
    assert kustom("check")[0] == 2
    assert kustom("batch", events.with_name("none.csv"))[0] == 2


@pytest.mark.parametrize("one", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_what_is_under_way(
    events: Path, sandbox: Sandbox, one: signal.Signals
) -> None:
    """Nothing new begins, what was begun is in the results, and the next run goes on."""
    sandbox.faults.add(Fault("delay", seconds=1.0, verb="capture"))
    results = events.with_name("r.jsonl")
    command = [*COMMAND, "batch", str(events), "--results", str(results), "--max-in-flight", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not sandbox.order(ORDER)["captures"]:
            time.sleep(0.02)
        process.send_signal(one)
        out, errors = process.communicate()
    assert process.returncode == 1, out + errors
    assert b"Stopping" in errors
    done = len(results.read_text(encoding="utf-8").splitlines())
    assert done == len(sandbox.order(ORDER)["captures"]) < 3
    sandbox.faults.clear()
    assert kustom("batch", events, "--results", results)[0] == 0
    assert len(sandbox.order(ORDER)["captures"]) == 3


def test_a_second_signal_ends_at_once(events: Path, sandbox: Sandbox) -> None:
    """Although an answer takes its time; the next run finds what was done."""
    sandbox.faults.add(Fault("delay", seconds=20, verb="capture"))
    with subprocess.Popen([*COMMAND, "batch", str(events)], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        while not sandbox.order(ORDER)["captures"]:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        while b"Stopping" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert b"Ended at once" in process.stderr.read()
    assert process.returncode == 1
    sandbox.faults.clear()
    assert kustom("batch", events)[0] == 0
    assert len(sandbox.order(ORDER)["captures"]) == 3


def test_an_order_for_people_and_for_programs() -> None:
    """Amounts with their currency, or all of it as JSON; one that is not there is 1."""
    status, out, _ = kustom("order", ORDER)
    assert status == 0
    assert "100.00 SEK" in out
    status, out, _ = kustom("order", ORDER, "--json")
    assert (status, json.loads(out)["order_id"]) == (0, ORDER)
    assert kustom("order", "00000000-0000-4000-8000-000000000000")[0] == 1


def test_check_says_whether_the_credentials_work(sandbox: Sandbox) -> None:
    """A wrong key, and a server that is not the API, are 1."""
    assert kustom("check")[:2] == (0, "The credentials work.\n")
    sandbox.faults.add(Fault("status", status=401))
    assert kustom("check")[0] == 1


@pytest.mark.parametrize("package", ["typer", "rich"])
def test_without_the_extra_it_says_what_to_install(tmp_path: Path, package: str) -> None:
    """One line, and no traceback; the package itself does without; another fault is no such."""
    (tmp_path / f"{package}.py").write_text(
        f"raise ModuleNotFoundError(name='{package}')\n", encoding="utf-8"
    )
    folders = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        f"kustom needs the package {package}: pip install 'kustom-facade[cli]'\n"
    )
    program = [sys.executable, "-c", "import kustom_facade.batch"]
    subprocess.run(program, env=environment, check=True)
    (tmp_path / f"{package}.py").write_text("import nobody_has_this\n", encoding="utf-8")
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False)
    assert "No module named 'nobody_has_this'" in done.stderr


@pytest.fixture
def _logging() -> Iterator[None]:
    """Undo what a command in this process does to the logger."""
    logger = logging.getLogger("kustom_facade")
    former = logger.propagate, logger.handlers[:]
    yield
    logger.propagate, logger.handlers[:] = former


def run(*arguments: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(commands.app, [*map(str, arguments)])


@pytest.mark.usefixtures("_logging")
@pytest.mark.parametrize("one", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_check_sends_nothing(
    events: Path, sandbox: Sandbox, one: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large file takes its time. What stood for the signal before stands for it again."""
    check, former = rows.check, signal.getsignal(one)

    def interrupted(*arguments: Any) -> Any:
        os.kill(os.getpid(), one)
        return check(*arguments)

    monkeypatch.setattr(rows, "check", interrupted)
    done = run("batch", events)
    assert done.exit_code == 1
    assert "stopped, and nothing was sent" in done.stderr
    assert signal.getsignal(one) is former
    assert sandbox.order(ORDER)["captures"] == []


@pytest.mark.usefixtures("_logging")
def test_wrong_use_is_2_and_sends_nothing(events: Path, sandbox: Sandbox) -> None:
    """Named in one line."""
    os.mkfifo(events.with_name("pipe.csv"))
    header = events.with_name("header.csv")
    header.write_text("kind,what\n", encoding="utf-8")
    for arguments, named in (
        (["batch", events.with_name("pipe.csv")], "read twice"),
        (["batch", events.with_name("none.csv")], "No such file"),
        (["batch", header], "columns must be"),
        (["batch", events, "--results", events.parent], "cannot be opened"),
        (["batch", events, "--results", events], "no outcome"),
        (["batch", events, "--rate-limit", "0"], "rate_limit"),
        (["batch", events, "--max-in-flight", "0"], "range"),
        (["order", "abc"], "not a UUID"),
    ):
        done = run(*arguments)
        assert (done.exit_code, named in done.stderr) == (2, True), done.stderr
        assert done.stdout == ""
    assert sandbox.order(ORDER)["captures"] == []


@pytest.mark.usefixtures("_logging")
def test_many_wrong_rows_are_counted(events: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are shown. A check alone needs no credentials, and says nothing of a server."""
    monkeypatch.delenv("KUSTOM_API_KEY")
    with events.open("a", encoding="utf-8") as file:
        file.write("x\n" * 60)
    done = run("batch", events, "--dry-run")
    assert done.exit_code == 2
    assert done.stdout == "3 events, 60 wrong rows; nothing was sent\n"
    lines = done.stderr.splitlines()
    assert len(lines) == 51
    assert lines[0].endswith("events.csv:5: has 1 cells for 5 columns")
    assert lines[-1] == "… and 10 more wrong rows"


@pytest.mark.usefixtures("_logging")
def test_a_file_without_events_is_all_done(events: Path) -> None:
    """A night on which nothing was shipped."""
    events.write_text("kind,order_id\n", encoding="utf-8")
    done = run("batch", events)
    assert (done.exit_code, done.stdout) == (0, "0 of 0 events: none begun\n")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://api.playground.kustom.co", "playground"),
        ("https://api.kustom.co", "LIVE"),
        ("http://localhost:80", "this machine"),
        ("http://[::1]:80", "this machine"),
        ("http://127.1.2.3", "this machine"),
        ("https://127.example", "another address, taken as LIVE"),
        ("https://localhost.example", "another address, taken as LIVE"),
        ("https://api.playground.kustom.co.example", "another address, taken as LIVE"),
    ],
)
def test_what_is_not_known_is_taken_as_live(url: str, named: str) -> None:
    """A proxy in front of the API, say."""
    assert commands._environment(url) == named


class Echo(BaseHTTPRequestHandler):
    """A server that knows every order."""

    def do_GET(self) -> None:
        """Answer with an order of the id in the path."""
        body = json.dumps({"order_id": self.path.rpartition("/")[2]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name in its base
        """Say nothing."""


@pytest.mark.usefixtures("_logging")
def test_a_server_that_knows_every_order_is_no_such_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that was made up cannot be there."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("KUSTOM_BASE_URL", f"http://127.0.0.1:{server.server_port}")
        done = run("check")
        server.shutdown()
        thread.join()
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no such API" in done.stderr


def test_importing_the_program_runs_nothing() -> None:
    """As tools do that read all modules."""
    assert importlib.import_module("kustom_facade.cli.__main__").main is cli.main
