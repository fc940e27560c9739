"""Amounts of money in whole minor units of an ISO 4217 currency, and tax rates.

The API counts SEK 19.99 as 1999. All arithmetic is on integers and exact decimals. A float is a
``TypeError``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation, localcontext
from operator import index
from typing import Any, Final, SupportsIndex, TypeGuard, overload

#: A plain decimal number, which can mean one thing only.
_PLAIN: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_ROUNDINGS: Final = (
    "ROUND_CEILING", "ROUND_FLOOR", "ROUND_UP", "ROUND_DOWN", "ROUND_HALF_UP", "ROUND_HALF_DOWN",
    "ROUND_HALF_EVEN", "ROUND_05UP",
)  # fmt: skip
#: More digits than any amount of money has.
_MOST_DIGITS: Final = 1_000
_LARGEST: Final = 10**_MOST_DIGITS
#: 100 % in hundredths of a percent, the unit of the vendor's tax rates.
_WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units with its currency, as a frozen value.

    ``Money.of("19.99", "SEK")`` and ``Money(1999, "SEK")`` are the same amount. Amounts of one
    currency add, subtract, compare and ``sum()``. Amounts of two currencies are a ``TypeError``. An
    amount times a whole number is an amount.

    Args:
        minor: whole minor units. Integers of other libraries (numpy) are taken, bool and float are
            not.
        currency: an ISO 4217 code, current or withdrawn. Lower case becomes upper case.

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
            _whole(
                "minor",
                self.minor,
                "an int of minor units; Money.of('39.90', 'SEK') reads decimals",
            ),
        )
        object.__setattr__(self, "currency", code)

    def to_dict(self) -> dict[str, Any]:
        """Return the amount as plain JSON data, for a queue that stores its arguments as JSON."""
        return {"minor": self.minor, "currency": self.currency}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Money:
        """Return the amount of which this is ``to_dict()``.

        Raises:
            KeyError: a field is missing.
            TypeError: ``minor`` is no whole number, or the currency no text.
            ValueError: the currency never was a code of ISO 4217, or has no minor unit.
        """
        return cls(data["minor"], data["currency"])

    @classmethod
    def of(
        cls, amount: str | int | Decimal, currency: str, *, rounding: str | None = None
    ) -> Money:
        """Return an amount from its decimal form: ``Money.of("19.99", "SEK")``.

        Args:
            amount: a str, an int or a Decimal in major units. A float is refused, since it cannot
                hold most decimal amounts.
            currency: an ISO 4217 code. Its number of decimals is the limit for ``amount``.
            rounding: how to round more decimals, by a name of the module ``decimal``
                (``"ROUND_HALF_UP"``). By default they are an error.

        Raises:
            TypeError: ``amount`` is of another type.
            ValueError: ``amount`` is no plain number or has more decimals than the currency, or the
                rounding is unknown.
        """
        if rounding is not None and rounding not in _ROUNDINGS:
            raise ValueError(f"rounding must be one of {', '.join(_ROUNDINGS)}, not {rounding!r}")
        digits = exponent(currency)
        minor = _shifted(_decimal("amount", amount), digits)
        if minor == minor.to_integral_value():
            return cls(int(minor), currency)
        if rounding is None:
            raise ValueError(
                f"{amount} has more decimals than {_code(currency)} allows ({digits}); "
                "round it first, or name a rounding such as rounding='ROUND_HALF_UP'"
            )
        return cls(int(minor.to_integral_value(rounding)), currency)

    @property
    def decimal(self) -> Decimal:
        """Return the amount in major units, with all decimals of the currency."""
        return _shifted(Decimal(self.minor), -exponent(self.currency))

    def format(self, locale: str | None = None) -> str:
        """Return the amount as text for people.

        Args:
            locale: a locale such as ``"sv_SE"``, which needs the package babel. By default the text
                is that of ``str()``.

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
        # CLDR leaves out decimals that are rarely used, so those of ISO 4217 replace them.
        pattern = copy(known.currency_formats["standard"])
        digits = exponent(self.currency)
        pattern.frac_prec = (digits, digits)
        with localcontext(Context(prec=2 * _MOST_DIGITS)):
            return str(
                pattern.apply(self.decimal, known, currency=self.currency, currency_digits=False)
            )

    def split(self, parts: int) -> list[Money]:
        """Split the amount into parts that differ by at most one minor unit.

        The parts add up to the amount. The larger ones come first.

        Raises:
            TypeError: ``parts`` is no whole number.
            ValueError: ``parts`` is less than 1.
        """
        number = _whole("parts", parts, "an int")
        if number < 1:
            raise ValueError(f"an amount is split into at least 1 part, not {number}")
        return self.allocate([1] * number)

    def allocate(self, weights: Iterable[int]) -> list[Money]:
        """Split the amount in proportion to weights.

        The parts add up to the amount. All are rounded down. The minor units that remain go to the
        parts that lost most, of equal ones to the first.

        Args:
            weights: whole numbers from 0, at least one of them above 0.

        Raises:
            TypeError: a weight is no whole number.
            ValueError: no weight is above 0, or one is below.
        """
        shares = [_whole("a weight", weight, "an int") for weight in weights]
        total = sum(shares)
        if total <= 0 or min(shares) < 0:
            raise ValueError(
                f"weights must be 0 or more, and one of them more than 0; not {shares}"
            )
        sign, size = (-1 if self.minor < 0 else 1), abs(self.minor)
        parts = [size * share // total for share in shares]
        by_loss = sorted(range(len(shares)), key=lambda number: -(size * shares[number] % total))
        for number in by_loss[: size - sum(parts)]:
            parts[number] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._same_currency(other, "add"), self.currency)

    def __radd__(self, other: int) -> Money:
        # sum() begins with 0.
        return self if type(other) is int and other == 0 else NotImplemented

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._same_currency(other, "subtract"), self.currency)

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
        return (
            self.minor < self._same_currency(other, "compare")
            if isinstance(other, Money)
            else NotImplemented
        )

    def __le__(self, other: Money) -> bool:
        return (
            self.minor <= self._same_currency(other, "compare")
            if isinstance(other, Money)
            else NotImplemented
        )

    def __gt__(self, other: Money) -> bool:
        return (
            self.minor > self._same_currency(other, "compare")
            if isinstance(other, Money)
            else NotImplemented
        )

    def __ge__(self, other: Money) -> bool:
        return (
            self.minor >= self._same_currency(other, "compare")
            if isinstance(other, Money)
            else NotImplemented
        )

    def _same_currency(self, other: Money, action: str) -> int:
        if self.currency != other.currency:
            raise TypeError(f"cannot {action} {self.currency} and {other.currency}")
        return other.minor


@dataclass(frozen=True, slots=True, order=True)
class TaxRate:
    """A tax rate in hundredths of a percent, as the vendor counts it: 2500 is 25 %.

    ``TaxRate.from_percent("25")`` reads it as people write it. Never compute a rate back from
    amounts. They are rounded, and give 2506 where 2500 was meant.

    Raises:
        TypeError: the rate is no whole number.
        ValueError: the rate is below 0.
    """

    #: The vendor's number: 2500 for 25 %.
    rate: int

    def __post_init__(self) -> None:
        rate = _whole(
            "rate", self.rate, "an int in hundredths of a percent; see TaxRate.from_percent"
        )
        if rate < 0:
            raise ValueError(f"a tax rate is 0 or more, not {rate}")
        object.__setattr__(self, "rate", rate)

    @classmethod
    def from_percent(cls, percent: str | int | Decimal) -> TaxRate:
        """Return a rate from percent.

        ``TaxRate.from_percent("25").rate`` is 2500, ``TaxRate.from_percent("5.5").rate`` is 550.

        Raises:
            TypeError: ``percent`` is a float, or of another type.
            ValueError: ``percent`` is no plain number, below 0, or has more than two decimals.
        """
        rate = _shifted(_decimal("a tax rate", percent), 2)
        if rate != rate.to_integral_value():
            raise ValueError(f"a tax rate has at most two decimals of a percent, not {percent}")
        return cls(int(rate))

    @property
    def percentage(self) -> Decimal:
        """Return the rate in percent, exact: ``Decimal("25")`` for 2500."""
        percent = _shifted(Decimal(self.rate), -2)
        # normalize() would write 100 as 1E+2.
        return Decimal(f"{percent:f}".rstrip("0").rstrip("."))

    # No __index__, with which a rate would pass for an amount.
    def __int__(self) -> int:
        return self.rate

    def __str__(self) -> str:
        return f"{self.percentage} %"


@overload
def tax_of(total_amount: int, tax_rate: int | TaxRate) -> int: ...
@overload
def tax_of(total_amount: Money, tax_rate: int | TaxRate) -> Money: ...
def tax_of(total_amount: int | Money, tax_rate: int | TaxRate) -> int | Money:
    """Return the tax that an amount includes, by the vendor's rule.

    It is ``total_amount - total_amount * 10000 / (10000 + tax_rate)``, rounded half away from zero.
    The vendor accepts a tax within 1 of it (vendor's documentation of order lines).

    Args:
        total_amount: the amount with tax, in minor units or as Money. It may be below 0.
        tax_rate: the rate in hundredths of a percent (2500 is 25 %), or a TaxRate.

    Raises:
        TypeError: the amount or the rate is no whole number.
        ValueError: the rate is below 0.
    """
    if isinstance(total_amount, Money):
        return Money(tax_of(total_amount.minor, tax_rate), total_amount.currency)
    amount = _whole("total_amount", total_amount, "an int of minor units or Money")
    rate = (tax_rate if isinstance(tax_rate, TaxRate) else TaxRate(tax_rate)).rate
    # Integer form of floor(x + 1/2), which rounds half up where x is not negative.
    tax = (2 * abs(amount) * rate + _WHOLE + rate) // (2 * (_WHOLE + rate))
    return tax if amount >= 0 else -tax


def exponent(currency: str) -> int:
    """Return the number of decimals that ISO 4217 gives a currency: JPY 0, SEK 2, KWD 3.

    A withdrawn currency (BGN, HRK) keeps its decimals, because old orders are still refunded in it.

    Raises:
        TypeError: the currency is no text.
        ValueError: the code never was one of ISO 4217, or it has no minor unit (XAU).
    """
    code = _code(currency)
    if code not in _exponents:
        # The package parses its table on import, and most programs only read orders.
        from iso4217 import Currency  # noqa: PLC0415  # see above

        try:
            _exponents[code] = Currency(code).exponent
        except ValueError:
            raise ValueError(f"{currency!r} is not, and never was, an ISO 4217 code") from None
    digits = _exponents[code]
    if digits is None:
        raise ValueError(f"{code} has no minor unit in ISO 4217, so no amount of it can be sent")
    return digits


#: Withdrawn codes by their decimals: those of list three of ISO 4217 (historic denominations,
#: 2026-01-01) that list one no longer has. List three gives no decimals. These are the ones that
#: list one gave, as OpenJDK has kept them. Accounts in francs and pesetas (BEC, BEL, ESA, ESB, LUC,
#: LUL) have those of their currency. Other codes that OpenJDK lacks have 2, the default of CLDR.
_WITHDRAWN: Final[dict[int | None, str]] = {
    0: "ADP BEC BEF BEL BYB BYR ESA ESB ESP GRD ITL LUC LUF LUL MGF PTE TPE TRL",
    2: """
        AFA ALK ANG AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BGJ BGK BGL BGN BOP BRB BRC BRE BRN
        BRR BUK CHC CSD CSJ CSK CUC CYP DDM DEM ECS ECV EEK FIM FRF GEK GHC GHP GNE GNS GQE GWE
        GWP HRD HRK IEP ILP ILR ISJ LAJ LSM LTL LTT LVL LVR MLF MRO MTL MTP MVQ MXP MZE MZM NIC
        NLG PEH PEI PES PLZ RHD ROK ROL RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM UAK UGS UGW
        USS UYN UYP VEB VEF VNC YDD YUD YUM YUN ZAL ZMK ZRN ZRZ ZWC ZWD ZWL ZWN ZWR
    """,
    # Units of account have no minor unit.
    None: "XEU XFO XFU XRE",
}
#: Decimals by code: of all withdrawn ones, and of the current ones looked up so far.
_exponents: Final = {code: digits for digits, codes in _WITHDRAWN.items() for code in codes.split()}


def _code(currency: str) -> str:
    if not isinstance(currency, str):
        raise TypeError(f"currency must be a str like 'SEK', not {type(currency).__name__}")
    # Some letters beyond ASCII have an ASCII letter as their upper case.
    return currency.upper() if currency.isascii() else currency


def is_whole(value: Any) -> TypeGuard[SupportsIndex]:
    """Return whether a value is a whole number, of any library (numpy). True and 1.0 are none."""
    if isinstance(value, bool):
        return False
    try:
        index(value)
    except TypeError:  # also of an array, which has the method and refuses
        return False
    return True


def _whole(name: str, value: Any, wanted: str) -> int:
    """Return a whole number as Python's own int, small enough to print and multiply.

    Raises:
        TypeError: it is no whole number. The message names the ``wanted`` type.
        ValueError: it has more digits than any amount of money.
    """
    if not is_whole(value):
        raise TypeError(f"{name} must be {wanted}, not {type(value).__name__}")
    number = index(value)
    if not -_LARGEST < number < _LARGEST:
        raise ValueError(
            f"{name} has more than {_MOST_DIGITS} digits, which no amount of money has"
        )
    return number


def _decimal(name: str, amount: str | int | Decimal) -> Decimal:
    if isinstance(amount, str):
        if not _PLAIN.fullmatch(amount):
            raise ValueError(
                f"{amount!r} is not a plain decimal number like '19.99': {_why_not_plain(amount)}"
            )
        number = Decimal(amount)
    elif isinstance(amount, Decimal):
        if not amount.is_finite():
            raise ValueError(f"{amount} is not a finite amount")
        number = amount
    else:
        return Decimal(_whole(name, amount, "a str, an int or a Decimal; write '39.90'"))
    # A Decimal of a few characters can be a number that no memory holds as an int.
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError(
            f"{name} has more than {_MOST_DIGITS} digits, which no amount of money has"
        )
    return number


def _why_not_plain(text: str) -> str:
    if "," in text:
        return (
            "a comma may part thousands or decimals; "
            "write a dot before the decimals and nothing between thousands"
        )
    if any(letter.isspace() for letter in text):
        return "there is a space or line end in it"
    try:
        Decimal(text)
    except InvalidOperation:
        return "only digits, one dot and a sign are taken"
    return "no exponents, underscores, infinities or digits of other scripts"


def _shifted(value: Decimal, digits: int) -> Decimal:
    """Return the value times ten to the power of ``digits``.

    The result is exact, since it does not depend on the caller's decimal context.
    """
    sign, figures, place = value.as_tuple()
    return Decimal((sign, figures, int(place) + digits))
