"""Events in a file, CSV or JSON lines: each row an event, or what is wrong with it."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any, Final, NamedTuple

from .._batch.table import Table, digest
from ..batch import Event
from ..errors import InvalidRequest
from ..money import Money, exponent

#: The columns that a CSV file may have.
COLUMNS: Final = (
    "kind", "order_id", "reference", "amount", "amount_minor", "currency", "description",
    "attempt", "verified_absent", "order_lines", "shipping_info", "shipping_delay",
)  # fmt: skip
_JSON: Final = ("order_lines", "shipping_info")
_NUMBERS: Final = ("attempt", "shipping_delay")
_SWITCHES: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_NEEDED: Final = ("kind", "order_id")
#: What stands for all that is left. An empty cell may be an accident.
_ALL: Final = "all"
#: How spreadsheets write a long number.
_EXCEL_NUMBER: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
#: A comma before one or two digits is the decimal comma of Excel in much of Europe. Before three
#: it may also group thousands.
_DECIMAL_COMMA: Final = re.compile(r"(-?[0-9]+),([0-9]{1,2})")
#: How Python reads a byte that is no UTF-8, so that its line can be named.
_NO_UTF_8: Final = re.compile("[\udc80-\udcff]")


class Row(NamedTuple):
    """A row of the file."""

    line: int
    #: ``None`` where it is wrong.
    event: Event | None
    #: What is wrong, empty where nothing is.
    problem: str


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a file, by its ending: ``.jsonl`` and ``.ndjson``, or CSV.

    Raises:
        OSError: it cannot be read.
        ValueError: it is UTF-16, or its columns are not known.
    """
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise ValueError("is UTF-16: save it as UTF-8")
    rows = _lines_of_json if path.suffix.lower() in (".jsonl", ".ndjson") else _lines_of_csv
    for line, data in rows(path):
        try:
            if isinstance(data, ValueError):
                raise data
            event = _event(data)
            event.check()
        except (InvalidRequest, TypeError, ValueError, RecursionError) as error:
            problem = error.message if isinstance(error, InvalidRequest) else str(error)
            yield Row(line, None, problem)
        else:
            yield Row(line, event, "")


def check(path: Path, stop: Callable[[], bool] = lambda: False) -> tuple[int, list[Row]]:
    """Return how many events a file has, and its wrong rows, as far as it gets before ``stop()``.

    A row that contradicts an earlier one is wrong too: one reference, and two amounts.
    """
    count, wrong = 0, []
    terms, lines = Table(), Table()
    for row in takewhile(lambda _: not stop(), read(path)):
        if row.event is None:
            wrong.append(row)
            continue
        count += 1
        key, value = digest(row.event.identity), digest(row.event.terms)
        if terms.setdefault(key, value) != value:
            problem = f"has another amount or attempt than line {lines.get(key)}, the same event"
            wrong.append(row._replace(problem=problem))
        lines.setdefault(key, row.line)
    return count, wrong


def _lines_of_json(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        for number, text in enumerate(file, 1):
            if text.strip():
                yield number, _object(text)


def _object(text: str) -> Any:
    """Return a line of JSON, or the error of one that is none."""
    if _NO_UTF_8.search(text):
        return _wrong_encoding(text)
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        return ValueError(f"no JSON: {error}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. One of two amounts would be left out in silence."""
    data = dict(pairs)
    if len(data) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return data


def _lines_of_csv(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        header = file.readline()
        delimiter = max(",;\t", key=header.count)
        columns = _columns(next(csv.reader([header], delimiter=delimiter), []))
        reader = csv.reader(file, delimiter=delimiter, strict=True)  # a quote that never ends
        while True:
            line = reader.line_num + 2
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, ValueError(f"no CSV: {error}")
                continue
            if any(cell.strip() for cell in cells):
                yield line, _fields(columns, cells)


def _columns(names: list[str]) -> list[str]:
    columns = [name.strip() for name in names]
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or len(set(columns)) < len(columns):
        named = ", ".join(map(repr, unknown)) or "one of them twice"
        raise ValueError(f"line 1: columns must be of {', '.join(COLUMNS)}; not {named}")
    if missing := [name for name in _NEEDED if name not in columns]:
        raise ValueError(f"line 1: the columns {', '.join(missing)} are missing")
    return columns


def _fields(columns: list[str], cells: list[str]) -> Any:
    """Return the cells that hold something by their columns, or what is wrong with the row."""
    if len(cells) != len(columns):
        return ValueError(f"has {len(cells)} cells for {len(columns)} columns")
    for cell in cells:
        if _NO_UTF_8.search(cell):
            return _wrong_encoding(cell)
    pairs = zip(columns, cells, strict=True)
    return {name: cell for name, cell in pairs if cell.strip() or name == "amount"}


def _wrong_encoding(text: str) -> ValueError:
    byte = ord(_NO_UTF_8.findall(text)[0]) & 0xFF
    return ValueError(f"the byte {byte:#x} is no UTF-8: save the file as UTF-8")


def _event(data: Any) -> Event:
    if not isinstance(data, Mapping):
        raise TypeError(f"an event must be an object, not {type(data).__name__}")
    fields = dict(data)
    for name in _JSON:
        if isinstance(fields.get(name), str):
            fields[name] = _json_cell(name, fields[name])
    for name in _NUMBERS:
        if isinstance(fields.get(name), str):
            fields[name] = _whole(name, fields[name])
    _check_reference(fields.get("reference"))
    switch = fields.get("verified_absent")
    if isinstance(switch, str):
        if switch.lower() not in _SWITCHES:
            raise ValueError(f"verified_absent: must be true or false, not {switch!r}")
        fields["verified_absent"] = _SWITCHES[switch.lower()]
    amount, minor = fields.pop("amount", ""), fields.pop("amount_minor", "")
    currency = fields.pop("currency", "")
    if fields.get("kind") != "void":
        fields["amount"] = _amount(amount, minor, currency)
    elif amount or minor:
        raise ValueError("amount: a void has none")
    return Event.from_dict(fields)


def _check_reference(reference: Any) -> None:
    if _EXCEL_NUMBER.fullmatch(str(reference)):
        raise ValueError(
            f"reference: {reference} is a long number that a spreadsheet has cut short, so that "
            "two events may have the same; format the column as text"
        )


def _amount(amount: Any, minor: Any, currency: str) -> Any:
    """Return an amount: minor units, or a decimal where there is a currency.

    A whole number with a currency that has decimals may be meant either way, and is refused.
    """
    if minor != "":
        return _minor_amount(amount, minor, currency)
    if not isinstance(amount, str):
        if currency:
            raise ValueError("amount: with a currency, a decimal in quotes, or amount_minor")
        return amount
    text = amount.strip()
    if not text:
        raise ValueError(f"amount: is empty; {_ALL!r} stands for all that is left")
    if text == _ALL:
        return None
    if not currency:
        return _whole("amount", text, "without a currency it is in minor units")
    if text.lstrip("+-").isdigit() and exponent(currency):
        raise ValueError(
            f"amount: {text} may be meant as {text}.{'0' * exponent(currency)} {currency} or as "
            "minor units: write the decimals, or use the column amount_minor"
        )
    if comma := _DECIMAL_COMMA.fullmatch(text):
        text = ".".join(comma.groups())
    return Money.of(text, currency)


def _minor_amount(amount: Any, minor: Any, currency: str) -> Any:
    if amount != "":
        raise ValueError("amount, amount_minor: only one of them")
    if minor is None:  # of a database, say, and no way to say "all that is left"
        raise ValueError("amount_minor: is null")
    number = _whole("amount_minor", minor) if isinstance(minor, str) else minor
    return Money(number, currency) if currency else number


def _json_cell(name: str, text: str) -> Any:
    value = _object(text)
    if isinstance(value, ValueError):
        raise ValueError(f"{name}: {value}")  # noqa: TRY004  # the text is wrong, not its type
    return value


def _whole(name: str, text: str, why: str = "") -> int:
    text = text.strip()
    if not (text.isascii() and text.removeprefix("-").isdigit()):
        raise ValueError(f"{name}: must be a whole number, not {text!r}{why and f': {why}'}")
    return int(text)
