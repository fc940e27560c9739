"""Which files are opened as a state, and that all others are left as they are."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from kustom_facade.sandbox import Sandbox
from kustom_facade.sandbox.serving.database import StateError, uri
from kustom_facade.sandbox.serving.state_file import StateFile

from .stateful import kept


@pytest.fixture
def wide_umask() -> Iterator[None]:
    """Take nothing off the modes of new files."""
    before = os.umask(0)
    yield
    os.umask(before)


def _modes(folder: Path) -> dict[str, str]:
    return {path.name: stat.filemode(path.stat().st_mode) for path in folder.iterdir()}


@pytest.mark.usefixtures("wide_umask")
def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """Whatever the umask, and the files beside it too."""
    path = tmp_path / "state"
    with kept(path) as (api, _, state):
        api.capture(1)
        state.sync()
        private = "-rw-------"
        assert _modes(tmp_path) == dict.fromkeys(("state", "state-wal", "state-shm"), private)


@pytest.mark.usefixtures("wide_umask")
def test_a_stricter_mode_stays(tmp_path: Path) -> None:
    """Also that of an empty file, such as `mktemp` makes. A wider one was somebody's wish."""
    for mode, expected in ((0o400, 0o400), (0o600, 0o600), (0o640, 0o600)):
        path = tmp_path / f"{mode:o}"
        path.touch()
        path.chmod(mode)
        with kept(path):
            assert stat.S_IMODE(path.stat().st_mode) == expected
        for given in (0o400, 0o640):
            path.chmod(given)
            with kept(path):
                assert stat.S_IMODE(path.stat().st_mode) == given


def test_what_is_beside_it_is_nobodys_to_delete(tmp_path: Path) -> None:
    """Neither a file of a similar name, nor one that a kill has left half made."""
    others = [tmp_path / "state.new", tmp_path / ".state.half"]
    for other in others:
        other.write_text("precious")
    with kept(tmp_path / "state"):
        pass
    assert [other.read_text() for other in others] == ["precious", "precious"]
    assert sorted(tmp_path.iterdir()) == sorted([*others, tmp_path / "state"])


@pytest.mark.parametrize("beside", ["-wal", "-journal"])
def test_changes_of_a_file_that_is_gone_are_not_taken_for_its_own(
    tmp_path: Path, beside: str
) -> None:
    """SQLite would bring back what was deleted, or damage the new file."""
    left = tmp_path / f"state{beside}"
    left.write_bytes(b"changes")
    with (
        pytest.raises(StateError, match="holds changes of a file that is gone"),
        kept(tmp_path / "state"),
    ):
        pass
    assert list(tmp_path.iterdir()) == [left]
    assert left.read_bytes() == b"changes"


@pytest.mark.parametrize("link", ["state", "state-wal", "state-shm", "state-journal"])
@pytest.mark.parametrize("target", ["other", "none", "state"])
def test_a_symbolic_link_is_refused(tmp_path: Path, link: str, target: str) -> None:
    """Where it leads is neither read nor written, in the file's place or beside it."""
    with kept(tmp_path / "other"):
        pass
    before = (tmp_path / "other").read_bytes()
    (tmp_path / link).symlink_to(tmp_path / target)
    with pytest.raises(StateError, match=f"{link} is a symbolic link"):
        StateFile(tmp_path / "state", Sandbox())
    assert (tmp_path / "other").read_bytes() == before
    assert {entry.name for entry in tmp_path.iterdir()} == {"other", link}


def test_a_file_with_two_names_is_refused(tmp_path: Path) -> None:
    """By a hard link SQLite would not find what is beside the other name. A folder is no file."""
    path = tmp_path / "state"
    with kept(path):
        pass
    other = tmp_path / "other"
    other.hardlink_to(path)
    (tmp_path / "folder").mkdir()
    for name in (path, other, tmp_path / "folder"):
        with pytest.raises(StateError, match="is no file, or one with several names"):
            StateFile(name, Sandbox())
    other.unlink()
    with kept(path):  # what was refused holds no lock
        pass


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript("PRAGMA journal_mode = WAL; CREATE TABLE sandbox (a)")


def _newer(path: Path) -> None:
    with kept(path):
        pass
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 2")


def _flipped(path: Path) -> None:
    with kept(path):
        pass
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096  # the second page
    path.write_bytes(content)


def _cut(path: Path) -> None:
    with kept(path):
        pass
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b"hello"), "is not the state of a sandbox"),
        (lambda path: path.write_bytes(b"x" * 9000), "is not the state of a sandbox"),
        (lambda path: path.write_bytes(b'{"kustom_sandbox":1}\n'), "is not the state"),
        (_foreign, "is not the state of a sandbox"),
        (_newer, "was written by a newer version of the sandbox"),
        (_flipped, "is damaged"),
        (_cut, "is damaged"),
    ],
    ids=["text", "long text", "old journal", "other database", "newer", "flipped", "cut"],
)
def test_a_file_that_is_something_else_is_left_alone(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    """It may be of value to somebody: not one byte is changed, and no file is left beside it."""
    path = tmp_path / "state"
    make(path)
    content = path.read_bytes()
    with pytest.raises(StateError, match=reason):
        StateFile(path, Sandbox())
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (PurePosixPath("/tmp/a b/100%?#ü"), "file:///tmp/a%20b/100%25%3F%23%C3%BC"),  # noqa: S108  not made
        (PureWindowsPath("C:\\Users\\Åsa\\state"), "file:///C%3A/Users/%C3%85sa/state"),
        (PureWindowsPath("\\\\server\\share\\state"), "file:////server/share/state"),
    ],
)
def test_a_path_of_any_system_has_a_name_for_sqlite(
    path: PurePosixPath | PureWindowsPath, name: str
) -> None:
    """As https://www.sqlite.org/uri.html has it: drives after a slash, shares after two more."""
    assert uri(path, is_changing=True) == f"{name}?mode=ro"
    assert uri(path, is_changing=False) == f"{name}?mode=ro&immutable=1"


def test_a_folder_need_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows none can be, and Python has no flag for it there."""
    monkeypatch.delattr(os, "O_DIRECTORY")
    with kept(tmp_path / "state") as (api, _, _):
        assert api.order()["captured_amount"] == 0


def test_odd_names_are_names(tmp_path: Path) -> None:
    """Letters that mean something in a URI mean nothing here, in folders and files."""
    folder = tmp_path / "a b?c#d%41"
    folder.mkdir()
    for name in ("state?mode=memory", "ü#%", os.fsdecode(b"\xff")):
        for amount in (0, 1):
            with kept(folder / name) as (api, _, state):
                assert api.order()["captured_amount"] == amount
                api.capture(1)
                state.sync()
        assert (folder / name).stat().st_size > 4096
