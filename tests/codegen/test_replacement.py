"""Document, bindings and clients are replaced together, or not at all."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from codegen import replacement
from codegen.document import RegenerationError
from codegen_support import contents

TARGETS = ("openapi.yaml", "generated", "kustom_facade/client.py")
OLD = {
    "openapi.yaml": b"old",
    "generated/package/a.py": b"old a",
    "generated/package/b.py": b"old b",
    "generated/stray/x.py": b"old",
    "kustom_facade/client.py": b"old client",
}
NEW = {
    "openapi.yaml": b"new",
    "generated/package/a.py": b"new a",
    "generated/package/c.py": b"new c",
    "kustom_facade/client.py": b"new client",
}


def _lay(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with old targets."""
    return _lay(tmp_path / "project", OLD)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Return new targets."""
    return _lay(tmp_path / "new", NEW)


def test_all_targets_are_replaced(root: Path, scratch: Path) -> None:
    """They are the new ones, nothing is left beside them, and what was made stays."""
    (root / "openapi.yaml").chmod(0o640)
    replacement.replace(root, scratch, TARGETS)
    assert contents(root) == contents(scratch) == NEW
    assert (root / "openapi.yaml").stat().st_mode & 0o777 == 0o640


def test_other_targets_stay(root: Path, scratch: Path) -> None:
    """A rebuild leaves the document."""
    replacement.replace(root, scratch, TARGETS[1:])
    assert contents(root) == {**NEW, "openapi.yaml": b"old"}


def test_bindings_that_are_not_there_yet_are_put_there(root: Path, scratch: Path) -> None:
    """A first run has nothing to move away."""
    shutil.rmtree(root / "generated")
    replacement.replace(root, scratch, TARGETS)
    assert contents(root) == NEW


def test_what_a_killed_run_left_is_no_hindrance(root: Path, scratch: Path) -> None:
    """Its stage is cleared away."""
    _lay(root / replacement.STAGE, {"new 0": b"half", "old 1/a.py": b"old"})
    replacement.replace(root, scratch, TARGETS)
    assert contents(root) == NEW


def test_a_link_in_the_bindings_goes_and_what_it_leads_to_stays(
    root: Path, scratch: Path, tmp_path: Path
) -> None:
    """It is named as a difference before."""
    precious = _lay(tmp_path / "precious", {"file": b"x"})
    (root / "generated" / "link").symlink_to(precious)
    assert "extra: link" in replacement.differences(root, scratch, ("generated",))
    replacement.replace(root, scratch, TARGETS)
    assert contents(root) == NEW
    assert contents(precious) == {"file": b"x"}


@pytest.mark.parametrize("name", ["rename", "replace"])
@pytest.mark.parametrize("number", range(1, 4))
@pytest.mark.parametrize("error", [OSError(errno.EACCES, "Permission denied"), KeyboardInterrupt()])
def test_a_failure_or_a_stop_leaves_all_old(
    root: Path,
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    number: int,
    error: BaseException,
) -> None:
    """Whichever of the moves it is: what was moved is moved back."""
    stock, calls = getattr(Path, name), 0

    def move(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == number:
            raise error
        moved: Path = stock(self, target)
        return moved

    monkeypatch.setattr(Path, name, move)
    moves = {"rename": 1, "replace": 3}[name]
    if number > moves:
        replacement.replace(root, scratch, TARGETS)
        assert contents(root) == NEW
        return
    with pytest.raises((RegenerationError, KeyboardInterrupt)) as refusal:
        replacement.replace(root, scratch, TARGETS)
    if isinstance(error, OSError):
        assert str(refusal.value).endswith("Permission denied; nothing was replaced")
    assert contents(root) == OLD


@pytest.mark.parametrize("number", range(1, 5))
def test_no_file_is_missing_when_a_run_is_killed(
    root: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Whatever was in between: each is old or new, and the next run has all that it reads."""
    stocks, calls = {name: getattr(Path, name) for name in ("rename", "replace")}, 0

    def move(name: str) -> Callable[[Path, Path], None]:
        def moved(self: Path, target: Path) -> None:
            nonlocal calls
            calls += 1
            if calls == number:
                os._exit(0)  # as a kill: nothing is put back
            stocks[name](self, target)

        return moved

    child = os.fork()
    if child == 0:
        for name in stocks:
            monkeypatch.setattr(Path, name, move(name))
        replacement.replace(root, scratch, TARGETS)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    for name in ("openapi.yaml", "kustom_facade/client.py"):
        assert (root / name).read_bytes() in (OLD[name], NEW[name])
    replacement.replace(root, scratch, TARGETS)
    assert contents(root) == NEW


def test_a_target_that_was_not_made_is_removed(root: Path, scratch: Path) -> None:
    """So goes what pins the old document."""
    replacement.replace(root, scratch, (*TARGETS[:2], "kustom_facade/none.py"))
    (scratch / "kustom_facade/client.py").unlink()
    replacement.replace(root, scratch, TARGETS)
    assert contents(root) == {name: NEW[name] for name in NEW if "client" not in name}


@pytest.mark.parametrize("name", ["copytree", "copyfile"])
def test_a_failing_copy_leaves_all_old(
    root: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A full disk, also as the error of shutil that carries a list."""

    def fail(*_: object) -> None:
        raise shutil.Error([("from", "to", "disk full")])

    monkeypatch.setattr(shutil, name, fail)
    with pytest.raises(RegenerationError, match=r"disk full.*nothing was replaced"):
        replacement.replace(root, scratch, TARGETS)
    assert contents(root) == OLD


def test_two_runs_at_once_are_kept_apart(root: Path) -> None:
    """A second run in the same folder is refused, and let in when the first is done."""
    lock = replacement.exclusive_lock
    with lock(root), pytest.raises(RegenerationError, match="another run is at work"), lock(root):
        raise AssertionError
    with lock(root):
        pass


def test_differences_go_both_ways_and_ignore_caches(root: Path, tmp_path: Path) -> None:
    """What is on one side only is named as missing or extra; Python's caches are no difference."""
    other = shutil.copytree(root, tmp_path / "other")
    _lay(other, {"generated/package/__pycache__/x.pyc": b"x"})
    assert list(replacement.differences(root, other, TARGETS)) == []
    shutil.move(other / "generated/package/a.py", other / "generated/package/c.py")
    (other / "openapi.yaml").write_bytes(b"other")
    lines = ["changed: openapi.yaml", "extra: package/a.py", "missing: package/c.py"]
    assert list(replacement.differences(root, other, TARGETS)) == lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_the_run_at_any_moment_leaves_the_tree(
    tree: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """Signals spread over the whole run: all as it was, and no scratch folder stays."""
    targets = ("openapi.yaml", "generated", "kustom_facade")
    before = contents(tree, *targets)
    spec, scratch = tmp_path / "newer.yaml", tmp_path / "tmp"
    text = (tree / "openapi.yaml").read_text(encoding="utf-8")
    spec.write_text(text.replace("200000000", "300000000"), encoding="utf-8")
    scratch.mkdir()
    for delay in (0.6, 1.8):  # where it falls does not matter
        run = subprocess.Popen(
            [sys.executable, str(tree / "scripts" / "regenerate.py"), "--spec", str(spec)],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(scratch)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        time.sleep(delay)
        run.send_signal(number)
        _, said = run.communicate(timeout=60)
        if run.returncode == 0:  # it was faster than the signal
            break
        assert contents(tree, *targets) == before
        if "regenerate: stopped" in said:
            assert said.splitlines() == ["regenerate: stopped; nothing was replaced"]
            assert run.returncode == 1
            assert list(scratch.iterdir()) == []
