"""Events in files: each wrong row is named, and an amount is never guessed."""

from pathlib import Path

import pytest
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
        (f'capture,{ORDER},a,"10,50",SEK', "not a plain decimal"),
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
        "2: amount, a", "3: attempt: ", "4: verified_", "5: Expecting",
    ]  # fmt: skip


@pytest.mark.parametrize("header", ["kind,order,amount\n", "kind,kind\n"])
def test_a_column_that_is_not_known_is_refused(tmp_path: Path, header: str) -> None:
    """It would be left out in silence."""
    with pytest.raises(ValueError, match="columns must be of"):
        events(tmp_path / "e.csv", header)


def test_a_contradiction_names_both_lines(tmp_path: Path) -> None:
    """One reference, two amounts."""
    path = tmp_path / "e.csv"
    path.write_text(f"{HEADER}capture,{ORDER},a,1.00,SEK\ncapture,{ORDER},a,2.00,SEK\n")
    count, wrong = rows.check(path)
    assert (count, wrong[0].line) == (2, 3)
    assert "line 2" in wrong[0].problem
