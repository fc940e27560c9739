#!/usr/bin/env python3
"""Rebuild generated/ from openapi.yaml and scripts/overlay.yaml.

    scripts/regenerate.py            rebuild and replace
    scripts/regenerate.py --check    rebuild in a scratch folder and compare; changes nothing

Exit status: 0 done, 1 refused or different (says why and what to do), 2 wrong use.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "generated"


def main(arguments: list[str]) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Rebuild the bindings from the vendor's document.")
    parser.add_argument("--check", action="store_true", help="compare only; exit status 1 names what differs")
    options = parser.parse_args(arguments)
    from regeneration import reading  # noqa: PLC0415  # needs the tools that _with_tools makes sure of

    try:
        with tempfile.TemporaryDirectory(prefix="regenerate-") as scratch:
            return _run(Path(scratch), check=options.check)
    except reading.Refused as refusal:
        print(f"regenerate: refused: {refusal}", file=sys.stderr)
        return 1


def _run(scratch: Path, *, check: bool) -> int:
    from regeneration import building, checking, overlay, reading  # noqa: PLC0415  # as above

    document = reading.load(ROOT / "openapi.yaml")
    reading.validate(document)
    mended = overlay.apply(document, reading.load(ROOT / "scripts" / "overlay.yaml"))
    made = building.build(mended, scratch)
    checking.counterparts(mended, made)
    kept = GENERATED / made.name
    differences = list(checking.differences(made, kept))
    for line in differences:
        print(line)
    if check and differences:
        print(
            "regenerate: generated/ is not what the document gives: run scripts/regenerate.py",
            file=sys.stderr,
        )
        return 1
    if differences:
        _replace(made, kept)
    print(
        f"regenerate: {f'{len(differences)} files replaced' if differences else 'generated/ is up to date'}"
    )
    return 0


def _replace(made: Path, kept: Path) -> None:
    """Put the new tree in the place of the old one, by renaming, so that there is never half of one."""
    GENERATED.mkdir(exist_ok=True)
    incoming, outgoing = GENERATED / ".incoming", GENERATED / ".outgoing"
    for leftover in (incoming, outgoing):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(made, incoming)
    if kept.exists():
        kept.rename(outgoing)
    incoming.rename(kept)
    shutil.rmtree(outgoing, ignore_errors=True)


def _with_tools() -> None:
    """Go on in the project's own environment where this Python lacks the tools; make it first if need be."""
    python = ROOT / ".venv" / "bin" / "python"
    if find_spec("openapi_python_client") is None and Path(sys.prefix) != ROOT / ".venv":
        subprocess.run([ROOT / "scripts" / "setup"], check=True)
        os.execv(python, [str(python), __file__, *sys.argv[1:]])  # noqa: S606  # our own Python; signals reach it


if __name__ == "__main__":
    _with_tools()
    sys.exit(main(sys.argv[1:]))
