"""scripts/regenerate.py as a user runs it, on copies of the project."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGE = "generated/kustom_order_management"


def _run(tree: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(tree / "scripts" / "regenerate.py"), *arguments],
        cwd=tree.parent,  # not the project's folder: it must not matter
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_check_of_a_clean_tree_is_content(tree: Path) -> None:
    """Exit status 0, nothing named, nothing changed."""
    before = _contents(tree)
    done = _run(tree, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "up to date" in done.stdout
    assert _contents(tree) == before


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("changed", "models/address_dto.py"),
        ("changed", "document.py"),
        ("missing", "models/refund_dto.py"),
        ("missing", "py.typed"),
        ("extra", "models/left_over.py"),
        ("extra", "api/orders/deeper/left_over.txt"),
    ],
)
def test_check_names_what_differs(tree: Path, kind: str, name: str) -> None:
    """Exit status 1 and the one file, for each of the ways to differ; nothing is repaired."""
    path = tree / PACKAGE / name
    if kind == "changed":
        path.write_bytes(path.read_bytes() + b"#\n")
    elif kind == "missing":
        path.unlink()
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text("x = 1\n", encoding="utf-8")
    before = _contents(tree)
    done = _run(tree, "--check")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [f"{kind}: kustom_order_management/{name}"]
    assert "run scripts/regenerate.py" in done.stderr
    assert _contents(tree) == before


def test_a_run_repairs_all_that_check_names(tree: Path) -> None:
    """Without --check the tree is made what the document gives, and a second run has nothing to do."""
    before = _contents(tree)
    (tree / PACKAGE / "models" / "address_dto.py").write_text("x = 1\n", encoding="utf-8")
    (tree / PACKAGE / "document.py").unlink()
    (tree / PACKAGE / "left_over.py").write_text("x = 1\n", encoding="utf-8")
    done = _run(tree)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == [
        "missing: kustom_order_management/document.py",
        "extra: kustom_order_management/left_over.py",
        "changed: kustom_order_management/models/address_dto.py",
    ]
    assert _contents(tree) == before
    assert "up to date" in _run(tree).stdout


def test_a_changed_limit_reaches_the_facts(tree: Path) -> None:
    """A limit of the document that changes is noticed, and taken over."""
    _change(tree / "openapi.yaml", "maximum: 200000000", "maximum: 300000000")
    assert "changed: kustom_order_management/document.py" in _run(tree, "--check").stdout.splitlines()
    assert _run(tree).returncode == 0
    assert "300000000" in (tree / PACKAGE / "document.py").read_text(encoding="utf-8")


def test_two_places_give_the_same_bytes(tmp_path: Path, new_tree: Callable[[Path], Path]) -> None:
    """Folder, hash seed, time zone and locale do not reach the output."""
    places = {
        "a": {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"},
        "deeper/b ü": {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C.UTF-8", "COLUMNS": "20"},
    }
    outputs = []
    for place, environment in places.items():
        tree = new_tree(tmp_path / place)
        before = _contents(tree / "generated")
        for path in (tree / PACKAGE).rglob("*.py"):
            path.unlink()
        done = _run(tree, **environment)
        assert done.returncode == 0, done.stderr
        outputs.append(_contents(tree / "generated"))
        assert outputs[-1] == before
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("arguments", [["--nonsense"], ["document.yaml"], ["--check", "--check=1"]])
def test_wrong_use_has_its_own_exit_status(tree: Path, arguments: list[str]) -> None:
    """What is not a known argument is exit status 2 with the usage, and nothing is done."""
    done = _run(tree, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


@pytest.mark.parametrize("arguments", [["--check"], []])
def test_a_stale_overlay_stops_the_run(tree: Path, arguments: list[str]) -> None:
    """A fix that no longer applies: exit status 1, one line that names the action, generated/ as it was."""
    _change(tree / "openapi.yaml", "example: 10001", "example: '10001'")
    before = _contents(tree)
    done = _run(tree, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "overlay action 7 (A reference is a string" in done.stderr
    assert "example is '10001', not 10001" in done.stderr
    assert _contents(tree) == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "cannot be read"),
        ("", "is empty"),
        ("- a list", "holds no OpenAPI document"),
        ("<!doctype html><p>a: b: c: [", "is HTML or XML, not YAML or JSON"),
        ("a: b: c: [", "is not YAML or JSON"),
        ("swagger: '2.0'\ninfo: {}\n", "this is Swagger 2.0; convert it"),
        ("info: {}\n", "OpenAPI 3.0 or 3.1 is needed, the document says nothing"),
        ("openapi: 4.0.0\n", "the document says 4.0.0"),
        ("openapi: 3.0.3\ninfo: {title: T, version: '1'}\n", "the document is not valid at its top"),
        ("openapi: 3.1.0\ninfo: {title: T}\npaths: {}\n", "the document is not valid at info"),
    ],
)
def test_what_is_no_document_is_refused_in_one_line(tree: Path, text: str | None, why: str) -> None:
    """Exit status 1 and a line of why; no traceback, and nothing is touched."""
    document = tree / "openapi.yaml"
    document.unlink()
    if text is not None:
        document.write_text(text, encoding="utf-8")
    before = _contents(tree)
    done = _run(tree)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("regenerate: refused: ")
    assert why in done.stderr
    assert _contents(tree) == before


def test_what_the_generator_warns_of_is_refused(tree: Path) -> None:
    """A warning of the generator is an error: it would have left something out."""
    _change(tree / "openapi.yaml", "$ref: '#/components/schemas/UpdateConsumerDto'", "type: 5")
    _change(tree / "openapi.yaml", "type: 5", "{type: string, format: date, default: never}")
    before = _contents(tree)
    done = _run(tree)
    assert (done.returncode, done.stdout) == (1, "")
    assert "openapi_python_client refused the document" in done.stderr
    assert _contents(tree) == before


def test_an_interrupted_replacement_is_cleared_away(tree: Path) -> None:
    """What a killed run left beside the package is gone after the next one."""
    for name in (".incoming", ".outgoing"):
        (tree / "generated" / name).mkdir()
        (tree / "generated" / name / "half.py").write_text("x = 1\n", encoding="utf-8")
    (tree / PACKAGE / "document.py").unlink()
    assert _run(tree).returncode == 0
    assert [path.name for path in (tree / "generated").iterdir()] == ["kustom_order_management"]
