"""Money: minor units and their decimal form, exact for every currency;
arithmetic that mixes and loses nothing.
"""

import pickle
import sys
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision
from hypothesis import given, strategies as st
from iso4217 import Currency
from support import ORDER

from kustom_facade import Money, TaxRate
from kustom_facade._operations import captures
from kustom_facade.money import exponent, tax_of

#: Withdrawn since the euro began, by decimals.
WITHDRAWN = {
    0: "ADP BEF BYB BYR ESP GRD ITL LUF MGF PTE TPE TRL",
    2: """
        AFA ANG ATS AZM BGL BGN CSD CUC CYP DEM EEK FIM FRF GHC HRK IEP LTL LVL MRO MTL MZM NLG ROL
        RUR SDD SIT SKK SLL SRG STD TMM USS VEB VEF YUM ZMK ZWD ZWL ZWN ZWR
    """,
}
#: Every current currency that has decimals, or none of them (JPY), and those withdrawn.
CURRENCIES = sorted(
    {currency.code for currency in Currency if currency.exponent is not None}.union(
        *(codes.split() for codes in WITHDRAWN.values())
    )
)
MONEY = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(CURRENCIES))


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "shown"),
    [
        ("19.99", "SEK", 1999, "19.99 SEK"),
        (499, "SEK", 49900, "499.00 SEK"),
        (Decimal("19.9"), "EUR", 1990, "19.90 EUR"),
        (Decimal("1E+3"), "EUR", 100000, "1000.00 EUR"),
        ("500", "JPY", 500, "500 JPY"),
        ("1.234", "KWD", 1234, "1.234 KWD"),
        ("-5", "sek", -500, "-5.00 SEK"),
        ("+5", "SEK", 500, "5.00 SEK"),
        ("19.9900", "SEK", 1999, "19.99 SEK"),
        ("0", "SEK", 0, "0.00 SEK"),
        ("-0", "SEK", 0, "0.00 SEK"),
        (Decimal("-0.00"), "SEK", 0, "0.00 SEK"),
        ("0.01", "SEK", 1, "0.01 SEK"),
        ("-0.01", "SEK", -1, "-0.01 SEK"),
        (np.int64(5), "SEK", 500, "5.00 SEK"),
        ("2000000.00", "SEK", 200_000_000, "2000000.00 SEK"),
    ],
)
def test_decimal_and_minor_units(amount: Any, currency: str, minor: int, shown: str) -> None:
    """By the decimals of the currency; the code in upper case;
    never an exponent or a negative zero.
    """
    money = Money.of(amount, currency)
    assert (money.minor, str(money)) == (minor, shown)
    assert type(money.minor) is int
    assert money == Money(minor, currency.upper())
    assert Money.of(money.decimal, money.currency) == money


@pytest.mark.parametrize(
    ("amount", "currency", "message"),
    [
        ("19.999", "SEK", "more decimals than SEK allows"),
        ("0.5", "JPY", "more decimals than JPY allows"),
        ("nineteen", "SEK", "only digits, one dot and a sign"),
        ("", "SEK", "only digits"),
        ("1.", "SEK", "not a plain decimal number"),
        (".5", "SEK", "not a plain decimal number"),
        ("1,99", "SEK", "a comma may part thousands or decimals"),
        ("1,999.00", "SEK", "a comma"),
        ("1 999", "SEK", "a space or line end"),
        ("1\u00a0999", "SEK", "a space"),
        ("1999\n", "SEK", "line end"),
        ("1e3", "SEK", "no exponents"),
        ("1_000", "SEK", "underscores"),
        ("\u0661\u0662", "SEK", "other scripts"),
        ("NaN", "SEK", "infinities"),
        ("Infinity", "SEK", "infinities"),
        (Decimal("NaN"), "SEK", "not a finite amount"),
        (Decimal("Infinity"), "SEK", "not a finite amount"),
        ("1", "XYZ", "'XYZ' is not, and never was, an ISO 4217 code"),
        ("1", "", "'' is not, and never was, an ISO 4217 code"),
        ("1", "kr", "'kr' is not, and never was, an ISO 4217 code"),
        ("1", "XAU", "XAU has no minor unit"),
        ("1", "XEU", "XEU has no minor unit"),
    ],
)
def test_what_is_no_amount_is_refused(amount: Any, currency: str, message: str) -> None:
    """With the reason."""
    with pytest.raises(ValueError, match=message):
        Money.of(amount, currency)


@pytest.mark.parametrize(
    "amount", [19.99, True, None, b"19", np.float64(1), np.bool_(True), Fraction(1, 2), [1]]
)
def test_other_types_are_type_errors(amount: Any) -> None:
    """A float cannot hold most decimal amounts; True is no number of anything."""
    with pytest.raises(TypeError, match="amount must be a str, an int or a Decimal"):
        Money.of(amount, "SEK")
    with pytest.raises(TypeError, match="minor must be an int of minor units"):
        Money(amount, "SEK")


def test_minor_units_of_other_libraries_become_ints() -> None:
    """So that they are written as JSON like all others."""
    assert type(Money(np.int32(5), "SEK").minor) is int  # type: ignore[arg-type]  # numpy's integers are not int


@pytest.mark.parametrize("currency", ["XYZ", "XAU", "XEU", "XXX"])
def test_a_currency_that_cannot_be_sent_is_refused_at_once(currency: str) -> None:
    """Not only when the amount is shown."""
    with pytest.raises(ValueError, match=currency):
        Money(1, currency)


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [(code, decimals) for decimals, codes in WITHDRAWN.items() for code in codes.split()],
)
def test_a_withdrawn_currency_keeps_its_decimals(currency: str, decimals: int) -> None:
    """An order is refunded in the currency it was made in, for months after the withdrawal."""
    assert exponent(currency) == exponent(currency.lower()) == decimals
    assert Money.of("12", currency) == Money(12 * 10**decimals, currency)


@pytest.mark.parametrize("current", [{"BGN"}, set()])
def test_a_withdrawal_changes_nothing(current: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases of iso4217 with and without a code give the same amounts."""

    def currency(code: str) -> SimpleNamespace:
        if code not in current:
            raise ValueError(code)
        return SimpleNamespace(exponent=2)

    monkeypatch.setattr("iso4217.Currency", currency)
    assert str(Money.of("19.99", "BGN")) == str(Money(1999, "bgn")) == "19.99 BGN"
    with pytest.raises(ValueError, match="'XYZ' is not, and never was"):
        Money(1999, "XYZ")


#: Codes of CLDR for currencies from before ISO 4217, or beside it.
NEVER_ISO = "ARL ARM BAN BGM BGO BOL BRZ CLE CNX KRH KRO MAF MCF MDC MKN MVP VNN YUR"
#: Units of account, for which CLDR has its default of 2 decimals.
NO_MINOR_UNIT = "XEU XFO XFU XRE"
#: Where CLDR has its default of 2 and ISO 4217 had 0, and the reverse for rarely used coins.
OTHER_THAN_CLDR = {0: "BEC BEF BEL BYB ESA ESB GRD LUC LUL PTE TPE", 2: "MRO SLL STD TMM ZMK ZWD"}


def test_withdrawn_currencies_against_cldr() -> None:
    """The counterpart is CLDR in babel: every code that is tender nowhere any more."""
    ends: dict[str, list[Any]] = {}
    for currencies in get_global("territory_currencies").values():
        for code, _, end, _ in currencies:
            ends.setdefault(code, []).append(end)
    withdrawn = {code for code in ends if all(ends[code])}
    refused = {*NEVER_ISO.split(), *NO_MINOR_UNIT.split()}
    assert refused < withdrawn
    decimals = {code: exponent(code) for code in withdrawn - refused}
    cldr = {code: get_currency_precision(code) for code in decimals}
    assert dict(decimals.items() - cldr.items()) == {
        code: digits for digits, codes in OTHER_THAN_CLDR.items() for code in codes.split()
    }


@pytest.mark.parametrize("currency", NEVER_ISO.split())
def test_a_code_that_iso_never_had_is_refused(currency: str) -> None:
    """Even where other tables have it."""
    with pytest.raises(ValueError, match="never was, an ISO 4217 code"):
        exponent(currency)


@pytest.mark.parametrize("currency", NO_MINOR_UNIT.split())
def test_a_withdrawn_unit_of_account_is_refused(currency: str) -> None:
    """It never had a minor unit."""
    with pytest.raises(ValueError, match="has no minor unit"):
        exponent(currency)


def test_a_currency_is_text() -> None:
    """A forgotten currency is a TypeError, not a strange code."""
    with pytest.raises(TypeError, match="currency must be a str like 'SEK', not NoneType"):
        Money(1, None)  # type: ignore[arg-type]  # what the test is about


def test_the_callers_decimal_context_changes_nothing() -> None:
    """A program that calculates with six digits must not capture another amount than it says."""
    with localcontext(prec=6):
        assert Money.of("12345.67", "SEK").minor == 1234567
        assert str(Money(1234567, "SEK")) == "12345.67 SEK"
    assert (
        Money.of("1234567890123456789012345678901.25", "SEK").minor
        == 123456789012345678901234567890125
    )


@pytest.mark.parametrize(
    ("rounding", "minor"),
    [(ROUND_HALF_UP, 101), ("ROUND_DOWN", 100), ("ROUND_HALF_EVEN", 100), ("ROUND_CEILING", 101)],
)
def test_a_named_rounding(rounding: str, minor: int) -> None:
    """By the names of the module decimal; amounts that need none are not touched."""
    assert Money.of("1.005", "SEK", rounding=rounding).minor == minor
    assert Money.of("1.00", "SEK", rounding=rounding).minor == 100


def test_an_unknown_rounding_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(ValueError, match=r"ROUND_HALF_UP.*not 'up'"):
        Money.of("1.005", "SEK", rounding="up")


@given(MONEY)
def test_conversion_loses_nothing(money: Money) -> None:
    """In every currency: minor units to decimal and back, shown and read, pickled, hashed."""
    assert Money.of(money.decimal, money.currency) == money
    assert Money.of(str(money).split()[0], money.currency.lower()) == money
    again = pickle.loads(pickle.dumps(money))  # noqa: S301  # our own bytes
    assert again == money
    assert hash(again) == hash(money)
    assert str(money) == f"{money.decimal:f} {money.currency}"
    assert -int(money.decimal.as_tuple().exponent) == exponent(money.currency)


@given(MONEY, st.integers(-(10**9), 10**9), st.integers(-1000, 1000))
def test_arithmetic(money: Money, other: int, factor: int) -> None:
    """Within one currency it is that of the minor units."""
    second = Money(other, money.currency)
    assert (money + second).minor == money.minor + other
    assert money - second == money + -second
    assert (money * factor).minor == (factor * money).minor == money.minor * factor
    assert abs(money).minor == abs(money.minor)
    assert sum([money, second, second]) == money + second * 2
    assert (money < second, money <= second) == (money.minor < other, money.minor <= other)
    assert (money > second, money >= second) == (money.minor > other, money.minor >= other)
    assert min([money, second]).minor == min(money.minor, other)
    assert money * np.int64(2) == money + money  # type: ignore[operator]  # numpy's integers are not int


def test_two_currencies_never_meet() -> None:
    """A TypeError that names both; they are not equal either."""
    sek, eur = Money(1, "SEK"), Money(1, "EUR")
    for mix in (
        lambda: sek + eur,
        lambda: sek - eur,
        lambda: sek < eur,
        lambda: sek <= eur,
        lambda: sek > eur,
        lambda: sek >= eur,
        lambda: sum([sek, eur]),
    ):
        with pytest.raises(TypeError, match="SEK and EUR"):
            mix()
    assert sek != eur
    assert len({sek, eur, Money(1, "sek")}) == 2


@pytest.mark.parametrize("other", [1, 1.0, Decimal(1), "1", None, True])
def test_a_bare_number_is_no_amount(other: Any) -> None:
    """Only sum's 0 to begin with, and a whole factor."""
    money = Money(1, "SEK")
    mixes: tuple[Callable[[], Any], ...] = (
        lambda: money + other,
        lambda: other + money,
        lambda: money - other,
        lambda: money < other,
        lambda: money <= other,
        lambda: money > other,
        lambda: money >= other,
    )
    for mix in mixes:
        with pytest.raises(TypeError):
            mix()
    if other != 1 or type(other) is not int:
        with pytest.raises(TypeError):
            _ = money * other
    assert money != other


def test_money_times_money_is_nothing() -> None:
    """Nor is there a division: it would not be exact; split and allocate are."""
    with pytest.raises(TypeError):
        Money(1, "SEK") * Money(1, "SEK")  # type: ignore[operator]  # what the test is about
    with pytest.raises(TypeError):
        Money(1, "SEK") / 2  # type: ignore[operator]  # as above


def test_money_is_frozen() -> None:
    """A value, like an int."""
    with pytest.raises(AttributeError):
        Money(1, "SEK").minor = 2  # type: ignore[misc]  # what the test is about


@given(MONEY, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_allocation_loses_nothing_and_is_fair(money: Money, weights: list[int]) -> None:
    """The parts add up, no part is off by a whole minor unit, and a weight of 0 gets nothing."""
    parts = money.allocate(weights)
    assert sum(parts) == money
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(money.minor * weight, sum(weights))) < 1
        assert weight or part.minor == 0


@given(MONEY, st.integers(1, 50))
def test_splitting_loses_nothing(money: Money, number: int) -> None:
    """Parts that differ by one minor unit at most, the larger first."""
    sizes = [abs(part.minor) for part in money.split(number)]
    assert sum(money.split(number)) == money
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [-1]])
def test_weights_that_make_no_sense(weights: list[int]) -> None:
    """Nothing to give to, or less than nothing."""
    with pytest.raises(ValueError, match="weights must be 0 or more"):
        Money(1, "SEK").allocate(weights)


def test_parts_that_make_no_sense() -> None:
    """Whole numbers from 1."""
    with pytest.raises(ValueError, match="at least 1 part"):
        Money(1, "SEK").split(0)
    with pytest.raises(TypeError, match="parts must be an int, not float"):
        Money(1, "SEK").split(2.0)  # type: ignore[arg-type]  # what the test is about
    with pytest.raises(TypeError, match="a weight must be an int, not bool"):
        Money(1, "SEK").allocate([True])


def test_a_locale_needs_babel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a user has it, it decides; where not, the error says what to install."""
    money = Money.of("1234.50", "SEK")
    assert money.format() == "1234.50 SEK"
    assert money.format("sv_SE").replace("\u00a0", " ") == "1 234,50 kr"
    assert money.format("en_US") == "SEK1,234.50"
    monkeypatch.setitem(sys.modules, "babel", None)
    with pytest.raises(ImportError, match="pip install babel"):
        money.format("sv_SE")


# --- tax

#: Lines known to have been accepted by the vendor.
ACCEPTED = [
    (9900, 2500, 1980),
    (6000, 2500, 1200),
    (1800, 2100, 312),
    (9900, 1900, 1581),
    (50000, 1000, 4545),
]


@pytest.mark.parametrize(("total", "rate", "tax"), ACCEPTED)
def test_the_accepted_pairs(total: int, rate: int, tax: int) -> None:
    """Exactly what the vendor took, in every form, and for what is taken off as well."""
    assert tax_of(total, rate) == tax_of(total, TaxRate(rate)) == tax
    assert tax_of(Money(total, "SEK"), rate) == Money(tax, "SEK")
    assert tax_of(-total, rate) == -tax


@given(st.integers(-200_000_000, 200_000_000), st.integers(0, 2**31 - 1))
def test_tax_is_within_one_of_the_rule(total: int, rate: int) -> None:
    """Over the whole range; in fact within a half, half away from zero."""
    exact = total - Fraction(total * 10000, 10000 + rate)
    tax = tax_of(total, rate)
    assert abs(tax - exact) <= Fraction(1, 2)
    if abs(tax - exact) == Fraction(1, 2):
        assert abs(tax) > abs(exact)


@pytest.mark.parametrize(
    ("percent", "rate", "back"),
    [
        ("25", 2500, "25"),
        ("5.5", 550, "5.5"),
        ("0", 0, "0"),
        ("12.25", 1225, "12.25"),
        (25, 2500, "25"),
        (Decimal("6.00"), 600, "6"),
        ("100", 10000, "100"),
        ("0.01", 1, "0.01"),
    ],
)
def test_percent_and_back(percent: Any, rate: int, back: str) -> None:
    """Exact, as people write it and as the vendor counts it."""
    tax_rate = TaxRate.from_percent(percent)
    assert (tax_rate.rate, int(tax_rate), str(tax_rate.percentage)) == (rate, rate, back)
    assert TaxRate.from_percent(tax_rate.percentage) == tax_rate == TaxRate(rate)
    assert str(tax_rate) == f"{back} %"


@given(st.integers(0, 10**7))
def test_every_rate_has_its_percent(rate: int) -> None:
    """And back."""
    assert TaxRate.from_percent(TaxRate(rate).percentage).rate == rate


@pytest.mark.parametrize("percent", ["25.555", "-1", "25%", "25,5", "", Decimal("NaN")])
def test_what_is_no_percentage(percent: Any) -> None:
    """Refused, never rounded."""
    with pytest.raises(ValueError, match=r"tax rate|plain|finite"):
        TaxRate.from_percent(percent)


@pytest.mark.parametrize("rate", [25.0, "2500", None, True])
def test_a_rate_of_another_type(rate: Any) -> None:
    """A float is what 2506 comes from."""
    with pytest.raises(TypeError, match="rate must be an int in hundredths of a percent"):
        TaxRate(rate)
    with pytest.raises(TypeError):
        tax_of(100, rate)
    with pytest.raises(TypeError, match="total_amount must be"):
        tax_of(1.5, 2500)  # type: ignore[call-overload]  # what the test is about


# --- what a review found


@pytest.mark.parametrize(
    "use",
    [
        lambda rate: Money(100, "SEK") * rate,
        lambda rate: Money(rate, "SEK"),
        lambda rate: Money.of(rate, "SEK"),
        lambda rate: Money(100, "SEK").allocate([rate]),
        lambda rate: tax_of(rate, 2500),
        TaxRate,
        lambda rate: captures.capture(ORDER, rate),
    ],
)
def test_a_tax_rate_is_no_number(use: Any) -> None:
    """It would pass for an amount of 25.00, or for a factor of 2,500."""
    with pytest.raises(TypeError):
        use(TaxRate.from_percent("25"))


@pytest.mark.parametrize(
    "amount",
    [
        Decimal("1E+1000000"),
        Decimal("1E+999999999999999999"),
        Decimal("1E-2000"),
        "9" * 2000,
        10**2000,
    ],
)
def test_numbers_of_any_size_are_refused_at_once(amount: Any) -> None:
    """A small text can name a number that takes minutes and all memory."""
    with pytest.raises(ValueError, match="has more than 1000 digits, which no amount of money has"):
        Money.of(amount, "SEK")


def test_a_rounding_is_checked_before_it_is_needed() -> None:
    """Not on the first odd amount in production."""
    with pytest.raises(ValueError, match="rounding must be one of"):
        Money.of("1.00", "SEK", rounding="bogus")


def test_a_code_that_becomes_another_in_upper_case_is_none() -> None:
    """The long s is an S then."""
    with pytest.raises(ValueError, match="never was, an ISO 4217 code"):
        Money(1, "\u017fek")


@pytest.mark.parametrize("currency", ["RSD", "ISK", "KWD", "JPY", "CLF", "SEK"])
def test_a_locale_shows_every_minor_unit(currency: str) -> None:
    """CLDR leaves out decimals that people rarely use;
    ISO 4217 counts them, and so does this, in any context.
    """
    with localcontext(prec=4):
        shown = Money(1234656, currency).format("en-US")
    assert "".join(letter for letter in shown if letter.isdigit()) == "1234656"


def test_a_rate_that_is_a_float_is_told_as_a_rate() -> None:
    """Not as an amount."""
    with pytest.raises(TypeError, match="a tax rate must be a str, an int or a Decimal"):
        TaxRate.from_percent(25.0)  # type: ignore[arg-type]  # the mistake
