"""The replacement of document, bindings and clients by what was made."""

import fcntl
import filecmp
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .document import RegenerationError

#: The folder beside the targets in which all is made ready, so that a rename is all it takes.
STAGE = ".regenerate"


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

    A target that was not made is removed. After a ``SIGKILL`` between the renames, the next run
    makes the rest: no file that a run reads is ever missing.
    """
    stage = root / STAGE
    put = list[tuple[Path, Path]]()
    try:
        shutil.rmtree(stage, ignore_errors=True)  # of a run that was killed
        stage.mkdir()
        for number, target in enumerate(targets):
            _copy(scratch / target, stage / f"new {number}")
        for number, target in enumerate(targets):
            new, old = stage / f"new {number}", stage / f"old {number}"
            put.append((root / target, old))
            _put(new, root / target, old)
    except BaseException as error:  # a stop, too, leaves all or nothing
        for place, old in reversed(put):
            if old.exists():
                shutil.rmtree(place, ignore_errors=True)
                old.rename(place)
        if isinstance(error, OSError):
            raise RegenerationError(
                f"{error.filename or root} cannot be replaced: {error.strerror or error}; "
                "nothing was replaced"
            ) from error
        raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copyfile(source, target)


def _put(new: Path, target: Path, old: Path) -> None:
    """Put a file or folder in the place of a target, which is kept as ``old``."""
    if target.is_dir() or not new.exists():
        if target.exists():
            target.rename(old)
    elif target.exists():
        shutil.copy2(target, old)
        shutil.copymode(target, new)
    if new.exists():
        new.replace(target)


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


def _files(target: Path) -> set[str]:
    """Return the files of a folder by their paths in it. A file has the path ``""``."""
    if target.is_file():
        return {""}
    return {
        path.relative_to(target).as_posix()
        for path in target.rglob("*")
        if (path.is_file() or path.is_symlink()) and "__pycache__" not in path.parts
    }
