"""The runs of scripts/regenerate.py, each a sequence of the steps in the other modules."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from . import building, checking, comparing, mending, overlay, python_api, reading, replacing
from .mending import Mended
from .reading import Document, Refused
from .reporting import Report

_RECOVERED = "regenerate: an earlier run was killed while it replaced; what it left half done is undone"


def rebuild(root: Path, scratch: Path) -> int:
    """Rebuild the bindings of the present document, and replace them where they differ."""
    with replacing.alone(root):
        if replacing.recover(root):
            print(_RECOVERED)
        package = _built(_mended(root), scratch)
        differences = list(checking.differences(package.parent, root / "generated"))
        for line in differences:
            print(line)
        if differences:
            _replace(root, package, None, f"regenerate: {len(differences)} files replaced")
        else:
            print("regenerate: generated/ is up to date")
    return 0


def check(root: Path, scratch: Path) -> int:
    """Compare the bindings with what the present document gives, and the verbs with its operations."""
    _finished(root)
    package = _built(_mended(root), scratch)
    problems = list(checking.differences(package.parent, root / "generated"))
    advice = "run scripts/regenerate.py" if problems else ""
    unmatched = _verbs(root, package)
    if unmatched:
        problems += unmatched
        advice += f"{', and ' if advice else ''}adapt kustom_facade/, or explain in scripts/without_verb.yaml"
    for line in problems:
        print(line)
    if problems:
        print(
            f"regenerate: generated/ or the verbs are not what the document gives: {advice}", file=sys.stderr
        )
        return 1
    print("regenerate: generated/ is up to date, and every operation has its verb")
    return 0


def adopt(
    root: Path, scratch: Path, spec: Path, *, dry_run: bool, report: Path | None, allow_stale: bool
) -> int:
    """Take a newer document: read, validate, mend, build, check, report, and only then replace."""
    if dry_run:
        _finished(root)
        return _adopt(root, scratch, spec, dry_run=True, report=report, allow_stale=allow_stale)
    with replacing.alone(root):
        if replacing.recover(root):
            print(_RECOVERED)
        return _adopt(root, scratch, spec, dry_run=False, report=report, allow_stale=allow_stale)


def _adopt(
    root: Path, scratch: Path, spec: Path, *, dry_run: bool, report: Path | None, allow_stale: bool
) -> int:
    data = reading.read(spec)  # once: what is checked is what replaces
    document = reading.parse(spec, data)
    _sound(document)
    applied = overlay.apply_what_fits(document, _overlay(root))
    if applied.left_out and not allow_stale:
        raise _left_out(applied.left_out, ", or leave them out with --allow-stale")
    mended = _mend(applied.document)
    package = _built(mended, scratch)
    told = _report(root, package, document, mended, applied.left_out).markdown()
    print(told)
    if report is not None:
        try:
            report.write_text(told, encoding="utf-8")
        except OSError as error:
            raise Refused(f"the report cannot be written to {report}: {error.strerror}") from error
    if dry_run:
        print("regenerate: a dry run, nothing was replaced")
        return 0
    done = "regenerate: openapi.yaml and generated/ are replaced; run scripts/test, and commit both together"
    if applied.left_out:
        done += "; delete the overlay actions that were left out, or --check refuses"
    _replace(root, package, data, done)
    return 0


# --- steps


def _left_out(actions: tuple[str, ...], otherwise: str) -> Refused:
    """Tells each action that does not apply on a line of its own; gives the refusal with their count."""
    for one in actions:
        print(reading.line(one))
    stale = sum(one.startswith("stale") for one in actions)
    return Refused(
        f"{stale} overlay actions are stale and {len(actions) - stale} moved; mend scripts/overlay.yaml as said above"
        f"{otherwise}"
    )


def _replace(root: Path, package: Path, document: bytes | None, done: str) -> None:
    """Replace, clear away, and say so; what fails after the replacement must not be told as if there were none."""
    sys.stdout.flush()  # a full disk or a closed pipe under the report is told while all is as it was
    replacing.replace(root, package, document)
    left = []
    for name in _strangers(root, package):
        try:
            shutil.rmtree(name) if name.is_dir() and not name.is_symlink() else name.unlink()
        except OSError as error:
            left.append(
                f"regenerate: {name.name} does not belong into generated/, and stays: {error.strerror}"
            )
    try:
        for text in (*left, done):
            print(text)
        sys.stdout.flush()
    except OSError:  # nobody listens any more, and all is done
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _finished(root: Path) -> None:
    if replacing.unfinished(root):
        raise Refused(
            "an earlier run was killed while it replaced; run scripts/regenerate.py, which undoes it"
        )


def _overlay(root: Path) -> Document:
    return reading.load(root / "scripts" / "overlay.yaml")


def _mended(root: Path) -> Mended:
    document = reading.load(root / "openapi.yaml")
    _sound(document)
    applied = overlay.apply_what_fits(document, _overlay(root))
    if len(applied.left_out) == 1:
        raise Refused(applied.left_out[0])
    if applied.left_out:
        raise _left_out(applied.left_out, "")
    return _mend(applied.document)


def _sound(document: Document) -> None:
    """Refuse what is no sound document; what the rules mend does not count."""
    problem = reading.problem(document)
    if problem is None:
        return
    try:
        mended = mending.mend(document).document
    except (AttributeError, KeyError, TypeError, IndexError, ValueError, RecursionError, Refused):
        raise Refused(problem) from None  # too far from a document to be mended
    left = reading.problem(mended)
    if left is not None:
        raise Refused(left)


def _mend(document: Document) -> Mended:
    try:
        return mending.mend(document)
    except RecursionError:
        raise Refused("the document is nested too deeply") from None


def _built(mended: Mended, scratch: Path) -> Path:
    package = building.build(mended, scratch)
    checking.counterparts(mended.document, package)
    return package


def _strangers(root: Path, package: Path) -> list[Path]:
    """What stands in generated/ beside the bindings, and is none of ours."""
    return [path for path in (root / "generated").iterdir() if path.name != package.name]


def _verbs(root: Path, package: Path) -> list[str]:
    facade, listed = root / "kustom_facade", root / "scripts" / "without_verb.yaml"
    explained: Mapping[str, str] = reading.load(listed)
    return [
        *python_api.uncovered(package, facade / "_calls.py", explained),
        *python_api.without_key(package, facade / "_calls.py"),
        *python_api.missing_names(package, facade / "__init__.py"),
    ]


def _report(
    root: Path, package: Path, document: Document, mended: Mended, left_out: tuple[str, ...]
) -> Report:
    present = reading.load(root / "openapi.yaml")
    # The overlay may already be ahead of the present document; the comparison takes of it what fits.
    old = _mend(overlay.apply_what_fits(present, _overlay(root)).document)
    kept = root / "generated" / package.name
    return Report(
        old=_title(present),
        new=_title(mended.document),
        mends=mended.mends,
        left_out=left_out,
        changes=comparing.changes(
            comparing.as_declared(old.document, present), comparing.as_declared(mended.document, document)
        ),
        python=python_api.changes(kept, package) if kept.exists() else (),
        verbs=[
            *_verbs(root, package),
            *(python_api.lost_fields(kept, package, root / "kustom_facade") if kept.exists() else ()),
        ],
    )


def _title(document: Document) -> str:
    info = document["info"]
    return f"{info['title']} {info['version']}"
