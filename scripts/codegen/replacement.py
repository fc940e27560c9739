"""The replacement of document, bindings and clients by what was made: all of them, or none."""

import fcntl
import filecmp
import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .document import RegenerationError

#: The folder beside the targets in which all is made ready, so that a rename is all it takes.
STAGE: Final = ".regenerate"

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def differences(root: Path, scratch: Path, targets: Sequence[str]) -> Iterator[str]:
    """Yield what differs between the project and what was made, one line per file.

    The files of a folder go by their paths in it.
    """
    for target in targets:
        present, new = _files(root / target), _files(scratch / target)
        for name in sorted(present | new):
            label, here, there = name or target, root / target / name, scratch / target / name
            if name not in present:
                yield f"missing: {label}"
            elif name not in new:
                yield f"extra: {label}"
            elif here.is_symlink() or not filecmp.cmp(here, there, shallow=False):
                yield f"changed: {label}"


def replace(root: Path, scratch: Path, targets: Sequence[str]) -> None:
    """Put what was made in the place of the targets, or leave all of them as they are.

    What stands in a folder and was not made is gone afterwards. After a ``SIGKILL`` between the
    renames, git has the old targets.
    """
    stage = root / STAGE
    try:
        shutil.rmtree(stage, ignore_errors=True)  # of a run that was killed
        stage.mkdir()
        for number, target in enumerate(targets):
            copy = stage / f"new {number}"
            if (scratch / target).is_dir():
                shutil.copytree(scratch / target, copy)
            else:
                shutil.copyfile(scratch / target, copy)
                shutil.copymode(root / target, copy)
        with deferred_signals():
            _swap(stage, [root / target for target in targets])
    except OSError as error:
        raise RegenerationError(
            f"{error.filename or root} cannot be replaced: {error.strerror or error}; "
            "nothing was replaced"
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def exclusive_lock(root: Path) -> Iterator[None]:
    """Hold off other runs in this folder."""
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RegenerationError(
                "another run is at work in this folder; wait until it is done"
            ) from None
        yield
    finally:
        os.close(handle)  # a kill does this, too


@contextmanager
def deferred_signals() -> Iterator[None]:
    """Hold back the signals that would stop the run. After a success nothing is left to stop.

    By handlers, not by a mask: a mask is a thread's, and a signal would find another thread.
    """
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda caught, _: came.append(caught)) for number in _SIGNALS
    }
    try:
        yield
    except BaseException:  # not handled, only told from a success
        for number, handler in before.items():
            signal.signal(number, handler)
        for caught in came:
            signal.raise_signal(caught)
        raise
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _swap(stage: Path, targets: Sequence[Path]) -> None:
    try:
        for number, target in enumerate(targets):
            if target.exists():
                target.rename(stage / f"old {number}")
            (stage / f"new {number}").rename(target)
    except OSError:
        for number, target in enumerate(targets):
            new, old = stage / f"new {number}", stage / f"old {number}"
            if not new.exists():
                target.rename(new)
            if old.exists():
                old.rename(target)
        raise


def _files(target: Path) -> set[str]:
    """Return the files of a folder by their paths in it. A file has the path ``""``."""
    if target.is_file():
        return {""}
    return {
        path.relative_to(target).as_posix()
        for path in target.rglob("*")
        if (path.is_file() or path.is_symlink()) and "__pycache__" not in path.parts
    }
