"""Parts of a line add up to it, and a refund's lines are parts of its capture's."""

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st
from odd_orders import ORDERS, VALUES

from kustom_facade import Capture, InvalidRequest, KustomClient, MerchantOrder, OrderLine, lines
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox
from lines.goods import PRICES, built, obeys, sek


@given(built(), st.data(), st.integers(-1, 1))
def test_parts_add_up_whatever_the_split(line: lines.Line, data: st.DataObject, off: int) -> None:
    """In amount, tax and discount; and every part obeys the rules,
    also of a line whose tax is rounded otherwise.
    """
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
    """Also fields that the document does not declare,
    and what the line does not say stays unsaid.
    """
    line = OrderLine.from_dict(
        {"name": "a", "quantity": 3, "unit_price": 100, "total_amount": 300, "new": 1}
    )
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
    line = lines.physical(
        "Tomatoes", quantity=3, unit_price=sek("1"), tax_rate="25", reference="T-1"
    )
    with pytest.raises(kind, match=message):
        lines.take(line, quantity, after=after)


def capture_of(*order_lines: OrderLine, **fields: Any) -> Capture:
    """A capture as it is read."""
    return Capture.from_dict(
        {"capture_id": "c-1", "order_lines": [line.to_dict() for line in order_lines], **fields}
    )


def test_the_lines_of_a_refund_keep_their_references() -> None:
    """By them the sandbox, like the vendor, knows which capture the refund belongs to."""
    sandbox = Sandbox(refunds_on_captures=True)
    order_lines = [
        lines.physical("a", quantity=3, total=sek("10.00"), tax_rate="25", reference="A"),
        lines.physical("b", quantity=1, unit_price=sek("20"), tax_rate="12", reference="B"),
    ]
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        kustom.capture(EXAMPLE_ORDER_ID, lines.total(order_lines), order_lines=order_lines)
        (capture,) = kustom.list_captures(EXAMPLE_ORDER_ID)
        back = lines.for_refund(capture, {"A": 1, "B": 1})
        kustom.refund(EXAMPLE_ORDER_ID, lines.total(back), order_lines=back)
        rest = lines.for_refund(capture, {"A": 2}, refunded={"A": 1, "B": 1})
        kustom.refund(EXAMPLE_ORDER_ID, lines.total(rest), order_lines=rest)
        order = kustom.get_order(EXAMPLE_ORDER_ID)
    assert [line.reference for line in back] == ["A", "B"]
    assert lines.total([*back, *rest]) == lines.total(order_lines)
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


@pytest.mark.parametrize(
    ("line", "totals"),
    [
        # Net prices: 2 pieces for 10.01 are sent as 2 x 5.01 (api-facts, section 7).
        ({"quantity": 2, "unit_price": 501, "total_amount": 1001}, [501, 500]),
        ({"quantity": 3, "unit_price": 333, "total_amount": 1000}, [333, 334, 333]),
        # Beyond the tolerance: the total of a shop in the US is that before the coupon (field case
        # 08).
        (
            {"quantity": 2, "unit_price": 100, "total_amount": 200, "total_discount_amount": 20},
            [100, 100],
        ),
        ({"quantity": 3, "unit_price": 100, "total_amount": 310}, [103, 104, 103]),
    ],
)
def test_a_line_shares_its_difference_among_its_parts(
    line: dict[str, int], totals: list[int]
) -> None:
    """What was read need not multiply, and is split all the same:
    nothing is lost, and the whole line is itself.
    """
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
    quantity: int,
    unit_price: int,
    off: float,
    discount: int,
    rate: int,
    tax_off: int,
    data: st.DataObject,
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
    numbers, remaining = [], quantity
    while remaining:
        numbers.append(data.draw(st.integers(1, remaining)))
        remaining -= numbers[-1]
    parts = [part.to_dict() for part in lines.split(line, numbers)]
    for field in ("quantity", "total_discount_amount", "total_amount", "total_tax_amount"):
        assert sum(part[field] for part in parts) == line[field]
    for part in parts:
        expected = part["quantity"] * unit_price - part["total_discount_amount"]
        assert abs(part["total_amount"] - expected) <= part["quantity"]
        assert (
            abs(Fraction(part["total_amount"] * rate, 10000 + rate) - part["total_tax_amount"]) <= 1
        )


def test_no_part_of_a_nearly_free_line_is_below_zero() -> None:
    """The discount is shared past the price otherwise."""
    line = {"quantity": 4, "unit_price": 6, "total_discount_amount": 21, "total_amount": 1}
    parts = [part.to_dict() for part in lines.split(line, [1, 1, 1, 1])]
    assert sum(part["total_amount"] for part in parts) == 1
    assert sum(part["total_discount_amount"] for part in parts) == 21
    assert all(part["total_amount"] >= 0 for part in parts)


def test_a_tax_that_does_not_follow_from_its_rate_is_shared_in_proportion() -> None:
    """A wrong rate beside the right tax was sent for years (api-facts, section 7)."""
    line = {
        "quantity": 4,
        "unit_price": 1000,
        "total_amount": 4000,
        "tax_rate": 0,
        "total_tax_amount": 800,
    }
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
        ({"None": 1}, None, "no line with the reference 'None'"),
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
    """A real order of 19 had a line of 20 (api-facts, section 4):
    its lines come back, for at most what is left.
    """
    line = {"reference": "T", "quantity": 1, "unit_price": 20, "total_amount": 20}
    odd = Capture.from_dict({"captured_amount": 19, "order_lines": [line]})
    assert lines.total(lines.for_refund(odd, {"T": 1})) == 20


def test_lines_of_a_capture_that_cannot_be_read_are_told() -> None:
    """Better an error that is documented than an AttributeError."""
    with pytest.raises(ValueError, match="order_lines of the capture cannot be read"):
        lines.for_refund(Capture.from_dict({"order_lines": "x"}), {"A": 1})


@given(ORDERS, st.integers(1, 9) | VALUES, st.dictionaries(st.sampled_from("ABC"), VALUES))
def test_lines_of_any_kind_are_split_or_refused(
    order: MerchantOrder, quantity: Any, quantities: dict[str, Any]
) -> None:
    """By an error of the tree, or as misuse of the arguments."""
    for line in order.order_lines if isinstance(order.order_lines, list) else []:
        with suppress(InvalidRequest, TypeError):
            assert lines.take(line, quantity).quantity == quantity
        with suppress(InvalidRequest, TypeError):
            assert len(lines.split(line, [1, quantity])) == 2
    for capture in order.captures if isinstance(order.captures, list) else []:
        for refunded in (None, quantities):
            with suppress(InvalidRequest, TypeError):
                assert lines.for_refund(capture, quantities, refunded=refunded) is not None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({}, {"A": 1}), "capture must be a Capture, not dict"),
        ((CAPTURED, ["A"]), "quantities and refunded must be mappings"),
        ((CAPTURED, {5: 1}), "a reference must be a str, not int"),
        ((CAPTURED, {"A": "1"}), "quantity must be a whole number, not str"),
    ],
)
def test_misuse_of_a_refund_is_a_type_error(arguments: tuple[Any, Any], message: str) -> None:
    """Also where a row of zero would otherwise be left out."""
    with pytest.raises(TypeError, match=message):
        lines.for_refund(*arguments)
    with pytest.raises(TypeError, match="quantities and refunded must be mappings"):
        lines.for_refund(CAPTURED, {}, refunded=5)  # type: ignore[arg-type]  # what the test is about


def test_a_quantity_without_an_end_is_refused() -> None:
    """Python would not even print it."""
    line = lines.physical("Tomatoes", sek("1"), tax_rate="25")
    with pytest.raises(InvalidRequest, match="quantity has more digits than any count"):
        lines.take(line, 10**5000)
