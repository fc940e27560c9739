"""The whole report, as Markdown."""

from pathlib import Path
from typing import Any

from codegen import comparison, document as documents
from codegen.normalization import normalize
from codegen.report import Change, Report

FIXTURES = Path(__file__).parent / "fixtures"


def _pair() -> tuple[dict[str, Any], dict[str, Any]]:
    older, newer = (
        normalize(documents.load(FIXTURES / name)) for name in ("older.yaml", "newer.yaml")
    )
    return older.document, newer.document


def test_the_whole_report_is_the_golden_one() -> None:
    """Every section, its order and its words are those of the file that was read."""
    older, newer = _pair()
    report = Report(
        old="Shop 1.0.0",
        new="Shop 2.0.0",
        fixes=normalize(documents.load(FIXTURES / "newer.yaml")).fixes,
        left_out=[
            "stale: overlay action 1 (Why): its target $.x matches nothing; delete the action"
        ],
        changes=comparison.compare(older, newer),
        python=[
            Change("breaking", "pkg.models.a", "module removed"),
            Change("compatible", "pkg.models.b", "module added"),
        ],
        verbs=["operation orders.list_orders has no verb"],
    )
    assert report.markdown() == (FIXTURES / "report.md").read_text(encoding="utf-8")


def test_the_golden_report_tells_of_every_kind() -> None:
    """The pair of fixtures holds what a report is for."""
    text = (FIXTURES / "report.md").read_text(encoding="utf-8")
    for words in (
        "operation added",
        "field removed",
        "maxLength 20 becomes 10",
        "maxLength 50 becomes 100",
        "enum value",
        "response 409 added",
        "header X-Trace added",
        "is required now",
        "is optional now",
        "operationId",
        "parameter page added",
        "parameter limit removed",
        "integer becomes string",
        "## Fixed by rule",
    ):
        assert words in text


def test_text_of_the_vendor_cannot_break_the_markdown() -> None:
    """Markup, line ends and control characters stay text on one line."""
    evil = "a\n# Title\n\n- [x](http://y) <script> `code` | ![i](j) *b* _c_ \x1b[2J\u202e ``` \\"
    report = Report(
        old=evil,
        new=evil,
        fixes=[evil],
        left_out=[evil],
        verbs=[evil],
        changes=[Change("breaking", evil, evil)],
        python=[Change("behaviour", evil, evil)],
    )
    lines = report.markdown().splitlines()
    assert all(line.isprintable() for line in lines)
    assert [line for line in lines if line.startswith("#")] == [
        "# What the vendor's document changes",
        "## Breaking changes of the API",
        "## Behaviour changes in Python",
        "## Verbs",
        "## Overlay actions left out",
        "## Fixed by rule",
    ]
    for line in lines[2:]:
        # A place stands in a code span, in which nothing is markup but its end.
        outside = line.split("`: ", 1)[-1] if line.startswith("- `") else line
        assert outside.count("`") == outside.count("\\`")
        assert "<script" not in outside.replace("\\<", "")
        assert "](" not in outside.replace("\\]", "")
