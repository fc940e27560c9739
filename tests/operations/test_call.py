"""Every operation: what it sends, and with which key."""

from uuid import UUID

import pytest
from kustom_order_management import document
from support import ORDER

from kustom_facade import InvalidRequest
from kustom_facade._operations import orders as operations

from .calls import CALLS, WRITES


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
    assert (request.headers.get("Content-Type") == "application/json") == (
        facts["body"] is not None
    )


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


@pytest.mark.parametrize("operation", sorted(name for name in CALLS if name not in WRITES))
def test_reads_carry_no_key(operation: str) -> None:
    """The document gives them none."""
    call = CALLS[operation]()
    assert call.idempotency_key is None
    assert not document.OPERATIONS[operation]["idempotency_key"]
    assert "klarna-idempotency-key" not in {name.lower() for name in call.request.headers}


def test_an_operation_that_takes_no_key_is_sent_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Which operations take a key comes from the document, and is typed nowhere else."""
    facts = {**document.OPERATIONS["cancelOrder"], "idempotency_key": False}
    monkeypatch.setitem(document.OPERATIONS, "cancelOrder", facts)
    call = operations.cancel(ORDER)
    assert call.idempotency_key is None
    assert not call.repeatable
    with pytest.raises(InvalidRequest, match="takes no idempotency key"):
        operations.cancel(ORDER, idempotency_key="mine")
