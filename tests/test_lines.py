"""Order lines that are right by construction."""

import copy
import pickle
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from lines.goods import GOODS, SEK, TAKEN_OFF, built, obeys, sek, whole_orders
from support import ORDER

from kustom_facade import InvalidRequest, KustomClient, Money, OrderLine, TaxRate, lines
from kustom_facade._operations import captures
from kustom_facade.sandbox import Sandbox


def test_a_line_by_its_unit_price() -> None:
    """All that the API wants to know, computed."""
    line = lines.physical(
        "Tomatoes",
        quantity=10,
        unit_price=sek("6.00"),
        tax_rate="25",
        discount=sek("1.50"),
        reference="T-1",
        quantity_unit="kg",
        product_identifiers={"brand": "Garden"},
        image_url=None,
    )
    assert line.to_dict() == {
        "type": "physical",
        "name": "Tomatoes",
        "reference": "T-1",
        "quantity": 10,
        "quantity_unit": "kg",
        "unit_price": 600,
        "tax_rate": 2500,
        "total_discount_amount": 150,
        "total_amount": 5850,
        "total_tax_amount": 1170,
        "product_identifiers": {"brand": "Garden"},
    }
    assert line.currency == SEK


@pytest.mark.parametrize(
    ("total", "quantity", "unit_price", "discount"),
    [
        ("100.00", 3, 3334, 2),
        ("100.00", 4, 2500, 0),
        ("0.01", 3, 1, 2),
        ("0.00", 7, 0, 0),
        ("9.99", 1, 999, 0),
    ],
)
def test_a_line_by_its_total(total: str, quantity: int, unit_price: int, discount: int) -> None:
    """Not a minor unit is lost: what does not divide becomes a discount of a few."""
    line = lines.digital("Song", quantity=quantity, total=sek(total), tax_rate=TaxRate(2500))
    assert (line.unit_price, line.total_discount_amount) == (unit_price, discount)
    assert line.total_amount == sek(total).minor
    assert obeys(line)


def test_a_total_is_what_is_paid_after_the_discount() -> None:
    """The discount comes on top of it."""
    line = lines.physical("Shoes", quantity=1, total=sek("80"), discount=sek("20"), tax_rate="25")
    assert (line.unit_price, line.total_discount_amount, line.total_amount) == (10000, 2000, 8000)


@pytest.mark.parametrize(
    ("line", "kind", "total", "tax"),
    [
        (
            lines.physical("x", quantity=1, unit_price=sek("10"), tax_rate="25"),
            "physical",
            1000,
            200,
        ),
        (lines.digital("x", quantity=1, unit_price=sek("10"), tax_rate="25"), "digital", 1000, 200),
        (lines.package("x", quantity=1, unit_price=sek("10"), tax_rate="25"), "package", 1000, 200),
        (lines.shipping_fee("x", sek("10"), tax_rate="25"), "shipping_fee", 1000, 200),
        (lines.surcharge("x", sek("10"), tax_rate="25"), "surcharge", 1000, 200),
        (lines.discount("x", sek("10"), tax_rate="25"), "discount", -1000, -200),
        (lines.gift_card("x", sek("10")), "gift_card", -1000, 0),
        (lines.store_credit("x", sek("10")), "store_credit", -1000, 0),
        (lines.return_fee("x", sek("10"), tax_rate="25"), "return_fee", -1000, -200),
        (lines.sales_tax("x", sek("10")), "sales_tax", 1000, 0),
    ],
)
def test_each_kind_of_line_has_its_sign(line: lines.Line, kind: str, total: int, tax: int) -> None:
    """What is given is never below 0; the kind decides what it does to the order."""
    assert (line.type_, line.total_amount, line.total_tax_amount) == (kind, total, tax)
    assert obeys(line)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({}, ValueError, "give one of unit_price= and total="),
        (
            {"unit_price": sek("1"), "total": sek("1")},
            ValueError,
            "give one of unit_price= and total=",
        ),
        ({"unit_price": 100}, TypeError, "unit_price must be Money, not int; see Money.of"),
        ({"unit_price": 1.0}, TypeError, "unit_price must be Money"),
        ({"unit_price": sek("-1")}, ValueError, "unit_price must be 0 or more"),
        ({"unit_price": sek("1"), "discount": Money(1, "EUR")}, TypeError, "EUR and SEK"),
        (
            {"unit_price": sek("1"), "discount": sek("1.01")},
            ValueError,
            "discount of 101 is more than the price",
        ),
        ({"unit_price": sek("1"), "discount": sek("-1")}, ValueError, "discount must be 0 or more"),
        ({"unit_price": sek("1"), "quantity": 0}, ValueError, "quantity must be 1 or more"),
        ({"unit_price": sek("1"), "quantity": 1.5}, TypeError, "quantity must be a whole number"),
        ({"unit_price": sek("1"), "quantity": True}, TypeError, "quantity must be a whole number"),
        ({"unit_price": sek("1"), "tax_rate": 25}, TypeError, "25 and 2500 would both be meant"),
        ({"unit_price": sek("1"), "tax_rate": 0.25}, TypeError, "tax_rate must be percent"),
        ({"unit_price": sek("1"), "tax_rate": "25%"}, ValueError, "plain decimal number"),
        ({"unit_price": sek("1"), "colour": "red"}, TypeError, "a physical line takes no colour"),
    ],
)
def test_a_line_that_cannot_be_right_is_refused(
    options: dict[str, Any], kind: type[Exception], message: str
) -> None:
    """With the argument and the reason."""
    with pytest.raises(kind, match=message):
        lines.physical("x", **{"quantity": 1, "tax_rate": "25", **options})


def test_fees_are_given_as_money_from_zero() -> None:
    """The sign is the line's business."""
    with pytest.raises(ValueError, match="the kind of the line gives the sign"):
        lines.discount("x", sek("-10"), tax_rate="25")
    with pytest.raises(TypeError, match="amount must be Money"):
        lines.gift_card("x", 1000)  # type: ignore[arg-type]  # what the test is about


def test_whole_numbers_of_other_libraries_are_taken() -> None:
    """A quantity out of numpy or pandas is written as JSON like any other."""
    line = lines.physical("x", quantity=np.int64(3), unit_price=sek("1"), tax_rate=Decimal(25))  # type: ignore[arg-type]  # no int
    assert type(line.quantity) is int
    assert captures.capture(ORDER, 300, order_lines=[line]).request.content


@given(built())
def test_every_built_line_obeys_the_vendors_rules(line: lines.Line) -> None:
    """In all currencies, by unit price and by total; and the facade has nothing to say about it."""
    assert obeys(line)
    amount = line.total_amount
    if abs(amount) <= 200_000_000 and line.unit_price <= 200_000_000:
        assert (
            captures.capture(ORDER, Money(amount, str(line.currency)), order_lines=[line]).remarks
            == ()
        )


@settings(deadline=None)  # the first example imports what it needs
@given(whole_orders())
def test_a_built_order_passes_the_sandboxs_own_check(order_lines: list[lines.Line]) -> None:
    """The sandbox computes in its own code; it takes the order's new total and a capture of it."""
    total = lines.total(order_lines)
    assert all(obeys(line) for line in order_lines)
    assume(total <= 200_000_000)
    sandbox = Sandbox(check_lines=True)
    order_id = sandbox.add_order({"order_amount": 200_000_000})
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        kustom.update_authorization(order_id, Money(total, SEK), order_lines)
        if total > 0:
            result = kustom.capture(order_id, total, order_lines=order_lines)
            assert result.headers["klarna-order-validation"] == "Valid"
            kustom.refund(order_id, total, order_lines=order_lines)
    assert sandbox.order(order_id)["refunded_amount"] == total


def test_sums() -> None:
    """Of models and mappings, with what is taken off."""
    order_lines: list[lines.AnyLine] = [
        lines.physical("a", quantity=2, unit_price=sek("10"), tax_rate="25"),
        lines.discount("b", sek("5"), tax_rate="25").to_dict(),
        {"name": "c", "quantity": 1, "unit_price": 5, "total_amount": 5},
    ]
    assert (lines.total(order_lines), lines.total_tax(order_lines)) == (1505, 300)
    assert lines.total([]) == 0
    with pytest.raises(
        ValueError, match="total_amount of OrderLine 'x' is None, not a whole number"
    ):
        lines.total([{"reference": "x"}])
    with pytest.raises(ValueError, match="OrderLine without a name is None"):
        lines.total([{}])
    with pytest.raises(TypeError, match="a line is an OrderLine or a mapping, not int"):
        lines.total([5])  # type: ignore[list-item]  # what the test is about


def test_a_line_is_a_model_that_knows_its_currency() -> None:
    """The currency is not sent, and does not make a line another one;
    it survives pickling and copying.
    """
    line = lines.physical("a", quantity=2, unit_price=sek("10"), tax_rate="25")
    assert "currency" not in line.to_dict()
    assert line == OrderLine.from_dict(line.to_dict()) == line
    assert line != "a line"
    for again in (pickle.loads(pickle.dumps(line)), copy.deepcopy(line)):  # noqa: S301  # our own bytes
        assert (again, again.currency) == (line, SEK)


def test_mistake_floats() -> None:
    """19.99 * 100 is 1998.9999999999998."""
    assert Money.of("19.99", SEK).minor == 1999
    with pytest.raises(TypeError):
        captures.capture(ORDER, 19.99 * 100)  # type: ignore[arg-type]  # the mistake


def test_mistake_rounding_a_total_over_its_quantity() -> None:
    """``round(100.00 / 3) * 3`` is 99.99; the total stays what it is."""
    line = lines.physical("x", quantity=3, total=sek("100.00"), tax_rate="25")
    assert line.total_amount == 10000
    assert obeys(line)


def test_mistake_division_by_zero_on_free_lines() -> None:
    """A gift in the parcel, and a tax-free one."""
    line = lines.physical("Sticker", quantity=1, unit_price=sek("0"), tax_rate="0")
    assert (line.total_amount, line.total_tax_amount) == (0, 0)
    assert lines.split(lines.physical("x", quantity=2, unit_price=sek("0"), tax_rate="25"), [1, 1])
    assert Money(0, SEK).split(3) == [Money(0, SEK)] * 3


def test_mistake_a_description_cut_and_then_made_longer() -> None:
    """255 characters and "..." are 258: refused here, with the limit, and not by the API."""
    with pytest.raises(
        InvalidRequest, match="description: 258 characters, at most 255 are allowed"
    ):
        captures.capture(ORDER, 1, description="d" * 255 + "...")


def test_mistake_sales_tax_in_the_us() -> None:
    """Rate 0 on the lines and one line of sales tax."""
    usd = [
        lines.physical("Shirt", quantity=1, unit_price=Money.of("20.00", "USD"), tax_rate="0"),
        lines.sales_tax("Sales tax", Money.of("1.75", "USD")),
    ]
    assert (lines.total(usd), lines.total_tax(usd)) == (2175, 0)


MONEY = [lines.shipping_fee, lines.surcharge, *TAKEN_OFF]


@pytest.mark.parametrize("build", GOODS, ids=lambda build: build.__name__)
def test_goods_are_built_alike(build: Any) -> None:
    """By unit price, by total, or by the amount of one;
    with a quantity, a discount, a reference.
    """
    by_price = build(
        "x",
        quantity=3,
        unit_price=sek("10"),
        discount=sek("3"),
        tax_rate="25",
        reference="r",
        quantity_unit="pcs",
    )
    by_total = build("x", quantity=3, total=sek("27"), tax_rate="25", reference="r")
    of_one = build("x", sek("27"), tax_rate="25", reference="r")
    for line in (by_price, by_total, of_one):
        assert line.total_amount == 2700
        assert line.reference == "r"
        assert obeys(line)
        assert captures.capture(ORDER, 1, order_lines=[line]).remarks  # only the sum
    assert by_price.total_discount_amount == 300
    for wrong in (
        {},
        {"unit_price": sek("1"), "total": sek("1")},
        {"amount": sek("1"), "quantity": 2},
    ):
        with pytest.raises(ValueError, match="give one of"):
            build("x", tax_rate="25", **wrong)


@pytest.mark.parametrize("build", MONEY, ids=lambda build: build.__name__)
def test_money_without_a_quantity_is_built_alike(build: Any) -> None:
    """By its name, amount, rate and reference;
    the kind gives the sign, and there is no quantity or discount to get wrong.
    """
    sign = -1 if build in TAKEN_OFF else 1
    line = build("x", sek("27"), tax_rate="25", reference="r", merchant_data="m")
    assert (line.quantity, line.unit_price, line.total_amount) == (1, sign * 2700, sign * 2700)
    assert (line.reference, line.merchant_data, line.currency) == ("r", "m", SEK)
    assert obeys(line)
    for wrong in (
        {"quantity": 2},
        {"unit_price": sek("1")},
        {"total": sek("1")},
        {"discount": sek("1")},
    ):
        with pytest.raises(TypeError, match="line takes no"):
            build("x", sek("27"), tax_rate="25", **wrong)
    with pytest.raises(ValueError, match="must be 0 or more"):
        build("x", sek("-1"), tax_rate="25")


def test_sales_tax_bears_no_tax() -> None:
    """Its own rate is 0."""
    line = lines.sales_tax("Tax", Money.of("1.75", "USD"), tax_rate="0")
    assert (line.total_amount, line.total_tax_amount) == (175, 0)
    with pytest.raises(ValueError, match="its tax_rate is 0, not 25"):
        lines.sales_tax("Tax", Money.of("1.75", "USD"), tax_rate="25")
