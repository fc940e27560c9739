"""A newer document: what is taken, what is refused, and what is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from codegen import document as documents, pipeline
from codegen_support import contents, regenerate, small_document
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


def test_a_document_of_another_api_is_asked_about(tree: Path) -> None:
    """No verb keeps its operation: refused, also where stale actions are allowed."""
    before, report = _targets(tree), tree.parent / "r.md"
    spec = _write(tree, small_document())
    done = regenerate(tree, "--spec", str(spec), "--report", str(report), "--allow-stale")
    assert done.returncode == 1
    assert "is it the right file?" in done.stderr
    assert not report.exists()
    assert _targets(tree) == before


def test_the_family_document_is_taken(tree: Path) -> None:
    """Schemas of other names, of names with spaces, broken enums: each is followed or mended."""
    done = regenerate(tree, "--spec", str(FIXTURES / "family.yaml"), "--dry-run", "--allow-stale")
    assert done.returncode == 0, done.stderr
    for line in (
        "- schema 'address': the name is taken in Python; it becomes Address2",
        "it becomes NoSuchOrderErrorMessage",
        "OrderLine.type: one literal with pipes becomes the values physical",
        "- operation captures.trigger\\_send\\_out has no verb",
        "- verb get\\_refund: its operation refunds.get\\_refund is gone",
        "- followed: overlay action 2 (An address is about a person.)",
        "def trigger_send_out(",
        "  target: $['components']['schemas']['Address']",
    ):
        assert line in done.stdout


def test_a_newer_document_takes_both_places(tree: Path, newer: dict[str, Any]) -> None:
    """The document byte for byte, the bindings of it, and the report with each change marked.

    What pins our transcription goes with it: the vendor's document has other words.
    """
    pinned = tree / pipeline.TRANSCRIPTION
    pinned.parent.mkdir(parents=True)
    pinned.touch()
    newer["info"]["version"] = "1.0.1"
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
    assert not pinned.exists()
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
    pinned.touch()
    again = regenerate(tree, "--spec", str(spec), "--dry-run")
    assert pinned.exists()
    assert "breaking 0, behaviour 0, compatible 0; of our verbs none breaks" in again.stdout
    checked = regenerate(tree, "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_the_vendor_fixed_is_stale(tree: Path, newer: dict[str, Any]) -> None:
    """The action is named; nothing is replaced until it is deleted or left out."""
    before = _targets(tree)
    del newer["paths"][f"{BASE}/refunds"]["post"]["responses"]["201"]["content"]
    done = regenerate(tree, "--spec", str(_write(tree, newer)))
    assert done.returncode == 1
    assert done.stdout.startswith("stale: overlay action 1 (The 201 of refundOrder has no body")
    assert "delete the action" in done.stdout
    assert done.stderr == (
        "regenerate: refused: 1 overlay actions are stale and 0 moved; fix "
        "scripts/overlay.yaml as said above, or "
        "leave them out with --allow-stale\n"
    )
    assert _targets(tree) == before
    spec = str(tree.parent / "newer.yaml")
    assert regenerate(tree, "--spec", spec, "--allow-stale").returncode == 0
    assert _targets(tree) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["components"]["schemas"]["OrderLineDto"].update(type="thing"),
        lambda d: d["paths"][BASE]["get"].update(parameters={"name": "a"}),
        lambda d: d["paths"].update({"/" + "x" * 300: {"get": {"responses": [1]}}}),
        lambda d: d.update(paths=[]),
        lambda d: d["components"]["schemas"]["AddressDto"]["properties"].update(city=5),
    ],
)
def test_a_refusal_is_one_line(
    tree: Path, newer: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    """At most 200 characters, with what is wrong and where."""
    change(newer)
    done = regenerate(tree, "--spec", str(_write(tree, newer)))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert len(line) <= 200
    assert "not valid at" in line
