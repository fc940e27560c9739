"""Amounts of money as the API counts them: whole minor units of an ISO 4217 currency (SEK 19.99 is 1999).

A leaf: it knows currencies and nothing of this API.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units with its currency.

    ``Money.of("19.99", "SEK")`` reads a decimal amount; ``Money(1999, "SEK")`` is the same.

    Raises:
        TypeError: ``minor`` is no whole number (a float never is one), or the currency is no text.
        ValueError: on use of ``decimal`` or ``str()``, if the currency is not a current code of ISO 4217.
    """

    #: The amount in minor units: öre, cent, …
    minor: int
    #: The ISO 4217 code, in upper case.
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError(
                f"minor must be an int of minor units, not {type(self.minor).__name__}; see Money.of"
            )
        object.__setattr__(self, "currency", _code(self.currency))

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> "Money":
        """An amount from its decimal form: ``Money.of("19.99", "SEK")``.

        Args:
            amount: a str, an int or a Decimal; never a float, which cannot hold most decimal amounts.
            currency: an ISO 4217 code; its number of decimals is the limit for ``amount``.

        Raises:
            TypeError: ``amount`` is of another type.
            ValueError: it is no plain number, or has more decimals than the currency.
        """
        if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
            raise TypeError(f"amount must be a str, an int or a Decimal, not {type(amount).__name__}")
        try:
            value = Decimal(amount)
        except InvalidOperation:
            raise ValueError(f"{amount!r} is not a plain decimal number like '19.99'") from None
        if not value.is_finite():
            raise ValueError(f"{amount!r} is not a finite amount")
        digits = exponent(currency)
        minor = _shifted(value, digits)
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} has more decimals than {_code(currency)} allows ({digits})")
        return cls(int(minor), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with all decimals of the currency."""
        return _shifted(Decimal(self.minor), -exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"


def exponent(currency: str) -> int:
    """How many decimals a currency has by ISO 4217: JPY 0, SEK 2, KWD 3.

    Raises:
        ValueError: the code is not a current one of ISO 4217, or its currency has no minor unit.
    """
    # Imported here, because the package parses its table on import and most programs read orders only.
    from iso4217 import Currency  # noqa: PLC0415

    code = _code(currency)
    try:
        digits = Currency(code).exponent
    except ValueError:
        raise ValueError(f"{code!r} is not a current currency code of ISO 4217") from None
    if digits is None:
        raise ValueError(f"{code} has no minor unit in ISO 4217")
    return digits


def _shifted(value: Decimal, digits: int) -> Decimal:
    """The value times ten to the power of ``digits``, exact whatever precision the caller's context has."""
    sign, figures, place = value.as_tuple()
    return Decimal((sign, figures, int(place) + digits))


def _code(currency: str) -> str:
    if not isinstance(currency, str):
        raise TypeError(f"currency must be a str like 'SEK', not {type(currency).__name__}")
    return currency.upper()
