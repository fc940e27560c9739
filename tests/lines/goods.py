"""Order lines of all kinds, and the vendor's rules that they must obey."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from test_money import CURRENCIES

from kustom_facade import Money, lines

SEK = "SEK"


def sek(amount: str) -> Money:
    """An amount in kronor."""
    return Money.of(amount, SEK)


def obeys(line: Any) -> bool:
    """Whether a line obeys the vendor's rules,
    in fractions and so in another way than the code under test.
    """
    data = line if isinstance(line, dict) else line.to_dict()
    total = data["quantity"] * data["unit_price"] - data.get("total_discount_amount", 0)
    exact = total - Fraction(total * 10000, 10000 + data["tax_rate"])
    return bool(total == data["total_amount"] and abs(exact - data["total_tax_amount"]) <= 1)


PRICES = st.integers(0, 2_000_000)
RATES = st.sampled_from(["0", "6", "12", "19", "21", "25", "25.5", "7.7"])


@st.composite
def built(draw: st.DrawFn, currencies: list[str] = CURRENCIES) -> lines.Line:
    """A line of goods by unit price or by total, with or without a discount."""
    currency, quantity = draw(st.sampled_from(currencies)), draw(st.integers(1, 60))
    price = draw(PRICES)
    common: dict[str, Any] = {"quantity": quantity, "tax_rate": draw(RATES), "reference": "r"}
    if draw(st.booleans()):
        off = draw(st.none() | st.integers(0, price * quantity))
        common |= {
            "unit_price": Money(price, currency),
            "discount": None if off is None else Money(off, currency),
        }
    else:
        off = draw(st.none() | st.integers(0, 10_000))
        common |= {
            "total": Money(price, currency),
            "discount": None if off is None else Money(off, currency),
        }
    line: lines.Line = draw(st.sampled_from(GOODS))("Goods", **common)
    return line


GOODS = (lines.physical, lines.digital, lines.package)
TAKEN_OFF = (lines.discount, lines.gift_card, lines.store_credit, lines.return_fee)


@st.composite
def whole_orders(draw: st.DrawFn) -> list[lines.Line]:
    """The lines of an order: goods and fees,
    and what is taken off them, never more than they cost.
    """
    order_lines = draw(st.lists(built([SEK]), min_size=1, max_size=6))
    remaining = lines.total(order_lines)
    for build in draw(st.lists(st.sampled_from(TAKEN_OFF), max_size=3)):
        off = draw(st.integers(0, remaining))
        remaining -= off
        order_lines.append(build("Off", Money(off, SEK), tax_rate=draw(RATES), reference="off"))
    return draw(st.permutations(order_lines))
