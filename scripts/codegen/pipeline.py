"""The runs of scripts/regenerate.py, each a sequence of the steps in the other modules.

Everything is made in a scratch folder, which mirrors the project. Only then is it put in its place.
"""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from . import (
    comparison,
    document as documents,
    generator,
    overlay,
    python_api,
    validation,
    verb_coverage,
    verbs,
)
from .counterparts import require_counterparts
from .document import Document, RegenerationError
from .normalization import Normalized, normalize
from .replacement import differences, exclusive_lock, replace
from .report import Report

#: What a run makes, as folders and files of the project.
TARGETS: Final = ("generated", *(f"{verbs.PACKAGE}/{file}" for file in verbs.CLIENTS))
DOCUMENT: Final = "openapi.yaml"


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
    package = _make(root, _present(root), scratch)
    problems = list(differences(root, scratch, TARGETS))
    hints = ["run scripts/regenerate.py"] if problems else []
    unmatched = _unmatched(root, package)
    if unmatched:
        problems += unmatched
        hints.append("adapt kustom_facade/, or explain in scripts/without_verb.yaml")
    for line in problems:
        print(line)
    if problems:
        print(
            "regenerate: generated/ or the verbs are not what the document gives: "
            + ", and ".join(hints),
            file=sys.stderr,
        )
        return 1
    print(
        "regenerate: generated/ and the clients' verbs are up to date; every operation has a verb"
    )
    return 0


def adopt(
    root: Path, scratch: Path, spec: Path, *, dry_run: bool, report: Path | None, allow_stale: bool
) -> int:
    """Take a newer document: make everything of it, report, and only then replace."""
    with exclusive_lock(root):
        data = documents.read(spec)  # once: what is checked is what replaces
        published = documents.parse(spec, data)
        _require_valid(published)
        applied = overlay.apply_what_fits(published, _overlay(root))
        if applied.left_out and not allow_stale:
            for line in applied.left_out:
                print(documents.one_line(line))
            stale = sum(line.startswith("stale") for line in applied.left_out)
            raise RegenerationError(
                f"{stale} overlay actions are stale and {len(applied.left_out) - stale} moved; "
                "fix scripts/overlay.yaml as said above, or leave them out with --allow-stale"
            )
        normalized = normalize(applied.document)
        package = _make(root, normalized, scratch)
        text = _report(root, package, published, normalized, applied.left_out).markdown()
        print(text)
        if report is not None:
            try:
                report.write_text(text, encoding="utf-8")
            except OSError as error:
                raise RegenerationError(
                    f"the report cannot be written to {report}: {error.strerror}"
                ) from error
        if dry_run:
            print("regenerate: a dry run, nothing was replaced")
            return 0
        (scratch / DOCUMENT).write_bytes(data)
        sys.stdout.flush()  # as in rebuild
        replace(root, scratch, (DOCUMENT, *TARGETS))
    done = "document, bindings and verbs are replaced; run scripts/test, and commit them together"
    if applied.left_out:
        done += "; delete the overlay actions that were left out, or --check refuses"
    print(f"regenerate: {done}")
    return 0


# --- steps


def _present(root: Path) -> Normalized:
    """Return the present document with the overlay and the rules applied."""
    document = documents.load(root / DOCUMENT)
    _require_valid(document)
    return normalize(overlay.apply(document, _overlay(root)))


def _require_valid(document: Document) -> None:
    """Refuse a document that is not valid, unless the rules make it so."""
    problem = validation.problem(document)
    if problem is None:
        return
    # The second pass is for defects that the rules fix: an operationId that stands twice, an empty
    # enum. It cannot be the only one: the rules take a valid document's shape for granted.
    with suppress(AttributeError, KeyError, TypeError, ValueError, RegenerationError):
        problem = validation.problem(normalize(document).document)
    if problem is not None:
        raise RegenerationError(problem)


def _overlay(root: Path) -> Document:
    return documents.load(root / "scripts" / "overlay.yaml")


def _make(root: Path, normalized: Normalized, scratch: Path) -> Path:
    """Make all targets in the scratch folder, and return the package of the bindings."""
    package = generator.build(normalized, scratch)
    require_counterparts(normalized.document, package)
    (scratch / verbs.PACKAGE).mkdir()
    for path, text in verbs.written(root).items():
        (scratch / path).write_text(text, encoding="utf-8")
    return package


def _unmatched(root: Path, package: Path) -> list[str]:
    explained = documents.load(root / "scripts" / "without_verb.yaml")
    return verb_coverage.problems(root, package, explained)


def _report(
    root: Path,
    package: Path,
    published: Document,
    normalized: Normalized,
    left_out: tuple[str, ...],
) -> Report:
    present = documents.load(root / DOCUMENT)
    # The overlay may already be ahead of the present document, so that not all of it applies.
    old = normalize(overlay.apply_what_fits(present, _overlay(root)).document)
    kept = root / "generated" / package.name
    return Report(
        old=documents.title(present),
        new=documents.title(normalized.document),
        fixes=normalized.fixes,
        left_out=left_out,
        changes=comparison.compare(
            comparison.as_declared(old.document, present),
            comparison.as_declared(normalized.document, published),
        ),
        python=python_api.compare(kept, package),
        verbs=_unmatched(root, package) + verb_coverage.lost_fields(root, kept, package),
    )
