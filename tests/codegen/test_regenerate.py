"""scripts/regenerate.py as a user runs it, on copies of the project."""

import json
import shutil
from pathlib import Path

import pytest
from codegen import document as documents, pipeline
from codegen_support import contents, regenerate, run_script

PACKAGE = "generated/kustom_order_management"
CLIENTS = ("kustom_facade/client.py", "kustom_facade/aio.py")


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _edit_verbs(tree: Path) -> None:
    """Edit a verb by hand in one client, and the format outside of the marks in the other."""
    _change(tree / CLIENTS[0], '"""Read an order with', '"""Get an order with')
    _change(tree / CLIENTS[1], "T = TypeVar(", "T  =  TypeVar(")


def test_check_names_what_differs(tree: Path) -> None:
    """Exit status 1 and a line for each file, in each way to differ; nothing is repaired."""
    package = tree / PACKAGE
    for name in ("models/address.py", "document.py"):
        (package / name).write_bytes((package / name).read_bytes() + b"#\n")
    for name in ("models/refund.py", "py.typed"):
        (package / name).unlink()
    (package / "api" / "orders" / "deeper").mkdir()
    for name in ("models/left_over.py", "api/orders/deeper/left_over.txt"):
        (package / name).write_text("x = 1\n", encoding="utf-8")
    _edit_verbs(tree)
    before = contents(tree)
    done = regenerate(tree, "--check")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "extra: kustom_order_management/api/orders/deeper/left_over.txt",
        "changed: kustom_order_management/document.py",
        "changed: kustom_order_management/models/address.py",
        "extra: kustom_order_management/models/left_over.py",
        "missing: kustom_order_management/models/refund.py",
        "missing: kustom_order_management/py.typed",
        *(f"changed: {name}" for name in CLIENTS),
    ]
    assert "run scripts/regenerate.py" in done.stderr
    assert contents(tree) == before


def test_a_run_repairs_all_that_check_names(tree: Path) -> None:
    """The tree is made what the document gives, and a second run has nothing to do."""
    before = contents(tree)
    (tree / PACKAGE / "models" / "address.py").write_text("x = 1\n", encoding="utf-8")
    (tree / PACKAGE / "document.py").unlink()
    (tree / PACKAGE / "left_over.py").write_text("x = 1\n", encoding="utf-8")
    _edit_verbs(tree)
    done = regenerate(tree)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:5] == [
        "missing: kustom_order_management/document.py",
        "extra: kustom_order_management/left_over.py",
        "changed: kustom_order_management/models/address.py",
        *(f"changed: {name}" for name in CLIENTS),
    ]
    assert contents(tree) == before
    assert "up to date" in regenerate(tree).stdout


def test_a_changed_limit_reaches_the_facts(tree: Path) -> None:
    """A limit of the document that changes is noticed, and taken over."""
    document = documents.load(tree / "openapi.yaml")
    fields = document["components"]["schemas"]["CaptureObjectDto"]["properties"]
    fields["captured_amount"]["maximum"] = 300000000
    (tree / "openapi.yaml").write_text(json.dumps(document), encoding="utf-8")
    assert (
        "changed: kustom_order_management/document.py"
        in regenerate(tree, "--check").stdout.splitlines()
    )
    assert regenerate(tree).returncode == 0
    assert "300000000" in (tree / PACKAGE / "document.py").read_text(encoding="utf-8")


def test_two_places_give_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    """Folder, hash seed, time zone and locale do not reach the output."""
    before = contents(tree)
    places = {
        "a": {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"},
        "deeper/b ü": {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "COLUMNS": "20"},
    }
    for place, environment in places.items():
        copy = shutil.copytree(tree, tmp_path / place)
        for path in (copy / PACKAGE).rglob("*.py"):
            path.unlink()
        done = run_script(copy, cwd=tmp_path, **environment)
        assert done.returncode == 0, done.stderr
        assert contents(copy) == before


@pytest.mark.parametrize("arguments", [["--nonsense"], ["document.yaml"], ["--check", "--check=1"]])
def test_wrong_use_has_its_own_exit_status(tree: Path, arguments: list[str]) -> None:
    """What is not a known argument is exit status 2 with the usage, and nothing is done."""
    done = regenerate(tree, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


@pytest.mark.parametrize("arguments", [["--check"], []])
def test_a_stale_overlay_stops_the_run(tree: Path, arguments: list[str]) -> None:
    """Exit status 1, one line that names the action, and all as it was."""
    _change(tree / "scripts" / "overlay.yaml", "{type: object, x-p", "{type: string, x-p")
    before = contents(tree)
    done = regenerate(tree, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "overlay action 2 (An address is about a person.)" in done.stderr
    assert contents(tree) == before


@pytest.mark.parametrize("text", [None, "- a list"])
def test_what_is_no_document_is_refused_in_one_line(tree: Path, text: str | None) -> None:
    """Exit status 1 and a line of why; no traceback, and nothing is touched."""
    document = tree / "openapi.yaml"
    document.unlink()
    if text is not None:
        document.write_text(text, encoding="utf-8")
    before = contents(tree)
    done = regenerate(tree)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("regenerate: refused: ")
    assert contents(tree) == before


def test_what_the_generator_warns_of_is_refused(tree: Path) -> None:
    """A warning of the generator is an error: it would have left something out."""
    document = documents.load(tree / "openapi.yaml")
    header = {"name": "X", "in": "header", "schema": {"type": "array", "items": {"type": "string"}}}
    document["paths"]["/ordermanagement/v1/orders/{order_id}"]["get"]["parameters"].append(header)
    (tree / "openapi.yaml").write_text(json.dumps(document), encoding="utf-8")
    before = contents(tree)
    done = regenerate(tree)
    assert (done.returncode, done.stdout) == (1, "")
    assert "regenerate: refused: " in done.stderr
    assert contents(tree) == before


def test_check_of_a_clean_tree_is_content_and_leaves_nothing(tree: Path, tmp_path: Path) -> None:
    """No cache of a tool, no scratch folder: a clean tree stays as it is."""
    empty = tmp_path / "elsewhere"
    empty.mkdir()
    before = contents(tree)
    done = run_script(tree, "--check", cwd=empty)
    assert (done.returncode, done.stderr) == (0, "")
    assert "up to date" in done.stdout
    assert list(empty.iterdir()) == []
    assert contents(tree) == before


def test_a_report_in_the_place_of_a_target_is_wrong_use(tree: Path) -> None:
    """It would overwrite what the run reads or makes, also with --dry-run or through a link."""
    spec = shutil.copy(tree / "openapi.yaml", tree.parent / "newer.yaml")
    link = tree.parent / "report.md"
    link.symlink_to(tree / "kustom_facade" / "aio.py")
    before = contents(tree)
    targets = [tree / name for name in (pipeline.DOCUMENT, *pipeline.TARGETS)]
    read = [tree / "scripts" / "overlay.yaml", tree / "kustom_facade" / "_operations" / "orders.py"]
    for report in (*targets, *read, tree / PACKAGE / "report.md", spec, link):
        done = regenerate(tree, "--spec", str(spec), "--dry-run", "--report", str(report))
        assert done.returncode == 2
        assert "would overwrite what the run reads or makes" in done.stderr
    assert contents(tree) == before
