"""The bindings of a document, built in a scratch folder by the pinned generator and our templates."""

import json
import os
import subprocess
import sys
from pathlib import Path

from . import facts
from .reading import Document, Refused

PACKAGE = "kustom_order_management"
_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_RUFF = ("--isolated", "--quiet", "--line-length", "110", "--target-version", "py311")


def build(document: Document, scratch: Path) -> Path:
    """Build the package of a mended document below ``scratch``; returns its folder."""
    source, settings, output = scratch / "document.json", scratch / "settings.json", scratch / PACKAGE
    source.write_text(json.dumps(document, default=str), encoding="utf-8")
    settings.write_text(json.dumps({"post_hooks": []}), encoding="utf-8")
    _run(
        "openapi_python_client",
        "generate",
        *("--path", str(source), "--config", str(settings), "--output-path", str(output)),
        *("--custom-template-path", str(_TEMPLATES), "--meta", "none", "--fail-on-warning"),
    )
    (output / "py.typed").touch()
    (output / "document.py").write_text(facts.module(document), encoding="utf-8")
    # F401: the templates import what most models need, and this takes out what one does not; I: import order.
    _run("ruff", "check", *_RUFF, "--fix-only", "--select", "F401,I", str(output))
    _run("ruff", "format", *_RUFF, str(output))
    return output


def _run(module: str, *arguments: str) -> None:
    # The locale and the time zone of the caller must not reach the output.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise Refused(
            f"{module} refused the document: {' '.join((done.stderr or done.stdout).split())[:2000]}"
        )
