"""Lines that are right by construction: built, parted, refunded, checked before sending, and what an order has left."""

import contextlib
import copy
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ORDER, Client
from test_money import CURRENCIES

from kustom_facade import (
    Capture,
    InvalidRequest,
    KustomClient,
    MerchantOrder,
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
    return lines.physical("Goods", **common)


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
        ({}, ValueError, "either unit_price= or total="),
        ({"unit_price": sek("1"), "total": sek("1")}, ValueError, "either unit_price= or total="),
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
        ({"unit_price": sek("1"), "colour": "red"}, TypeError, "order lines have no colour"),
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


@given(st.lists(built(["SEK"]), min_size=1, max_size=5))
def test_a_built_order_passes_the_sandboxs_own_check(made: list[lines.Line]) -> None:
    """The sandbox computes in its own code; it takes the order's new total and a capture of it."""
    total = lines.total(made)
    if total > 200_000_000:
        return
    sandbox = Sandbox()
    sandbox.add_order({"order_id": "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11", "order_amount": max(total, 1)})
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        kustom.update_authorization(EXAMPLE_ORDER_ID, min(total, 10000), [] if total > 10000 else made)
        if total > 0:
            result = kustom.capture("a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11", total, order_lines=made)
            assert result.headers["klarna-order-validation"] == "Valid"


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
    parts = lines.parts(line, quantities)
    assert [part.quantity for part in parts] == quantities
    assert lines.total(parts) == line.total_amount
    assert lines.total_tax(parts) == line.total_tax_amount
    assert sum(part.total_discount_amount for part in parts) == line.total_discount_amount  # type: ignore[misc]  # as above
    assert all(obeys(part) for part in parts)
    assert {part.reference for part in parts} == {line.reference}


def test_a_part_keeps_the_rest_of_its_line() -> None:
    """Also fields that the document does not declare, and what the line does not say stays unsaid."""
    line = OrderLine.from_dict({"name": "a", "quantity": 3, "unit_price": 100, "total_amount": 300, "new": 1})
    assert lines.part(line, 2).to_dict() == {**line.to_dict(), "quantity": 2, "total_amount": 200}
    assert lines.part(line.to_dict(), 2, after=1)["new"] == 1
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
    assert lines.total_tax(lines.parts(line, [1, 1, 1])) == 99
    assert lines.total_tax(lines.parts({**line, "total_tax_amount": 0}, [2, 1])) == 0


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
        lines.part(line, quantity, after=after)


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
    with pytest.raises(ValueError, match=r"0 lines with the reference 'X'.*\(it has: A\)"):
        lines.for_refund(capture_of(line), {"X": 1})
    with pytest.raises(ValueError, match="2 lines with the reference 'A'"):
        lines.for_refund(capture_of(line, line), {"A": 1})
    with pytest.raises(ValueError, match="it has: none"):
        lines.for_refund(Capture.from_dict({}), {"A": 1})


# --- what an order has left


def order_with(**fields: Any) -> MerchantOrder:
    """An order as it is read, in kronor."""
    return MerchantOrder.from_dict({"order_id": ORDER, "purchase_currency": SEK, **fields})


@pytest.mark.parametrize(
    ("status", "fraud", "remaining", "expected"),
    [
        ("AUTHORIZED", "ACCEPTED", 500, 500),
        ("PART_CAPTURED", "ACCEPTED", 500, 500),
        ("AUTHORIZED", "PENDING", 500, 0),
        ("AUTHORIZED", "REJECTED", 500, 0),
        ("AUTHORIZED", "STOPPED", 500, 0),
        ("CANCELLED", "ACCEPTED", 500, 0),
        ("EXPIRED", "ACCEPTED", 500, 0),
        ("CAPTURED", "ACCEPTED", 0, 0),
        ("CLOSED", "ACCEPTED", 500, 0),
        ("SOMETHING_NEW", "ACCEPTED", 500, 0),
        ("AUTHORIZED", "ACCEPTED", -5, 0),
    ],
)
def test_what_can_be_captured(status: str, fraud: str, remaining: int, expected: int) -> None:
    """The status and the amount decide together: a cancelled order may still show its full amount."""
    order = order_with(status=status, fraud_status=fraud, remaining_authorized_amount=remaining)
    assert lines.capturable(order) == Money(expected, SEK)


@pytest.mark.parametrize(
    ("captured", "refunded", "refunds", "expected"),
    [
        (900, 0, [], 900),
        (900, 200, [200], 700),
        (900, 0, [200, 100], 600),
        (900, 900, [900], 0),
        (900, 1000, [], 0),
    ],
)
def test_what_can_be_refunded(captured: int, refunded: int, refunds: list[int], expected: int) -> None:
    """Of the sum and the list of refunds the larger counts: either may lag."""
    order = order_with(
        captured_amount=captured,
        refunded_amount=refunded,
        refunds=[{"refunded_amount": one} for one in refunds],
    )
    assert lines.refundable(order) == Money(expected, SEK)


def line_of(reference: str, amount: int) -> dict[str, Any]:
    """A line as it is read."""
    return {"reference": reference, "total_amount": amount}


def test_what_can_be_refunded_of_each_capture() -> None:
    """Refunds are matched by references and sum, since a capture's own refunded_amount may stay 0."""
    order = order_with(
        captured_amount=1000,
        refunded_amount=350,
        captures=[
            {"capture_id": "c-1", "captured_amount": 600, "refunded_amount": 0, "order_lines": [line_of("A", 400), line_of("B", 200)]},
            {"capture_id": "c-2", "captured_amount": 400, "order_lines": [line_of("C", 400)]},
        ],
        refunds=[
            {"refunded_amount": 200, "order_lines": [line_of("B", 200)]},
            {"refunded_amount": 100, "order_lines": [line_of("C", 100)]},
            {"refunded_amount": 50},
        ],
    )  # fmt: skip
    assert lines.refundable(order) == Money(650, SEK)
    assert lines.refundable_by_capture(order) == {"c-1": Money(400, SEK), "c-2": Money(300, SEK)}


def test_no_capture_has_more_than_the_order() -> None:
    """A refund that matches no capture still lowers what is left."""
    order = order_with(
        captured_amount=500, refunded_amount=450, captures=[{"capture_id": "c-1", "captured_amount": 500}]
    )
    assert lines.refundable_by_capture(order) == {"c-1": Money(50, SEK)}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"purchase_currency": None}, "names no purchase_currency"),
        ({"remaining_authorized_amount": "5"}, "is '5', not a whole number"),
        ({}, "remaining_authorized_amount of MerchantOrder .* is UNSET"),
    ],
)
def test_an_order_that_does_not_say_enough(fields: dict[str, Any], message: str) -> None:
    """Better an error than a wrong amount."""
    with pytest.raises(ValueError, match=message):
        lines.capturable(order_with(status="AUTHORIZED", fraud_status="ACCEPTED", **fields))


def test_a_capture_without_an_id_cannot_be_named() -> None:
    """It would hide behind another."""
    order = order_with(captured_amount=5, captures=[{"captured_amount": 5}])
    with pytest.raises(ValueError, match="has no capture_id"):
        lines.refundable_by_capture(order)


# --- checks before sending

GOOD = {"name": "a", "reference": "A", "quantity": 2, "unit_price": 500, "total_amount": 1000, "tax_rate": 2500, "total_tax_amount": 200}  # fmt: skip
BAD_TOTAL = {**GOOD, "total_amount": 999}
BAD_TAX = {**GOOD, "total_tax_amount": 202}


def test_each_finding_names_line_reference_expected_and_got() -> None:
    """All at once, together with what breaks a limit."""
    with pytest.raises(InvalidRequest) as caught:
        _calls.update_authorization(
            ORDER, 5, [GOOD, BAD_TOTAL, {**BAD_TAX, "reference": ""}], description="d" * 256
        )
    assert caught.value.problems == (
        "description: 256 characters, at most 255 are allowed",
        "order_lines[1] (reference 'A').total_amount: expected 1000 (quantity * unit_price - total_discount_amount), got 999",
        "order_lines[2].total_tax_amount: expected 200 (the tax in 1000 at a tax_rate of 2500, give or take 1), got 202",
        "order_lines: their total_amount sums up to 2999, and order_amount is 5",
    )


@pytest.mark.parametrize(
    ("verb", "amount", "order_lines", "refused", "remarks"),
    [
        ("capture", 1000, [GOOD], False, 0),
        ("capture", 999, [GOOD], False, 1),
        ("capture", 1000, [BAD_TAX], True, 0),
        ("capture", 999, [BAD_TOTAL], True, 0),
        ("capture", 999, [], False, 0),
        ("refund", 1000, [GOOD], False, 0),
        ("refund", 999, [GOOD], True, 0),
        ("refund", 999, None, False, 0),
        ("update_authorization", 1000, [GOOD], False, 0),
        ("update_authorization", 1001, [GOOD], True, 0),
    ],
)
def test_what_the_api_would_refuse_or_misread_is_an_error_and_the_rest_a_remark(
    verb: str, amount: int, order_lines: Any, refused: bool, remarks: int
) -> None:
    """By default; a sum matters where a refund is matched and where a total is set."""
    build = getattr(_calls, verb)
    arguments = (ORDER, amount, order_lines) if verb == "update_authorization" else (ORDER, amount)
    options = {} if verb == "update_authorization" else {"order_lines": order_lines}
    if refused:
        with pytest.raises(InvalidRequest):
            build(*arguments, **options)
    else:
        assert len(build(*arguments, **options).remarks) == remarks
    assert build(*arguments, **options, check="off").remarks == ()
    assert bool(build(*arguments, **options, check="warn").remarks) == (refused or bool(remarks))


def test_tax_may_be_one_off() -> None:
    """The vendor takes it."""
    for tax in (199, 200, 201):
        assert _calls.capture(ORDER, 1000, order_lines=[{**GOOD, "total_tax_amount": tax}]).remarks == ()
    no_tax = {name: value for name, value in BAD_TAX.items() if name != "tax_rate"}
    assert _calls.capture(ORDER, 1000, order_lines=[no_tax]).remarks == ()


def test_amounts_of_two_currencies_do_not_go_together() -> None:
    """As far as they know theirs: Money does, and lines that were built here."""
    line = lines.physical("a", quantity=1, unit_price=Money(100, "EUR"), tax_rate="25")
    with pytest.raises(InvalidRequest, match="more than one currency: EUR, SEK"):
        _calls.capture(ORDER, Money(100, SEK), order_lines=[line])
    other = lines.physical("a", quantity=1, unit_price=Money(100, SEK), tax_rate="25")
    with pytest.raises(InvalidRequest, match="EUR, SEK"):
        _calls.refund(ORDER, 200, order_lines=[line, other])
    assert _calls.capture(ORDER, Money(100, "EUR"), order_lines=[line]).remarks == ()


@given(st.lists(st.dictionaries(st.sampled_from(["quantity", "unit_price", "total_amount", "tax_rate", "total_tax_amount", "total_discount_amount", "reference"]), st.integers() | st.text(max_size=3) | st.none() | st.booleans(), max_size=7), max_size=4), st.integers())  # fmt: skip
def test_no_lines_break_the_check(made: list[dict[str, Any]], amount: int) -> None:
    """Whatever they hold: a call, or an InvalidRequest."""
    with contextlib.suppress(InvalidRequest):
        assert _calls.capture(ORDER, amount, order_lines=made, check="warn").idempotency_key


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_client_decides_how_strict_it_is(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """Per client, also of one derived from it; remarks go to the log, once for all attempts."""
    sandbox = Sandbox(check_lines=False)
    strict, lax, blind = (Client(mode, transport=sandbox, check=check) for check in ("error", "warn", "off"))
    with pytest.raises(InvalidRequest):
        strict.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[BAD_TAX])
    assert strict.client.with_options()._check == "error"
    lax.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[BAD_TAX])
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "total_tax_amount: expected 200" in caplog.text
    blind.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[BAD_TAX])
    assert len(caplog.records) == 1
    with pytest.raises(ValueError, match="check must be one of 'error', 'warn', 'off', not 'strict'"):
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
        _calls.capture(ORDER, 9990000, order_lines=[line])


def test_mistake_rounding_a_total_over_its_quantity() -> None:
    """``round(100.00 / 3) * 3`` is 99.99; the total stays what it is."""
    line = lines.physical("x", quantity=3, total=sek("100.00"), tax_rate="25")
    assert line.total_amount == 10000
    assert obeys(line)


def test_mistake_division_by_zero_on_free_lines() -> None:
    """A gift in the parcel, and a tax-free one."""
    line = lines.physical("Sticker", quantity=1, unit_price=sek("0"), tax_rate="0")
    assert (line.total_amount, line.total_tax_amount) == (0, 0)
    assert lines.parts(lines.physical("x", quantity=2, unit_price=sek("0"), tax_rate="25"), [1, 1])
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
