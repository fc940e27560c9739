"""No definite word without evidence: what a stale, odd or missing answer may not decide."""

from typing import Any

import pytest
from support import Client

from kustom_facade import CaptureNotAllowed, UnexpectedResponse
from kustom_facade.sandbox import Fault

from .network import ID, RewrittenReads, with_, without


def test_a_refusal_of_our_own_is_told_from_one_of_the_api(
    reader: Client, reads: RewrittenReads
) -> None:
    """Only a refusal that was sent and answered advises another attempt."""
    reads.always = with_(status="CANCELLED")
    with pytest.raises(CaptureNotAllowed) as local:
        reader.ensure_capture(ID, 100, reference="s-1")
    assert (local.value.decided_locally, local.value.attempts) == (True, 0)
    assert "attempt=2" not in local.value.hint
    assert "same attempt" in local.value.hint
    reads.always = lambda order: order
    reads.sandbox.faults.add(
        Fault("status", verb="capture", status=403, code="CAPTURE_NOT_ALLOWED")
    )
    with pytest.raises(CaptureNotAllowed) as sent:
        reader.ensure_capture(ID, 100, reference="s-1")
    assert (sent.value.decided_locally, sent.value.attempts) == (False, 1)
    assert "attempt=2" in sent.value.hint


def test_one_stale_read_refuses_nothing(reader: Client, reads: RewrittenReads) -> None:
    """A second read has to agree, also on a status that is final."""
    for stale in (with_(status="CANCELLED"), with_(remaining_authorized_amount=0, order_amount=0)):
        reads.views = [stale]
        assert reader.ensure_capture(ID, 10, reference=f"s-{len(reads.seen)}").id


@pytest.mark.parametrize(
    "odd",
    [
        with_(
            captures=[], captured_amount=0, remaining_authorized_amount=4000, status="AUTHORIZED"
        ),
        with_(captures=[], captured_amount=0, remaining_authorized_amount=4000),
        with_(captures=[], captured_amount=0),
        without("captures", "captured_amount"),
    ],
    ids=["the rest is less", "part captured, the rest is less", "part captured", "says nothing"],
)
def test_an_order_that_contradicts_itself_is_no_ground_to_send(
    reader: Client, reads: RewrittenReads, odd: Any
) -> None:
    """What it counts and does not list may be this very event, its key forgotten by now."""
    reader.ensure_capture(ID, 6000, reference="s-1")
    reads.always, writes = odd, reads.writes
    with pytest.raises(UnexpectedResponse) as caught:
        reader.ensure_capture(ID, 3000, reference="s-2")
    assert (caught.value.outcome_unknown, caught.value.transient) == (True, True)
    assert reads.writes == writes
    # A person has looked, and goes on.
    assert reader.ensure_capture(ID, 3000, reference="s-2", verified_absent=True).id
    assert reads.writes == writes + 1


def test_a_contradiction_too_small_to_hide_the_event_does_not_stop_it(
    reader: Client, reads: RewrittenReads
) -> None:
    """A capture of 3000 cannot be among 100 that are missing."""
    reads.always = with_(remaining_authorized_amount=9900)
    assert reader.ensure_capture(ID, 3000, reference="s-1").id
    # All that is left may be any amount, such as the 100.
    reads.always = with_(remaining_authorized_amount=6900)
    with pytest.raises(UnexpectedResponse):
        reader.ensure_capture(ID, reference="s-2")


def test_a_success_that_the_order_does_not_show_says_so(
    reader: Client, reads: RewrittenReads
) -> None:
    """To a key that it knows the API answers with a success, whatever the amount is."""
    before = reads.sandbox.order(ID)
    reads.always = lambda _: before
    done = reader.ensure_capture(ID, 100, reference="s-1")
    assert done.id
    assert "does not show it (yet)" in done.note
