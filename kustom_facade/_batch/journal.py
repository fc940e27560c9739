"""The results of a run as a file: a line of JSON for each outcome, to go on from.

It is a saving and no proof. What is missing in it is run again, and the order shows that it was
done. So a line is written and not forced onto the disk (fsync): it survives a process that is
killed, and what a loss of power takes from it costs a few requests.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from io import BufferedReader, FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import orjson

from ..errors import ConfigurationError, KustomError
from .events import Event
from .outcomes import Outcome
from .table import Table, digest

#: How each line begins.
_BEGINNING: Final = b'{"at":'
#: Where Windows locks a byte, beyond all that is written.
_LOCKED_BYTE: Final = 1 << 40


class Journal:
    """The outcomes of events in a file, which one process at a time may write.

    In memory it keeps where each event's last outcome is, see :class:`Table`.

    Args:
        path: the file, made if there is none. A torn last line of a process that was killed is cut
            off.
        server: where the events go. What one server has done is not done on another.

    Raises:
        ConfigurationError: another process writes it, it cannot be opened, or it is no file of
            outcomes.
    """

    def __init__(self, path: str | os.PathLike[str], server: str) -> None:
        self.path = Path(path)
        self._server = server
        #: The digests of events whose last outcome that told anything is not known.
        self._unknown: set[int] = set()
        self._places = Table()
        with ExitStack() as opened:
            try:
                self._file: FileIO = opened.enter_context(self.path.open("a+b", buffering=0))
                self._reader: BufferedReader = opened.enter_context(self.path.open("rb"))
            except OSError as error:
                raise self._unusable(f"cannot be opened: {error}") from error
            self._lock()
            self._end = self._read_all()
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._opened.close()

    def last(self, event: Event) -> Outcome | None:
        """Return the last outcome of an event, as it was written. ``None`` for a new event."""
        place = self._places.get(digest(event.identity))
        if place is None:
            return None
        self._reader.seek(place)
        outcome = Outcome.from_dict(json.loads(self._reader.readline()))
        # Two events may have one digest.
        return outcome if outcome.event.identity == event.identity else None

    def append(self, outcome: Outcome) -> None:
        """Write an outcome in one go, so that a process that is killed loses no other one.

        Raises:
            ConfigurationError: the disk is full, or gone.
        """
        line = self._written(outcome)
        if not line:
            return
        try:
            written = self._file.write(line)
        except OSError as error:
            raise self._unusable(f"cannot be written: {error}") from error
        if written != len(line):
            self._file.truncate(self._end)
            raise self._unusable("cannot be written: the disk is full")
        is_unknown = outcome.error is not None and outcome.error.outcome_unknown
        self._index(outcome.event, outcome.status, is_unknown, self._end)
        self._end += len(line)

    def _read_all(self) -> int:
        """Note where each event's last outcome is, and return where the file ends."""
        end = 0
        for number, line in enumerate(self._reader, 1):
            if not line.endswith(b"\n"):
                return end + self._mend(line, end)
            try:
                self._note(line, end)
            except ConfigurationError:
                raise
            except (ValueError, TypeError, KeyError) as error:
                raise self._unusable(f"line {number} is no outcome: {error!r}") from error
            end += len(line)
        return end

    def _note(self, line: bytes, place: int) -> None:
        data = json.loads(line)
        if data["to"] != self._server:
            raise self._unusable(f"are of {data['to']}, and this run goes to {self._server}")
        error = None if data["error"] is None else KustomError.from_dict(data["error"])
        is_unknown = error is not None and error.outcome_unknown
        self._index(Event.from_dict(data["event"]), data["status"], is_unknown, place)

    def _index(self, event: Event, status: str, is_unknown: bool, place: int) -> None:
        if status == "invalid":  # it depends on the rest of the input, and says nothing of others
            return
        key = digest(event.identity)
        if status == "retry" and not is_unknown and key in self._unknown:
            return  # that nothing was sent since settles nothing
        self._places[key] = place
        if is_unknown:
            self._unknown.add(key)
        else:
            self._unknown.discard(key)

    def _mend(self, line: bytes, place: int) -> int:
        """Cut off a torn line, or end one that is whole, and return how long it is now."""
        is_ours = line.startswith(_BEGINNING) or _BEGINNING.startswith(line.rstrip(b"\0"))
        if not is_ours:
            raise self._unusable("its last line is no outcome, and not a part of one")
        with suppress(ValueError, TypeError, KeyError):
            self._note(line, place)
            self._file.write(b"\n")
            return len(line) + 1
        self._file.truncate(place)
        return 0

    def _written(self, outcome: Outcome) -> bytes:
        """Return the line of an outcome. One that is no JSON can only be of a wrong event."""
        data: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="milliseconds")}
        data |= {"to": self._server, **outcome.to_dict()}
        with suppress(TypeError):
            return orjson.dumps(data, option=orjson.OPT_APPEND_NEWLINE)
        try:  # halves of letters, and numbers of more than 64 bits
            return json.dumps(data).encode() + b"\n"
        except ValueError:  # an integer of thousands of digits
            if outcome.status != "invalid":
                raise
            return b""

    def _lock(self) -> None:
        try:
            _lock(self._file.fileno())
        except OSError:
            raise self._unusable("another run is writing it; two would do the same work") from None

    def _unusable(self, why: str) -> ConfigurationError:
        return ConfigurationError(f"the results {str(self.path)!r}: {why}")


def _lock_with_fcntl() -> Callable[[int], None]:
    import fcntl  # noqa: PLC0415  # Windows has none

    return lambda handle: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock_with_msvcrt() -> Callable[[int], None]:  # pragma: no cover  # on Windows only
    msvcrt: Any = __import__("msvcrt")  # only Windows has it

    def lock(handle: int) -> None:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    return lock


_lock: Final = (_lock_with_msvcrt if os.name == "nt" else _lock_with_fcntl)()
