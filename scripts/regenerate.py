#!/usr/bin/env python3
"""Rebuild generated/ and the clients' verbs, or take a newer document of the vendor.

    scripts/regenerate.py                 rebuild and replace
    scripts/regenerate.py --check         rebuild in a scratch folder and compare only
    scripts/regenerate.py --spec PATH     take PATH as openapi.yaml, and rebuild and replace

PATH is YAML or JSON, OpenAPI 3.0 or 3.1. With --spec: --dry-run does all but the replacing,
--report FILE writes what changes for users as Markdown, and --allow-stale leaves out the overlay's
actions that no longer apply.

Exit status: 0 done, 1 refused or different (says why and what to do), 2 wrong use.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
#: Where all stands that a run reads or makes.
_KEPT = ("openapi.yaml", "generated", "kustom_facade", "scripts")

#: Characters of a refusal, whose cause stands first.
_LONGEST = 200


def main(arguments: list[str]) -> int:
    """Run the command line, and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--check", action="store_true", help="compare only; exit status 1 names what differs")
    add("--spec", type=Path, metavar="PATH", help="take this newer document of the vendor")
    add("--dry-run", action="store_true", help="with --spec: do all but the replacing")
    add("--report", type=Path, metavar="FILE", help="with --spec: write the report as Markdown")
    add(
        "--allow-stale",
        action="store_true",
        help="with --spec: leave out overlay actions that no longer apply",
    )
    options = parser.parse_args(arguments)
    if options.spec is None and (options.dry_run or options.report or options.allow_stale):
        parser.error("--dry-run, --report and --allow-stale belong to --spec")
    if options.spec is not None and options.check:
        parser.error("--check compares what is there; it does not go with --spec")
    if options.spec is not None and options.report is not None:
        report = options.report.resolve()
        kept = {options.spec.resolve(), *(ROOT / name for name in _KEPT)}
        if kept.intersection([report, *report.parents]):
            parser.error(f"--report {options.report} would overwrite what the run reads or makes")
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    from codegen import pipeline  # noqa: PLC0415  # needs the tools that _with_tools makes sure of
    from codegen.document import RegenerationError, one_line  # noqa: PLC0415  # as above

    try:
        with tempfile.TemporaryDirectory(prefix="regenerate-") as folder:
            scratch = Path(folder)
            if options.check:
                return pipeline.check(ROOT, scratch)
            if options.spec is None:
                return pipeline.rebuild(ROOT, scratch)
            return pipeline.adopt(
                ROOT,
                scratch,
                options.spec,
                dry_run=options.dry_run,
                report=options.report,
                allow_stale=options.allow_stale,
            )
    except (RegenerationError, OSError) as error:
        line = f"regenerate: refused: {one_line(str(error))}"
        print(line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…", file=sys.stderr)
        return 1


def _stop(signum: int, _frame: FrameType | None) -> NoReturn:
    """End like Ctrl-C, so that the scratch folder is removed and children are stopped."""
    raise KeyboardInterrupt(signum)


def _with_tools() -> None:
    """Go on in the project's own environment where this Python lacks the tools."""
    python = ROOT / ".venv" / "bin" / "python"
    if find_spec("openapi_python_client") is None and Path(sys.prefix) != ROOT / ".venv":
        subprocess.run([ROOT / "scripts" / "setup"], check=True)
        os.execv(python, [str(python), __file__, *sys.argv[1:]])  # noqa: S606  # this script again


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    try:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")  # the report is the same in every locale
        _with_tools()
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("regenerate: stopped; nothing was replaced", file=sys.stderr)
        sys.exit(1)
