"""The whole report, as Markdown."""

from pathlib import Path

from codegen import comparison, document as documents
from codegen.normalization import Normalized
from codegen.pipeline import prepare
from codegen.report import Change, Report

FIXTURES = Path(__file__).parent / "fixtures"


def _prepared(name: str) -> Normalized:
    return prepare(documents.load(FIXTURES / name), [])


def test_the_whole_report_is_the_golden_one() -> None:
    """Every section, its order and its words are those of the file that was read."""
    older, newer = _prepared("older.yaml"), _prepared("newer.yaml")
    report = Report(
        old="Shop 1.0.0",
        new="Shop 2.0.0",
        fixes=newer.fixes,
        overlay=[
            "stale: overlay action 1 (Why): its target $.x matches nothing; delete the action"
        ],
        changes=comparison.compare(older.document, newer.document),
        python=[
            Change("breaking", "pkg.models.A", "removed"),
            Change("compatible", "pkg.models.B", "added"),
        ],
        verbs=[
            Change("breaking", "verb capture", "raises KeyError: 'json'"),
            *(
                Change("behaviour", f"verb {name}", "sends the header X 1, not 2")
                for name in "abcd"
            ),
        ],
        coverage=["operation orders.list_orders has no verb"],
    )
    assert report.markdown() == (FIXTURES / "report.md").read_text(encoding="utf-8")


def test_the_summary_counts_marks_and_verbs() -> None:
    """A verb that breaks in two ways is one verb."""
    change = Change("breaking", "A.x", "field removed")
    broken = [Change("breaking", "verb a", what) for what in ("one", "two")]
    assert Report("", "", changes=[change], verbs=broken).summary() == (
        "breaking 1, behaviour 0, compatible 0; of our verbs 1 breaks"
    )
    assert Report("", "").summary() == (
        "breaking 0, behaviour 0, compatible 0; of our verbs none breaks"
    )


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
        overlay=[evil],
        coverage=[evil],
        verbs=[Change("breaking", evil, evil)],
        changes=[Change("breaking", evil, evil)],
        python=[Change("behaviour", evil, evil)],
    )
    lines = report.markdown().splitlines()
    assert all(line.isprintable() for line in lines)
    assert [line for line in lines if line.startswith("#")] == [
        "# What the vendor's document changes",
        "## Breaking changes of our verbs",
        "## Breaking changes of the API",
        "## Behaviour changes in Python",
        "## Verbs",
        "## Overlay actions",
        "## Fixed by rule",
    ]
    for line in lines[2:]:
        # A place stands in a code span, in which nothing is markup but its end.
        outside = line.split("`: ", 1)[-1] if line.startswith("- `") else line
        assert outside.count("`") == outside.count("\\`")
        assert "<script" not in outside.replace("\\<", "")
        assert "](" not in outside.replace("\\]", "")
