"""Operations, verbs, and what the facade names of the bindings, held against each other."""

import json
from pathlib import Path

from codegen import document as documents, verb_coverage, verbs
from codegen_support import regenerate

ENDPOINT = "def _get_kwargs(*, klarna_idempotency_key: str | None = None): ...\n"


def _project(root: Path, operations: str = "", door: str = "") -> Path:
    """Lay out a facade with these operations and this ``__init__``."""
    for source in verbs.SOURCES:
        path = root / verbs.PACKAGE / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (root / verbs.PACKAGE / "_operations" / "orders.py").write_text(operations, encoding="utf-8")
    (root / verbs.PACKAGE / "__init__.py").write_text(door, encoding="utf-8")
    return root


def _bindings(root: Path, *endpoints: str, model: str = "") -> Path:
    """Lay out bindings with these endpoints of orders, and a module of models."""
    package = root / "generated" / "kustom_order_management"
    (package / "models").mkdir(parents=True)
    (package / "models" / "a.py").write_text(model, encoding="utf-8")
    (package / "api" / "orders").mkdir(parents=True)
    for name in endpoints:
        (package / "api" / "orders" / f"{name}.py").write_text(ENDPOINT, encoding="utf-8")
    return package


def test_verbs_and_operations_are_held_against_each_other(tmp_path: Path) -> None:
    """Operations without a verb, verbs without an operation, and entries that are idle."""
    package = _bindings(tmp_path, "send", "new", "known")
    root = _project(
        tmp_path,
        "from kustom_order_management.api.orders import hidden, lost as gone, send\n"
        "def send_it() -> None:\n    return request.writing('send', send)\n"
        "def lost() -> None:\n    return request.reading(gone)\n"
        "def _private() -> None:\n    return request.reading(hidden)\n",
    )
    explained = {"orders.known": "why", "orders.send": "why", "orders.never": "why"}
    assert verb_coverage.problems(root, package, explained) == [
        "operation orders.new has no verb",
        "verb lost: its operation orders.lost is gone",
        "operation orders.never is on the list of those without a verb, but is gone",
        "operation orders.send is on the list of those without a verb, but has one",
    ]


def test_an_operation_without_a_verb_needs_a_reason(tmp_path: Path) -> None:
    """An entry that explains nothing does not count."""
    root, package = _project(tmp_path), _bindings(tmp_path, "b")
    assert verb_coverage.problems(root, package, {"orders.b": "used by nobody"}) == []
    lines = ["operation orders.b has no verb"]
    assert verb_coverage.problems(root, package, {"orders.b": " "}) == lines


def test_names_that_the_facade_hands_out_must_be_there(tmp_path: Path) -> None:
    """A model that the facade's door names and the bindings lack."""
    root = _project(tmp_path, door="from kustom_order_management.models import A, B as C\n")
    package = _bindings(tmp_path, model="class A: ...\n")
    assert verb_coverage.problems(root, package, {}) == ["the facade hands out B, which is gone"]


def test_a_write_that_takes_no_key_any_more_is_named(tree: Path) -> None:
    """Its repeats would be unprotected, and nothing else would say so: --check fails."""
    newer = documents.load(tree / "openapi.yaml")
    operation = newer["paths"]["/ordermanagement/v1/orders/{order_id}/captures"]["post"]
    operation["parameters"] = [
        parameter
        for parameter in operation["parameters"]
        if parameter.get("name") != "Klarna-Idempotency-Key"
    ]
    spec = tree.parent / "newer.json"
    spec.write_text(json.dumps(newer), encoding="utf-8")
    line = "verb capture: its operation captures.capture_order takes no Klarna-Idempotency-Key"
    taken = regenerate(tree, "--spec", str(spec))
    assert taken.returncode == 0, taken.stderr
    assert line.replace("_", "\\_") in taken.stdout
    checked = regenerate(tree, "--check")
    assert checked.returncode == 1
    assert line in checked.stdout


def test_a_field_that_the_facade_reads_and_that_is_gone_is_named(tree: Path) -> None:
    """It reads some by their names as text, so that nothing but its tests would tell."""
    text = (tree / "openapi.yaml").read_text(encoding="utf-8")
    spec = tree.parent / "newer.yaml"
    newer = text.replace("remaining_authorized_amount:", "remaining_sum:")
    spec.write_text(newer, encoding="utf-8")
    done = regenerate(tree, "--spec", str(spec), "--dry-run")
    assert done.returncode == 0, done.stderr
    field = "remaining\\_authorized\\_amount"
    line = f"- the facade names the field {field}, which no model has any more"
    assert line in done.stdout.partition("## Verbs")[2]
