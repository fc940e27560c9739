"""What an order shows of its captures and refunds, and what it does not settle."""

from typing import Any

import httpx
import pytest
from support import Client

from kustom_facade import CaptureNotAllowed, ConnectionFailed, RefundNotAllowed, UnexpectedResponse

from .network import ID, FaultyTransport, RewrittenReads, lost, with_, without


def test_an_order_that_says_little_is_left_to_the_api(
    client: Client, network: FaultyTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be decided from the order is not."""
    respond = network.handle_request

    def bare(request: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(200, json={"status": "AUTHORIZED"})
            if request.method == "GET"
            else respond(request)
        )

    monkeypatch.setattr(network, "handle_request", bare)
    assert client.ensure_capture(ID, 1000, reference="r-1").id
    with pytest.raises(RefundNotAllowed, match="500 is more than the 0 captured"):
        client.ensure_refund(ID, 500, reference="r-1")


@pytest.mark.parametrize(
    "hidden", [with_(captures=[]), without("captures")], ids=["empty", "absent"]
)
def test_amounts_that_are_ahead_of_their_list(
    reader: Client, reads: RewrittenReads, hidden: Any
) -> None:
    """An order that counts a capture which it does not list yet is waited for,
    and never captured from again.
    """
    created = reader.ensure_capture(ID, 10000, reference="s-1")
    reads.views = [hidden]
    again = reader.ensure_capture(ID, 10000, reference="s-1")
    assert (again.already_done, again.id) == (True, created.id)
    # For ever: the key may be forgotten by now, so nothing is sent, and nothing is said to be
    # impossible.
    reads.always, writes = hidden, reads.writes
    with pytest.raises(
        UnexpectedResponse,
        match=r"captures sum up to 0, its captured_amount is 10000, .* and it is CAPTURED",
    ) as caught:
        reader.ensure_capture(ID, 10000, reference="s-1")
    assert caught.value.outcome_unknown
    assert caught.value.transient
    assert "again later with the same reference='s-1'" in str(caught.value)
    assert reads.writes == writes


def test_refunds_that_are_counted_and_not_listed(reader: Client, reads: RewrittenReads) -> None:
    """The same for refunds: a full refund looks like one that is not allowed any more."""
    reader.ensure_capture(ID, 10000, reference="s-1")
    created = reader.ensure_refund(ID, 10000, reference="r-1")
    reads.views = [with_(refunds=[])]
    assert reader.ensure_refund(ID, 10000, reference="r-1").id == created.id


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"status": "ON_HOLD"}, True),
        ({"fraud_status": ""}, True),
        ({"remaining_authorized_amount": "9"}, True),
        ({"status": "EXPIRED"}, False),
    ],
)
def test_what_an_order_does_not_settle_is_left_to_the_api(
    reader: Client, reads: RewrittenReads, fields: dict[str, Any], sent: bool
) -> None:
    """New values appear and fields are absent; only what is known to be final is refused here."""
    reads.always = with_(**fields)
    if sent:
        assert reader.ensure_capture(ID, 1000, reference="s-1").id
    else:
        with pytest.raises(CaptureNotAllowed, match="was not sent"):
            reader.ensure_capture(ID, 1000, reference="s-1")
    assert reads.writes == sent


@pytest.mark.parametrize(
    ("captures", "message"),
    [
        ([None], "its captures cannot be read"),
        (["x"], "its captures cannot be read"),
        (5, "its captures cannot be read"),
        ({"a": 1}, "its captures cannot be read"),
        (
            [{"reference": "42", "captured_amount": "100"}],
            "the amount of the capture '42' cannot be read: '100'",
        ),
        ([{"reference": "42"}], "the amount of the capture '42' cannot be read: None"),
    ],
)
def test_a_list_that_cannot_be_read_is_no_proof(
    reader: Client, reads: RewrittenReads, captures: Any, message: str
) -> None:
    """Nothing is sent, and after something was sent, its outcome is not known."""
    reads.always = with_(captures=captures)
    with pytest.raises(UnexpectedResponse, match=message):
        reader.ensure_capture(ID, 100, reference="42")
    assert reads.writes == 0
    reads.views, reads.after = [lambda order: order], [lost]
    with pytest.raises(ConnectionFailed, match="the order cannot be read") as caught:
        reader.ensure_capture(ID, 100, reference="42")
    assert caught.value.outcome_unknown
    assert caught.value.reference == "42"


def test_a_reference_may_come_back_as_a_number(reader: Client, reads: RewrittenReads) -> None:
    """It looks like one; it is found all the same."""
    reads.always = with_(
        captures=[{"capture_id": "c", "reference": 42, "captured_amount": 100}], captured_amount=100
    )
    existing = reader.ensure_capture(ID, 100, reference="42")
    assert (existing.already_done, existing.id) == (True, "c")
    reads.always = with_(captures=[{"reference": 42, "captured_amount": 100}])
    existing = reader.ensure_capture(ID, 100, reference="42")
    assert (existing.id, existing.note) == (
        None,
        "The capture is there, and the order names no id of it.",
    )


def test_amounts_that_cannot_be_read_do_not_refuse_a_refund(
    reader: Client, reads: RewrittenReads
) -> None:
    """The API decides."""
    reader.capture(ID, 4000)
    reads.always = with_(captured_amount="4000")
    assert reader.ensure_refund(ID, 1000, reference="r-1").id


REFUNDED_ELSEWHERE = {
    "status": "CAPTURED",
    "captured_amount": 1000,
    "refunded_amount": 0,
    "refunds": [],
}


@pytest.mark.parametrize(
    ("verb", "amount", "fields"),
    [
        (
            "ensure_refund",
            50,
            {**REFUNDED_ELSEWHERE, "captures": [{"captured_amount": 1000, "refunded_amount": 50}]},
        ),
        (
            "ensure_refund",
            1000,
            {
                **REFUNDED_ELSEWHERE,
                "captures": [{"captured_amount": 1000, "refunded_amount": 1000}],
            },
        ),
        ("ensure_refund", 50, {**REFUNDED_ELSEWHERE, "captures": [None]}),
        ("ensure_refund", 50, {**REFUNDED_ELSEWHERE, "captures": "x"}),
        (
            "ensure_capture",
            100,
            {"status": "PART_CAPTURED", "captured_amount": "100", "captures": []},
        ),
        ("ensure_capture", 100, {"status": "CAPTURED", "captured_amount": None, "captures": None}),
    ],
)
def test_effects_that_are_counted_anywhere_are_not_made_again(
    reader: Client, reads: RewrittenReads, verb: str, amount: int, fields: dict[str, Any]
) -> None:
    """Where any place of an order counts what it does not list,
    nothing is sent, and nothing is said to be impossible.
    """
    reads.always = with_(**fields)
    with pytest.raises(UnexpectedResponse) as caught:
        getattr(reader, verb)(ID, amount, reference="r-1")
    assert caught.value.outcome_unknown
    assert (caught.value.reference, reads.writes) == ("r-1", 0)


def test_an_order_that_does_not_say_what_is_left(reader: Client, reads: RewrittenReads) -> None:
    """No amount is made up."""
    reads.always = without("remaining_authorized_amount")
    with pytest.raises(UnexpectedResponse, match="what is left to capture cannot be read"):
        reader.ensure_capture(ID, reference="x")
    assert reads.writes == 0


def test_refunds_that_cannot_be_read_are_no_proof(reader: Client, reads: RewrittenReads) -> None:
    """As of captures: whether this was done before cannot be told, and nothing is sent."""
    reader.capture(ID, 5000)
    reads.always = with_(refunds=["x"])
    with pytest.raises(UnexpectedResponse, match="its refunds cannot be read") as caught:
        reader.ensure_refund(ID, 100, reference="r-1")
    assert caught.value.outcome_unknown
    assert reads.writes == 1
