"""A newer document: what is taken, what is refused, and what is told."""

from pathlib import Path
from typing import Any

import pytest
from codegen import document as documents
from codegen_support import contents, regenerate
from ruamel.yaml import YAML

FIXTURES = Path(__file__).parent / "fixtures"
BASE = "/ordermanagement/v1/orders/{order_id}"


def _targets(tree: Path) -> dict[str, bytes]:
    return contents(tree, "openapi.yaml", "generated", "kustom_facade")


@pytest.fixture
def newer(tree: Path) -> dict[str, Any]:
    """Return the present document, for a test to make a newer one of."""
    return documents.load(tree / "openapi.yaml")


def _write(tree: Path, document: dict[str, Any]) -> Path:
    path = tree.parent / "newer.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(document, file)
    return path


@pytest.mark.parametrize("name", ["family.yaml", "newer.yaml", "older.yaml"])
def test_each_fixture_passes_with_its_report(tree: Path, name: str) -> None:
    """The overlay's actions are left out; the rest is built, reported, and not taken."""
    before, report = _targets(tree), tree.parent / "r.md"
    strict = regenerate(tree, "--spec", str(FIXTURES / name), "--dry-run", "--report", str(report))
    assert strict.returncode == 1
    assert strict.stderr.count("\n") == 1
    assert "leave them out with --allow-stale" in strict.stderr
    assert not report.exists()
    done = regenerate(
        tree, "--spec", str(FIXTURES / name), "--dry-run", "--report", str(report), "--allow-stale"
    )
    assert (done.returncode, done.stderr) == (0, "")
    text = report.read_text(encoding="utf-8")
    assert text in done.stdout
    assert "## Overlay actions left out" in text
    assert _targets(tree) == before


def test_the_family_document_loses_nothing(tree: Path) -> None:
    """Schemas that differ in case, or have spaces, broken enums: each fix is told."""
    done = regenerate(tree, "--spec", str(FIXTURES / "family.yaml"), "--dry-run", "--allow-stale")
    assert done.returncode == 0
    for line in (
        "- schema 'address': the name is taken in Python; it becomes Address2",
        "it becomes NoSuchOrderErrorMessage",
        "OrderLine.type: one literal with pipes becomes the values physical",
        "- operation captures.trigger\\_send\\_out has no verb",
        "- verb get\\_refund: its operation refunds.get\\_refund is gone",
    ):
        assert line in done.stdout
    # What only the overlay declared is no news of the vendor's.
    assert "response 429" not in done.stdout


def test_a_newer_document_takes_both_places(tree: Path, newer: dict[str, Any]) -> None:
    """The document byte for byte, the bindings of it, and the report with each change marked."""
    schemas = newer["components"]["schemas"]
    schemas["OrderLineDto"]["properties"]["type"]["enum"].append("deposit")
    schemas["OrderLineDto"]["properties"]["name"]["maxLength"] = 200
    schemas["RefundDto"]["properties"]["currency"] = {"type": "string"}
    newer["paths"][BASE]["get"]["responses"]["429"] = {"description": "Too often."}
    newer["paths"][f"{BASE}/captures"]["post"]["responses"]["201"]["headers"]["Transaction-Id"] = {
        "schema": {"type": "string"}
    }
    spec, report = _write(tree, newer), tree.parent / "r.md"
    done = regenerate(tree, "--spec", str(spec), "--report", str(report))
    assert (done.returncode, done.stderr) == (0, "")
    assert (tree / "openapi.yaml").read_bytes() == spec.read_bytes()
    text = report.read_text(encoding="utf-8")
    sections = {part.splitlines()[0]: part for part in text.split("\n## ")}
    assert (
        "- `OrderLineDto.name`: maxLength 255 becomes 200"
        in sections["Breaking changes of the API"]
    )
    behaviour = sections["Behaviour changes of the API"]
    assert "- `OrderLineDtoType`: enum value deposit added" in behaviour
    assert f"- `GET {BASE}`: response 429 added" in behaviour
    compatible = sections["Compatible changes of the API"]
    assert "- `RefundDto.currency`: optional field added" in compatible
    assert f"- `POST {BASE}/captures, response 201`: header Transaction-Id added" in compatible
    assert "Refund.currency" in sections["Compatible changes in Python"]
    again = regenerate(tree, "--spec", str(spec), "--dry-run")
    assert "0 breaking, 0 behaviour, 0 compatible" in again.stdout
    checked = regenerate(tree, "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_the_vendor_fixed_is_stale(tree: Path, newer: dict[str, Any]) -> None:
    """The action is named; nothing is replaced until it is deleted or left out."""
    before = _targets(tree)
    del newer["paths"][f"{BASE}/refunds"]["post"]["responses"]["201"]["content"]
    done = regenerate(tree, "--spec", str(_write(tree, newer)))
    assert done.returncode == 1
    assert done.stdout.startswith("stale: overlay action 4 (The 201 of refundOrder has no body")
    assert "delete the action" in done.stdout
    assert done.stderr == (
        "regenerate: refused: 1 overlay actions are stale and 0 moved; fix "
        "scripts/overlay.yaml as said above, or "
        "leave them out with --allow-stale\n"
    )
    assert _targets(tree) == before
    assert (
        regenerate(tree, "--spec", str(tree.parent / "newer.yaml"), "--allow-stale").returncode == 0
    )
    assert _targets(tree) != before


def test_an_update_that_refers_to_nothing_does_not_apply(tree: Path, newer: dict[str, Any]) -> None:
    """A renamed error schema must not leave the overlay's answers with a reference into the air."""
    text = YAML(typ="safe", pure=True)
    spec = _write(tree, newer)
    spec.write_text(
        spec.read_text(encoding="utf-8").replace("ErrorMessageDto", "Problem"), encoding="utf-8"
    )
    assert "Problem" in text.load(spec)["components"]["schemas"]
    refused = regenerate(tree, "--spec", str(spec), "--dry-run")
    assert refused.returncode == 1
    assert (
        "its update refers to #/components/schemas/ErrorMessageDto, which is not there"
        in refused.stdout
    )
    assert regenerate(tree, "--spec", str(spec), "--dry-run", "--allow-stale").returncode == 0
