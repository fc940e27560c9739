"""Letting go of what was not captured, through lost answers and races."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support import CANARY, Client

from kustom_facade import (
    BadRequest,
    CancelNotAllowed,
    ConnectionFailed,
    KustomClient,
    RetryPolicy,
    UnexpectedResponse,
)

from .network import ID, FaultyTransport, RewrittenReads, Script, answer, lost, with_, without


def test_void_cancels_what_was_not_captured(client: Client, network: FaultyTransport) -> None:
    """And says so; again there is nothing left."""
    done = client.void(ID)
    assert (done.action, network.sandbox.order(ID)["status"]) == ("cancelled", "CANCELLED")
    assert done.idempotency_key
    again = client.void(ID)
    assert (again.action, again.idempotency_key, again.attempts) == ("nothing", None, 0)


def test_void_releases_the_rest(client: Client, network: FaultyTransport) -> None:
    """After a capture; again there is nothing left."""
    client.capture(ID, 4000)
    assert client.void(ID).action == "released"
    assert network.sandbox.order(ID)["remaining_authorized_amount"] == 0
    assert client.void(ID).action == "nothing"


def test_void_and_a_capture_that_race(client: Client, network: FaultyTransport) -> None:
    """Captured between the read and the cancellation: the rest is released."""

    def capture_first(_: httpx.Request) -> None:
        with KustomClient(CANARY, transport=network.sandbox) as other:
            other.capture(ID, 4000)

    network.before = [capture_first]
    assert client.void(ID).action == "released"
    assert network.sandbox.order(ID)["captured_amount"] == 4000


def test_void_that_is_refused_for_no_visible_reason(
    client: Client, network: FaultyTransport
) -> None:
    """The refusal is passed on; nothing is guessed."""
    network.before = [answer(403, "CANCEL_NOT_ALLOWED")]
    with pytest.raises(CancelNotAllowed):
        client.void(ID)


def test_void_whose_answer_is_lost(client: Client, network: FaultyTransport) -> None:
    """The order shows that it is done: the one, and after a capture the other."""
    network.after = [lost]
    done = client.void(ID)
    assert (done.action, done.attempts) == ("cancelled", 1)
    assert "The answer was lost" in done.note
    other = network.sandbox.add_order({"order_amount": 1000})
    client.capture(other, 400)
    network.after = [lost]
    assert client.void(other).action == "released"


def test_void_that_did_not_arrive(client: Client, network: FaultyTransport) -> None:
    """It may be called again, which is what the error says: there is no key to pass."""
    network.before = [lost]
    with pytest.raises(ConnectionFailed, match="Call void again") as caught:
        client.void(ID)
    assert caught.value.outcome_unknown
    assert "idempotency_key=" not in str(caught.value)
    assert client.void(ID).action == "cancelled"


def test_void_whose_request_is_lost_while_somebody_captures(
    client: Client, network: FaultyTransport
) -> None:
    """What the order shows was not ours: the rest is released, or nothing is left to do."""

    def captured(amount: int) -> Script:
        def capture(_: httpx.Request) -> httpx.Response:
            with KustomClient(CANARY, transport=network.sandbox) as other:
                other.capture(ID, amount)
            raise httpx.ReadTimeout("late")

        return capture

    network.before = [captured(4000)]
    assert client.void(ID).action == "released"
    network.sandbox.reset()
    network.before = [captured(10000)]
    assert client.void(ID).action == "nothing"


def test_two_voids_that_race(client: Client, network: FaultyTransport) -> None:
    """The slower one finds nothing left to do, also where its read lags."""
    client.capture(ID, 4000)

    def other(_: httpx.Request) -> None:
        with KustomClient(CANARY, transport=network.sandbox) as faster:
            faster.void(ID)

    network.before = [other]
    assert client.void(ID).action == "nothing"


def test_void_after_a_conflict(connect: Callable[..., Client], reads: RewrittenReads) -> None:
    """409 with the effect, and one read that lags: found, after a short wait."""
    reader = connect(transport=reads, retry=RetryPolicy(attempts=1, base=0.001))
    before = reads.sandbox.order(ID)
    reads.after = [answer(409, "CONFLICT")]
    reads.views = [lambda _: before] * 2
    assert reader.void(ID).action == "nothing"
    assert reads.sandbox.order(ID)["status"] == "CANCELLED"


@pytest.mark.parametrize("fields", [{"status": "ON_HOLD"}, {"status": None}])
def test_void_of_an_order_whose_state_is_not_known(
    reader: Client, reads: RewrittenReads, fields: dict[str, Any]
) -> None:
    """That nothing is left would be a guess, with an authorization that may stand."""
    reads.always = with_(**fields)
    with pytest.raises(UnexpectedResponse, match="what can be let go of an order whose status is"):
        reader.void(ID)
    assert reads.writes == 0


def test_void_of_an_order_without_amounts(reader: Client, reads: RewrittenReads) -> None:
    """PART_CAPTURED says enough."""
    reader.capture(ID, 4000)
    reads.always = without("captured_amount", "captures")
    assert reader.void(ID).action == "released"


@pytest.mark.parametrize(
    ("after", "action"),
    [
        ({"status": "SUSPENDED"}, None),
        ({"status": "CAPTURED", "order_amount": "1000"}, "nothing"),
        ({"status": "CAPTURED", "captured_amount": "400"}, "nothing"),
        ({"status": "EXPIRED"}, "nothing"),
        ({"status": "CAPTURED"}, "released"),
    ],
)
def test_void_after_a_lost_release_and_an_odd_read(
    reader: Client, reads: RewrittenReads, after: dict[str, Any], action: str | None
) -> None:
    """The first error stands, with its key, where the order proves nothing;
    and nothing is claimed that it does not show.
    """
    reader.capture(ID, 4000)
    reads.views, reads.always = [lambda order: order], with_(**after)
    reads.before = [lost]
    if action is None:
        with pytest.raises(ConnectionFailed, match="Call void again") as caught:
            reader.void(ID)
        assert caught.value.outcome_unknown
        assert caught.value.idempotency_key
    else:
        assert reader.void(ID).action == action


def test_void_that_something_else_stands_against(client: Client, network: FaultyTransport) -> None:
    """An error that says nothing of the order is passed on at once;
    so is one whose reads fail, too.
    """
    network.before = [answer(400)]
    with pytest.raises(BadRequest):
        client.void(ID)
    assert [method for method, _ in network.seen] == ["GET", "POST"]

    def gone(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and network.writes > 1:
            return httpx.Response(500)
        return FaultyTransport.handle_request(network, request)

    network.before = [answer(403, "CANCEL_NOT_ALLOWED")]
    network.handle_request = gone  # type: ignore[method-assign]  # as a network that fails from here on
    with pytest.raises(CancelNotAllowed):
        client.void(ID)
