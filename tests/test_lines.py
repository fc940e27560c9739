"""Lines that are right by construction: built, parted, refunded, checked before sending, and what an order has left."""

import contextlib
import copy
import json
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import httpx
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from support import ORDER, Client
from test_money import CURRENCIES

from kustom_facade import (
    Capture,
    InvalidRequest,
    KustomClient,
    Money,
    OrderLine,
    TaxRate,
    _calls,
    lines,
)
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox

SEK = "SEK"


def sek(amount: str) -> Money:
    """An amount in kronor."""
    return Money.of(amount, SEK)


def obeys(line: Any) -> bool:
    """Whether a line obeys the vendor's rules, in fractions and so in another way than the code under test."""
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
        common |= {"total": Money(price, currency), "discount": None if off is None else Money(off, currency)}
    made: lines.Line = draw(st.sampled_from(GOODS))("Goods", **common)
    return made


GOODS = (lines.physical, lines.digital, lines.package)
TAKEN_OFF = (lines.discount, lines.gift_card, lines.store_credit, lines.return_fee)


@st.composite
def whole_orders(draw: st.DrawFn) -> list[lines.Line]:
    """The lines of an order: goods and fees, and what is taken off them, never more than they cost."""
    made = draw(st.lists(built([SEK]), min_size=1, max_size=6))
    left = lines.total(made)
    for build in draw(st.lists(st.sampled_from(TAKEN_OFF), max_size=3)):
        off = draw(st.integers(0, left))
        left -= off
        made.append(build("Off", Money(off, SEK), tax_rate=draw(RATES), reference="off"))
    return draw(st.permutations(made))


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
        (lines.physical("x", quantity=1, unit_price=sek("10"), tax_rate="25"), "physical", 1000, 200),
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
        ({"unit_price": sek("1"), "total": sek("1")}, ValueError, "give one of unit_price= and total="),
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
    assert _calls.capture(ORDER, 300, order_lines=[line]).request.content


@given(built())
def test_every_built_line_obeys_the_vendors_rules(line: lines.Line) -> None:
    """In all currencies, by unit price and by total; and the facade has nothing to say about it."""
    assert obeys(line)
    amount = line.total_amount
    if abs(amount) <= 200_000_000 and line.unit_price <= 200_000_000:
        assert _calls.capture(ORDER, Money(amount, str(line.currency)), order_lines=[line]).remarks == ()


@settings(deadline=None)  # the first example imports what it needs
@given(whole_orders())
def test_a_built_order_passes_the_sandboxs_own_check(made: list[lines.Line]) -> None:
    """The sandbox computes in its own code; it takes the order's new total and a capture of it."""
    total = lines.total(made)
    assert all(obeys(line) for line in made)
    assume(total <= 200_000_000)
    sandbox = Sandbox(check_lines=True)
    order_id = sandbox.add_order({"order_amount": 200_000_000})
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        kustom.update_authorization(order_id, Money(total, SEK), made)
        if total > 0:
            result = kustom.capture(order_id, total, order_lines=made)
            assert result.headers["klarna-order-validation"] == "Valid"
            kustom.refund(order_id, total, order_lines=made)
    assert sandbox.order(order_id)["refunded_amount"] == total


def test_sums() -> None:
    """Of models and mappings, with what is taken off."""
    made: list[lines.AnyLine] = [
        lines.physical("a", quantity=2, unit_price=sek("10"), tax_rate="25"),
        lines.discount("b", sek("5"), tax_rate="25").to_dict(),
        {"name": "c", "quantity": 1, "unit_price": 5, "total_amount": 5},
    ]
    assert (lines.total(made), lines.total_tax(made)) == (1505, 300)
    assert lines.total([]) == 0
    with pytest.raises(ValueError, match="total_amount of OrderLine 'x' is UNSET, not a whole number"):
        lines.total([{"reference": "x"}])
    with pytest.raises(ValueError, match="OrderLine without a name is UNSET"):
        lines.total([{}])
    with pytest.raises(TypeError, match="a line is an OrderLine or a mapping, not int"):
        lines.total([5])  # type: ignore[list-item]  # what the test is about


def test_a_line_is_a_model_that_knows_its_currency() -> None:
    """The currency is not sent, and does not make a line another one; it survives pickling and copying."""
    line = lines.physical("a", quantity=2, unit_price=sek("10"), tax_rate="25")
    assert "currency" not in line.to_dict()
    assert line == OrderLine.from_dict(line.to_dict()) == line
    assert line != "a line"
    for again in (pickle.loads(pickle.dumps(line)), copy.deepcopy(line)):  # noqa: S301  # our own bytes
        assert (again, again.currency) == (line, SEK)


# --- parts


@given(built(), st.data(), st.integers(-1, 1))
def test_parts_add_up_whatever_the_split(line: lines.Line, data: st.DataObject, off: int) -> None:
    """In amount, tax and discount; and every part obeys the rules, also of a line whose tax is rounded otherwise."""
    exact = line.total_amount - Fraction(line.total_amount * 10000, 10000 + line.tax_rate)  # type: ignore[operator]  # built
    tax = line.total_tax_amount + off  # type: ignore[operator]  # as above
    if abs(tax - exact) <= 1:
        line.total_tax_amount = tax
    quantities: list[int] = []
    while sum(quantities) < line.quantity:
        quantities.append(data.draw(st.integers(1, line.quantity - sum(quantities))))
    parts = lines.split(line, quantities)
    assert [part.quantity for part in parts] == quantities
    assert lines.total(parts) == line.total_amount
    assert lines.total_tax(parts) == line.total_tax_amount
    assert sum(part.total_discount_amount for part in parts) == line.total_discount_amount  # type: ignore[misc]  # as above
    assert all(obeys(part) for part in parts)
    assert {part.reference for part in parts} == {line.reference}


def test_a_part_keeps_the_rest_of_its_line() -> None:
    """Also fields that the document does not declare, and what the line does not say stays unsaid."""
    line = OrderLine.from_dict({"name": "a", "quantity": 3, "unit_price": 100, "total_amount": 300, "new": 1})
    assert lines.take(line, 2).to_dict() == {**line.to_dict(), "quantity": 2, "total_amount": 200}
    assert lines.take(line.to_dict(), 2, after=1)["new"] == 1
    assert line.quantity == 3


def test_parts_of_a_line_whose_tax_nobody_understands_still_add_up() -> None:
    """An old line with a tax far from its rate: nothing is lost, and nothing is made up."""
    line = {
        "name": "a",
        "quantity": 3,
        "unit_price": 100,
        "total_amount": 300,
        "tax_rate": 2500,
        "total_tax_amount": 99,
    }
    assert lines.total_tax(lines.split(line, [1, 1, 1])) == 99
    assert lines.total_tax(lines.split({**line, "total_tax_amount": 0}, [2, 1])) == 0


@pytest.mark.parametrize(
    ("quantity", "after", "kind", "message"),
    [
        (4, 0, ValueError, "line 'T-1' has a quantity of 3; 0 and 4 more are not in it"),
        (1, 3, ValueError, "3 and 1 more are not in it"),
        (0, 0, ValueError, "quantity must be 1 or more"),
        (1, -1, ValueError, "after must be 0 or more"),
        (1.0, 0, TypeError, "quantity must be a whole number, not float"),
    ],
)
def test_a_part_that_the_line_does_not_have(
    quantity: Any, after: int, kind: type[Exception], message: str
) -> None:
    """Refused with the line's reference."""
    line = lines.physical("Tomatoes", quantity=3, unit_price=sek("1"), tax_rate="25", reference="T-1")
    with pytest.raises(kind, match=message):
        lines.take(line, quantity, after=after)


def capture_of(*made: OrderLine, **fields: Any) -> Capture:
    """A capture as it is read."""
    return Capture.from_dict({"capture_id": "c-1", "order_lines": [one.to_dict() for one in made], **fields})


def test_the_lines_of_a_refund_keep_their_references() -> None:
    """By them the sandbox, like the vendor, knows which capture the refund belongs to."""
    sandbox = Sandbox(refunds_on_captures=True)
    made = [
        lines.physical("a", quantity=3, total=sek("10.00"), tax_rate="25", reference="A"),
        lines.physical("b", quantity=1, unit_price=sek("20"), tax_rate="12", reference="B"),
    ]
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        kustom.capture(EXAMPLE_ORDER_ID, lines.total(made), order_lines=made)
        (capture,) = kustom.list_captures(EXAMPLE_ORDER_ID)
        back = lines.for_refund(capture, {"A": 1, "B": 1})
        kustom.refund(EXAMPLE_ORDER_ID, lines.total(back), order_lines=back)
        rest = lines.for_refund(capture, {"A": 2}, refunded={"A": 1, "B": 1})
        kustom.refund(EXAMPLE_ORDER_ID, lines.total(rest), order_lines=rest)
        order = kustom.get_order(EXAMPLE_ORDER_ID)
    assert [one.reference for one in back] == ["A", "B"]
    assert lines.total([*back, *rest]) == lines.total(made)
    assert order.captures[0].refunded_amount == order.refunded_amount == 3000  # type: ignore[index]  # there is one


def test_references_that_do_not_tell_one_line() -> None:
    """Unknown or twice: refused, with those that the capture has."""
    line = lines.physical("a", quantity=1, unit_price=sek("1"), tax_rate="25", reference="A")
    with pytest.raises(ValueError, match=r"no line with the reference 'X'.*\(it has: A\)"):
        lines.for_refund(capture_of(line), {"X": 1})
    with pytest.raises(ValueError, match=r"2 lines with the reference 'A'.*take\(line, quantity\)"):
        lines.for_refund(capture_of(line, line), {"A": 1})
    with pytest.raises(ValueError, match="it has: none"):
        lines.for_refund(Capture.from_dict({}), {"A": 1})


# --- checks before sending

GOOD = {"name": "a", "reference": "A", "quantity": 2, "unit_price": 500, "total_amount": 1000, "tax_rate": 2500, "total_tax_amount": 200}  # fmt: skip
BAD_TOTAL = {**GOOD, "total_amount": 997, "total_tax_amount": 199}
BAD_TAX = {**GOOD, "total_tax_amount": 202}


def test_each_finding_names_line_reference_expected_and_got() -> None:
    """All at once, together with what breaks a limit."""
    with pytest.raises(InvalidRequest) as caught:
        _calls.update_authorization(
            ORDER, 5, [GOOD, BAD_TOTAL, {**BAD_TAX, "reference": ""}], description="d" * 256, check="error"
        )
    assert caught.value.problems == (
        "description: 256 characters, at most 255 are allowed",
        "order_lines[1] (reference 'A').total_amount: expected 1000 "  # noqa: ISC004  # one problem
        "(quantity * unit_price - total_discount_amount, give or take 2), got 997",
        "order_lines[2].total_tax_amount: expected 200 (the tax in 1000 at a tax_rate of 2500, give or take 1), got 202",
        "order_lines: expected total_amounts that sum up to 5 (order_amount), got 2997",
    )


#: What happens to each finding under "auto", by operation: the table of the documentation.
SIGN = {**GOOD, "type": "discount"}
EUR = lines.physical("a", Money(1000, "EUR"), tax_rate="25", reference="A")
AUTO: dict[str, tuple[Any, list[Any], set[str]]] = {
    "total": (997, [BAD_TOTAL], set()),
    "tax": (1000, [BAD_TAX], set()),
    "sign": (1000, [SIGN], set()),
    "sum": (999, [GOOD], {"update_authorization"}),
    "currency": (Money(1000, SEK), [EUR], {"capture", "refund", "update_authorization"}),
}


@pytest.mark.parametrize("finding", AUTO)
@pytest.mark.parametrize("verb", ["capture", "refund", "update_authorization"])
def test_what_refuses_and_what_only_warns(finding: str, verb: str) -> None:
    """One finding each: under "auto" as in the table, and all or nothing under the other modes."""
    amount, order_lines, refuses = AUTO[finding]

    def build(check: Any) -> tuple[str, ...]:
        call: Any = getattr(_calls, verb)(ORDER, amount, order_lines=order_lines, check=check)
        remarks: tuple[str, ...] = call.remarks
        return remarks

    if verb in refuses:
        with pytest.raises(InvalidRequest):
            build("auto")
    else:
        assert len(build("auto")) == 1
    with pytest.raises(InvalidRequest):
        build("error")
    assert len(build("warn")) == 1
    assert build("off") == ()


def test_lines_that_add_up_are_no_finding() -> None:
    """Nor is a capture or refund that names no lines."""
    for verb in (_calls.capture, _calls.refund, _calls.update_authorization):
        assert verb(ORDER, 1000, order_lines=[GOOD], check="error").remarks == ()
    nothing: list[Any] = [None, []]
    for none in nothing:
        assert _calls.capture(ORDER, 999, order_lines=none, check="error").remarks == ()


@pytest.mark.parametrize("off", [-2, -1, 0, 1, 2])
def test_a_total_may_be_off_by_the_quantity(off: int) -> None:
    """Shops that keep prices without tax cannot name a unit price that multiplies back (api-facts, section 7)."""
    line = {**GOOD, "total_amount": 1000 + off}
    assert _calls.capture(ORDER, 1000 + off, order_lines=[line], check="error").remarks == ()
    for beyond in (-3, 3):
        wrong = {**GOOD, "total_amount": 1000 + beyond}
        with pytest.raises(InvalidRequest, match="total_amount: expected 1000"):
            _calls.capture(ORDER, 1000 + beyond, order_lines=[wrong], check="error")


def test_what_an_order_lists_can_be_sent_again() -> None:
    """A real one: its amount is 19, and its only line has a total of 20 (api-facts, section 4)."""
    odd = {"name": "a", "quantity": 1, "unit_price": 19, "total_amount": 20}
    sandbox = Sandbox()
    order_id = sandbox.add_order({"order_amount": 19, "order_lines": [odd]})
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        order = kustom.get_order(order_id)
        assert order.order_lines
        assert order.order_amount
        kustom.update_authorization(order_id, order.order_amount, order.order_lines)
        more = lines.physical("b", Money(5, SEK), tax_rate="0")
        kustom.update_authorization(order_id, 24, [*order.order_lines, more])
        with pytest.raises(InvalidRequest, match="sum up to 23"):
            kustom.update_authorization(order_id, 23, [*order.order_lines, more])
        kustom.capture(order_id, 19, order_lines=order.order_lines)
        kustom.refund(order_id, 19, order_lines=order.order_lines)


def test_a_line_that_was_read_knows_the_currency_of_its_order() -> None:
    """So that another one is found before anything is sent, also after copying, pickling and taking a part."""
    sandbox = Sandbox()
    order_id = sandbox.add_order({"order_amount": 1000, "purchase_currency": "EUR"})
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        (line,) = kustom.get_order(order_id).order_lines or []
        again = pickle.loads(pickle.dumps(line))  # noqa: S301  # our own bytes
        for same in (line, lines.take(line, 1), again, copy.copy(line), attrs.evolve(line, name="b")):
            for verb in (kustom.capture, kustom.refund):
                with pytest.raises(InvalidRequest, match="expected the currency SEK"):
                    verb(order_id, Money(1000, SEK), order_lines=[same])
        kustom.capture(order_id, Money(1000, "EUR"), order_lines=[line])
        (held,) = kustom.get_order(order_id).captures or []
        with pytest.raises(InvalidRequest, match="expected the currency SEK"):
            kustom.refund(order_id, Money(1000, SEK), order_lines=held.order_lines or [])


def test_tax_may_be_one_off() -> None:
    """The vendor takes it."""
    for tax in (199, 200, 201):
        assert _calls.capture(ORDER, 1000, order_lines=[{**GOOD, "total_tax_amount": tax}]).remarks == ()


@pytest.mark.parametrize(
    ("change", "verb", "remark"),
    [
        ({"tax_rate": None}, "capture", "order_lines[0] (reference 'A').tax_rate: expected, for the one without"),
        ({"total_tax_amount": None}, "capture", "order_lines[0] (reference 'A').total_tax_amount: expected, for"),
        ({"tax_rate": 0, "total_tax_amount": None}, "capture", ""),
        ({"type": "discount"}, "capture", "total_amount: expected 0 or less for a line of type discount, got 1000"),
        ({"type": "physical", "unit_price": -500, "total_amount": -1000, "total_tax_amount": -200}, "capture",
         "total_amount: expected 0 or more for a line of type physical, got -1000"),
        ({"type": "gift_card", "unit_price": -500, "total_amount": -1000, "total_tax_amount": -200}, "capture", ""),
        ({"reference": ""}, "refund", "order_lines[0]: expected a reference, by which a refund is matched"),
        ({"reference": ""}, "capture", ""),
    ],
)  # fmt: skip
def test_what_is_only_odd_is_remarked_on(change: dict[str, Any], verb: str, remark: str) -> None:
    """The API would take it, and somebody may have meant something else."""
    line = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    call = getattr(_calls, verb)(ORDER, max(line["total_amount"], 0), order_lines=[line])
    odd = [one for one in call.remarks if "sum up to" not in one]
    assert len(odd) == bool(remark)
    assert remark in "".join(odd)


def test_amounts_of_two_currencies_do_not_go_together() -> None:
    """As far as they know theirs: Money does, and lines that were built here."""
    line = lines.physical("a", quantity=1, unit_price=Money(100, "EUR"), tax_rate="25")
    with pytest.raises(InvalidRequest) as caught:
        _calls.capture(ORDER, Money(100, SEK), order_lines=[line])
    assert caught.value.problems == (
        "order_lines[0]: expected the currency SEK (that of captured_amount), got EUR",
    )
    other = lines.physical("a", quantity=1, unit_price=Money(100, SEK), tax_rate="25", reference="B")
    with pytest.raises(InvalidRequest) as caught:
        _calls.refund(ORDER, 200, order_lines=[line, other])
    assert caught.value.problems == (
        "order_lines[1] (reference 'B'): expected the currency EUR (that of the lines before), got SEK",
    )
    assert _calls.capture(ORDER, Money(100, "EUR"), order_lines=[line]).remarks == ()


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine the first example takes a second
@given(st.lists(st.dictionaries(st.sampled_from(["quantity", "unit_price", "total_amount", "tax_rate", "total_tax_amount", "total_discount_amount", "reference"]), st.integers() | st.text(max_size=3) | st.none() | st.booleans(), max_size=7), max_size=4), st.integers())  # fmt: skip
def test_no_lines_break_the_check(made: list[dict[str, Any]], amount: int) -> None:
    """Whatever they hold: a call, or an InvalidRequest."""
    with contextlib.suppress(InvalidRequest):
        assert _calls.capture(ORDER, amount, order_lines=made, check="warn").idempotency_key


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_client_decides_how_strict_it_is(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """Per client, also of one derived from it; remarks go to the log, once for all attempts."""
    sandbox = Sandbox(check_lines=False)
    strict, lax, blind = (Client(mode, transport=sandbox, check=check) for check in ("error", "auto", "off"))
    with pytest.raises(InvalidRequest):
        strict.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[BAD_TAX])
    assert strict.client.with_options()._check == "error"
    lax.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[BAD_TAX])
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "total_tax_amount: expected 200" in caplog.text
    blind.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[BAD_TAX])
    assert len(caplog.records) == 1
    with pytest.raises(ValueError, match="check must be one of 'auto', 'error', 'warn', 'off', not 'strict'"):
        Client(mode, check="strict")
    for client in (strict, lax, blind):
        client.close()


def test_answers_are_never_checked() -> None:
    """An order whose amounts do not add up is read as it is, and nothing is logged about it."""
    odd = {"order_id": ORDER, "order_amount": 19, "order_lines": [{**BAD_TOTAL, "total_amount": 20}]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=odd))
    with KustomClient("kco_test_x", transport=transport) as kustom:
        assert kustom.get_order(ORDER).to_dict() == odd


# --- mistakes others made (reference: what integrators get wrong)


def test_mistake_floats() -> None:
    """19.99 * 100 is 1998.9999999999998."""
    assert Money.of("19.99", SEK).minor == 1999
    with pytest.raises(TypeError):
        _calls.capture(ORDER, 19.99 * 100)  # type: ignore[arg-type]  # the mistake


def test_mistake_a_rate_computed_back_from_rounded_amounts() -> None:
    """10.25 with 2.05 of tax look like 25.06 %; a rate is given, never computed, and such a line is found out."""
    assert not [
        name for name in (*lines.__all__, *dir(TaxRate)) if "from_amount" in name or "rate_of" in name
    ]
    line = {
        "name": "x",
        "quantity": 100,
        "unit_price": 99900,
        "total_amount": 9990000,
        "tax_rate": 2506,
        "total_tax_amount": 1998000,
    }
    with pytest.raises(InvalidRequest, match="total_tax_amount"):
        _calls.capture(ORDER, 9990000, order_lines=[line], check="error")


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
    with pytest.raises(InvalidRequest, match="description: 258 characters, at most 255 are allowed"):
        _calls.capture(ORDER, 1, description="d" * 255 + "...")


def test_mistake_sales_tax_in_the_us() -> None:
    """Rate 0 on the lines and one line of sales tax."""
    usd = [
        lines.physical("Shirt", quantity=1, unit_price=Money.of("20.00", "USD"), tax_rate="0"),
        lines.sales_tax("Sales tax", Money.of("1.75", "USD")),
    ]
    assert (lines.total(usd), lines.total_tax(usd)) == (2175, 0)


# --- what a review found


MONEY = [lines.shipping_fee, lines.surcharge, *TAKEN_OFF]


@pytest.mark.parametrize("build", GOODS, ids=lambda build: build.__name__)
def test_goods_are_built_alike(build: Any) -> None:
    """By unit price, by total, or by the amount of one; with a quantity, a discount, a reference."""
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
        assert _calls.capture(ORDER, 1, order_lines=[line]).remarks  # only the sum
    assert by_price.total_discount_amount == 300
    for wrong in ({}, {"unit_price": sek("1"), "total": sek("1")}, {"amount": sek("1"), "quantity": 2}):
        with pytest.raises(ValueError, match="give one of"):
            build("x", tax_rate="25", **wrong)


@pytest.mark.parametrize("build", MONEY, ids=lambda build: build.__name__)
def test_money_without_a_quantity_is_built_alike(build: Any) -> None:
    """By its name, amount, rate and reference; the kind gives the sign, and there is no quantity or discount to get wrong."""
    sign = -1 if build in TAKEN_OFF else 1
    line = build("x", sek("27"), tax_rate="25", reference="r", merchant_data="m")
    assert (line.quantity, line.unit_price, line.total_amount) == (1, sign * 2700, sign * 2700)
    assert (line.reference, line.merchant_data, line.currency) == ("r", "m", SEK)
    assert obeys(line)
    for wrong in ({"quantity": 2}, {"unit_price": sek("1")}, {"total": sek("1")}, {"discount": sek("1")}):
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


def test_lines_of_two_currencies_are_not_added() -> None:
    """As far as they know theirs."""
    made = [lines.physical("a", Money(100, one), tax_rate="0") for one in ("SEK", "EUR")]
    for add in (lines.total, lines.total_tax):
        with pytest.raises(TypeError, match="cannot add lines in EUR and SEK"):
            add(made)
    assert lines.total([made[0], {"name": "b", "total_amount": 5}]) == 105


def test_a_line_that_is_read_knows_no_currency() -> None:
    """It is whole all the same."""
    line = lines.Line.from_dict({"name": "a", "quantity": 2, "unit_price": 5, "total_amount": 10})
    assert line.currency is None
    assert lines.take(line, 1).total_amount == 5
    assert "currency=None" in repr(line)


@pytest.mark.parametrize(
    ("line", "totals"),
    [
        # Net prices: 2 pieces for 10.01 are sent as 2 x 5.01 (api-facts, section 7).
        ({"quantity": 2, "unit_price": 501, "total_amount": 1001}, [501, 500]),
        ({"quantity": 3, "unit_price": 333, "total_amount": 1000}, [333, 334, 333]),
        # Beyond the tolerance: the total of a shop in the US is that before the coupon (field case 08).
        ({"quantity": 2, "unit_price": 100, "total_amount": 200, "total_discount_amount": 20}, [100, 100]),
        ({"quantity": 3, "unit_price": 100, "total_amount": 310}, [103, 104, 103]),
    ],
)
def test_a_line_shares_its_difference_among_its_parts(line: dict[str, int], totals: list[int]) -> None:
    """What was read need not multiply, and is split all the same: nothing is lost, and the whole line is itself."""
    parts = lines.split(line, [1] * line["quantity"])
    assert [part.total_amount for part in parts] == totals
    assert lines.take(line, line["quantity"]).to_dict() == line


@given(
    quantity=st.integers(1, 60),
    unit_price=PRICES,
    off=st.floats(-1, 1),
    discount=st.integers(0, 100),
    rate=st.sampled_from([0, 700, 1200, 1350, 1900, 2100, 2500, 2550]),
    tax_off=st.integers(-1, 1),
    data=st.data(),
)
def test_parts_of_a_line_within_the_tolerance_are_within_it(
    quantity: int, unit_price: int, off: float, discount: int, rate: int, tax_off: int, data: st.DataObject
) -> None:
    """Each by itself, in total and in tax; and all together are the line."""
    reduced = quantity * unit_price * discount // 100
    total = quantity * unit_price - reduced + int(off * quantity)
    tax = round(Fraction(total * rate, 10000 + rate)) + tax_off
    assume(abs(Fraction(total * rate, 10000 + rate) - tax) <= 1)
    line = {
        "name": "x",
        "quantity": quantity,
        "unit_price": unit_price,
        "total_discount_amount": reduced,
        "total_amount": total,
        "tax_rate": rate,
        "total_tax_amount": tax,
    }
    numbers, left = [], quantity
    while left:
        numbers.append(data.draw(st.integers(1, left)))
        left -= numbers[-1]
    parts = [part.to_dict() for part in lines.split(line, numbers)]
    for field in ("quantity", "total_discount_amount", "total_amount", "total_tax_amount"):
        assert sum(part[field] for part in parts) == line[field]
    for part in parts:
        expected = part["quantity"] * unit_price - part["total_discount_amount"]
        assert abs(part["total_amount"] - expected) <= part["quantity"]
        assert abs(Fraction(part["total_amount"] * rate, 10000 + rate) - part["total_tax_amount"]) <= 1


def test_no_part_of_a_nearly_free_line_is_below_zero() -> None:
    """The discount is shared past the price otherwise."""
    line = {"quantity": 4, "unit_price": 6, "total_discount_amount": 21, "total_amount": 1}
    parts = [part.to_dict() for part in lines.split(line, [1, 1, 1, 1])]
    assert sum(part["total_amount"] for part in parts) == 1
    assert sum(part["total_discount_amount"] for part in parts) == 21
    assert all(part["total_amount"] >= 0 for part in parts)


def test_a_tax_that_does_not_follow_from_its_rate_is_shared_in_proportion() -> None:
    """A wrong rate beside the right tax was sent for years (api-facts, section 7)."""
    line = {"quantity": 4, "unit_price": 1000, "total_amount": 4000, "tax_rate": 0, "total_tax_amount": 800}
    assert [part.total_tax_amount for part in lines.split(line, [1, 3])] == [200, 600]


def test_tax_without_a_rate_is_shared_in_proportion() -> None:
    """No rate says how much of it falls on a part."""
    line = {"quantity": 4, "unit_price": 1000, "total_amount": 4000, "total_tax_amount": 801}
    taxes = [part.total_tax_amount for part in lines.split(line, [1, 1, 2])]
    assert taxes == [200, 201, 400]


CAPTURED = Capture.from_dict(
    {
        "capture_id": "c",
        "captured_amount": 3500,
        "refunded_amount": 0,
        "order_lines": [
            {"reference": "A", "quantity": 3, "unit_price": 1000, "total_amount": 3000},
            {"quantity": 1, "unit_price": 500, "total_amount": 500},
        ],
    }
)


@pytest.mark.parametrize(
    ("quantities", "refunded", "message"),
    [
        ({"UNSET": 1}, None, "no line with the reference 'UNSET'"),
        ({"A": 1}, {"a": 2}, "no line with the reference 'a'"),
        ({"A": 2}, {"A": 2}, "2 and 2 more are not in it"),
    ],
)
def test_a_refund_of_what_a_capture_does_not_hold(
    quantities: dict[str, int], refunded: dict[str, int] | None, message: str
) -> None:
    """Also where what was refunded before is misspelt: it would be refunded again."""
    with pytest.raises(ValueError, match=message):
        lines.for_refund(CAPTURED, quantities, refunded=refunded)


def test_a_refund_of_more_than_a_capture_has_left() -> None:
    """What the capture itself says was refunded counts, and rows of zero do not."""
    assert lines.for_refund(CAPTURED, {"A": 0}) == []
    half = Capture.from_dict({**CAPTURED.to_dict(), "refunded_amount": 2500})
    assert lines.total(lines.for_refund(half, {"A": 1})) == 1000
    with pytest.raises(ValueError, match="sum up to 2000, and the capture has 1000 left"):
        lines.for_refund(half, {"A": 2})


def test_a_refund_of_a_capture_whose_lines_sum_up_to_more_than_it_took() -> None:
    """A real order of 19 had a line of 20 (api-facts, section 4): its lines come back, for at most what is left."""
    line = {"reference": "T", "quantity": 1, "unit_price": 20, "total_amount": 20}
    odd = Capture.from_dict({"captured_amount": 19, "order_lines": [line]})
    assert lines.total(lines.for_refund(odd, {"T": 1})) == 20


def test_an_order_that_names_no_currency_blocks_nothing() -> None:
    """Empty texts are common on this wire (api-facts, section 4)."""
    body = {"order_id": ORDER, "purchase_currency": "", "order_lines": [{**GOOD}]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    with KustomClient("kco_test_x", transport=transport) as kustom:
        order_lines = kustom.get_order(ORDER).order_lines
    call = _calls.capture(ORDER, Money(1000, SEK), order_lines=order_lines or [], check="error")
    assert call.remarks == ()


def test_no_lines_are_lines_that_sum_up_to_nothing() -> None:
    """An update replaces all lines: an empty list leaves an amount for nothing, which the API allows, and is remarked on."""
    assert _calls.update_authorization(ORDER, 10000, []).remarks == (
        "order_lines: expected total_amounts that sum up to 10000 (order_amount), got 0",
    )
    assert _calls.update_authorization(ORDER, 0, []).remarks == ()
    assert _calls.refund(ORDER, 100, order_lines=[]).remarks == ()


def test_whole_numbers_of_numpy_in_lines() -> None:
    """In mappings and models alike; its floats are still refused."""
    line: Any = {name: np.int64(value) if isinstance(value, int) else value for name, value in GOOD.items()}
    amount: Any = np.int64(1000)
    plain = _calls.capture(ORDER, 1000, order_lines=[GOOD], idempotency_key="k").request
    for given_ in (line, OrderLine(**line)):
        call = _calls.capture(ORDER, amount, order_lines=[given_], idempotency_key="k")
        assert (json.loads(call.request.content or b""), call.remarks) == (
            json.loads(plain.content or b""),
            (),
        )
    assert lines.total([line]) == 1000
    with pytest.raises(InvalidRequest, match="must be a whole number, not float64"):
        _calls.capture(ORDER, 1, order_lines=[{**GOOD, "quantity": np.float64(2)}])


def test_numbers_that_cannot_be_printed_are_refused_all_the_same() -> None:
    """Python gives up at 4,300 digits; the limit is told."""
    with pytest.raises(
        InvalidRequest, match="captured_amount: a number of more than 40 digits is more than 200000000"
    ):
        _calls.capture(ORDER, 10**5000)


def test_lines_of_a_capture_that_cannot_be_read_are_told() -> None:
    """Better an error that is documented than an AttributeError."""
    with pytest.raises(ValueError, match="order_lines of the capture cannot be read"):
        lines.for_refund(Capture.from_dict({"order_lines": "x"}), {"A": 1})
