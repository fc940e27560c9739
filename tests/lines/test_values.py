"""Amounts of lines that came over the wire, and their currencies."""

import pytest

from kustom_facade import Money, lines


def test_lines_of_two_currencies_are_not_added() -> None:
    """As far as they know theirs."""
    order_lines = [
        lines.physical("a", Money(100, currency), tax_rate="0") for currency in ("SEK", "EUR")
    ]
    for add in (lines.total, lines.total_tax):
        with pytest.raises(TypeError, match="cannot add lines in EUR and SEK"):
            add(order_lines)
    assert lines.total([order_lines[0], {"name": "b", "total_amount": 5}]) == 105


def test_a_line_that_is_read_knows_no_currency() -> None:
    """It is whole all the same."""
    line = lines.Line.from_dict({"name": "a", "quantity": 2, "unit_price": 5, "total_amount": 10})
    assert line.currency is None
    assert lines.take(line, 1).total_amount == 5
    assert "currency=None" in repr(line)
