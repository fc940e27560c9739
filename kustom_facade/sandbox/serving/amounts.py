"""Amounts as people write them: with a decimal point, and the currency."""

# ISO 4217, where it is not two.
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_DECIMALS = {
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def decimals(currency: str) -> int:
    """Return how many decimals a currency has, two for what is none."""
    return _DECIMALS.get(currency.upper(), 2)


def amount(minor_units: int, currency: str) -> str:
    """Return an amount such as `1,999.00 SEK`."""
    places = decimals(currency)
    whole, part = divmod(abs(minor_units), 10**places)
    sign = "-" if minor_units < 0 else ""
    fraction = f".{part:0{places}}" if places else ""
    return f"{sign}{whole:,}{fraction} {currency.upper()}"
