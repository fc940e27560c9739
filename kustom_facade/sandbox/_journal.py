"""The state of a served sandbox in a file: a line of JSON for each change, on the disk before its answer is sent.

It needs the locks of POSIX. The lock is a file beside it, because the file itself is replaced when it is compacted.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ._core import Core
from ._wire import Json, compact

_HEADER = {"kustom_sandbox": 1}


class StateError(Exception):
    """The file cannot be used, in one line."""


class Journal:
    """Brings a sandbox to the state that the file has, and the file up to date from then on.

    Attributes:
        note: what was dropped of the file, if anything was.
        is_behind: whether something is not on the disk yet; see `sync`.

    Raises:
        StateError: the file is in use, is something else, is damaged, or cannot be read or written.
    """

    def __init__(self, path: Path, core: Core) -> None:
        self._path = path
        self._pending = bytearray()
        self.note = ""
        try:
            self._lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(self._lock)
                raise StateError(f"{path} is in use by another sandbox") from None
            data = path.read_bytes() if path.exists() else b""
            if data:
                core.restore(self._records(data))
            self._file = self._compacted(core)
        except OSError as error:
            raise StateError(f"{path}: {error.strerror}") from error
        core.keep(self._write)

    @property
    def is_behind(self) -> bool:
        """Whether something is not on the disk yet."""
        return bool(self._pending)

    def sync(self) -> None:
        """Returns once everything is on the disk."""
        try:
            while self._pending:
                del self._pending[: os.write(self._file, self._pending)]
            os.fsync(self._file)
        except OSError as error:
            raise StateError(f"{self._path}: {error.strerror}") from error

    def close(self) -> None:
        """Lets another sandbox have the file."""
        os.close(self._file)
        os.close(self._lock)

    def _write(self, record: Json) -> None:
        self._pending += compact(record) + b"\n"

    def _records(self, data: bytes) -> Iterator[Json]:
        *lines, torn = data.split(b"\n")
        if not lines or _parsed(lines[0]) != _HEADER:
            raise StateError(f"{self._path} is not the state of a sandbox")
        for number, line in enumerate(lines[1:], 2):
            record = _parsed(line)
            if record is not None:
                yield record
            elif number < len(lines) or torn:
                raise StateError(f"{self._path}: line {number} is damaged")
            else:
                torn = line
        if torn:
            self.note = f"{self._path}: the last record was torn ({len(torn)} bytes), and is dropped"

    def _compacted(self, core: Core) -> int:
        fresh = Path(f"{self._path}.new")
        with fresh.open("wb") as file:
            for record in (_HEADER, *core.snapshot()):
                file.write(compact(record) + b"\n")
            file.flush()
            os.fsync(file.fileno())
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
