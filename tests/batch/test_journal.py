"""The results as a file: nothing is lost, a torn line is cut off, one process writes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import ORDER

from batch.values import SERVER, capture
from kustom_facade import ConfigurationError, ConnectionFailed
from kustom_facade._batch.journal import Journal
from kustom_facade._batch.outcomes import of_error, of_wrong_event
from kustom_facade.batch import Capture, Outcome

DONE = Outcome(capture("a"), "done")
LOST = of_error(capture("b"), ConnectionFailed("x"))


def written(path: Path, *outcomes: Outcome) -> bytes:
    """The bytes of a file with these outcomes."""
    with Journal(path, SERVER) as journal:
        for outcome in outcomes:
            journal.append(outcome)
    return path.read_bytes()


def test_what_was_written_is_found_again(tmp_path: Path) -> None:
    """The last outcome of an event counts, in the same process and in the next."""
    path = tmp_path / "r.jsonl"
    with Journal(path, SERVER) as journal:
        assert journal.last(capture("b")) is None
        journal.append(LOST)
        assert journal.last(capture("b")) == LOST
        journal.append(Outcome(capture("b"), "done"))
    with Journal(path, SERVER) as journal:
        assert journal.last(capture("b")) == Outcome(capture("b"), "done")
        assert journal.last(capture("a")) is None
    assert [json.loads(line)["status"] for line in path.read_text().splitlines()] == [
        "retry",
        "done",
    ]


def test_an_invalid_event_hides_no_other(tmp_path: Path) -> None:
    """It stands in the file, and what was known of its identity stays."""
    path = tmp_path / "r.jsonl"
    written(path, DONE, of_wrong_event(capture("a", 2), "x"))
    with Journal(path, SERVER) as journal:
        assert journal.last(capture("a", 2)) == DONE


def test_a_line_torn_anywhere_is_mended(tmp_path: Path) -> None:
    """Cut at each byte: what was whole is there, and the next line is too."""
    path = tmp_path / "r.jsonl"
    whole = written(path, DONE, LOST)
    first = whole.index(b"\n") + 1
    for end in range(first, len(whole)):
        path.write_bytes(whole[:end])
        with Journal(path, SERVER) as journal:
            assert journal.last(capture("a")) == DONE
            assert journal.last(capture("b")) in (LOST, None)
            assert (journal.last(capture("b")) == LOST) == (end == len(whole) - 1)
            journal.append(Outcome(capture("c"), "done"))
        lines = path.read_bytes().splitlines()
        assert [json.loads(line)["event"]["reference"] for line in lines][0::1][-1] == "c"
        assert len(lines) == (3 if end == len(whole) - 1 else 2)


def test_zeros_of_a_lost_power_are_cut_off(tmp_path: Path) -> None:
    """Some file systems leave them."""
    path = tmp_path / "r.jsonl"
    whole = written(path, DONE)
    path.write_bytes(whole + b"\0" * 10)
    with Journal(path, SERVER) as journal:
        assert journal.last(capture("a")) == DONE
    assert path.read_bytes() == whole


@pytest.mark.parametrize("content", [b"kind,order_id\n", b"kind,order_id", b"{}\n", b"[]"])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """Whoever mixes up two arguments loses no file."""
    path = tmp_path / "events.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="outcome"):
        Journal(path, SERVER)
    assert path.read_bytes() == content


def test_two_runs_on_one_file_are_refused(tmp_path: Path) -> None:
    """In this process and in another; afterwards it is free again."""
    path = tmp_path / "r.jsonl"
    program = (
        "import sys; from kustom_facade._batch.journal import Journal; Journal(sys.argv[1], '')"
    )
    command = [sys.executable, "-c", program, str(path)]
    with Journal(path, SERVER):
        with pytest.raises(ConfigurationError, match="another run"):
            Journal(path, SERVER)
        other = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "another run" in other.stderr
    assert subprocess.run(command, check=False).returncode == 0


def test_a_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """A folder that is not there, and a disk that is full."""
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        Journal(tmp_path / "none" / "r.jsonl", SERVER)
    with Journal(tmp_path / "r.jsonl", SERVER) as journal:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, journal._file.fileno())
        os.close(full)
        with pytest.raises(ConfigurationError, match="cannot be written"):
            journal.append(DONE)


def test_what_another_server_has_done_is_not_done_here(tmp_path: Path) -> None:
    """A rehearsal against the sandbox must not make the real run skip everything."""
    path = tmp_path / "r.jsonl"
    content = written(path, DONE)
    with pytest.raises(ConfigurationError, match=r"are of .*, and this run goes to https://other"):
        Journal(path, "https://other.example")
    assert path.read_bytes() == content


def test_what_was_not_sent_since_settles_nothing(tmp_path: Path) -> None:
    """An unknown outcome stays one until the event is done, also for the next process."""
    path = tmp_path / "r.jsonl"
    unknown = of_error(capture("b"), ConnectionFailed("x", outcome_unknown=True))
    written(path, unknown, LOST)
    with Journal(path, SERVER) as journal:
        last = journal.last(LOST.event)
        assert last is not None
        assert last.error is not None
        assert last.error.outcome_unknown
        journal.append(Outcome(LOST.event, "done"))
        journal.append(LOST)
        again = journal.last(LOST.event)
        assert again is not None
        assert again.error == LOST.error


@pytest.mark.parametrize("odd", ["\ud800", "x"], ids=["half a letter", "text"])
@pytest.mark.parametrize("amount", [2**70, 10**5000, 1], ids=["large", "huge", "small"])
def test_an_event_that_is_no_plain_json_stops_no_run(tmp_path: Path, odd: str, amount: int) -> None:
    """Half of a letter and huge numbers are written as far as JSON goes, and read again."""
    path = tmp_path / "r.jsonl"
    event = Capture(ORDER, amount, odd)
    written(path, DONE, of_wrong_event(event, "x"), DONE)
    with Journal(path, SERVER) as journal:
        assert journal.last(DONE.event) == DONE
        assert journal.last(event) is None


def test_a_full_disk_leaves_no_half_of_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be in the middle once there is room again."""
    path = tmp_path / "r.jsonl"
    with Journal(path, SERVER) as journal:
        file = journal._file

        class Full:
            def write(self, line: bytes) -> int:
                return file.write(line[:10])

            def truncate(self, size: int) -> int:
                return file.truncate(size)

        monkeypatch.setattr(journal, "_file", Full())
        with pytest.raises(ConfigurationError, match="disk is full"):
            journal.append(DONE)
        monkeypatch.setattr(journal, "_file", file)
        journal.append(LOST)
        assert journal.last(LOST.event) == LOST
    assert path.read_bytes().count(b"\n") == 1


def test_what_cannot_be_written_of_an_event_that_was_done_is_an_error(tmp_path: Path) -> None:
    """It cannot happen, and would not be hidden."""
    with Journal(tmp_path / "r.jsonl", SERVER) as journal, pytest.raises(ValueError, match="4300"):
        journal.append(Outcome(Capture(ORDER, 10**5000, "x"), "done"))
