"""The runs of scripts/regenerate.py, each a sequence of the steps in the other modules.

Everything is made in a scratch folder, which mirrors the project. Only then is it put in its place.
"""

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from . import (
    comparison,
    document as documents,
    generator,
    mending,
    overlay,
    probes,
    python_api,
    skeletons,
    validation,
    verb_coverage,
    verbs,
)
from .bindings import examine
from .counterparts import require_counterparts
from .document import Document, RegenerationError
from .normalization import Normalized, normalize
from .replacement import differences, exclusive_lock, replace
from .report import Report

#: What a run makes, as folders and files of the project.
TARGETS: Final = ("generated", *(f"{verbs.PACKAGE}/{file}" for file in verbs.CLIENTS))
DOCUMENT: Final = "openapi.yaml"
#: What holds our transcription of the document. The vendor's own takes its place.
TRANSCRIPTION: Final = "tests/codegen/test_transcription.py"


def rebuild(root: Path, scratch: Path) -> int:
    """Rebuild bindings and verbs of the present document, and replace them where they differ."""
    with exclusive_lock(root):
        _make(root, _present(root), scratch)
        changed = list(differences(root, scratch, TARGETS))
        for line in changed:
            print(line)
        if changed:
            sys.stdout.flush()  # a full disk or a closed pipe is told while all is as it was
            replace(root, scratch, TARGETS)
            print(f"regenerate: {len(changed)} files replaced")
        else:
            print("regenerate: generated/ and the clients' verbs are up to date")
    return 0


def check(root: Path, scratch: Path) -> int:
    """Compare bindings and verbs with those that the present document and the operations give."""
    normalized = _present(root)
    calls = probes.plan(root, normalized.document, normalized.document)
    found = _make(root, normalized, scratch, calls)
    problems = list(differences(root, scratch, TARGETS))
    hints = ["run scripts/regenerate.py"] if problems else []
    unmatched = _unmatched(root, found) or probes.failures(calls, found["outcomes"])
    if unmatched:
        problems += unmatched
        hints.append("adapt kustom_facade/, or explain in scripts/without_verb.yaml")
    for line in problems:
        print(documents.one_line(line))
    if problems:
        print(
            "regenerate: generated/ or the verbs are not what the document gives: "
            + ", and ".join(hints),
            file=sys.stderr,
        )
        return 1
    print(
        "regenerate: generated/ and the clients' verbs are up to date; every operation has a "
        f"verb, and {len(calls)} calls of the verbs did what the document says"
    )
    return 0


def adopt(
    root: Path, scratch: Path, spec: Path, *, dry_run: bool, report: Path | None, allow_stale: bool
) -> int:
    """Take a newer document: make everything of it, report, and only then replace."""
    with exclusive_lock(root):
        data = documents.read(spec)  # once: what is checked is what replaces
        fixes = list[str]()
        published = documents.parse(spec, data, fixes)
        present = documents.load(root / DOCUMENT)
        applied = overlay.apply_what_fits(published, _overlay(root), present)
        new = prepare(applied.document, fixes)
        # The overlay may already be ahead of the present document, so that not all of it applies.
        old = prepare(overlay.apply_what_fits(present, _overlay(root)).document, [])
        if not probes.keeps_a_verb(root, old.document, new.document):
            raise RegenerationError(
                f"{spec} has none of the operations that the verbs call; is it the right file?"
            )
        if applied.left_out and not allow_stale:
            for line in (*applied.followed, *applied.left_out):
                print(documents.one_line(line))
            stale = sum(line.startswith("stale") for line in applied.left_out)
            raise RegenerationError(
                f"{stale} overlay actions are stale and {len(applied.left_out) - stale} moved; "
                "fix scripts/overlay.yaml as said above, or leave them out with --allow-stale"
            )
        calls = probes.plan(root, old.document, new.document)
        with ThreadPoolExecutor() as pool:
            present_bindings = pool.submit(examine, root, root / "generated", old.document, calls)
            found = _make(root, new, scratch, calls)
        told = _report(root, old, new, present_bindings.result(), found, calls, applied)
        text = told.markdown()
        print(text)
        for skeleton in skeletons.of_uncovered(root, new.document, found):
            print(f"A verb for a new operation, to complete:\n\n{skeleton}")
        for action in applied.pasted:
            print(f"An overlay action in its new place, to paste:\n\n{action}")
        if report is not None:
            _write_report(report, text)
        if dry_run:
            print("regenerate: a dry run, nothing was replaced")
            return 0
        (scratch / DOCUMENT).write_bytes(data)
        sys.stdout.flush()  # as in rebuild
        replace(root, scratch, (DOCUMENT, *TARGETS, TRANSCRIPTION))
    done = "document, bindings and verbs are replaced; run scripts/test, and commit them together"
    if applied.left_out or applied.followed:
        done += "; adapt scripts/overlay.yaml as said above, or --check refuses"
    print(f"regenerate: {done}")
    return 0


def prepare(document: Document, fixes: list[str]) -> Normalized:
    """Mend a document, refuse what is not valid then, and return it in the one form."""
    try:
        mended = mending.mend(document, fixes)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # The rules take for granted that a part is what it should be; the specification does not.
        validation.require_valid(document)
        raise RegenerationError(f"the document cannot be read: {error!r}") from error
    validation.require_valid(mended)
    normalized = normalize(mended)
    return Normalized(normalized.document, [*fixes, *normalized.fixes])


# --- steps


def _present(root: Path) -> Normalized:
    """Return the present document with the overlay and the rules applied."""
    return prepare(overlay.apply(documents.load(root / DOCUMENT), _overlay(root)), [])


def _overlay(root: Path) -> Document:
    return documents.load(root / "scripts" / "overlay.yaml")


def _make(
    root: Path, normalized: Normalized, scratch: Path, calls: list[probes.Probe] | None = None
) -> Mapping[str, Any]:
    """Make all targets in the scratch folder, and return what their trial found."""
    with ThreadPoolExecutor() as pool:  # both wait for other programs most of the time
        written = pool.submit(verbs.written, root)
        package = generator.build(normalized, scratch)
        found = examine(root, package.parent, normalized.document, calls or ())
    require_counterparts(normalized.document, found)
    (scratch / verbs.PACKAGE).mkdir()
    for path, text in written.result().items():
        (scratch / path).write_text(text, encoding="utf-8")
    return found


def _unmatched(root: Path, found: Mapping[str, Any]) -> list[str]:
    explained = documents.load(root / "scripts" / "without_verb.yaml")
    return verb_coverage.problems(root, found, explained)


def _write_report(report: Path, text: str) -> None:
    try:
        report.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RegenerationError(
            f"the report cannot be written to {report}: {error.strerror}"
        ) from error


def _report(
    root: Path,
    old: Normalized,
    new: Normalized,
    kept: Mapping[str, Any],
    found: Mapping[str, Any],
    calls: list[probes.Probe],
    applied: overlay.Applied,
) -> Report:
    if kept["problems"]:
        raise RegenerationError(f"the present bindings cannot be used: {kept['problems'][0]}")
    return Report(
        old=documents.title(old.document),
        new=documents.title(new.document),
        fixes=new.fixes,
        overlay=(*applied.followed, *applied.left_out),
        changes=comparison.compare(old.document, new.document),
        python=python_api.compare(kept, found, comparison.renamed(old.document, new.document)),
        verbs=probes.compare(calls, kept["outcomes"], found["outcomes"]),
        coverage=_unmatched(root, found),
    )
