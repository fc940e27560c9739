"""No definite word without evidence: what a stale, odd or missing answer may not decide."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support import Client

from kustom_facade import CaptureNotAllowed, ReferenceConflict, ServerError, UnexpectedResponse
from kustom_facade.sandbox import Fault

from .network import ID, ONCE, RewrittenReads, lost, with_, without


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


def test_two_reads_in_a_row_have_to_agree_on_a_refusal(
    reader: Client, reads: RewrittenReads
) -> None:
    """The first one allowed it, and the last may be stale: nothing definite follows from that."""
    reads.views = [
        with_(remaining_authorized_amount=0, order_amount=0),
        lambda order: order,
        with_(remaining_authorized_amount=0, order_amount=0),
    ]
    with pytest.raises(UnexpectedResponse, match="reads do not agree") as caught:
        reader.ensure_capture(ID, 100, reference="s-1")
    assert (caught.value.outcome_unknown, caught.value.transient) == (True, True)
    assert reads.writes == 0


def test_what_a_read_counted_is_not_undone_by_a_stale_one(
    reader: Client, reads: RewrittenReads
) -> None:
    """A refund was counted, and the next reads are of before the capture."""
    before = reads.sandbox.order(ID)
    reader.ensure_capture(ID, 10000, reference="s-1")
    reader.ensure_refund(ID, 5000, reference="r-1")
    reads.views = [with_(refunds=[]), lambda _: before, lambda _: before]
    with pytest.raises(UnexpectedResponse, match=", and then ") as caught:
        reader.ensure_refund(ID, 5000, reference="r-1")
    assert caught.value.outcome_unknown


@pytest.mark.parametrize(
    "stale",
    [
        with_(captures=[], captured_amount=0, remaining_authorized_amount=0, status="CLOSED"),
        with_(captured_amount=0),
        with_(captured_amount=0, remaining_authorized_amount=4000, status="AUTHORIZED"),
    ],
    ids=["closed and empty", "counts nothing and lists some", "the rest is less"],
)
def test_a_refund_is_not_refused_for_captures_that_contradict_themselves(
    reader: Client, reads: RewrittenReads, stale: Any
) -> None:
    """What was captured is what any place of the order says was."""
    reader.ensure_capture(ID, 6000, reference="s-1")
    reads.always = stale
    assert reader.ensure_refund(ID, 1000, reference="r-1").id


def test_reads_that_fail_between_others_decide_nothing(
    reader: Client, reads: RewrittenReads
) -> None:
    """One that succeeds is enough; where none does, its error is told, and nothing is sent."""
    cancelled = with_(status="CANCELLED")
    reads.views = [cancelled]
    respond = reads.handle_request
    failing = [False, True]

    def answer(request: Any) -> Any:
        broken = request.method == "GET" and failing and failing.pop(0)
        return httpx.Response(503) if broken else respond(request)

    reads.handle_request = answer  # type: ignore[method-assign]  # from here on
    with pytest.raises(ServerError):
        reader.ensure_capture(ID, 100, reference="s-1")
    assert reads.writes == 0


def test_an_order_captured_in_full_with_something_left_contradicts_itself(
    reader: Client, reads: RewrittenReads
) -> None:
    """Its status is ahead of its amounts, or behind them: what was captured is not known."""
    reader.ensure_capture(ID, 2000, reference="s-1")
    reads.always, writes = with_(status="CAPTURED"), reads.writes
    with pytest.raises(UnexpectedResponse) as caught:
        reader.ensure_capture(ID, 8000, reference="s-2")
    assert (caught.value.outcome_unknown, caught.value.transient) == (True, True)
    # Nor is a refund refused for it.
    assert reader.ensure_refund(ID, 500, reference="r-1").id
    assert reads.writes == writes + 1


def test_a_conflict_that_is_found_after_a_lost_answer_leaves_the_outcome_open(
    reader: Client, reads: RewrittenReads, connect: Callable[..., Client]
) -> None:
    """What was sent may have taken effect as well, once the first key was forgotten."""
    first = reader.ensure_capture(ID, 2000, reference="s-1")
    other = connect(transport=reads, retry=ONCE, guard_keys=False)
    reads.views = [with_(captures=[], captured_amount=0, status="AUTHORIZED", order_amount=8000)]
    reads.after = [lost]
    with pytest.raises(ReferenceConflict) as caught:
        other.ensure_capture(ID, 3000, reference="s-1")
    assert (caught.value.outcome_unknown, caught.value.attempts) == (True, 1)
    assert first.id
