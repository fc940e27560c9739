"""Amounts of money as the API counts them: whole minor units of an ISO 4217 currency (SEK 19.99 is 1999).

Everything here is integers and exact decimals; a float is a ``TypeError``. A leaf: it knows currencies and tax, and
nothing of this API's requests.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation, localcontext
from operator import index
from typing import TYPE_CHECKING, Any, Final, overload

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A decimal number as a person writes it, and as nothing else can be meant.
_PLAIN: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_ROUNDINGS: Final = (
    "ROUND_CEILING", "ROUND_FLOOR", "ROUND_UP", "ROUND_DOWN", "ROUND_HALF_UP", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN",
    "ROUND_05UP",
)  # fmt: skip
#: More than all money there is, in any currency.
_MOST_DIGITS: Final = 1_000
_LARGEST: Final = 10**_MOST_DIGITS
#: Hundredths of a percent in 100 %: what the vendor's tax rates are counted in.
_WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units with its currency; a frozen value that adds up exactly.

    ``Money.of("19.99", "SEK")`` reads a decimal amount; ``Money(1999, "SEK")`` is the same. Amounts of one currency
    add, subtract, compare and ``sum()``; of two they are a ``TypeError``. An amount times a whole number is an amount.

    Args:
        minor: whole minor units; ints of other libraries (numpy) are taken, bool and float are not.
        currency: an ISO 4217 code in upper or lower case, current or withdrawn; kept in upper case.

    Raises:
        TypeError: ``minor`` is no whole number, or the currency no text.
        ValueError: the currency never was a code of ISO 4217, or has no minor unit.
    """

    #: The amount in minor units: öre, cent, …
    minor: int
    #: The ISO 4217 code, in upper case.
    currency: str

    def __post_init__(self) -> None:
        code = _code(self.currency)
        exponent(code)
        object.__setattr__(
            self,
            "minor",
            _whole("minor", self.minor, "an int of minor units; Money.of('39.90', 'SEK') reads decimals"),
        )
        object.__setattr__(self, "currency", code)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str, *, rounding: str | None = None) -> Money:
        """An amount from its decimal form: ``Money.of("19.99", "SEK")``.

        Args:
            amount: a str, an int or a Decimal in major units; never a float, which cannot hold most decimal amounts.
            currency: an ISO 4217 code; its number of decimals is the limit for ``amount``.
            rounding: what to do with more decimals, by the names of the module ``decimal`` (``"ROUND_HALF_UP"``);
                without it they are an error.

        Raises:
            TypeError: ``amount`` is of another type.
            ValueError: it is no plain number, has more decimals than the currency, or the rounding is unknown.
        """
        if rounding is not None and rounding not in _ROUNDINGS:
            raise ValueError(f"rounding must be one of {', '.join(_ROUNDINGS)}, not {rounding!r}")
        digits = exponent(currency)
        minor = _shifted(_decimal("amount", amount), digits)
        if minor == minor.to_integral_value():
            return cls(int(minor), currency)
        if rounding is None:
            raise ValueError(
                f"{amount} has more decimals than {_code(currency)} allows ({digits}); round it first, or name a "
                "rounding such as rounding='ROUND_HALF_UP'"
            )
        return cls(int(minor.to_integral_value(rounding)), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with all decimals of the currency."""
        return _shifted(Decimal(self.minor), -exponent(self.currency))

    def format(self, locale: str | None = None) -> str:
        """The amount for people: as ``str()``, or in a locale such as ``"sv_SE"`` if the package babel is installed.

        Raises:
            ImportError: a locale is given and babel is not installed.
        """
        if locale is None:
            return str(self)
        try:
            from babel import Locale  # noqa: PLC0415  # no dependency of ours: used if it is there
        except ImportError as error:
            raise ImportError(
                "Money.format with a locale needs the package babel: pip install babel"
            ) from error
        known = Locale.parse(locale.replace("-", "_"))
        # The locale's own pattern, with the decimals of ISO 4217: CLDR leaves out those that are rarely used.
        pattern = copy(known.currency_formats["standard"])
        digits = exponent(self.currency)
        pattern.frac_prec = (digits, digits)
        with localcontext(Context(prec=2 * _MOST_DIGITS)):
            return str(pattern.apply(self.decimal, known, currency=self.currency, currency_digits=False))

    def split(self, parts: int) -> list[Money]:
        """The amount in so many parts that differ by at most one minor unit, larger ones first; none is lost.

        Raises:
            ValueError: fewer than one part.
        """
        number = _whole("parts", parts, "an int")
        if number < 1:
            raise ValueError(f"an amount is split into at least 1 part, not {number}")
        return self.allocate([1] * number)

    def allocate(self, weights: Iterable[int]) -> list[Money]:
        """The amount in parts as large as their weights; none is lost.

        What does not divide goes to the parts that rounding down has hurt most, the first of equal ones.

        Args:
            weights: whole numbers from 0, at least one of them above 0.

        Raises:
            TypeError: a weight is no whole number.
            ValueError: there is none above 0, or one below.
        """
        shares = [_whole("a weight", weight, "an int") for weight in weights]
        whole = sum(shares)
        if whole <= 0 or min(shares) < 0:
            raise ValueError(f"weights must be 0 or more, and one of them more than 0; not {shares}")
        sign, size = (-1 if self.minor < 0 else 1), abs(self.minor)
        parts = [size * share // whole for share in shares]
        hurt = sorted(range(len(shares)), key=lambda number: -(size * shares[number] % whole))
        for number in hurt[: size - sum(parts)]:
            parts[number] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._same(other, "add"), self.currency)

    def __radd__(self, other: int) -> Money:
        # sum() begins with 0; no other number has a currency.
        return self if type(other) is int and other == 0 else NotImplemented

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._same(other, "subtract"), self.currency)

    def __mul__(self, factor: int) -> Money:
        if not is_whole(factor):
            return NotImplemented
        return Money(self.minor * index(factor), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other, "compare") if isinstance(other, Money) else NotImplemented

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other, "compare") if isinstance(other, Money) else NotImplemented

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other, "compare") if isinstance(other, Money) else NotImplemented

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other, "compare") if isinstance(other, Money) else NotImplemented

    def _same(self, other: Money, doing: str) -> int:
        if self.currency != other.currency:
            raise TypeError(f"cannot {doing} {self.currency} and {other.currency}")
        return other.minor


@dataclass(frozen=True, slots=True, order=True)
class TaxRate:
    """A tax rate as the vendor counts it: percent with two implicit decimals, so 2500 is 25 %.

    ``TaxRate.percent("25")`` reads it as people write it. It is never computed back from amounts: those are rounded,
    and give 2506 where 2500 was meant.

    Raises:
        TypeError: the rate is no whole number.
        ValueError: it is below 0.
    """

    #: The vendor's number: 2500 for 25 %.
    rate: int

    def __post_init__(self) -> None:
        rate = _whole("rate", self.rate, "an int in hundredths of a percent; see TaxRate.percent")
        if rate < 0:
            raise ValueError(f"a tax rate is 0 or more, not {rate}")
        object.__setattr__(self, "rate", rate)

    @classmethod
    def percent(cls, percent: str | int | Decimal) -> TaxRate:
        """A rate from percent: ``TaxRate.percent("25")`` is 2500, ``TaxRate.percent("5.5")`` is 550.

        Raises:
            TypeError: a float, or another type.
            ValueError: no plain number, below 0, or with more than two decimals.
        """
        rate = _shifted(_decimal("a tax rate", percent), 2)
        if rate != rate.to_integral_value():
            raise ValueError(f"a tax rate has at most two decimals of a percent, not {percent}")
        return cls(int(rate))

    @property
    def as_percent(self) -> Decimal:
        """The rate in percent, exact: ``Decimal("25")`` for 2500."""
        percent = _shifted(Decimal(self.rate), -2)
        # Without the zeros that say nothing, and without an exponent.
        return Decimal(f"{percent:f}".rstrip("0").rstrip("."))

    # No __index__: a rate would pass for a number, and so for an amount.
    def __int__(self) -> int:
        return self.rate

    def __str__(self) -> str:
        return f"{self.as_percent} %"


@overload
def tax_of(total_amount: int, tax_rate: int | TaxRate) -> int: ...
@overload
def tax_of(total_amount: Money, tax_rate: int | TaxRate) -> Money: ...
def tax_of(total_amount: int | Money, tax_rate: int | TaxRate) -> int | Money:
    """The tax that is included in an amount, by the vendor's rule.

    ``total_amount - total_amount * 10000 / (10000 + tax_rate)``, rounded half away from zero; the vendor accepts
    what is within 1 of it (documentation of order lines).

    Args:
        total_amount: with tax, in minor units or as Money; may be below 0.
        tax_rate: the vendor's number (2500 is 25 %), or a TaxRate.

    Raises:
        TypeError: an amount or rate that is no whole number.
        ValueError: the rate is below 0.
    """
    if isinstance(total_amount, Money):
        return Money(tax_of(total_amount.minor, tax_rate), total_amount.currency)
    amount = _whole("total_amount", total_amount, "an int of minor units or Money")
    rate = (tax_rate if isinstance(tax_rate, TaxRate) else TaxRate(tax_rate)).rate
    # Twice the fraction plus one whole, halved: rounds half up, of a number that is not negative.
    tax = (2 * abs(amount) * rate + _WHOLE + rate) // (2 * (_WHOLE + rate))
    return tax if amount >= 0 else -tax


def exponent(currency: str) -> int:
    """Return the number of decimals that ISO 4217 gives a currency: JPY 0, SEK 2, KWD 3.

    A withdrawn currency (BGN, HRK) keeps its decimals, because old orders are still refunded in it.

    Raises:
        TypeError: The currency is no text.
        ValueError: The code never was one of ISO 4217, or it has no minor unit (XAU).
    """
    code = _code(currency)
    if code not in _exponents:
        # Imported here: the package parses its table on import, and most programs only read orders.
        from iso4217 import Currency  # noqa: PLC0415  # see above

        try:
            _exponents[code] = Currency(code).exponent
        except ValueError:
            raise ValueError(f"{currency!r} is not, and never was, an ISO 4217 code") from None
    digits = _exponents[code]
    if digits is None:
        raise ValueError(f"{code} has no minor unit in ISO 4217, so no amount of it can be sent")
    return digits


#: The codes of list three of ISO 4217 (historic denominations, 2026-01-01) that list one no longer
#: has, by their decimals. List three gives none: these are of list one in its time, as OpenJDK has
#: kept them. Accounts in francs and pesetas (BEC, BEL, ESA, ESB, LUC, LUL) have those of their
#: currency, and other codes that OpenJDK lacks the 2 of CLDR, which is its default.
_WITHDRAWN: Final[dict[int | None, str]] = {
    0: "ADP BEC BEF BEL BYB BYR ESA ESB ESP GRD ITL LUC LUF LUL MGF PTE TPE TRL",
    2: """
        AFA ALK ANG AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BGJ BGK BGL BGN BOP BRB BRC BRE BRN
        BRR BUK CHC CSD CSJ CSK CUC CYP DDM DEM ECS ECV EEK FIM FRF GEK GHC GHP GNE GNS GQE GWE
        GWP HRD HRK IEP ILP ILR ISJ LAJ LSM LTL LTT LVL LVR MLF MRO MTL MTP MVQ MXP MZE MZM NIC
        NLG PEH PEI PES PLZ RHD ROK ROL RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM UAK UGS UGW
        USS UYN UYP VEB VEF VNC YDD YUD YUM YUN ZAL ZMK ZRN ZRZ ZWC ZWD ZWL ZWN ZWR
    """,
    # Units of account.
    None: "XEU XFO XFU XRE",
}
#: Decimals by code, of the withdrawn ones and of those already asked for.
_exponents: Final = {code: digits for digits, codes in _WITHDRAWN.items() for code in codes.split()}


def _code(currency: str) -> str:
    if not isinstance(currency, str):
        raise TypeError(f"currency must be a str like 'SEK', not {type(currency).__name__}")
    # Beyond ASCII there are letters whose upper case is a plain one.
    return currency.upper() if currency.isascii() else currency


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number, of whatever library (numpy); True and 1.0 are none."""
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _whole(name: str, value: Any, wanted: str) -> int:
    """A whole number as Python's own int, of a size that can be printed and multiplied."""
    if not is_whole(value):
        raise TypeError(f"{name} must be {wanted}, not {type(value).__name__}")
    number = index(value)
    if not -_LARGEST < number < _LARGEST:
        raise ValueError(f"{name} has more than {_MOST_DIGITS} digits, which no amount of money has")
    return number


def _decimal(name: str, amount: str | int | Decimal) -> Decimal:
    if isinstance(amount, str):
        if not _PLAIN.fullmatch(amount):
            raise ValueError(
                f"{amount!r} is not a plain decimal number like '19.99': {_why_not_plain(amount)}"
            )
        found = Decimal(amount)
    elif isinstance(amount, Decimal):
        if not amount.is_finite():
            raise ValueError(f"{amount} is not a finite amount")
        found = amount
    else:
        return Decimal(_whole(name, amount, "a str, an int or a Decimal; write '39.90'"))
    # A small text can name a number that no memory holds.
    if abs(found.adjusted()) > _MOST_DIGITS:
        raise ValueError(f"{name} has more than {_MOST_DIGITS} digits, which no amount of money has")
    return found


def _why_not_plain(text: str) -> str:
    if "," in text:
        return "a comma may part thousands or decimals; write a dot before the decimals and nothing between thousands"
    if any(letter.isspace() for letter in text):
        return "there is a space or line end in it"
    try:
        Decimal(text)
    except InvalidOperation:
        return "only digits, one dot and a sign are taken"
    return "no exponents, underscores, infinities or digits of other scripts"


def _shifted(value: Decimal, digits: int) -> Decimal:
    """The value times ten to the power of ``digits``, exact whatever precision the caller's context has."""
    sign, figures, place = value.as_tuple()
    return Decimal((sign, figures, int(place) + digits))
