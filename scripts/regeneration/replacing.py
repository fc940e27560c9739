"""The last step: the document and the bindings are replaced together, or not at all.

All is made ready beside the targets first; what is left are four renames, during which Ctrl-C and SIGTERM wait.
A failure between them is undone at once. A kill that nothing can wait for may fall there too: the next run sees the
journal and puts the old state back.
"""

import fcntl
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .reading import Refused

#: Beside the targets, so that a rename is all it takes; named in .gitignore.
JOURNAL = ".regenerate"

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold off other runs in this folder: one would take what another is doing for what a killed one left."""
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("another run is at work in this folder; wait until it is done") from None
        yield
    finally:
        os.close(handle)  # a kill does this, too


def replace(root: Path, package: Path, document: bytes | None) -> None:
    """Put the new bindings, and the new document if there is one, in the place of the old.

    Args:
        root: the folder of the project.
        package: the bindings as built.
        document: the vendor's document, byte for byte; ``None`` keeps the present one.
    """
    recover(root)
    try:
        _replace(root, package, document)
    except OSError as error:
        raise Refused(
            f"{error.filename or root} cannot be replaced: {error.strerror or error}; nothing was replaced"
        ) from error


def unfinished(root: Path) -> bool:
    """Whether a run was killed while it replaced."""
    return (root / JOURNAL).exists()


def recover(root: Path) -> bool:
    """Put back what a killed run left half replaced; says whether there was such a thing."""
    _clear(root)
    if not unfinished(root):
        return False
    try:
        _put_back(root)
    except OSError as error:
        raise Refused(
            f"what a killed run left half replaced cannot be undone: {error}; mend that, and run this again"
        ) from error
    return True


def _replace(root: Path, package: Path, document: bytes | None) -> None:
    journal, making = root / JOURNAL, root / f"{JOURNAL}.new"
    present, kept = root / "openapi.yaml", root / "generated" / package.name
    try:
        making.mkdir()
        shutil.copytree(package, making / "package")
        shutil.copy2(present, making / "old document")
        shutil.copy2(present, making / "document")  # for its permissions
        if document is not None:
            (making / "document").write_bytes(document)
        (making / "name").write_text(package.name, encoding="utf-8")
        if not kept.exists():
            (making / "first").touch()
        kept.parent.mkdir(exist_ok=True)
        with _signals_waiting():
            try:
                # Only a whole journal has this name, so that there is always something whole to go back to.
                making.rename(journal)
                if kept.exists():
                    kept.rename(journal / "old package")
                (journal / "package").rename(kept)
                (journal / "document").replace(present)
                # This rename decides: before it the old state comes back, after it the new one stands.
                journal.rename(making)
            except OSError:
                if journal.exists():
                    _put_back(root)
                raise
    finally:
        _clear(root)


def _put_back(root: Path) -> None:
    """The old state again; done once more, it does no harm, for it may be killed as well."""
    journal = root / JOURNAL
    kept = root / "generated" / (journal / "name").read_text(encoding="utf-8")
    if (journal / "old package").exists():
        if kept.exists():
            kept.rename(journal / "new package")
        (journal / "old package").rename(kept)
    elif (journal / "first").exists():
        shutil.rmtree(kept, ignore_errors=True)
    restored = journal / "restored document"
    shutil.copy2(journal / "old document", restored)
    restored.replace(root / "openapi.yaml")
    journal.rename(root / f"{JOURNAL}.new")
    _clear(root)


def _clear(root: Path) -> None:
    shutil.rmtree(root / f"{JOURNAL}.new", ignore_errors=True)


@contextmanager
def _signals_waiting() -> Iterator[None]:
    """Hold back what would stop the run, until the renames are through.

    By handlers, not by a mask: a mask is a thread's, and a signal to the process would find another thread. After a
    success nobody need be told that the run was stopped: what is left is clearing up.
    """
    came: list[int] = []
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in _SIGNALS}
    done = False
    try:
        yield
        done = True
    finally:
        for one, handler in before.items():
            signal.signal(one, signal.SIG_IGN if done else handler)
        for number in () if done else came:
            signal.raise_signal(number)
