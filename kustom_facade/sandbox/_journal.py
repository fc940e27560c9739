"""The state of a served sandbox in a file: a line of JSON for each change, on the disk before its answer is sent.

A line holds the whole order, so the file would grow with the square of what happens to one. It is therefore compacted,
at each start and whenever it has become several times as large as the state; the old file is whole until the new one
takes its place, so that a process may be killed at any moment.

It needs the locks of POSIX. The lock is a file beside it, because the file itself is replaced when it is compacted.
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

from ._brought import ORDER
from ._clock import FARTHEST_DAYS
from ._core import Core
from ._schema import Problems
from ._wire import Json, compact

_HEADER = {"kustom_sandbox": 1}

_GROWTH, _SLACK = 4, 1_000_000
"""A file is compacted when it is so many times as large as it was then, and so many bytes more."""


class StateError(Exception):
    """The file cannot be used, in one line."""


class Journal:
    """Brings a sandbox to the state that the file has, and the file up to date from then on.

    All of it is for one thread, the one that the sandbox is served from.

    Attributes:
        note: what was dropped of the file, if anything was.
        is_behind: whether something is not on the disk yet; see `sync`.

    Raises:
        StateError: the file is in use, is something else, is damaged, or cannot be read or written.
    """

    def __init__(self, path: Path, core: Core) -> None:
        # Whatever it is called: two sandboxes of one file have to find the same lock.
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
        core.keep(self._write)

    @property
    def is_behind(self) -> bool:
        """Whether something is not on the disk yet."""
        return bool(self._pending)

    def sync(self) -> None:
        """Returns once everything is on the disk."""
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
        """Lets another sandbox have the file."""
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
            found = self._path.stat()
        except FileNotFoundError:
            return b""
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            # By its other name it has another lock, and keeps its old content when it is replaced here.
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
            self.note = f"{self._path}: the last record was torn ({len(torn)} bytes), and is dropped"

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


# --- what a line may hold: one change, as Core writes it and takes it back

_FARTHEST = FARTHEST_DAYS * 86_400


def _is_sound(record: Json) -> bool:
    """Whether a record can be taken back; what it has besides is of no interest."""
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
    return not problems.malformed and not problems.beyond


def _is_answer(answer: Any) -> bool:
    if answer is None:
        return True
    match answer:
        case [[*where], str(at), int(status), [*headers], str()]:
            return (
                _are_texts(where)
                and _is_moment(at)
                and 200 <= status <= 599
                and all(isinstance(pair, list) and len(pair) == 2 and _are_texts(pair) for pair in headers)
            )
        case _:
            return False


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
