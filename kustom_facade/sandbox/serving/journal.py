"""The state of a served sandbox in a file, with each change on the disk before its response.

A change is a line of JSON with the whole order, so the file would grow with the square of the
changes to an order. It is compacted at each start, and whenever it is several times as large as
the state. The old file is whole until the new one replaces it, so that a process can be killed at
any moment.

It needs the locks of POSIX. The lock is a file of its own, because compaction replaces the other.
"""

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from ..api.core import Core
from ..api.order_schema import ORDER
from ..api.schema import Problems
from ..api.wire import Json, compact
from ..clock import FARTHEST_DAYS

_HEADER = {"kustom_sandbox": 1}

#: How much larger than after its last compaction a file may be: a factor, and bytes besides.
_GROWTH, _SLACK = 4, 1_000_000


class StateError(Exception):
    """Report in one line why the file cannot be used."""


class Journal:
    """Restore a sandbox from a file, and record its changes there from then on.

    All of it is for one thread, from which the sandbox is served.

    Attributes:
        note: What was dropped of the file, if anything was.

    Raises:
        StateError: The file is in use, is something else, is damaged, or cannot be read or
            written.
    """

    def __init__(self, path: Path, core: Core) -> None:
        # The real path, so that two sandboxes of one file find the same lock.
        self._path = Path(os.path.realpath(path))
        self._core = core
        self._pending = bytearray()
        self.note = ""
        try:
            with ExitStack() as undo:
                self._lock = self._locked()
                undo.callback(os.close, self._lock)
                data = self._read()
                if data:
                    core.restore(self._records(data))
                self._file = self._compacted()
                undo.pop_all()  # all is well: the lock stays
        except OSError as error:
            raise StateError(f"{self._path}: {error.strerror}") from error
        core.on_change(self._write)

    @property
    def is_behind(self) -> bool:
        """Return whether something is not on the disk yet."""
        return bool(self._pending)

    def sync(self) -> None:
        """Write everything to the disk before returning."""
        try:
            self._size += len(self._pending)
            while self._pending:
                del self._pending[: os.write(self._file, self._pending)]
            os.fsync(self._file)
            if not os.path.samestat(os.fstat(self._file), self._path.stat()):
                raise StateError(f"{self._path} was replaced by another file")
            if self._size > self._most:
                old, self._file = self._file, self._compacted()
                os.close(old)
        except OSError as error:
            raise StateError(f"{self._path}: {error.strerror}") from error

    def close(self) -> None:
        """Release the file for another sandbox."""
        os.close(self._file)
        os.close(self._lock)

    def _write(self, record: Json) -> None:
        self._pending += compact(record) + b"\n"

    def _locked(self) -> int:
        lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise StateError(f"{self._path} is in use by another sandbox") from None
        return lock

    def _read(self) -> bytes:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return b""
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            # A second name has another lock, and keeps the old content after a compaction.
            raise StateError(f"{self._path} is no file, or one with several names (hard links)")
        return self._path.read_bytes()

    def _records(self, data: bytes) -> Iterator[Json]:
        *lines, torn = data.split(b"\n")
        if not lines or _parsed(lines[0]) != _HEADER:
            raise StateError(f"{self._path} is not the state of a sandbox")
        for number, line in enumerate(lines[1:], 2):
            record = _parsed(line)
            if record is not None and _is_sound(record):
                yield record
            elif record is not None or number < len(lines) or torn:
                raise StateError(f"{self._path}: line {number} is damaged")
            else:
                torn = line
        if torn:
            dropped = f"the last record was torn ({len(torn)} bytes), and is dropped"
            self.note = f"{self._path}: {dropped}"

    def _compacted(self) -> int:
        fresh = Path(f"{self._path}.new")
        with fresh.open("wb") as file:
            for record in (_HEADER, *self._core.snapshot()):
                file.write(compact(record) + b"\n")
            file.flush()
            os.fsync(file.fileno())
            self._size = file.tell()
        self._most = _GROWTH * self._size + _SLACK
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return os.open(self._path, os.O_WRONLY | os.O_APPEND)


def _parsed(line: bytes) -> Json | None:
    try:
        record: Any = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


# --- a record: one change, as `Core` notifies of it and restores it

_FARTHEST = FARTHEST_DAYS * 86_400


def _is_sound(record: Json) -> bool:
    """Return whether a record can be restored. Unknown fields do no harm."""
    moved, generation = record.get("moved", 0), record.get("generation", 0)
    return (
        _is_number(moved, float)
        and 0 <= moved <= _FARTHEST
        and _is_number(generation, int)
        and generation >= 0
        and _is_order(record.get("order"))
        and _is_answer(record.get("answer"))
    )


def _is_number(value: Any, kind: type) -> bool:
    return isinstance(value, int | kind) and not isinstance(value, bool)


def _is_order(order: Any) -> bool:
    if order is None:
        return True
    problems = Problems()
    ORDER.read(order, "", problems)
    return not problems


def _is_answer(answer: Any) -> bool:
    if answer is None:
        return True
    match answer:
        case [[*where], str(at), int(status), [*headers], str()]:
            return (
                _are_texts(where)
                and _is_moment(at)
                and 200 <= status <= 599
                and all(map(_is_header, headers))
            )
        case _:
            return False


def _is_header(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and _are_texts(pair)


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
