"""Operations and verbs, held against each other."""

from pathlib import Path
from typing import Any

from codegen import verb_coverage, verbs


def _project(root: Path, operations: str = "") -> Path:
    """Lay out a facade with these operations."""
    for source in verbs.SOURCES:
        path = root / verbs.PACKAGE / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (root / verbs.PACKAGE / "_operations" / "orders.py").write_text(operations, encoding="utf-8")
    return root


def _bindings(*endpoints: str) -> dict[str, Any]:
    return {"endpoints": {name: {} for name in endpoints}}


def test_verbs_and_operations_are_held_against_each_other(tmp_path: Path) -> None:
    """Operations without a verb, verbs without an operation, and entries that are idle."""
    root = _project(
        tmp_path,
        "from kustom_order_management.api.orders import hidden, lost as gone, send\n"
        "def send_it() -> None:\n    return request.writing('send', send)\n"
        "def lost() -> None:\n    return request.reading(gone)\n"
        "def _private() -> None:\n    return request.reading(hidden)\n",
    )
    explained = {"orders.known": "why", "orders.send": "why", "orders.never": "why"}
    found = _bindings("orders.send", "orders.new", "orders.known")
    assert verb_coverage.problems(root, found, explained) == [
        "operation orders.new has no verb",
        "verb lost: its operation orders.lost is gone",
        "operation orders.never is on the list of those without a verb, but is gone",
        "operation orders.send is on the list of those without a verb, but has one",
    ]


def test_an_operation_without_a_verb_needs_a_reason(tmp_path: Path) -> None:
    """An entry that explains nothing does not count."""
    root, found = _project(tmp_path), _bindings("orders.b")
    assert verb_coverage.problems(root, found, {"orders.b": "used by nobody"}) == []
    lines = ["operation orders.b has no verb"]
    assert verb_coverage.problems(root, found, {"orders.b": " "}) == lines
