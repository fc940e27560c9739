"""Events in files: each wrong row is named, and an amount is never guessed."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from support import ORDER

from kustom_facade import Money
from kustom_facade.batch import Capture, Event, Refund, Void
from kustom_facade.cli import rows

HEADER = "kind,order_id,reference,amount,currency\n"


def events(path: Path, text: str) -> list[Event | str]:
    """The events of a file, and what is wrong with its other rows."""
    path.write_text(text, encoding="utf-8")
    return [row.event or f"{row.line}: {row.problem}" for row in rows.read(path)]


def test_csv_with_decimals_and_csv_with_minor_units(tmp_path: Path) -> None:
    """A currency makes an amount a decimal; Excel's marks and semicolons are understood."""
    path = tmp_path / "e.csv"
    assert events(path, f"{HEADER}capture,{ORDER},a,10.50,SEK\nrefund,{ORDER},b,500,JPY\n") == [
        Capture(ORDER, Money(1050, "SEK"), "a"),
        Refund(ORDER, Money(500, "JPY"), "b"),
    ]
    text = f"\ufeffkind;order_id;reference;amount\ncapture;{ORDER};a;1050\n\nvoid;{ORDER};;\n"
    assert events(path, text) == [Capture(ORDER, 1050, "a"), Void(ORDER)]
    header = "kind,order_id,reference,amount_minor,currency,attempt,verified_absent,order_lines\n"
    line = '"[{""name"": ""T"", ""quantity"": 1, ""unit_price"": 5, ""total_amount"": 5}]"'
    assert events(path, f"{header}capture,{ORDER},a,5,SEK,2,yes,{line}\n") == [
        Capture(
            ORDER,
            Money(5, "SEK"),
            "a",
            attempt=2,
            verified_absent=True,
            order_lines=[{"name": "T", "quantity": 1, "unit_price": 5, "total_amount": 5}],
        )
    ]


def test_json_lines_are_events_as_they_are(tmp_path: Path) -> None:
    """What ``to_dict`` writes, and decimals with a currency."""
    path = tmp_path / "e.jsonl"
    row = f'"kind": "capture", "order_id": "{ORDER}", "reference": "a"'
    text = (
        f'{{{row}, "amount": 5}}\n\n{{{row}, "amount": null}}\n'
        f'{{{row}, "amount": {{"minor": 5, "currency": "SEK"}}}}\n'
        f'{{{row}, "amount": "0.05", "currency": "SEK"}}\n'
        f'{{{row}, "amount": 5, "currency": "SEK"}}\n{{\n[]\n{{{row}}}\n'
    )
    found = events(path, text)
    assert found[:4] == [
        Capture(ORDER, 5, "a"),
        Capture(ORDER, None, "a"),
        Capture(ORDER, Money(5, "SEK"), "a"),
        Capture(ORDER, Money(5, "SEK"), "a"),
    ]
    assert [str(one).split(":")[0] for one in found[4:]] == ["6", "7", "8", "9"]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (f"capture,{ORDER},a,10,SEK", "may be meant as 10.00 SEK"),
        (f"capture,{ORDER},a,10.5,", "without a currency it is in minor units"),
        (f"capture,{ORDER},a,10.555,SEK", "more decimals than SEK allows"),
        (f"capture,{ORDER},a,,SEK", "is empty"),
        (f'capture,{ORDER},a,"1,000",SEK', "not a plain decimal"),
        (f'capture,{ORDER},a,"1.000,50",SEK', "not a plain decimal"),
        (f'capture,{ORDER},a,"10,5",JPY', "more decimals than JPY allows"),
        (f"capture,{ORDER},a,10.00,XXY", "XXY"),
        (f"capture,{ORDER},a,0.00,SEK", "is 0"),
        (f"capture,{ORDER},,10.00,SEK", "reference"),
        ("capture,abc,a,10.00,SEK", "UUID"),
        (f"captured,{ORDER},a,10.00,SEK", "kind"),
        (f"void,{ORDER},a,10.00,SEK", "a void has none"),
        (f"capture,{ORDER},a", "cells"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, named: str) -> None:
    """By its line, and with what is wrong; the row after it is read."""
    good = f"capture,{ORDER},z,10.00,SEK\n"
    found = events(tmp_path / "e.csv", f"{HEADER}{good}{row}\n{good}")
    assert isinstance(found[1], str)
    assert found[1].startswith("3: ")
    assert named in found[1]
    assert found[0] == found[2]


def test_all_that_is_left_is_said(tmp_path: Path) -> None:
    """An empty cell may be an accident."""
    assert events(tmp_path / "e.csv", f"{HEADER}capture,{ORDER},a,all,\n") == [
        Capture(ORDER, None, "a")
    ]


def test_odd_cells_of_other_columns(tmp_path: Path) -> None:
    """Numbers, switches and lines that are none; two amounts."""
    header = "kind,order_id,reference,amount,amount_minor,attempt,verified_absent,order_lines\n"
    start = f"capture,{ORDER},a"
    rows_ = [",5,6,1,no,", ",5,,x,no,", ",5,,1,perhaps,", ",5,,1,no,{"]
    found = events(tmp_path / "e.csv", header + "".join(f"{start}{row}\n" for row in rows_))
    assert [str(one)[:12] for one in found] == [
        "2: amount, a", "3: attempt: ", "4: verified_", "5: order_lin",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("kind,order,amount\n", "columns must be of .* not 'order'"),
        ("kind,kind\n", "one of them twice"),
        ("kind,amount\n", "order_id are missing"),
        ("", "kind, order_id are missing"),
    ],
)
def test_a_header_that_cannot_be_meant_is_refused(tmp_path: Path, header: str, named: str) -> None:
    """A column that is not known would be left out in silence."""
    with pytest.raises(ValueError, match=named):
        events(tmp_path / "e.csv", header)


def test_what_excel_saves_is_understood(tmp_path: Path) -> None:
    """A mark at the start, semicolons, CRLF, a decimal comma with or without its last zero."""
    path = tmp_path / "e.csv"
    text = f"kind;order_id;reference;amount;currency\r\ncapture;{ORDER};å;%s;SEK\r\n"
    for amount, minor in (("10,50", 1050), ("10,5", 1050), ("1234,05", 123405)):
        path.write_bytes((text % amount).encode("utf-8-sig"))
        assert [row.event for row in rows.read(path)] == [Capture(ORDER, Money(minor, "SEK"), "å")]
    path.write_bytes((text % "10,50").encode("utf-16"))
    with pytest.raises(ValueError, match="UTF-16"):
        next(rows.read(path))


@pytest.mark.parametrize("name", ["e.csv", "e.jsonl"])
def test_a_row_in_another_encoding_is_named(tmp_path: Path, name: str) -> None:
    """The rows around it are read."""
    path = tmp_path / name
    text = {
        "e.csv": f"{HEADER}void,{ORDER},,,\nvoid,{ORDER},\xe5,,\nvoid,{ORDER},,,\n",
        "e.jsonl": '\n%s\n{"kind": "void", "order_id": "\xe5"}\n%s\n'.replace(
            "%s", json.dumps({"kind": "void", "order_id": ORDER})
        ),
    }[name]
    path.write_bytes(text.encode("latin-1"))
    good, bad, last = rows.read(path)
    assert good.event == last.event == Void(ORDER)
    assert (bad.line, bad.problem) == (3, "the byte 0xe5 is no UTF-8: save the file as UTF-8")


def test_a_quote_that_never_ends_swallows_no_row(tmp_path: Path) -> None:
    """The rows in it are no part of a description; the lines after them keep their numbers."""
    header = "kind,order_id,reference,amount,description\n"
    row = f"capture,{ORDER},a,5,"
    found = events(tmp_path / "e.csv", f'{header}{row}\n{row}"oops\n{row}\n')
    assert found[0] == Capture(ORDER, 5, "a")
    assert str(found[1]).startswith("3: no CSV")
    assert len(found) == 2
    text = f'{row}"oops\n{row}"x\n{row}\nvoid,,,,\n'
    found = events(tmp_path / "e.csv", f"{header}{text}")
    assert str(found[0]).startswith("2: no CSV")
    assert found[1] == Capture(ORDER, 5, "a")
    assert str(found[2]).startswith("5: ")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('{"kind": "capture", "amount": 5, "amount": 50}', "twice"),
        ("[" * 100_000, "no JSON"),
        (f'{{"kind": "capture", "order_id": "{ORDER}", "reference": "a", "amount_minor": null}}',
         "amount_minor: is null"),
        (f'{{"kind": "capture", "order_id": "{ORDER}", "reference": "a", "amount": 0.5}}',
         "amount"),
    ],
)  # fmt: skip
def test_json_that_may_be_meant_otherwise(tmp_path: Path, line: str, named: str) -> None:
    """Two amounts, none, a float; lists without end."""
    (found,) = events(tmp_path / "e.jsonl", line)
    assert isinstance(found, str)
    assert named in found


_FIELD = st.sampled_from([*rows.COLUMNS, "x"])
_TEXT = st.text() | st.sampled_from([ORDER, "capture", "refund", "void", "all", "5", "1.00", "SEK"])
_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=3,
)


@given(st.lists(st.dictionaries(_FIELD, _VALUE) | _VALUE, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_line_of_json_is_an_event_or_named(tmp_path: Path, values: list[Any]) -> None:
    """Whatever it holds."""
    path = tmp_path / "e.jsonl"
    path.write_text("".join(f"{json.dumps(value)}\n" for value in values), encoding="utf-8")
    found = list(rows.read(path))
    assert [row.line for row in found] == [*range(1, len(values) + 1)]
    assert all((row.event is None) == bool(row.problem) for row in found)


@given(st.binary() | st.text().map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_below_a_header_end_the_reading(tmp_path: Path, data: bytes) -> None:
    """Each row is an event, or named."""
    path = tmp_path / "e.csv"
    path.write_bytes(HEADER.encode() + data)
    assert all((row.event is None) == bool(row.problem) for row in rows.read(path))


@given(
    minor=st.integers(min_value=1, max_value=200_000_000), currency=st.sampled_from(["SEK", "KWD"])
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_amount_is_what_is_written(tmp_path: Path, minor: int, currency: str) -> None:
    """With a dot, and in minor units."""
    amount = Money(minor, currency)
    (found,) = events(tmp_path / "e.csv", f"{HEADER}refund,{ORDER},a,{amount.decimal},{currency}\n")
    assert found == Refund(ORDER, amount, "a")
    (found,) = events(tmp_path / "e.csv", f"{HEADER}refund,{ORDER},a,{minor},\n")
    assert found == Refund(ORDER, minor, "a")


def test_the_check_ends_where_it_is_stopped(tmp_path: Path) -> None:
    """Ctrl-C need not wait for the end of a large file."""
    path = tmp_path / "e.csv"
    path.write_text(f"{HEADER}x\nx\nx\n", encoding="utf-8")
    asked = iter([False, False, True])
    assert len(rows.check(path, lambda: next(asked))[1]) == 2


def test_a_contradiction_names_both_lines(tmp_path: Path) -> None:
    """One reference, two amounts."""
    path = tmp_path / "e.csv"
    path.write_text(f"{HEADER}capture,{ORDER},a,1.00,SEK\ncapture,{ORDER},a,2.00,SEK\n")
    count, wrong = rows.check(path)
    assert (count, wrong[0].line) == (2, 3)
    assert "line 2" in wrong[0].problem


def test_a_reference_that_a_spreadsheet_has_cut_short_is_refused(tmp_path: Path) -> None:
    """Two shipments may have become one."""
    path = tmp_path / "events.csv"
    path.write_text(f"kind,order_id,reference,amount\ncapture,{ORDER},1.23457E+12,100\n", "utf-8")
    count, wrong = rows.check(path, lambda: False)
    assert count == 0 or wrong
    assert "a spreadsheet has cut short" in str(wrong[0].problem)
