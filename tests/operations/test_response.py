"""From an answer to a model or a receipt, and whose answer it is."""

from typing import Any

import pytest
from support import ORDER

from kustom_facade import IdempotencyKeyReused
from kustom_facade._operations import captures, orders as operations, refunds
from kustom_facade._operations.call import Answer, Call

OTHER = "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11"
_PLACE = "https://api.example/ordermanagement/v1/orders"


@pytest.mark.parametrize(
    ("call", "headers", "what"),
    [
        (refunds.refund(ORDER, 1), {"capture-id": "c-1"}, "a capture"),
        (captures.capture(ORDER, 1), {"refund-id": "r-1"}, "a refund"),
        (
            operations.cancel(ORDER),
            {"capture-id": "c-1", "location": f"{_PLACE}/{ORDER}/captures/c-1"},
            "a capture",
        ),
        (captures.capture(ORDER, 1), {"location": f"{_PLACE}/{ORDER}/refunds/r-1"}, "a refund"),
        (
            captures.capture(ORDER, 1),
            {"capture-id": "c", "location": f"{_PLACE}/{OTHER}/captures/c"},
            f"a capture of the order {OTHER}",
        ),
    ],
)
def test_an_answer_to_another_request_is_no_success(
    call: Call[Any], headers: dict[str, str], what: str
) -> None:
    """A key that was used before, elsewhere, brings the first answer back:
    this call was not carried out.
    """
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
    assert captures.capture(ORDER, 1).read(Answer(headers, b"", 1, 201)).id == "c"


def test_a_success_that_may_be_a_replay_says_so() -> None:
    """What is made is answered with 201;
    a 204 without an id may be the answer to what the key was used for before.
    """
    assert (
        "unless this idempotency key"
        in captures.capture(ORDER, 1).read(Answer({}, b"", 1, 204)).note
    )
    assert "unless" not in captures.capture(ORDER, 1).read(Answer({}, b"", 1, 201)).note


@pytest.mark.parametrize(
    "content", [b"[1]", b'"text"', b"5", b"null", b"", b"{", b"\xff", b"[" * 100_000]
)
@pytest.mark.parametrize(
    "call",
    [operations.get_order(ORDER), captures.get_capture(ORDER, "c"), refunds.get_refund(ORDER, "r")],
)
def test_a_read_of_no_object_is_a_value_error(call: Call[Any], content: bytes) -> None:
    """Sending makes an UnexpectedResponse of it."""
    with pytest.raises(ValueError):  # noqa: PT011  # the texts are the JSON library's
        call.read(Answer({}, content, 1))


def test_what_only_the_slower_reader_takes_is_read_too() -> None:
    """A lone surrogate in a name and a byte order mark are no reason to lose an order."""
    order = operations.get_order(ORDER).read(
        Answer({}, b'{"merchant_data": "\\ud800", "order_amount": 5}', 1)
    )
    assert order.order_amount == 5
    marked = operations.get_order(ORDER).read(Answer({}, b'\xef\xbb\xbf{"order_amount": 5}', 1))
    assert marked.order_amount == 5
