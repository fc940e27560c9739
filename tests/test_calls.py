"""Calls: what is checked before anything is sent, and what is sent then."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, strategies as st
from kustom_order_management import document, models
from support import ORDER

from kustom_facade import UNSET, IdempotencyKeyReused, InvalidRequest, Money, OrderLine, ShippingInfo, _calls
from kustom_facade._calls import Answer

LINE = {"name": "Tomatoes", "quantity": 1, "unit_price": 600, "total_amount": 600}

#: Every call by its operationId, with the least that it needs.
CALLS: dict[str, Callable[..., _calls.Call[Any]]] = {
    "getOrder": lambda **o: _calls.get_order(ORDER, **o),
    "acknowledgeOrder": lambda **o: _calls.acknowledge(ORDER, **o),
    "cancelOrder": lambda **o: _calls.cancel(ORDER, **o),
    "extendAuthorizationTime": lambda **o: _calls.extend_authorization_time(ORDER, **o),
    "releaseRemainingAuthorization": lambda **o: _calls.release_remaining_authorization(ORDER, **o),
    "updateAuthorization": lambda **o: _calls.update_authorization(ORDER, 600, [LINE], **o),
    "updateConsumerDetails": lambda **o: _calls.update_customer_details(ORDER, shipping_address={}, **o),
    "updateMerchantReferences": lambda **o: _calls.update_merchant_references(
        ORDER, merchant_reference1="1", **o
    ),
    "appendOrderShippingInfo": lambda **o: _calls.add_shipping_info(ORDER, [{}], **o),
    "getCaptures": lambda **o: _calls.list_captures(ORDER, **o),
    "captureOrder": lambda **o: _calls.capture(ORDER, 1, **o),
    "getCapture": lambda **o: _calls.get_capture(ORDER, "c-1", **o),
    "appendShippingInfo": lambda **o: _calls.add_capture_shipping_info(ORDER, "c-1", [{}], **o),
    "refundOrder": lambda **o: _calls.refund(ORDER, 1, **o),
    "getRefund": lambda **o: _calls.get_refund(ORDER, "r-1", **o),
}
WRITES = sorted(name for name, facts in document.OPERATIONS.items() if facts["method"] != "GET")


def body(call: _calls.Call[Any]) -> Any:
    """The JSON that a call sends."""
    assert call.request.content is not None
    return json.loads(call.request.content)


def test_every_operation_of_the_document_has_a_call() -> None:
    """The table above is whole, so that the tests that use it speak for all operations."""
    assert sorted(CALLS) == sorted(document.OPERATIONS)


@pytest.mark.parametrize("operation", sorted(CALLS))
def test_a_call_sends_what_the_document_says(operation: str) -> None:
    """Method and path are the document's, with the ids filled in; a body is JSON and named so."""
    facts = document.OPERATIONS[operation]
    request = CALLS[operation]().request
    path = facts["path"].format(order_id=ORDER, capture_id="c-1", refund_id="r-1")
    assert (request.method, request.path) == (facts["method"], path)
    assert (request.content is not None) == (facts["body"] is not None)
    assert (request.headers.get("Content-Type") == "application/json") == (facts["body"] is not None)


@pytest.mark.parametrize("operation", WRITES)
def test_every_write_carries_a_key_of_its_own(operation: str) -> None:
    """A new UUID version 4 for each call; the caller's own as it is."""
    assert document.OPERATIONS[operation]["idempotency_key"]
    first, second = CALLS[operation](), CALLS[operation]()
    assert UUID(first.idempotency_key).version == 4
    assert first.idempotency_key != second.idempotency_key
    assert first.request.headers["Klarna-Idempotency-Key"] == first.idempotency_key
    own = CALLS[operation](idempotency_key="Shipment 42/a")
    assert own.request.headers["Klarna-Idempotency-Key"] == own.idempotency_key == "Shipment 42/a"


@pytest.mark.parametrize("key", ["", " ", " a", "a\n", "schlüssel", "a\tb", "a\r\nX-Evil: 1"])
def test_a_key_that_cannot_be_a_header_is_refused(key: str) -> None:
    """An empty key protects nothing, a line end would write a header of its own."""
    with pytest.raises(InvalidRequest, match="idempotency_key"):
        _calls.capture(ORDER, 1, idempotency_key=key)


def test_a_key_of_another_type_is_a_type_error() -> None:
    """Not even a UUID object, whose text might be made in several ways."""
    with pytest.raises(TypeError, match="idempotency_key must be a str, not UUID"):
        _calls.capture(ORDER, 1, idempotency_key=UUID(ORDER))  # type: ignore[arg-type]  # what the test is about


@pytest.mark.parametrize("operation", sorted(name for name in CALLS if name not in WRITES))
def test_reads_carry_no_key(operation: str) -> None:
    """The document gives them none."""
    call = CALLS[operation]()
    assert call.idempotency_key is None
    assert not document.OPERATIONS[operation]["idempotency_key"]
    assert "klarna-idempotency-key" not in {name.lower() for name in call.request.headers}


def test_an_operation_that_takes_no_key_is_sent_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which operations take a key comes from the document, and is typed nowhere else."""
    facts = {**document.OPERATIONS["cancelOrder"], "idempotency_key": False}
    monkeypatch.setitem(document.OPERATIONS, "cancelOrder", facts)
    call = _calls.cancel(ORDER)
    assert call.idempotency_key is None
    assert not call.repeatable
    with pytest.raises(InvalidRequest, match="takes no idempotency key"):
        _calls.cancel(ORDER, idempotency_key="mine")


@pytest.mark.parametrize(
    "order_id",
    ["", "..", ".", "/", f"{ORDER}/..", f"../{ORDER}", f"{ORDER}/captures", f" {ORDER}", f"{ORDER}\n", "123",
     ORDER.replace("-", ""), f"{{{ORDER}}}", f"urn:uuid:{ORDER}", "%2e%2e", ORDER[:-1] + "g"],
)  # fmt: skip
@pytest.mark.parametrize("operation", sorted(CALLS))
def test_an_order_id_that_is_no_uuid_is_refused(
    operation: str, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else gets into the path, in any operation."""
    monkeypatch.setitem(globals(), "ORDER", order_id)
    with pytest.raises(InvalidRequest, match="order_id is not a UUID"):
        CALLS[operation]()


def test_an_order_id_may_be_a_uuid_or_its_text_in_any_case() -> None:
    """All mean the same path."""
    paths = {_calls.get_order(form).request.path for form in (ORDER, ORDER.upper(), UUID(ORDER))}
    assert paths == {f"/ordermanagement/v1/orders/{ORDER}"}


@pytest.mark.parametrize("value", [None, 5, b"x", ["x"]])
def test_ids_of_other_types_are_type_errors(value: Any) -> None:
    """A forgotten id is the caller's mistake, and named."""
    with pytest.raises(TypeError, match="order_id"):
        _calls.get_order(value)
    with pytest.raises(TypeError, match="capture_id"):
        _calls.get_capture(ORDER, value)
    with pytest.raises(TypeError, match="refund_id"):
        _calls.get_refund(ORDER, value)


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a/b", "/", "a?b", "a#b", "a%2fb", "a b", "a\n", "ä", "x" * 256]
)
def test_an_id_stays_one_path_segment(value: str) -> None:
    """A slash or ``..`` would reach another resource."""
    with pytest.raises(InvalidRequest, match="capture_id"):
        _calls.get_capture(ORDER, value)
    with pytest.raises(InvalidRequest, match="capture_id"):
        _calls.add_capture_shipping_info(ORDER, value, [{}])
    with pytest.raises(InvalidRequest, match="refund_id"):
        _calls.get_refund(ORDER, value)


@pytest.mark.parametrize(
    "amount", [1.0, 1.5, float("nan"), "100", None, True, False, b"1", np.float64(1), np.bool_(1)]
)
def test_an_amount_is_a_whole_number_of_minor_units_or_money(amount: Any) -> None:
    """A float is a TypeError that names the argument and the way out; so are text and bool."""
    for build in (
        lambda: _calls.capture(ORDER, amount),
        lambda: _calls.refund(ORDER, amount),
        lambda: _calls.update_authorization(ORDER, amount, []),
    ):
        with pytest.raises(TypeError, match=r"amount must be an int of minor units or Money, not "):
            build()


@pytest.mark.parametrize("amount", [499, Money.of("4.99", "SEK"), np.int64(499), np.uint16(499)])
def test_amounts_of_every_whole_kind_are_sent_as_minor_units(amount: Any) -> None:
    """int, Money and the integers of numpy."""
    assert body(_calls.capture(ORDER, amount)) == {"captured_amount": 499}


def test_what_is_unset_is_left_out_and_empty_is_sent() -> None:
    """None means left out; "" and 0 are values; null is never sent."""
    assert body(_calls.capture(ORDER, 0, description="", order_lines=[], shipping_delay=0)) == {
        "captured_amount": 0,
        "description": "",
        "order_lines": [],
        "shipping_delay": 0,
    }
    assert body(_calls.update_merchant_references(ORDER, merchant_reference2="")) == {
        "merchant_reference2": ""
    }


def test_an_update_of_nothing_is_refused() -> None:
    """It would be sent as an empty object and change nothing."""
    with pytest.raises(InvalidRequest, match="nothing to update"):
        _calls.update_merchant_references(ORDER)
    with pytest.raises(InvalidRequest, match="nothing to update"):
        _calls.update_merchant_references(ORDER, merchant_reference1=UNSET)  # type: ignore[arg-type]  # out of a model


def test_lines_are_models_or_mappings_of_any_iterable() -> None:
    """Also a generator, and a mapping with a field that the document does not know."""
    line = OrderLine(name="Tomatoes", quantity=1, unit_price=600, total_amount=600)
    sent = body(_calls.capture(ORDER, 1200, order_lines=(one for one in (line, {**LINE, "new_field": 1}))))
    assert sent["order_lines"] == [LINE, {**LINE, "new_field": 1}]


@pytest.mark.parametrize(
    "lines", ["abc", b"abc", LINE, 5, OrderLine(name="", quantity=0, unit_price=0, total_amount=0)]
)
def test_lines_that_are_no_list_are_a_type_error(lines: Any) -> None:
    """One line instead of a list of one is the usual slip."""
    with pytest.raises(TypeError, match="order_lines must be a list of OrderLine or mappings"):
        _calls.capture(ORDER, 1, order_lines=lines)


def test_an_item_of_another_kind_is_named_by_its_place() -> None:
    """Which of a thousand lines is wrong must be said; another model is not taken either."""
    with pytest.raises(
        TypeError, match=r"order_lines\[1\] must be OrderLine or a mapping, not ShippingInfoDto"
    ):
        _calls.capture(ORDER, 1, order_lines=[LINE, ShippingInfo()])  # type: ignore[list-item]  # what the test is about
    with pytest.raises(TypeError, match="shipping_address must be Address or a mapping, not str"):
        _calls.update_customer_details(ORDER, shipping_address="Street 1")  # type: ignore[arg-type]  # as above


def test_all_problems_are_reported_at_once_each_with_path_and_limit() -> None:
    """One round trip to the editor, not one per field."""
    with pytest.raises(InvalidRequest) as caught:
        _calls.capture(
            ORDER,
            200_000_001,
            reference="r" * 256,
            order_lines=[LINE, {**LINE, "name": "n" * 256, "tax_rate": -1, "quantity": 1.5}, {"name": "x"}],
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
    assert body(_calls.capture(ORDER, 1, order_lines=[{**LINE, "reference": None}]))["order_lines"] == [LINE]
    undeclared = {**LINE, "new": {"a": None, "b": ["null", None, {"c": None}]}}
    assert body(_calls.capture(ORDER, 1, order_lines=[undeclared]))["order_lines"] == [
        {**LINE, "new": {"b": ["null", {}]}}
    ]


@pytest.mark.parametrize("value", [{1, 2}, object(), "\ud800"])
def test_what_json_cannot_hold_is_refused_before_sending(value: Any) -> None:
    """Also a lone surrogate, which is no text in UTF-8."""
    with pytest.raises(InvalidRequest, match="JSON"):
        _calls.capture(ORDER, 1, order_lines=[{**LINE, "new_field": value}])


def test_the_limits_come_from_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's next document changes them by itself; nothing is typed a second time."""
    rules = document.SCHEMAS["CaptureObjectDto"]
    changed = {
        **rules,
        "properties": {**rules["properties"], "reference": {"type": "string", "maxLength": 3}},
    }
    monkeypatch.setitem(document.SCHEMAS, "CaptureObjectDto", changed)
    with pytest.raises(InvalidRequest, match="reference: 4 characters, at most 3 are allowed"):
        _calls.capture(ORDER, 1, reference="abcd")


def test_the_integrator_is_sent_on_reading_an_order() -> None:
    """The header exists on this operation only."""
    assert _calls.get_order(ORDER, integrator="Shop").request.headers == {"Klarna-Integrator": "Shop"}
    assert _calls.get_order(ORDER).request.headers == {}


# --- reading successes


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"capture-id": "c-1", "location": "https://api.example/captures/c-2"}, "c-1"),
        ({"location": f"https://api.example/ordermanagement/v1/orders/{ORDER}/captures/c-2"}, "c-2"),
        ({"location": f"/ordermanagement/v1/orders/{ORDER}/captures/c-2/"}, "c-2"),
        ({"location": "https://api.example/captures/c-2?x=1#y"}, "c-2"),
        ({"capture-id": "", "location": "https://api.example/captures/c-2"}, "c-2"),
        ({"location": f"https://api.example/ordermanagement/v1/orders/{ORDER}/captures"}, None),
        ({"location": ""}, None),
        ({"location": "http://[broken"}, None),
        ({"capture-id": " c-1 "}, "c-1"),
        ({"capture-id": "c-1, c-1"}, "c-1"),
        ({"capture-id": " ", "location": " https://api.example/captures/c-2 "}, "c-2"),
        ({"capture-id": "../x"}, None),
        ({"location": f"https://api.example/ordermanagement/v1/orders/{ORDER}"}, None),
        ({"location": "https://api.example/refunds/r-1"}, None),
        ({"location": "https://api.example/Captures"}, None),
        ({"location": "https://api.example/captures/.."}, None),
        ({"location": "https://api.example/captures/a%2Fb"}, None),
        ({}, None),
    ],
)
def test_the_id_of_a_capture(headers: dict[str, str], expected: str | None) -> None:
    """From the header, then from Location; without both the money moved all the same, and the note says so."""
    done = _calls.capture(ORDER, 1).read(Answer(headers, b"", 1))
    assert done.id == expected
    assert done.location == headers.get("location")
    assert ("money moved" in done.note) == (expected is None)


OTHER = "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11"
_PLACE = "https://api.example/ordermanagement/v1/orders"


@pytest.mark.parametrize(
    ("call", "headers", "what"),
    [
        (_calls.refund(ORDER, 1), {"capture-id": "c-1"}, "a capture"),
        (_calls.capture(ORDER, 1), {"refund-id": "r-1"}, "a refund"),
        (_calls.cancel(ORDER), {"capture-id": "c-1", "location": f"{_PLACE}/{ORDER}/captures/c-1"}, "a capture"),
        (_calls.capture(ORDER, 1), {"location": f"{_PLACE}/{ORDER}/refunds/r-1"}, "a refund"),
        (_calls.capture(ORDER, 1), {"capture-id": "c", "location": f"{_PLACE}/{OTHER}/captures/c"}, f"a capture of the order {OTHER}"),
    ],
)  # fmt: skip
def test_an_answer_to_another_request_is_no_success(
    call: _calls.Call[Any], headers: dict[str, str], what: str
) -> None:
    """A key that was used before, elsewhere, brings the first answer back: this call was not carried out."""
    with pytest.raises(IdempotencyKeyReused, match=f"that to {what}, for which") as caught:
        call.read(Answer(headers, b"", 2, 201))
    assert (caught.value.attempts, caught.value.idempotency_key) == (2, call.idempotency_key)
    assert "Call again with a key of its own" in str(caught.value)
    assert "Nothing was sent" not in str(caught.value)


@pytest.mark.parametrize(
    "headers",
    [
        {"capture-id": "c", "location": f"{_PLACE}/{ORDER.upper()}/captures/c"},
        {"capture-id": "c", "refund-id": "r", "location": f"{_PLACE}/{ORDER}/refunds/r"},
        {"capture-id": "c", "location": "/elsewhere"},
        {"refund-id": "r", "location": f"{_PLACE}/{ORDER}/captures/c"},
    ],
)
def test_an_answer_that_may_be_ours_is_a_success(headers: dict[str, str]) -> None:
    """Only what surely names something else is refused: the money may have moved."""
    assert _calls.capture(ORDER, 1).read(Answer(headers, b"", 1, 201)).id == "c"


def test_a_success_that_may_be_a_replay_says_so() -> None:
    """What is made is answered with 201; a 204 without an id may be the answer to what the key was used for before."""
    assert "unless this idempotency key" in _calls.capture(ORDER, 1).read(Answer({}, b"", 1, 204)).note
    assert "unless" not in _calls.capture(ORDER, 1).read(Answer({}, b"", 1, 201)).note


def test_a_misspelt_field_is_remarked_on() -> None:
    """It is sent, for the API may know more than its document, but not without a word."""
    call = _calls.capture(
        ORDER, 600, order_lines=[{**LINE, "refrence": "x", "new": 1}], shipping_info=[{"trackingnumber": "1"}]
    )
    assert call.remarks == (
        "order_lines[0].refrence is sent, but the document declares no such field; is reference meant?",
        "shipping_info[0].trackingnumber is sent, but the document declares no such field; is tracking_number meant?",
    )


def test_lists_that_are_needed_and_lists_that_are_not() -> None:
    """A missing one is a TypeError that names it; what a read model does not have is left out."""
    with pytest.raises(
        TypeError, match="shipping_info must be a list of ShippingInfo or mappings, not NoneType"
    ):
        _calls.add_shipping_info(ORDER, None)  # type: ignore[arg-type]  # what the test is about
    with pytest.raises(TypeError, match="order_lines must be a list of OrderLine or mappings, not NoneType"):
        _calls.update_authorization(ORDER, 1, None)  # type: ignore[arg-type]  # as above
    assert body(_calls.capture(ORDER, 1, order_lines=UNSET)) == {"captured_amount": 1}  # type: ignore[arg-type]  # as above


@given(st.sampled_from(["Refund-Id", "REFUND-ID", "refund-id", "rEfUnD-iD"]))
def test_the_id_of_a_refund_in_any_case(name: str) -> None:
    """The flow gives headers in lower case, whatever came."""
    assert _calls.refund(ORDER, 1).read(Answer({name.lower(): "r-1"}, b"", 1)).id == "r-1"


@pytest.mark.parametrize("content", [b"[1]", b'"text"', b"5", b"null", b"", b"{", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize(
    "call", [_calls.get_order(ORDER), _calls.get_capture(ORDER, "c"), _calls.get_refund(ORDER, "r")]
)
def test_a_read_of_no_object_is_a_value_error(call: _calls.Call[Any], content: bytes) -> None:
    """The flow makes an UnexpectedResponse of it."""
    with pytest.raises(ValueError):  # noqa: PT011  # the texts are the JSON library's
        call.read(Answer({}, content, 1))


@pytest.mark.parametrize("content", [b"{}", b"[1]", b"[[]]", b"{"])
def test_a_list_of_captures_must_be_a_list_of_objects(content: bytes) -> None:
    """An error body with a 200 must not read as 'no captures': a shop would capture again."""
    with pytest.raises(ValueError):  # noqa: PT011  # as above
        _calls.list_captures(ORDER).read(Answer({}, content, 1))


def test_what_only_the_slower_reader_takes_is_read_too() -> None:
    """A lone surrogate in a name and a byte order mark are no reason to lose an order."""
    order = _calls.get_order(ORDER).read(Answer({}, b'{"merchant_data": "\\ud800", "order_amount": 5}', 1))
    assert order.order_amount == 5
    marked = _calls.get_order(ORDER).read(Answer({}, b'\xef\xbb\xbf{"order_amount": 5}', 1))
    assert marked.order_amount == 5


def test_captures_are_read_as_models() -> None:
    """In the order they came in."""
    read = _calls.list_captures(ORDER).read(Answer({}, b'[{"capture_id": "a"}, {"capture_id": "b"}]', 1))
    assert all(isinstance(one, models.CaptureDto) for one in read)
    assert [one.capture_id for one in read] == ["a", "b"]


def test_ids_may_be_uuids_and_wrong_ones_are_named_as_problems() -> None:
    """An id is checked like a field, and told in the same place."""
    part = UUID("a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11")
    assert _calls.get_capture(UUID(ORDER), part).request.path.endswith(f"/orders/{ORDER}/captures/{part}")
    for call, name in (
        (lambda: _calls.get_order("x"), "order_id"),
        (lambda: _calls.get_refund(ORDER, "a/b"), "refund_id"),
        (lambda: _calls.update_merchant_references(ORDER), "merchant_reference1, merchant_reference2"),
    ):
        with pytest.raises(InvalidRequest) as caught:
            call()
        (problem,) = caught.value.problems
        assert problem.startswith(f"{name}: ")


def test_a_capture_that_its_own_path_names_is_no_other_request() -> None:
    """A 204 about a capture's shipments may name that capture."""
    call = _calls.add_capture_shipping_info(ORDER, "c-1", [{}])
    assert call.read(Answer({"capture-id": "c-1"}, b"", 1, 204)).attempts == 1
    with pytest.raises(IdempotencyKeyReused):
        call.read(Answer({"capture-id": "c-2"}, b"", 1, 204))


def test_numbers_of_other_libraries_in_fields_that_nobody_declared() -> None:
    """Sent like any other; what is no number is told, not raised."""
    line = {**LINE, "new_field": np.int64(5)}
    assert b'"new_field":5' in (_calls.capture(ORDER, 600, order_lines=[line]).request.content or b"")
    for odd in (np.array([1, 2]), int):
        with pytest.raises(InvalidRequest, match=r"order_lines\[0\].quantity"):
            _calls.capture(ORDER, 600, order_lines=[{**LINE, "quantity": odd}])
