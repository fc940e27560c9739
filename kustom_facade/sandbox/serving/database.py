"""The file of a state: a SQLite database that is ours, private, and used by one sandbox at a time.

SQLite keeps what is committed, even if the process is killed. This module decides which files are
opened at all. A file that is refused is left as it is.
"""

import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from urllib.parse import quote_from_bytes

#: In the header of the file, "Kust": only a state of a sandbox has it.
_APPLICATION = 0x4B757374
#: A newer sandbox may keep what this one does not know.
_VERSION = 1

# The first tables are for programs, each row with the JSON of one thing. The views are for people.
_SCHEMA = """
CREATE TABLE sandbox (generation INTEGER NOT NULL, clock_moved REAL NOT NULL);
CREATE TABLE order_json (order_id TEXT PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE capture_json (
    order_id TEXT NOT NULL, number INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (order_id, number)
) WITHOUT ROWID;
CREATE TABLE refund_json (
    order_id TEXT NOT NULL, number INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (order_id, number)
) WITHOUT ROWID;
CREATE TABLE keys (
    key TEXT NOT NULL, operation TEXT NOT NULL, order_id TEXT NOT NULL, answered_at TEXT NOT NULL,
    status INTEGER NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (key, operation, order_id)
);
CREATE VIEW orders AS SELECT
    order_id,
    json_extract(json, '$.status') AS status,
    json_extract(json, '$.purchase_currency') AS currency,
    json_extract(json, '$.order_amount') AS order_amount,
    json_extract(json, '$.captured_amount') AS captured_amount,
    json_extract(json, '$.refunded_amount') AS refunded_amount,
    json_extract(json, '$.remaining_authorized_amount') AS remaining_authorized_amount,
    json_extract(json, '$.merchant_reference1') AS merchant_reference1,
    json_extract(json, '$.created_at') AS created_at,
    json_extract(json, '$.expires_at') AS expires_at
    FROM order_json;
CREATE VIEW captures AS SELECT
    order_id,
    json_extract(json, '$.capture_id') AS capture_id,
    json_extract(json, '$.captured_amount') AS captured_amount,
    json_extract(json, '$.reference') AS reference,
    json_extract(json, '$.captured_at') AS captured_at
    FROM capture_json;
CREATE VIEW refunds AS SELECT
    order_id,
    json_extract(json, '$.refund_id') AS refund_id,
    json_extract(json, '$.refunded_amount') AS refunded_amount,
    json_extract(json, '$.reference') AS reference,
    json_extract(json, '$.refunded_at') AS refunded_at
    FROM refund_json;
"""

#: Seconds to wait for another program that writes to the file.
_PATIENCE = 1.0

_REASONS = {
    "SQLITE_BUSY": "is in use: close sqlite3 and other programs that have it open",
    "SQLITE_CORRUPT": "is damaged",
    "SQLITE_NOTADB": "is not the state of a sandbox",
}


class StateError(Exception):
    """Report in one line why the file cannot be used."""


@contextmanager
def errors_name(path: Path) -> Iterator[None]:
    """Turn errors of the system and of SQLite into a `StateError` about this file."""
    try:
        yield
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}") from error
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        reason = _REASONS.get("_".join(name.split("_")[:2]))  # SQLITE_BUSY_RECOVERY, say
        raise StateError(f"{path} {reason}" if reason else f"{path}: {error}") from error


def status_of(path: Path) -> os.stat_result | None:
    """Return what there is under this name, or `None` for nothing.

    Raises:
        StateError: It is no plain file of this one name.
    """
    for beside in ("-wal", "-shm", "-journal"):
        # SQLite opens them too, and what is written there should not go elsewhere.
        if path.with_name(path.name + beside).is_symlink():
            raise StateError(f"{path}{beside} is a symbolic link")
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):
        raise StateError(f"{path} is a symbolic link")
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        # Under a second name SQLite would not find the changes that are beside the first.
        raise StateError(f"{path} is no file, or one with several names (hard links)")
    return status


def create(path: Path, mode: int, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make the file with all that it holds at first, for its owner only, or not at all.

    Raises:
        StateError: There are changes beside it, of a file of this name that is gone.
    """
    for beside in ("-wal", "-journal"):
        # SQLite would take them for changes of the new file.
        if path.with_name(path.name + beside).exists():
            raise StateError(
                f"{path}{beside} holds changes of a file that is gone: put that back, or move "
                "this one away as well"
            )
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        os.close(descriptor)
        Path(name).chmod(mode & 0o600)
        with closing(sqlite3.connect(name, isolation_level=None)) as database:
            database.executescript(f"BEGIN;{_SCHEMA}")
            fill(database)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {_VERSION}")
            database.execute("COMMIT")
            database.execute("PRAGMA journal_mode = WAL")
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    if hasattr(os, "O_DIRECTORY"):  # not on Windows, where a folder cannot be opened
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)


@contextmanager
def open_to_read(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that may be anything, without changing it.

    Raises:
        StateError: It is not the state of a sandbox, is of a newer version, or is damaged.
    """
    with closing(sqlite3.connect(uri(path, is_changing=_has_wal(path)), uri=True)) as database:
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION:
            raise StateError(f"{path} is not the state of a sandbox")
        if version > _VERSION:
            raise StateError(f"{path} was written by a newer version of the sandbox")
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise StateError(f"{path} is damaged")
        yield database


def open_alone(path: Path) -> sqlite3.Connection:
    """Open our file to write to it.

    Raises:
        sqlite3.OperationalError: Another program has it open.
    """
    with closing(_connect(path)) as probe:
        # This lock is had only where nobody else has the file open. It would keep out people who
        # look at the file, so that it is not held.
        probe.execute("PRAGMA locking_mode = EXCLUSIVE")
        probe.execute("SELECT * FROM sandbox")
    database = _connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database


def uri(path: PurePath, *, is_changing: bool) -> str:
    """Return the name by which SQLite opens a file to read it, and no more than that."""
    name = path.as_posix()
    slash = "" if name.startswith("/") else "/"  # before the letter of a drive
    options = "mode=ro" if is_changing else "mode=ro&immutable=1"  # makes no other file
    return f"file://{slash}{quote_from_bytes(os.fsencode(name))}?{options}"


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)


def _has_wal(path: Path) -> bool:
    return path.with_name(path.name + "-wal").exists()
