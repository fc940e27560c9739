"""Amounts of lines that came over the wire, and their currencies."""

from typing import Any

import pytest
from hypothesis import given, strategies as st
from odd_orders import ORDERS, VALUES

from kustom_facade import InvalidRequest, MerchantOrder, Money, OrderLine, lines


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


@given(ORDERS)
def test_lines_of_any_kind_are_added_or_refused(order: MerchantOrder) -> None:
    """By an error of the tree. What is no list of lines is misuse."""
    for add in (lines.total, lines.total_tax):
        try:
            total = add(order.order_lines)  # type: ignore[arg-type]  # what the test is about
        except (InvalidRequest, TypeError):
            continue
        assert type(total) is int


@pytest.mark.parametrize("odd", [5, None, "abc", b"abc", {"name": "a"}, MerchantOrder()])
def test_what_is_no_list_of_lines_is_a_type_error(odd: Any) -> None:
    """One line instead of a list of one is the usual slip."""
    with pytest.raises(TypeError, match="order lines are a list, not"):
        lines.total(odd)


@given(VALUES, st.sampled_from(["currency", "origin"]))
def test_what_a_line_may_know_of_its_currency(value: Any, name: str) -> None:
    """Anything else than a text, or an origin, is no currency."""
    line = lines.Line.from_dict({"name": "a", "quantity": 1, "unit_price": 5, "total_amount": 5})
    setattr(line, name, value)
    assert lines.total([line]) == 5


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("5", "is '5', not a whole number"),
        (None, "is None, not a whole number"),
        (5.0, "is 5.0, not a whole number"),
        ([5], "is a list, not a whole number"),
        (10**40, "has more digits than any amount"),
        (-(10**400), "has more digits than any amount"),
    ],
)
def test_an_amount_that_is_none_is_told_with_its_line(value: Any, shown: str) -> None:
    """By the line's reference, and without what could be of any size."""
    with pytest.raises(InvalidRequest, match=f"total_amount of OrderLine 'A' {shown}"):
        lines.total([OrderLine.from_dict({"reference": "A", "total_amount": value})])
