"""From an answer to a model or a receipt, and whose answer it is."""

from collections.abc import Callable
from typing import Any

import pytest
from support import ORDER

from kustom_facade import IdempotencyKeyReused
from kustom_facade._operations import captures, orders as operations, refunds
from kustom_facade._operations.call import Answer, Call
from kustom_facade._operations.response import ForeignAnswer

OTHER = "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11"
_PLACE = "https://api.example/ordermanagement/v1/orders"


#: Plain evidence that an answer is about something else, by the operation that was asked for.
FOREIGN: dict[str, tuple[Callable[[str | None], Call[Any]], dict[str, str], str]] = {
    "a capture for a refund": (
        lambda key: refunds.refund(ORDER, 1, idempotency_key=key),
        {"capture-id": "c-1"},
        "a capture",
    ),
    "a refund for a capture": (
        lambda key: captures.capture(ORDER, 1, idempotency_key=key),
        {"refund-id": "r-1"},
        "a refund",
    ),
    "a capture for a cancellation": (
        lambda key: operations.cancel(ORDER, idempotency_key=key),
        {"capture-id": "c-1", "location": f"{_PLACE}/{ORDER}/captures/c-1"},
        "a capture",
    ),
    "a refund's place for a capture": (
        lambda key: captures.capture(ORDER, 1, idempotency_key=key),
        {"location": f"{_PLACE}/{ORDER}/refunds/r-1"},
        "a refund",
    ),
    "another order": (
        lambda key: captures.capture(ORDER, 1, idempotency_key=key),
        {"capture-id": "c", "location": f"{_PLACE}/{OTHER}/captures/c"},
        f"the order {OTHER}",
    ),
    "another capture's shipments": (
        lambda key: captures.add_capture_shipping_info(ORDER, "c-1", [{}], idempotency_key=key),
        {"capture-id": "c-2"},
        "a capture",
    ),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_success_of_a_new_key_is_done_whatever_its_answer_is_about(case: str) -> None:
    """Nobody used the key before: the answer is a left-over, and the money moved."""
    build, headers, what = FOREIGN[case]
    done = build(None).read(Answer(headers, b"", 2, 201))
    assert f"its answer is about {what}" in done.note
    assert getattr(done, "id", None) is None


@pytest.mark.parametrize("case", FOREIGN)
def test_a_foreign_answer_to_a_key_that_may_be_old_leaves_the_outcome_open(case: str) -> None:
    """The key may have been used before, and the answer be that to its first use: nobody knows."""
    build, headers, what = FOREIGN[case]
    with pytest.raises(IdempotencyKeyReused, match=f"the answer is about {what}, for") as caught:
        build("a key of the caller").read(Answer(headers, b"", 2, 201))
    error = caught.value
    assert (error.attempts, error.idempotency_key) == (2, "a key of the caller")
    assert error.outcome_unknown
    assert "Read the order" in error.hint
    assert "key of its own" not in error.hint


@pytest.mark.parametrize("odd", ["", " ", "c 1", "<html>", "../x"])
def test_what_is_no_id_is_no_evidence(odd: str) -> None:
    """An empty or broken header says nothing of what the answer is about."""
    call = refunds.refund(ORDER, 1, idempotency_key="a key of the caller")
    done = call.read(Answer({"capture-id": odd, "refund-id": odd}, b"", 1, 201))
    assert done.id is None
    assert "The refund was made and the money moved" in done.note


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


@pytest.mark.parametrize(
    ("named", "shown"), [('"c-2"', "c-2"), ('{"street": "CANARY"}', "a dict"), ("5", "a int")]
)
def test_what_a_foreign_answer_is_about_is_told_where_it_is_an_id(named: str, shown: str) -> None:
    """Anything else may be somebody's address."""
    content = f'{{"capture_id": {named}}}'.encode()
    with pytest.raises(ForeignAnswer, match=f"about {shown}$"):
        captures.get_capture(ORDER, "c-1").read(Answer({}, content, 1))
