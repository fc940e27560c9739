"""What the tests of codegen share: small documents, builds, and runs of the script."""

import importlib
import importlib.util
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from unittest import mock

import regenerate as script
from codegen import comparison, generator
from codegen.bindings import examine
from codegen.counterparts import require_counterparts
from codegen.normalization import Normalized
from codegen.pipeline import prepare
from codegen.report import Change

ROOT: Final = Path(__file__).resolve().parent.parent

TEXT: Final = {"type": "string"}
#: A schema of which a class is made.
PARTS: Final = {"type": "object", "properties": {"lost_field": TEXT}}


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def small_document(schemas: dict[str, Any] | None = None, **operation: Any) -> dict[str, Any]:
    """Return a document with one operation."""
    version = operation.pop("version", "3.1.0")
    path = operation.pop("path", "/a")
    answers = {"200": {"description": ""}}
    return {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {path: {"post": {"operationId": "a", "responses": answers, **operation}}},
        "components": {"schemas": deepcopy(schemas or {})},
    }


def built(document: dict[str, Any], scratch: Path) -> Path:
    """Return the package of a document, through all steps that check it."""
    return build(prepare(document, []), scratch)


def build(normalized: Normalized, scratch: Path) -> Path:
    """Return the package of a normalized document, which has all of its counterparts."""
    package = generator.build(normalized, scratch)
    require_counterparts(normalized.document, examine(ROOT, package.parent, normalized.document))
    return package


def compared(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return the changes between two documents, each in its normal form."""
    return comparison.compare(prepare(old, []).document, prepare(new, []).document)


def import_package(package: Path, name: str) -> ModuleType:
    """Import built bindings, every module of them, under a name of their own."""
    spec = importlib.util.spec_from_file_location(
        name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    for path in sorted(package.rglob("*.py")):
        if path.stem != "__init__":
            steps = path.relative_to(package).with_suffix("").parts
            importlib.import_module(".".join((name, *steps)))
    return sys.modules[name]


@dataclass(frozen=True)
class Done:
    """What a run of the script came to."""

    returncode: int
    stdout: str
    stderr: str


def regenerate(tree: Path, *arguments: str) -> Done:
    """Run the script's command line on a copy of the project, in this process."""
    stdout, stderr = StringIO(), StringIO()
    with redirect_stdout(stdout), redirect_stderr(stderr), mock.patch.object(script, "ROOT", tree):
        try:
            code = script.main(list(arguments))
        except SystemExit as end:  # wrong use
            code = int(end.code or 0)
    return Done(code, stdout.getvalue(), stderr.getvalue())


def run_script(tree: Path, *arguments: str, cwd: Path, **env: str) -> Done:
    """Run the script of a copy of the project as a program, in a folder and an environment."""
    done = subprocess.run(
        [sys.executable, str(tree / "scripts" / "regenerate.py"), *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "", **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def contents(root: Path, *names: str) -> dict[str, bytes]:
    """Return the bytes of all files below some entries of a folder, by their paths."""
    files = [path for name in names or (".",) for path in (root / name, *(root / name).rglob("*"))]
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in files if path.is_file()
    }
