"""Document and bindings are replaced together or not at all, wherever a run is killed or fails."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from regeneration import replacing
from regeneration.reading import Refused

SCRIPTS = Path(replacing.__file__).parents[1]
NAME = "kustom_order_management"
OLD = {"openapi.yaml": b"old", f"generated/{NAME}/a.py": b"old a", f"generated/{NAME}/b.py": b"old b"}
NEW = {"openapi.yaml": b"new", f"generated/{NAME}/a.py": b"new a", f"generated/{NAME}/c.py": b"new c"}

#: Kills itself before or after the n-th of the calls that change something.
KILLED = """
import os, pathlib, shutil, signal, sys, types
sys.path.insert(0, sys.argv[1])
sys.modules["regeneration.reading"] = types.SimpleNamespace(Refused=Exception)  # without its tools, which load slowly
from regeneration import replacing
left, after = int(sys.argv[4]), sys.argv[5] == "after"

def counted(holder, name):
    stock = getattr(holder, name)
    def call(*args, **more):
        global left
        left -= 1
        mine = left == 0
        if mine and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        stock(*args, **more)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
    setattr(holder, name, call)

for name in ("mkdir", "rename", "replace", "write_bytes", "write_text", "touch"):
    counted(pathlib.Path, name)
for name in ("copytree", "copy2", "rmtree"):
    counted(shutil, name)
root = pathlib.Path(sys.argv[2])
if sys.argv[6:] == ["recover"]:
    replacing.recover(root)
else:
    replacing.replace(root, pathlib.Path(sys.argv[3]), b"new")
"""


def _lay(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def _holds(root: Path) -> dict[str, bytes]:
    return {
        one.relative_to(root).as_posix(): one.read_bytes()
        for one in root.rglob("*")
        if one.is_file() and not one.relative_to(root).parts[0].startswith(".regenerate")
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with an old document and old bindings."""
    return _lay(tmp_path / "project", OLD)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """New bindings."""
    return _lay(tmp_path / "new", NEW) / "generated" / NAME


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """What a replacement ignores at its end is heard again."""
    kept = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for one, handler in kept.items():
        signal.signal(one, handler)


def test_both_are_replaced(root: Path, package: Path) -> None:
    """Document and bindings are the new ones, nothing is left beside them, and the built package stays."""
    replacing.replace(root, package, b"new")
    assert _holds(root) == NEW
    assert {one.name for one in root.iterdir()} == {"openapi.yaml", "generated"}
    assert package.exists()
    assert not replacing.recover(root)


def test_without_a_document_the_present_one_stays(root: Path, package: Path) -> None:
    """A rebuild replaces the bindings only."""
    replacing.replace(root, package, None)
    assert _holds(root) == {**NEW, "openapi.yaml": b"old"}


def _killed(root: Path, package: Path, step: int, when: str, *more: str) -> int:
    arguments = [str(SCRIPTS), str(root), str(package), str(step), when, *more]
    return subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, timeout=30).returncode


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("first", [False, True])
def test_a_kill_at_any_step_leaves_all_old_or_all_new(tmp_path: Path, when: str, first: bool) -> None:
    """Killed before or after each call that changes something: after the next run's first step, never a mixture."""
    package = _lay(tmp_path / "new", NEW) / "generated" / NAME
    before = {"openapi.yaml": b"old"} if first else OLD
    step, ended, outcomes = 0, -9, []
    while ended == -9:
        step += 1
        root = _lay(tmp_path / f"{step}", before)
        ended = _killed(root, package, step, when)
        unfinished = replacing.unfinished(root)
        assert replacing.recover(root) == unfinished
        outcomes.append(_holds(root))
        assert outcomes[-1] in (before, NEW)
        if unfinished:
            assert outcomes[-1] == before
        assert not [one.name for one in root.iterdir() if one.name.startswith(".regenerate")]
    assert ended == 0
    assert outcomes[0] == before
    assert outcomes[-1] == NEW
    assert len(outcomes) > 10


def test_a_kill_while_undoing_is_undone_as_well(tmp_path: Path) -> None:
    """The second kill falls at each step of the recovery; the third run still finds all that was old."""
    package = _lay(tmp_path / "new", NEW) / "generated" / NAME
    torn = tmp_path / "torn"
    step = 0
    while True:  # the last kill that leaves a journal is the one with both targets replaced
        step += 1
        root = _lay(tmp_path / f"{step}", OLD)
        if _killed(root, package, step, "after") == 0 or (
            replacing.unfinished(root) and (root / "openapi.yaml").read_bytes() == b"new"
        ):
            break
    root.rename(torn)
    assert replacing.unfinished(torn)
    assert _holds(torn) == NEW
    step, ended = 0, -9
    while ended == -9:
        step += 1
        again = shutil.copytree(torn, tmp_path / f"again {step}")
        ended = _killed(again, package, step, "after", "recover")
        replacing.recover(again)
        assert _holds(again) == OLD
    assert ended == 0
    assert step > 4


@pytest.mark.parametrize("failing", ["mkdir", "rename", "replace", "write_bytes", "write_text"])
def test_a_full_disk_at_any_step_leaves_both(
    root: Path, package: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """Every call of each kind fails once: refused in one line, both targets as they were, nothing left beside."""
    stock = getattr(Path, failing)
    for number in range(1, 6):
        calls = 0

        def call(*args: object, number: int = number, **more: object) -> object:
            nonlocal calls
            calls += 1
            if calls == number:
                raise OSError(errno.ENOSPC, "No space left on device", str(args[0]))
            return stock(*args, **more)

        monkeypatch.setattr(Path, failing, call)
        refused = ""
        try:
            replacing.replace(root, package, b"new")
        except Refused as refusal:
            refused = str(refusal)
        monkeypatch.undo()
        assert {one.name for one in root.iterdir()} == {"openapi.yaml", "generated"}
        if not refused:  # there was no such call any more
            assert number > 1
            assert _holds(root) == NEW
            return
        assert "No space left on device; nothing was replaced" in refused
        assert _holds(root) == OLD


def test_a_failing_copy_leaves_both(root: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The errors of shutil, which carry lists, are refused in one line as well."""

    def fail(*_: object) -> None:
        raise shutil.Error([("from", "to", "disk full")])

    monkeypatch.setattr(shutil, "copytree", fail)
    with pytest.raises(Refused, match="nothing was replaced"):
        replacing.replace(root, package, b"new")
    assert _holds(root) == OLD


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_the_renames(
    root: Path, package: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """One that comes between two renames is held back, and what was asked for is done."""
    stock = Path.rename

    def rename(self: Path, target: Path) -> Path:
        os.kill(os.getpid(), number)
        return stock(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    replacing.replace(root, package, b"new")
    assert _holds(root) == NEW


def test_only_one_run_at_a_time(root: Path) -> None:
    """A second run in the same folder is refused, and let in when the first is done."""
    with replacing.alone(root), pytest.raises(Refused, match="another run is at work"), replacing.alone(root):
        raise AssertionError
    with replacing.alone(root):
        assert not replacing.unfinished(root)


# --- the whole command, killed


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newer document that can be taken as it is."""
    path = tmp_path_factory.mktemp("changed") / "newer.yaml"
    text = (SCRIPTS.parent / "openapi.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("maximum: 200000000", "maximum: 300000000"), encoding="utf-8")
    return path


def _start(tree: Path, *arguments: str, tmp: Path) -> "subprocess.Popen[str]":
    tmp.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, str(tree / "scripts" / "regenerate.py"), *arguments],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(tmp)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _of(tree: Path) -> dict[str, bytes]:
    return {
        name: content for name, content in _holds(tree).items() if name.startswith(("openapi", "generated"))
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_killing_the_run_at_any_moment_leaves_the_tree(
    tree: Path, changed: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """Signals spread over the whole run: both targets as they were; after Ctrl-C or SIGTERM no scratch folder stays."""
    before = _of(tree)
    for delay in (0.05, 0.3, 0.6, 0.9, 1.2):
        run = _start(tree, "--spec", str(changed), tmp=tmp_path / "tmp")
        time.sleep(delay)
        run.send_signal(number)
        _, said = run.communicate(timeout=30)
        if run.returncode == 0:  # it was faster than the signal
            break
        assert _of(tree) == before
        if number is not signal.SIGKILL and "regenerate: stopped" in said:
            assert said.splitlines() == ["regenerate: stopped; nothing was replaced"]
            assert run.returncode == 1
            assert list((tmp_path / "tmp").iterdir()) == []


def test_an_unfinished_run_is_undone_by_the_next(tree: Path, changed: Path, tmp_path: Path) -> None:
    """--check and --dry-run refuse in one line; a run puts the old state back, says so, and goes on."""
    before = _of(tree)
    package = shutil.copytree(tree / "generated" / NAME, tmp_path / NAME)
    (package / "document.py").unlink()
    step = 0
    while not (replacing.unfinished(tree) and _of(tree) != before):
        replacing.recover(tree)
        step += 1
        assert _killed(tree, package, step, "after") == -9
    for arguments in (["--check"], ["--spec", str(changed), "--dry-run"]):
        run = _start(tree, *arguments, tmp=tmp_path / "tmp")
        out, said = run.communicate(timeout=30)
        assert (run.returncode, out, len(said.splitlines())) == (1, "", 1)
        assert "run scripts/regenerate.py, which undoes it" in said
    run = _start(tree, tmp=tmp_path / "tmp")
    out, said = run.communicate(timeout=30)
    assert (run.returncode, said) == (0, "")
    assert "an earlier run was killed" in out
    assert _of(tree) == before
    assert not replacing.unfinished(tree)
