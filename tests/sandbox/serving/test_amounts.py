"""Amounts for people, with the decimals of each currency."""

import iso4217
import pytest

from kustom_facade.sandbox.serving.amounts import amount, decimals


def test_each_currency_has_the_decimals_of_the_standard() -> None:
    """By a published list of ISO 4217, but for funds and metals, which have none."""
    published = {each.code: each.exponent for each in iso4217.Currency if each.exponent is not None}
    assert len(published) > 150
    assert {code: decimals(code) for code in published} == published


@pytest.mark.parametrize(
    ("minor_units", "currency", "expected"),
    [
        (199900, "SEK", "1,999.00 SEK"),
        (1, "eur", "0.01 EUR"),
        (-5, "SEK", "-0.05 SEK"),
        (4500, "JPY", "4,500 JPY"),
        (1234, "KWD", "1.234 KWD"),
        (0, "?", "0.00 ?"),
    ],
)
def test_an_amount_has_a_point_and_a_currency(
    minor_units: int, currency: str, expected: str
) -> None:
    """Whole ones, small ones, negative ones, and of a currency that is none."""
    assert amount(minor_units, currency) == expected
