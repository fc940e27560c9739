"""Ids and keys that are safe in a path or a header, and amounts that are whole."""

from typing import Any
from uuid import UUID

import numpy as np
import pytest
from support import ORDER

from kustom_facade import InvalidRequest, Money
from kustom_facade._operations import captures, orders as operations, refunds

from .calls import CALLS, body


@pytest.mark.parametrize("key", ["", " ", " a", "a\n", "schlüssel", "a\tb", "a\r\nX-Evil: 1"])
def test_a_key_that_cannot_be_a_header_is_refused(key: str) -> None:
    """An empty key protects nothing, a line end would write a header of its own."""
    with pytest.raises(InvalidRequest, match="idempotency_key"):
        captures.capture(ORDER, 1, idempotency_key=key)


def test_a_key_of_another_type_is_a_type_error() -> None:
    """Not even a UUID object, whose text might be made in several ways."""
    with pytest.raises(TypeError, match="idempotency_key must be a str, not UUID"):
        captures.capture(ORDER, 1, idempotency_key=UUID(ORDER))  # type: ignore[arg-type]  # what the test is about


@pytest.mark.parametrize(
    "order_id",
    [
        "",
        "..",
        ".",
        "/",
        f"{ORDER}/..",
        f"../{ORDER}",
        f"{ORDER}/captures",
        f" {ORDER}",
        f"{ORDER}\n",
        "123",
        ORDER.replace("-", ""),
        f"{{{ORDER}}}",
        f"urn:uuid:{ORDER}",
        "%2e%2e",
        ORDER[:-1] + "g",
    ],
)
@pytest.mark.parametrize("operation", sorted(CALLS))
def test_an_order_id_that_is_no_uuid_is_refused(operation: str, order_id: str) -> None:
    """Nothing else gets into the path, in any operation."""
    with pytest.raises(InvalidRequest, match="order_id is not a UUID"):
        CALLS[operation](order_id)


def test_an_order_id_may_be_a_uuid_or_its_text_in_any_case() -> None:
    """All mean the same path."""
    paths = {
        operations.get_order(form).request.path for form in (ORDER, ORDER.upper(), UUID(ORDER))
    }
    assert paths == {f"/ordermanagement/v1/orders/{ORDER}"}


@pytest.mark.parametrize("value", [None, 5, b"x", ["x"]])
def test_ids_of_other_types_are_type_errors(value: Any) -> None:
    """A forgotten id is the caller's mistake, and named."""
    with pytest.raises(TypeError, match="order_id"):
        operations.get_order(value)
    with pytest.raises(TypeError, match="capture_id"):
        captures.get_capture(ORDER, value)
    with pytest.raises(TypeError, match="refund_id"):
        refunds.get_refund(ORDER, value)


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a/b", "/", "a?b", "a#b", "a%2fb", "a b", "a\n", "ä", "x" * 256]
)
def test_an_id_stays_one_path_segment(value: str) -> None:
    """A slash or ``..`` would reach another resource."""
    with pytest.raises(InvalidRequest, match="capture_id"):
        captures.get_capture(ORDER, value)
    with pytest.raises(InvalidRequest, match="capture_id"):
        captures.add_capture_shipping_info(ORDER, value, [{}])
    with pytest.raises(InvalidRequest, match="refund_id"):
        refunds.get_refund(ORDER, value)


@pytest.mark.parametrize(
    "amount", [1.0, 1.5, float("nan"), "100", None, True, False, b"1", np.float64(1), np.bool_(1)]
)
def test_an_amount_is_a_whole_number_of_minor_units_or_money(amount: Any) -> None:
    """A float is a TypeError that names the argument and the way out; so are text and bool."""
    for build in (
        lambda: captures.capture(ORDER, amount),
        lambda: refunds.refund(ORDER, amount),
        lambda: operations.update_authorization(ORDER, amount, []),
    ):
        with pytest.raises(TypeError, match=r"amount must be an int of minor units or Money, not "):
            build()


@pytest.mark.parametrize("amount", [499, Money.of("4.99", "SEK"), np.int64(499), np.uint16(499)])
def test_amounts_of_every_whole_kind_are_sent_as_minor_units(amount: Any) -> None:
    """int, Money and the integers of numpy."""
    assert body(captures.capture(ORDER, amount)) == {"captured_amount": 499}


def test_ids_may_be_uuids_and_wrong_ones_are_named_as_problems() -> None:
    """An id is checked like a field, and told in the same place."""
    part = UUID("a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11")
    assert captures.get_capture(UUID(ORDER), part).request.path.endswith(
        f"/orders/{ORDER}/captures/{part}"
    )
    for call, name in (
        (lambda: operations.get_order("x"), "order_id"),
        (lambda: refunds.get_refund(ORDER, "a/b"), "refund_id"),
        (
            lambda: operations.update_merchant_references(ORDER),
            "merchant_reference1, merchant_reference2",
        ),
    ):
        with pytest.raises(InvalidRequest) as caught:
            call()
        (problem,) = caught.value.problems
        assert problem.startswith(f"{name}: ")


def test_numbers_that_cannot_be_printed_are_refused_all_the_same() -> None:
    """Python gives up at 4,300 digits; the limit is told."""
    with pytest.raises(
        InvalidRequest,
        match="captured_amount: a number of more than 40 digits is more than 200000000",
    ):
        captures.capture(ORDER, 10**5000)
