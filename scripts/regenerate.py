#!/usr/bin/env python3
"""Rebuild generated/ from openapi.yaml and scripts/overlay.yaml, or take a newer document of the vendor.

    scripts/regenerate.py                 rebuild and replace
    scripts/regenerate.py --check         rebuild in a scratch folder and compare; changes nothing
    scripts/regenerate.py --spec PATH     take PATH (YAML or JSON, OpenAPI 3.0 or 3.1) as openapi.yaml and rebuild

With --spec: --dry-run does all but the replacing, --report FILE writes what changes for users as Markdown, and
--allow-stale leaves out the overlay's actions that no longer apply.

Exit status: 0 done, 1 refused or different (says why and what to do), 2 wrong use.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Rebuild the bindings from the vendor's document.")
    parser.add_argument("--check", action="store_true", help="compare only; exit status 1 names what differs")
    parser.add_argument("--spec", type=Path, metavar="PATH", help="take this newer document of the vendor")
    parser.add_argument("--dry-run", action="store_true", help="with --spec: do all but the replacing")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="with --spec: write the report as Markdown"
    )
    parser.add_argument(
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
        _may_be_written(parser, options.report, options.spec)
    return _run(options)


def _may_be_written(parser: argparse.ArgumentParser, report: Path, spec: Path) -> None:
    """The report must not take the place of what the run reads or makes."""
    place = report.resolve()
    targets = [spec.resolve(), ROOT / "openapi.yaml", ROOT / "generated"]
    same = place.exists() and any(
        one.exists() and place.samefile(one) for one in targets
    )  # by a hard link, too
    if same or any(place == one or one in place.parents for one in targets):
        parser.error(f"--report {report} would overwrite the document or the bindings")


def _run(options: argparse.Namespace) -> int:
    from regeneration import reading, running  # noqa: PLC0415  # needs the tools that _with_tools makes sure of

    try:
        with tempfile.TemporaryDirectory(prefix="regenerate-") as scratch:
            if options.spec is not None:
                return running.adopt(
                    ROOT,
                    Path(scratch),
                    options.spec,
                    dry_run=options.dry_run,
                    report=options.report,
                    allow_stale=options.allow_stale,
                )
            return (
                running.check(ROOT, Path(scratch)) if options.check else running.rebuild(ROOT, Path(scratch))
            )
    except reading.Refused as refusal:
        told = str(refusal)
    except OSError as error:
        told = f"{error}; nothing was replaced"
    except Exception as error:  # noqa: BLE001  # a document that nobody foresaw is refused in one line as well
        place = traceback.extract_tb(error.__traceback__)[-1]
        told = (
            f"no step foresees this document ({type(error).__name__}: {str(error)[:200]}, "
            f"{Path(place.filename).name}:{place.lineno}); report it"
        )
    print(f"regenerate: refused: {reading.line(told)}", file=sys.stderr)
    return 1


def _stop(signum: int, _frame: FrameType | None) -> NoReturn:
    """End like Ctrl-C: the scratch folder is removed, programs that run for us are stopped."""
    raise KeyboardInterrupt(signum)


def _with_tools() -> None:
    """Go on in the project's own environment where this Python lacks the tools; make it first if need be."""
    python = ROOT / ".venv" / "bin" / "python"
    if find_spec("openapi_python_client") is None and Path(sys.prefix) != ROOT / ".venv":
        subprocess.run([ROOT / "scripts" / "setup"], check=True)
        os.execv(python, [str(python), __file__, *sys.argv[1:]])  # noqa: S606  # this script again, with its tools


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    try:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")  # the report is the same in every locale
        _with_tools()
        status = main(sys.argv[1:])
        try:
            sys.stdout.flush()
        except OSError:  # nobody listens any more; Python would end with a status of its own
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(status)
    except KeyboardInterrupt:
        print("regenerate: stopped; nothing was replaced", file=sys.stderr)
        sys.exit(1)
