"""What a run shows: a bar in a terminal, plain lines elsewhere, and what needs a person."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import CANARY, ORDER

from kustom_facade.batch import Capture, Outcome, Progress
from kustom_facade.cli import reporting
from kustom_facade.errors import KustomError
from kustom_facade.sandbox import Fault, Sandbox, serve

COMMAND = [sys.executable, "-m", "kustom_facade.cli"]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
EVENT = Capture(ORDER, 5, "a")


def progress(told: int, **counts: int) -> Progress:
    """A progress of a run of ten seconds."""
    return Progress(None, told, counts, counts.pop("skipped", 0), 10.0)  # type: ignore[arg-type]  # the names of statuses


def test_a_line_has_counts_rate_and_time_left(tmp_path: Path) -> None:
    """And only what there is."""
    report = reporting.Report(tmp_path / "r.jsonl")
    report.total = 100
    assert report.line() == ""
    report.update(progress(40, done=30, retry=0, already_done=10, skipped=10))
    assert report.line() == (
        "30 done, 10 already_done, 10 of them from the results, 3.0/s, 0:00:20 left"
    )
    assert not report.is_complete
    report.update(progress(100, done=100))
    assert report.line() == "100 done, 10.0/s"
    assert report.is_complete


def test_without_a_terminal_there_are_plain_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Now and then, also on a build server that asks for colours."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(reporting, "_EVERY", 0.0)
    report = reporting.Report(tmp_path / "r.jsonl")
    report.total = 2
    with report:
        assert list(report.watch([EVENT])) == [EVENT]
        report.update(progress(1, done=1))
    report.summarize()
    assert capsys.readouterr().out.splitlines() == [
        "1 of 2: 1 done, 0.1/s, 0:00:10 left",
        "1 of 2 events: 1 done, 0.1/s",
        (
            "Not all is done. What is to be run again, or needs a person, is in "
            f"{tmp_path}/r.jsonl: the same command goes on from there."
        ),
    ]


def test_what_needs_a_person_is_shown_up_to_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest is counted; what commands a terminal is spelled; what is done is not shown."""
    report = reporting.Report(tmp_path / "r.jsonl")
    report.tell(Outcome(EVENT, "done"))
    for _ in range(25):
        report.tell(Outcome(EVENT, "refused", error=KustomError("no\x1b[2J :cat: [b]")))
    report.summarize()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"capture {ORDER} a: refused: no\\x1b[2J :cat: [b]."
    assert lines[20:] == ["… and 5 more that need a person", "0 of 0 events: none begun"]


def test_a_run_that_did_not_begin_has_no_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error has said it."""
    report = reporting.Report(tmp_path / "r.jsonl")
    report.total = 5
    report.summarize()
    assert capsys.readouterr().out == ""


class Terminal:
    """A command in a terminal of 60 columns."""

    def __init__(self, *arguments: object) -> None:
        self._fd, child = pty.openpty()
        environment = {**os.environ, "COLUMNS": "60", "LINES": "24", "TERM": "xterm"}
        command = [*COMMAND, *map(str, arguments)]
        self.process = subprocess.Popen(
            command, stdin=child, stdout=child, stderr=child, env=environment, close_fds=True
        )
        os.close(child)
        self.text = ""

    def read_until(self, pattern: str) -> None:
        """Read until the text has this, which the end of the program makes an error."""
        while not re.search(pattern, self.text):
            self._read()

    def _read(self) -> bytes:
        data = os.read(self._fd, 65536)
        self.text += _COLOUR.sub("", data.decode(errors="replace"))
        return data

    def close(self) -> int:
        """Read to the end, and return the exit status."""
        try:
            while self._read():
                pass
        except OSError:  # Linux: the other end is closed
            pass
        os.close(self._fd)
        return self.process.wait()


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A served sandbox."""
    sandbox = Sandbox()
    with serve(sandbox) as url:
        monkeypatch.setenv("KUSTOM_API_KEY", CANARY)
        monkeypatch.setenv("KUSTOM_BASE_URL", url)
        yield sandbox


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Four captures of one order, one after the other."""
    path = tmp_path / "e.csv"
    rows = "".join(f"capture,{ORDER},s-{number},5\n" for number in range(4))
    path.write_text(f"kind,order_id,reference,amount\n{rows}", encoding="utf-8")
    return path


def test_a_terminal_has_a_bar(sandbox: Sandbox, events: Path) -> None:
    """With what is done; it says that it stops, and the cursor is back at the end."""
    sandbox.faults.add(Fault("delay", seconds=1.0, verb="capture"))
    terminal = Terminal("batch", events)
    terminal.read_until(r"━.* 1/4")
    terminal.process.send_signal(signal.SIGINT)
    terminal.read_until("Stopping: what is under way is finished")
    assert terminal.close() == 1
    assert CANARY not in terminal.text
    assert terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l")
    assert re.search(r"2 of 4 events: 2 done, [0-9.]+/s\r", terminal.text)


def test_a_second_signal_leaves_the_cursor(sandbox: Sandbox, events: Path) -> None:
    """Although nothing is waited for."""
    sandbox.faults.add(Fault("delay", seconds=20.0, verb="capture"))
    terminal = Terminal("batch", events)
    terminal.read_until(r"━.* 0/4")
    while not sandbox.order(ORDER)["captures"]:
        time.sleep(0.02)
    terminal.process.send_signal(signal.SIGTERM)
    terminal.read_until("Stopping")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.close() == 1
    assert "Ended at once" in terminal.text
    assert terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l")
