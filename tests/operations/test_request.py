"""From arguments to a checked request: what is sent, and what is refused before."""

import json
from typing import Any

import numpy as np
import pytest
from kustom_order_management import document
from odd_values import ODD
from support import ORDER

from kustom_facade import InvalidRequest, OrderLine, ShippingInfo
from kustom_facade._operations import captures, orders as operations, refunds

from .calls import LINE, body


def test_what_is_unset_is_left_out_and_empty_is_sent() -> None:
    """None means left out; "" and 0 are values; null is never sent."""
    assert body(captures.capture(ORDER, 0, description="", order_lines=[], shipping_delay=0)) == {
        "captured_amount": 0,
        "description": "",
        "order_lines": [],
        "shipping_delay": 0,
    }
    assert body(operations.update_merchant_references(ORDER, merchant_reference2="")) == {
        "merchant_reference2": ""
    }


def test_lines_are_models_or_mappings_of_any_iterable() -> None:
    """Also a generator, and a mapping with a field that the document does not know."""
    line = OrderLine(name="Tomatoes", quantity=1, unit_price=600, total_amount=600)
    sent = body(
        captures.capture(
            ORDER, 1200, order_lines=(each for each in (line, {**LINE, "new_field": 1}))
        )
    )
    assert sent["order_lines"] == [LINE, {**LINE, "new_field": 1}]


@pytest.mark.parametrize(
    "lines", ["abc", b"abc", LINE, 5, OrderLine(name="", quantity=0, unit_price=0, total_amount=0)]
)
def test_lines_that_are_no_list_are_a_type_error(lines: Any) -> None:
    """One line instead of a list of one is the usual slip."""
    with pytest.raises(TypeError, match="order_lines must be a list of OrderLine or mappings"):
        captures.capture(ORDER, 1, order_lines=lines)


def test_an_item_of_another_kind_is_named_by_its_place() -> None:
    """Which of a thousand lines is wrong must be said; another model is not taken either."""
    with pytest.raises(
        TypeError, match=r"order_lines\[1\] must be OrderLine or a mapping, not ShippingInfo"
    ):
        captures.capture(ORDER, 1, order_lines=[LINE, ShippingInfo()])  # type: ignore[list-item]  # what the test is about
    with pytest.raises(TypeError, match="shipping_address must be Address or a mapping, not str"):
        operations.update_customer_details(ORDER, shipping_address="Street 1")  # type: ignore[arg-type]  # as above


def test_a_thousand_problems_are_ten_and_a_number() -> None:
    """A message is read by a person; all of them are in the program's reach."""
    lines = [{"name": "x" * 256, "quantity": 1, "unit_price": 1, "total_amount": 1}] * 1_000
    with pytest.raises(InvalidRequest) as caught:
        captures.capture(ORDER, 1_000, order_lines=lines)
    assert len(caught.value.problems) >= 1_000
    assert str(caught.value).count("order_lines[") == 10
    assert f"and {len(caught.value.problems) - 10} more (see .problems)" in str(caught.value)


def test_all_problems_are_reported_at_once_each_with_path_and_limit() -> None:
    """One round trip to the editor, not one per field."""
    with pytest.raises(InvalidRequest) as caught:
        captures.capture(
            ORDER,
            200_000_001,
            reference="r" * 256,
            order_lines=[
                LINE,
                {**LINE, "name": "n" * 256, "tax_rate": -1, "quantity": 1.5},
                {"name": "x"},
            ],
            shipping_info=[{"tracking_number": 63456415674545679000}],
        )
    assert set(caught.value.problems) == {
        "captured_amount: 200000001 is more than 200000000",
        "reference: 256 characters, at most 255 are allowed",
        "order_lines[1].name: 256 characters, at most 255 are allowed",
        "order_lines[1].tax_rate: -1 is less than 0",
        "order_lines[1].quantity: must be a whole number, not float",
        "order_lines[2].quantity: is required",
        "order_lines[2].total_amount: is required",
        "order_lines[2].unit_price: is required",
        "shipping_info[0].tracking_number: must be a string, not int",
    }
    for problem in caught.value.problems:
        assert problem in str(caught.value)
    assert str(caught.value).startswith("9 problems: ")
    assert "Nothing was sent" in str(caught.value)


def test_an_explicit_null_is_read_as_left_out() -> None:
    """Null is never sent, also when a caller's mapping holds one."""
    assert body(captures.capture(ORDER, 1, order_lines=[{**LINE, "reference": None}]))[
        "order_lines"
    ] == [LINE]
    undeclared = {**LINE, "new": {"a": None, "b": ["null", None, {"c": None}]}}
    assert body(captures.capture(ORDER, 1, order_lines=[undeclared]))["order_lines"] == [
        {**LINE, "new": {"b": ["null", {}]}}
    ]


@pytest.mark.parametrize("value", [{1, 2}, object(), "\ud800"])
def test_what_json_cannot_hold_is_refused_before_sending(value: Any) -> None:
    """Also a lone surrogate, which is no text in UTF-8."""
    with pytest.raises(InvalidRequest, match="JSON"):
        captures.capture(ORDER, 1, order_lines=[{**LINE, "new_field": value}])


def test_the_limits_come_from_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's next document changes them by itself; nothing is typed a second time."""
    rules = document.SCHEMAS["CaptureObject"]
    changed = {
        **rules,
        "properties": {**rules["properties"], "reference": {"type": "string", "maxLength": 3}},
    }
    monkeypatch.setitem(document.SCHEMAS, "CaptureObject", changed)
    with pytest.raises(InvalidRequest, match="reference: 4 characters, at most 3 are allowed"):
        captures.capture(ORDER, 1, reference="abcd")


def test_a_misspelt_field_is_remarked_on() -> None:
    """It is sent, for the API may know more than its document, but not without a word."""
    call = captures.capture(
        ORDER,
        600,
        order_lines=[{**LINE, "refrence": "x", "new": 1}],
        shipping_info=[{"trackingnumber": "1"}],
    )
    assert call.remarks == (
        (
            "order_lines[0].refrence is sent, but the document declares no such "
            "field; is reference meant?"
        ),
        (
            "shipping_info[0].trackingnumber is sent, but the document declares no "
            "such field; is tracking_number meant?"
        ),
    )


def test_lists_that_are_needed_and_lists_that_are_not() -> None:
    """A missing one is a TypeError that names it; what a read model does not have is left out."""
    with pytest.raises(
        TypeError, match="shipping_info must be a list of ShippingInfo or mappings, not NoneType"
    ):
        operations.add_shipping_info(ORDER, None)  # type: ignore[arg-type]  # what the test is about
    with pytest.raises(
        TypeError, match="order_lines must be a list of OrderLine or mappings, not NoneType"
    ):
        operations.update_authorization(ORDER, 1, None)  # type: ignore[arg-type]  # as above
    assert body(captures.capture(ORDER, 1, order_lines=None)) == {"captured_amount": 1}


def test_numbers_of_other_libraries_in_fields_that_nobody_declared() -> None:
    """Sent like any other; what is no number is told, not raised."""
    line = {**LINE, "new_field": np.int64(5)}
    assert b'"new_field":5' in (
        captures.capture(ORDER, 600, order_lines=[line]).request.content or b""
    )
    for odd in (np.array([1, 2]), int):
        with pytest.raises(InvalidRequest, match=r"order_lines\[0\].quantity"):
            captures.capture(ORDER, 600, order_lines=[{**LINE, "quantity": odd}])


@pytest.mark.parametrize("odd", sorted(ODD))
@pytest.mark.parametrize(
    "field", ["reference", "type", "quantity", "tax_rate", "total_tax_amount", "new", None]
)
def test_a_line_that_holds_anything_is_sent_or_refused(field: str | None, odd: str) -> None:
    """Within the tree, or as a TypeError; also where the rules of money would look at it."""
    line = ODD[odd]() if field is None else {**LINE, field: ODD[odd]()}
    for build in (captures.capture, refunds.refund, operations.update_authorization):
        try:
            call = build(ORDER, 600, order_lines=[line], check="error")
        except (InvalidRequest, TypeError):
            continue
        json.loads(call.request.content or b"")


def test_the_names_of_fields_are_texts() -> None:
    """JSON knows no others, and the API would see another name."""
    with pytest.raises(InvalidRequest) as caught:
        captures.capture(ORDER, 600, order_lines=[{**LINE, 5: 1}])  # type: ignore[dict-item]  # what the test is about
    assert caught.value.problems == ("order_lines[0]: a name must be a string, not int",)


def test_a_body_without_an_end_is_refused() -> None:
    """A list that holds itself, in a field that the document declares."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(InvalidRequest, match="nested too deeply"):
        captures.capture(ORDER, 1, description=endless)  # type: ignore[arg-type]  # what the test is about
