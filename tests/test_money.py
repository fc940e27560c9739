"""Money: minor units and their decimal form, exact for every currency; never a float."""

import pickle
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustom_facade import Money
from kustom_facade.money import exponent


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "shown"),
    [
        ("19.99", "SEK", 1999, "19.99 SEK"),
        (499, "SEK", 49900, "499.00 SEK"),
        (Decimal("19.9"), "EUR", 1990, "19.90 EUR"),
        ("500", "JPY", 500, "500 JPY"),
        ("1.234", "KWD", 1234, "1.234 KWD"),
        ("-5", "sek", -500, "-5.00 SEK"),
        ("19.9900", "SEK", 1999, "19.99 SEK"),
        ("0", "SEK", 0, "0.00 SEK"),
    ],
)
def test_decimal_and_minor_units(amount: Any, currency: str, minor: int, shown: str) -> None:
    """By the decimals of the currency; the code in upper case."""
    money = Money.of(amount, currency)
    assert (money.minor, str(money)) == (minor, shown)
    assert money == Money(minor, currency.upper())
    assert Money.of(money.decimal, money.currency) == money


@pytest.mark.parametrize(
    ("amount", "currency", "message"),
    [
        ("19.999", "SEK", "more decimals than SEK allows"),
        ("0.5", "JPY", "more decimals than JPY allows"),
        ("nineteen", "SEK", "not a plain decimal number"),
        ("", "SEK", "not a plain decimal number"),
        ("NaN", "SEK", "not a finite amount"),
        (Decimal("Infinity"), "SEK", "not a finite amount"),
        ("1", "XYZ", "not a current currency code"),
        ("1", "XAU", "no minor unit"),
    ],
)
def test_what_is_no_amount_is_refused(amount: Any, currency: str, message: str) -> None:
    """With the reason."""
    with pytest.raises(ValueError, match=message):
        Money.of(amount, currency)


@pytest.mark.parametrize("amount", [19.99, True, None, b"19"])
def test_other_types_are_type_errors(amount: Any) -> None:
    """A float cannot hold most decimal amounts; True is no number of anything."""
    with pytest.raises(TypeError, match="amount must be a str, an int or a Decimal"):
        Money.of(amount, "SEK")
    with pytest.raises(TypeError, match="minor must be an int of minor units"):
        Money(amount, "SEK")


def test_the_callers_decimal_context_changes_nothing() -> None:
    """A program that calculates with six digits must not capture another amount than it says."""
    with localcontext(prec=6):
        assert Money.of("12345.67", "SEK").minor == 1234567
        assert str(Money(1234567, "SEK")) == "12345.67 SEK"
    assert Money.of("1234567890123456789012345678901.25", "SEK").minor == 123456789012345678901234567890125


def test_a_currency_is_text() -> None:
    """A forgotten currency is a TypeError, not a strange code."""
    with pytest.raises(TypeError, match="currency must be a str like 'SEK', not NoneType"):
        Money(1, None)  # type: ignore[arg-type]  # what the test is about


@given(minor=st.integers(-(10**12), 10**12), currency=st.sampled_from(["SEK", "JPY", "KWD", "EUR", "CLF"]))
def test_conversion_loses_nothing(minor: int, currency: str) -> None:
    """Minor units to decimal and back, pickled and hashed: the same value."""
    money = Money(minor, currency)
    assert Money.of(money.decimal, currency) == money
    assert Money.of(str(money).split()[0], currency) == money
    assert pickle.loads(pickle.dumps(money)) == money  # noqa: S301  # our own bytes
    assert hash(money) == hash(Money(minor, currency))
    assert -money.decimal.as_tuple().exponent == exponent(currency)  # type: ignore[operator]  # finite
