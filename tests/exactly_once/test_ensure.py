"""Exactly once: captures and refunds through lost answers, lagging reads, refusals and races."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sending.playing import session
from support import CANARY, ORDER, Client

from kustom_facade import (
    AuthenticationFailed,
    CaptureNotAllowed,
    ConnectionFailed,
    Created,
    DuplicateReference,
    IdempotencyKeyReused,
    InvalidRequest,
    KustomClient,
    KustomError,
    Money,
    RateLimited,
    ReferenceConflict,
    RefundNotAllowed,
    ServerError,
    lines,
)
from kustom_facade._exactly_once import ensure
from kustom_facade._sending.steps import Received, Send
from kustom_facade.idempotency import key_for
from kustom_facade.sandbox import Clock, Sandbox

from .network import ID, ONCE, FaultyTransport, RewrittenReads, answer, effects, lost, with_


def test_the_first_time_it_is_made(client: Client, network: FaultyTransport) -> None:
    """With the key of its reference, which it carries along."""
    created = client.ensure_capture(
        ID, Money(4000, "SEK"), reference="shipment-1", description="one"
    )
    assert isinstance(created, Created)
    assert not created.already_done
    assert created.idempotency_key == key_for("capture", ID, "shipment-1")
    assert effects(network) == [("shipment-1", 4000)]
    # Read, send, and check: a key that the API knows is answered with a success whatever the amount
    # is.
    assert network.seen == [("GET", None), ("POST", created.idempotency_key), ("GET", None)]


def test_the_next_time_it_is_found(client: Client, network: FaultyTransport) -> None:
    """Nothing is sent; the id is the same."""
    created = client.ensure_capture(ID, 4000, reference="shipment-1")
    again = client.ensure_capture(ID, 4000, reference="shipment-1")
    assert again.already_done
    assert (again.id, again.idempotency_key) == (created.id, created.idempotency_key)
    assert (again.location, again.correlation_id, again.attempts, dict(again.headers)) == (
        None,
        None,
        0,
        {},
    )
    assert network.writes == 1
    assert client.ensure_capture(ID, 4000, reference="shipment-1", attempt=2).already_done


def test_two_events_of_one_order_are_two(client: Client, network: FaultyTransport) -> None:
    """A second partial capture is not swallowed; a refund with a capture's reference neither."""
    client.ensure_capture(ID, 4000, reference="shipment-1")
    client.ensure_capture(ID, 4000, reference="shipment-2")
    back = client.ensure_refund(ID, 1000, reference="shipment-1")
    assert effects(network) == [("shipment-1", 4000), ("shipment-2", 4000)]
    assert effects(network, "refunds") == [("shipment-1", 1000)]
    assert client.ensure_refund(ID, 1000, reference="shipment-1").id == back.id
    assert back.idempotency_key == key_for("refund", ID, "shipment-1")


def test_another_amount_under_the_reference_is_a_conflict(
    client: Client, network: FaultyTransport
) -> None:
    """Two events that were given one name, or one whose amount changed: a person decides."""
    client.ensure_capture(ID, 4000, reference="shipment-1")
    with pytest.raises(ReferenceConflict, match="of 4000, not of 4001") as caught:
        client.ensure_capture(ID, 4001, reference="shipment-1")
    assert caught.value.reference == "shipment-1"
    assert caught.value.idempotency_key == key_for("capture", ID, "shipment-1")
    assert network.writes == 1


def test_a_reference_that_is_there_twice_is_told(client: Client, network: FaultyTransport) -> None:
    """Somebody captured twice before us; which one is right, a machine cannot know."""
    for _ in range(2):
        client.capture(ID, 1000, reference="shipment-1")
    with pytest.raises(DuplicateReference, match="2 captures with the reference 'shipment-1'"):
        client.ensure_capture(ID, 1000, reference="shipment-1")
    assert network.writes == 2


def test_a_lost_answer_is_found_in_the_order(client: Client, network: FaultyTransport) -> None:
    """The effect was made, the answer lost: the second read tells."""
    network.after = [lost]
    created = client.ensure_capture(ID, 4000, reference="shipment-1")
    assert created.already_done
    assert created.id == network.sandbox.order(ID)["captures"][0]["capture_id"]
    assert network.writes == 1


def test_a_lost_request_is_safe_to_call_again(client: Client, network: FaultyTransport) -> None:
    """Not there after bounded waiting:
    unknown, and the error says how to go on; then it is made, once.
    """
    network.before = [lost]
    with pytest.raises(
        ConnectionFailed, match=r"safe to call again with the same reference='shipment-1'"
    ) as caught:
        client.ensure_capture(ID, 4000, reference="shipment-1")
    assert caught.value.outcome_unknown
    assert caught.value.reference == "shipment-1"
    assert caught.value.idempotency_key == key_for("capture", ID, "shipment-1")
    assert [method for method, _ in network.seen] == ["GET", "POST", "GET", "GET", "GET"]
    assert not client.ensure_capture(ID, 4000, reference="shipment-1").already_done
    assert effects(network) == [("shipment-1", 4000)]


@pytest.mark.parametrize("lag", [1, 2, 3, 9])
def test_reads_that_lag(
    client: Client, network: FaultyTransport, lag: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are waited for a while;
    where that is too short, the key makes the next call harmless.
    """
    stale = network.sandbox.order(ID)
    respond, reads = network.sandbox.handle_request, [0]

    def lagging(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            reads[0] += 1
            if reads[0] <= lag:
                return httpx.Response(200, json=stale)
        return respond(request)

    monkeypatch.setattr(network.sandbox, "handle_request", lagging)
    network.after = [lost]
    done: list[Created] = []
    for _ in range(3):
        try:
            done.append(client.ensure_capture(ID, 4000, reference="shipment-1"))
        except ConnectionFailed as error:
            assert error.outcome_unknown  # noqa: PT017  # either way is right, this is what holds for both
    assert done
    assert len({result.id for result in done}) == 1
    assert effects(network) == [("shipment-1", 4000)]


def test_safe_when_the_keys_lifetime_is_over(connect: Callable[..., Client]) -> None:
    """A day later the API has forgotten the key; the order still shows the reference."""
    clock = Clock(datetime(2026, 3, 2, tzinfo=UTC))
    network = FaultyTransport(Sandbox(clock=clock))
    client = connect(transport=network, retry=ONCE)
    network.after = [lost]
    client.ensure_capture(ID, 4000, reference="shipment-1")
    clock.advance(timedelta(days=2))
    assert client.ensure_capture(ID, 4000, reference="shipment-1").already_done
    assert effects(network) == [("shipment-1", 4000)]


@pytest.mark.parametrize("status", [500, 502, 503, 520])
def test_a_server_error_after_the_effect(
    client: Client, network: FaultyTransport, status: int
) -> None:
    """Found in the order."""
    network.after = [answer(status)]
    assert client.ensure_capture(ID, 4000, reference="shipment-1").already_done


def test_a_conflict_is_decided_by_what_is_there(client: Client, network: FaultyTransport) -> None:
    """Another caller was faster: its capture is ours. Nobody was: call again."""
    network.after = [answer(409, "CONFLICT")]
    assert client.ensure_capture(ID, 4000, reference="shipment-1").already_done
    network.before = [answer(409, "CONFLICT")]
    with pytest.raises(ConnectionFailed, match="safe to call again"):
        client.ensure_capture(ID, 1000, reference="shipment-2")


def test_a_refusal_is_decided_by_what_is_there(client: Client, network: FaultyTransport) -> None:
    """Refused although it is there: found. Refused and not there: the refusal, as it came."""
    network.after = [answer(403, "CAPTURE_NOT_ALLOWED")]
    assert client.ensure_capture(ID, 4000, reference="shipment-1").already_done
    network.before = [answer(403, "CAPTURE_NOT_ALLOWED")]
    with pytest.raises(CaptureNotAllowed) as caught:
        client.ensure_capture(ID, 1000, reference="shipment-2")
    assert (caught.value.attempts, caught.value.outcome_unknown) == (1, False)


@pytest.mark.parametrize(("status", "kind"), [(401, AuthenticationFailed), (429, RateLimited)])
def test_what_has_nothing_to_do_with_the_order_is_raised_after_one_look(
    client: Client, network: FaultyTransport, status: int, kind: type[KustomError]
) -> None:
    """A wrong key, too many requests:
    one read, for a gateway may say so after the effect as well.
    """
    network.before = [answer(status)]
    with pytest.raises(kind) as caught:
        client.ensure_capture(ID, 1000, reference="shipment-1")
    assert [method for method, _ in network.seen] == ["GET", "POST", "GET"]
    assert (caught.value.reference, caught.value.attempts) == ("shipment-1", 1)
    network.after = [answer(status)]
    assert client.ensure_capture(ID, 1000, reference="shipment-1").already_done


def test_an_order_that_cannot_be_read_again(
    client: Client, network: FaultyTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first error holds, and it is still safe to call again."""
    network.after = [lost]
    respond = network.handle_request

    def failing(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and network.writes:
            raise httpx.ConnectError("gone")
        return respond(request)

    monkeypatch.setattr(network, "handle_request", failing)
    with pytest.raises(ConnectionFailed, match="safe to call again"):
        client.ensure_capture(ID, 1000, reference="shipment-1")
    monkeypatch.undo()
    assert effects(network) == [("shipment-1", 1000)]


@pytest.mark.parametrize(
    ("change", "verb", "amount", "kind", "why"),
    [
        ({"status": "CANCELLED"}, "ensure_capture", 1, CaptureNotAllowed, "the order is CANCELLED"),
        ({"status": "EXPIRED"}, "ensure_capture", 1, CaptureNotAllowed, "the order is EXPIRED"),
        (
            {"fraud_status": "PENDING"},
            "ensure_capture",
            1,
            CaptureNotAllowed,
            "fraud_status is PENDING",
        ),
        ({}, "ensure_capture", 10001, CaptureNotAllowed, "remaining_authorized_amount of 10000"),
        (
            {},
            "ensure_refund",
            1,
            RefundNotAllowed,
            "1 is more than the 0 captured less the 0 refunded",
        ),
    ],
)
def test_what_the_order_does_not_allow_is_not_sent(
    connect: Callable[..., Client],
    change: dict[str, Any],
    verb: str,
    amount: int,
    kind: type[KustomError],
    why: str,
) -> None:
    """Decided from the order that was read,
    with the same friendly error that the API's refusal would be.
    """
    sandbox = Sandbox()
    order_id = sandbox.add_order(
        {"order_id": "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11", "order_amount": 10000, **change}
    )
    network = FaultyTransport(sandbox)
    with pytest.raises(kind, match=why) as caught:
        getattr(connect(transport=network), verb)(order_id, amount, reference="r-1")
    assert network.writes == 0
    assert (caught.value.attempts, caught.value.reference) == (0, "r-1")
    assert "was not sent" in str(caught.value)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"reference": ""}, InvalidRequest),
        ({"reference": "r" * 256}, InvalidRequest),
        ({"reference": 42}, TypeError),
        ({"reference": "r", "attempt": 0}, ValueError),
        ({"reference": "r", "amount": 1.0}, TypeError),
        ({"reference": "r", "amount": 0}, InvalidRequest),
        ({"reference": "r", "amount": -1}, InvalidRequest),
        ({"reference": "r "}, InvalidRequest),
        ({"reference": "   "}, InvalidRequest),
        ({"reference": "e\u0301"}, InvalidRequest),
        ({"reference": "r", "order_id": "123"}, InvalidRequest),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_sent(
    client: Client, network: FaultyTransport, options: dict[str, Any], kind: type[Exception]
) -> None:
    """Not even the order is read."""
    arguments = {"order_id": ID, "amount": 1, **options}
    with pytest.raises(kind) as caught:
        client.ensure_capture(arguments.pop("order_id"), arguments.pop("amount"), **arguments)
    assert network.seen == []
    if isinstance(caught.value, KustomError):
        assert caught.value.reference == options["reference"]


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_callers_that_race_capture_once(mode: str) -> None:
    """Eight clients read an order without the capture, and all send: the key makes them one."""
    sandbox, barrier = Sandbox(), threading.Barrier(8)

    class Together(FaultyTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                barrier.wait()
            return super().handle_request(request)

    results: list[Created] = []

    def work() -> None:
        client = Client(mode, transport=Together(sandbox))
        results.append(client.ensure_capture(ID, 4000, reference="shipment-1"))
        client.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({result.id for result in results}) == 1
    assert len(results) == 8
    assert sandbox.order(ID)["captured_amount"] == 4000


@pytest.mark.parametrize(("replay_refusals", "captured"), [(True, 1000), (False, 2000)])
def test_why_the_library_never_advances_the_attempt(replay_refusals: bool, captured: int) -> None:
    """Two callers race while a refusal turns into an acceptance; a library that advanced by itself
    would capture twice.

    The first is refused and advances; the second's first attempt, on its way all the while, is
    accepted too. Only an API that replays refusals would save it, and whether this one does is not
    known.
    """
    sandbox = Sandbox(replay_refusals=replay_refusals)
    order_id = sandbox.add_order(
        {
            "order_id": "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11",
            "order_amount": 10000,
            "fraud_status": "PENDING",
        }
    )

    def accepted(attempt: int) -> bool:
        """One attempt, sent by a caller that saw no capture when it read the order."""
        with KustomClient("kco_test_x", transport=sandbox, retry=ONCE) as kustom:
            try:
                kustom.capture(
                    order_id,
                    1000,
                    reference="shipment-1",
                    idempotency_key=key_for("capture", order_id, "shipment-1", attempt=attempt),
                )
            except CaptureNotAllowed:
                return False
            return True

    assert not accepted(1)  # the first caller, while the fraud check is pending
    _accept(sandbox, order_id)
    assert accepted(2)  # the first caller, advancing by itself
    assert accepted(1) != replay_refusals  # the second caller's first attempt arrives
    assert accepted(
        2
    )  # and were it refused, it would advance to the same key, and get the same capture
    assert sandbox.order(order_id)["captured_amount"] == captured
    # The same second caller, as the library does it: it reads, finds, and sends nothing.
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        kind: Any = DuplicateReference if captured == 2000 else None
        if kind is None:
            assert kustom.ensure_capture(order_id, 1000, reference="shipment-1").already_done
        else:
            with pytest.raises(kind):
                kustom.ensure_capture(order_id, 1000, reference="shipment-1")


def _accept(sandbox: Sandbox, order_id: str) -> None:
    """The fraud check ends well."""
    sandbox._orders[order_id]["fraud_status"] = "ACCEPTED"


@pytest.mark.parametrize("replay_refusals", [True, False])
def test_a_refusal_does_not_block_its_reference(replay_refusals: bool) -> None:
    """attempt=2 is another key: where the API replays its refusal,
    the caller's only way before tomorrow.
    """
    sandbox = Sandbox(replay_refusals=replay_refusals)
    order_id = sandbox.add_order(
        {"order_id": "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11", "order_amount": 10000}
    )
    network = FaultyTransport(sandbox)
    with KustomClient("kco_test_x", transport=network, retry=ONCE) as kustom:
        sandbox._orders[order_id]["fraud_status"] = "PENDING"
        with pytest.raises(
            CaptureNotAllowed
        ):  # sent past the check of the order, as by a read that lags
            kustom.capture(
                order_id, 1000, reference="s-1", idempotency_key=key_for("capture", order_id, "s-1")
            )
        _accept(sandbox, order_id)
        if replay_refusals:
            with pytest.raises(CaptureNotAllowed):
                kustom.ensure_capture(order_id, 1000, reference="s-1")
            assert not kustom.ensure_capture(
                order_id, 1000, reference="s-1", attempt=2
            ).already_done
        else:
            assert not kustom.ensure_capture(order_id, 1000, reference="s-1").already_done
        assert kustom.ensure_capture(order_id, 1000, reference="s-1", attempt=2).already_done
    assert sandbox.order(order_id)["captured_amount"] == 1000


def test_a_read_that_lags_behind_the_capture_does_not_refuse_its_refund(
    reader: Client, reads: RewrittenReads
) -> None:
    """What stands against it is read again, a final status once."""
    before = reads.sandbox.order(ID)
    reader.ensure_capture(ID, 4000, reference="s-1")
    reads.views = [lambda _: before]
    assert reader.ensure_refund(ID, 1000, reference="r-1").id
    reader.void(ID)
    seen = len(reads.seen)
    with pytest.raises(CaptureNotAllowed, match="the order is CAPTURED"):
        reader.ensure_capture(ID, 1, reference="s-2")
    assert len(reads.seen) == seen + 2


def test_the_key_of_another_amount_is_found_out(connect: Callable[..., Client]) -> None:
    """Two callers that race with two amounts:
    the API answers both with the first; the second is told.
    """
    sandbox = Sandbox()
    network = FaultyTransport(sandbox)

    def other(_: httpx.Request) -> None:
        with KustomClient("kco_test_other", transport=sandbox) as faster:  # in another process
            faster.ensure_capture(ID, 5000, reference="s-1")

    network.before = [other]
    with pytest.raises(ReferenceConflict, match="of 5000, not of 4000") as caught:
        connect(transport=network, retry=ONCE).ensure_capture(ID, 4000, reference="s-1")
    assert caught.value.attempts == 1
    assert effects(network) == [("s-1", 5000)]


def test_a_success_that_cannot_be_checked_is_a_success(
    client: Client, network: FaultyTransport
) -> None:
    """The money moved; that the order could not be read again is a note."""
    respond = network.handle_request

    def failing(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and network.writes:
            return httpx.Response(503)
        return respond(request)

    network.handle_request = failing  # type: ignore[method-assign]  # as a network that fails from here on
    created = client.ensure_capture(ID, 4000, reference="s-1")
    assert created.id
    assert "It was made, but the order could not be read again" in created.note
    assert not created.already_done


def test_a_success_without_an_id_finds_it_in_the_order(
    client: Client, network: FaultyTransport
) -> None:
    """The check reads it anyway."""
    network.after = [lambda _: httpx.Response(201)]
    created = client.ensure_capture(ID, 4000, reference="s-1")
    assert created.id == network.sandbox.order(ID)["captures"][0]["capture_id"]
    assert created.note == ""


def test_two_of_one_reference_are_told_by_whoever_makes_the_second(
    client: Client, network: FaultyTransport
) -> None:
    """Somebody captured under the reference without its key in between:
    at least it is known at once.
    """

    def other(_: httpx.Request) -> None:
        with KustomClient(CANARY, transport=network.sandbox) as careless:
            careless.capture(ID, 4000, reference="s-1")

    network.before = [other]
    with pytest.raises(DuplicateReference) as caught:
        client.ensure_capture(ID, 4000, reference="s-1")
    assert caught.value.attempts == 1


@pytest.mark.parametrize("lag", [1, 2])
def test_a_refusal_is_settled_by_reads_that_may_lag(
    reader: Client, reads: RewrittenReads, lag: int
) -> None:
    """Another caller's attempt=2 captured everything:
    the refusal of ours is no answer to whether it was done.
    """
    before = reads.sandbox.order(ID)

    def other(_: httpx.Request) -> None:
        with KustomClient(CANARY, transport=reads.sandbox) as faster:
            faster.ensure_capture(ID, 10000, reference="s-1", attempt=2)

    reads.before = [other]
    reads.views = [lambda _: before] * (1 + lag)
    assert reader.ensure_capture(ID, 10000, reference="s-1").already_done


@pytest.mark.parametrize("text", ["", "<html>"])
def test_a_firewall_that_answers_after_the_effect(
    client: Client, network: FaultyTransport, text: str
) -> None:
    """403 without a code, from whoever stands between: what is there decides."""
    network.after = [lambda _: httpx.Response(403, text=text)]
    assert client.ensure_capture(ID, 4000, reference="s-1").already_done


def test_another_description_is_the_same_event(client: Client, network: FaultyTransport) -> None:
    """The API looks at the key alone, and so does the guard here;
    another amount is another event.
    """
    network.before = [lost, lost]
    with pytest.raises(ConnectionFailed):
        client.ensure_capture(ID, 4000, reference="s-1", description="run 1")
    with pytest.raises(
        ReferenceConflict, match="was used in this process with another amount"
    ) as caught:
        client.ensure_capture(ID, 4001, reference="s-1")
    assert (caught.value.reference, caught.value.idempotency_key) == (
        "s-1",
        key_for("capture", ID, "s-1"),
    )
    with pytest.raises(ConnectionFailed):
        client.ensure_capture(ID, 4000, reference="s-1", description="run 2")
    assert client.ensure_capture(ID, 4000, reference="s-1", description="run 3").id


@pytest.mark.parametrize("status", [404, 503, 401])
def test_a_first_read_that_fails_says_which_event_it_was_for(
    connect: Callable[..., Client], status: int
) -> None:
    """No write is unknown, nothing was done, and the same reference may be tried again."""
    client = connect(transport=httpx.MockTransport(lambda _: httpx.Response(status)), retry=ONCE)
    with pytest.raises(KustomError) as caught:
        client.ensure_capture(ID, 100, reference="s-1")
    error = caught.value
    assert (error.reference, error.idempotency_key) == ("s-1", key_for("capture", ID, "s-1"))
    assert not error.outcome_unknown
    assert ("call again later with the same reference='s-1'" in str(error)) == (status == 503)


def test_an_unknown_outcome_keeps_what_support_asks_for(
    client: Client, network: FaultyTransport
) -> None:
    """The correlation id of the answer that settled nothing; and the cause does not get lost."""
    network.before = [lambda _: httpx.Response(503, headers={"klarna-correlation-id": "c-0815"})]
    with pytest.raises(ConnectionFailed, match="correlation id c-0815") as caught:
        client.ensure_capture(ID, 100, reference="s-1")
    assert isinstance(caught.value.__cause__, ServerError)


def test_amounts_in_another_currency_than_the_orders(
    connect: Callable[..., Client], network: FaultyTransport, caplog: pytest.LogCaptureFixture
) -> None:
    """The order was read, so its currency is known:
    refused before sending, or told, or not looked at.
    """
    line = lines.physical("x", Money.of("10.00", "EUR"), tax_rate="25", reference="A")
    strict, lax, blind = (
        connect(transport=network, retry=ONCE, check=mode) for mode in ("error", "warn", "off")
    )
    for amount, more in ((Money.of("10.00", "EUR"), {}), (1000, {"order_lines": [line]})):
        with pytest.raises(
            InvalidRequest, match="expected the order's currency SEK, got EUR"
        ) as caught:
            strict.ensure_capture(ID, amount, reference="s-1", **more)
        assert caught.value.reference == "s-1"
    assert network.writes == 0
    lax.ensure_capture(ID, Money.of("10.00", "EUR"), reference="s-1")
    assert "expected the order's currency SEK, got EUR" in caplog.text
    caplog.clear()
    blind.ensure_capture(ID, Money.of("10.00", "EUR"), reference="s-2")
    assert not caplog.records
    with pytest.raises(InvalidRequest):  # also of what was done already
        strict.ensure_capture(ID, Money.of("10.00", "EUR"), reference="s-1")


def test_the_integrator_is_named_at_every_read(
    connect: Callable[..., Client], network: FaultyTransport
) -> None:
    """Those of the workflows, too."""
    client = connect(transport=network, integrator="shop/1")
    client.ensure_capture(ID, 1000, reference="s-1")
    client.void(ID)
    named = [
        call.request.headers.get("klarna-integrator")
        for call in network.sandbox.calls
        if call.request.method == "GET"
    ]
    assert named == ["shop/1"] * 3


def test_a_send_that_never_left_is_told_with_its_reference(
    client: Client, network: FaultyTransport
) -> None:
    """No read is needed: nothing can have arrived."""

    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    network.before = [refuse]
    with pytest.raises(
        ConnectionFailed, match="call again later with the same reference='s-1'"
    ) as caught:
        client.ensure_capture(ID, 100, reference="s-1")
    assert not caught.value.outcome_unknown
    assert [method for method, _ in network.seen] == ["GET", "POST"]


def test_the_answer_to_another_request_is_told(client: Client, network: FaultyTransport) -> None:
    """The derived key was used by hand for something else: this event was not carried out."""
    network.before = [lambda _: httpx.Response(201, headers={"Refund-Id": "r"})]
    with pytest.raises(IdempotencyKeyReused) as caught:
        client.ensure_capture(ID, 100, reference="s-1")
    assert (caught.value.attempts, caught.value.reference) == (1, "s-1")


def test_doubles_that_are_found_after_a_lost_answer(
    client: Client, network: FaultyTransport
) -> None:
    """A person has to look; that something was sent is told."""

    def other(_: httpx.Request) -> httpx.Response:
        with KustomClient(CANARY, transport=network.sandbox) as careless:
            careless.capture(ID, 100, reference="s-1")
        raise httpx.ReadTimeout("late")

    network.after = [other]
    with pytest.raises(DuplicateReference) as caught:
        client.ensure_capture(ID, 100, reference="s-1")
    assert caught.value.attempts == 1


def test_a_refusal_whose_order_cannot_be_read_is_the_refusal(
    client: Client, network: FaultyTransport
) -> None:
    """What the API said stands."""
    respond = network.handle_request

    def failing(request: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(503) if request.method == "GET" and network.writes else respond(request)
        )

    network.before, network.handle_request = [answer(403, "CAPTURE_NOT_ALLOWED")], failing  # type: ignore[method-assign]  # from here on
    with pytest.raises(CaptureNotAllowed):
        client.ensure_capture(ID, 100, reference="s-1")


def test_an_answer_that_lies_about_whose_it_is(client: Client, network: FaultyTransport) -> None:
    """The order shows the capture, whatever the answer called it;
    and a currency that is not named stands in no way.
    """
    network.after = [lambda _: httpx.Response(201, headers={"Refund-Id": "r"})]
    assert client.ensure_capture(ID, 100, reference="s-1").already_done
    network.before = [lambda _: httpx.Response(201, headers={"Refund-Id": "r"})]
    respond = network.handle_request
    network.handle_request = lambda request: (  # type: ignore[method-assign]  # from here on
        httpx.Response(503) if request.method == "GET" and network.writes > 1 else respond(request)
    )
    with pytest.raises(IdempotencyKeyReused, match="does not show it") as caught:
        client.ensure_capture(ID, 200, reference="s-2")
    assert caught.value.outcome_unknown
    assert "attempt" not in caught.value.hint


def test_a_currency_that_the_order_does_not_name(reader: Client, reads: RewrittenReads) -> None:
    """An empty one is none."""
    reads.always = with_(purchase_currency="")
    assert reader.ensure_capture(ID, Money(100, "SEK"), reference="s-1").id


def test_an_interrupted_workflow_leaves_its_key_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Closing the workflow closes the call that it was in."""
    caplog.set_level(logging.DEBUG, "kustom_facade")
    workflow = ensure.ensure_capture(session(ONCE), ORDER, 100, reference="r")
    next(workflow)
    capture = workflow.send(Received(200, {}, b'{"status": "AUTHORIZED"}'))
    assert isinstance(capture, Send)
    capture.begin()
    workflow.close()
    assert "interrupted, outcome unknown" in caplog.text
    assert key_for("capture", ORDER, "r") in caplog.text


def test_all_that_is_left_is_captured_once(client: Client, network: FaultyTransport) -> None:
    """However often the job runs: found by its reference first, whatever is left now."""
    done = client.ensure_capture(ID, reference="shipment-42")
    again = client.ensure_capture(ID, reference="shipment-42")
    assert (again.id, done.already_done, again.already_done) == (done.id, False, True)
    assert effects(network) == [("shipment-42", 10000)]
    assert done.idempotency_key == key_for("capture", ID, "shipment-42")


def test_all_that_is_left_is_refunded_once(client: Client, network: FaultyTransport) -> None:
    """The same for refunds: what was captured less what was refunded."""
    client.capture(ID, 6000)
    client.refund(ID, 1000)
    for already in (False, True):
        assert client.ensure_refund(ID, reference="return-7").already_done is already
    assert [amount for _, amount in effects(network, "refunds")] == [1000, 5000]


def test_all_that_is_left_when_it_is_first_done(client: Client, network: FaultyTransport) -> None:
    """A capture that is found is the event's, whatever its amount is."""
    client.ensure_capture(ID, 4000, reference="shipment-1")
    assert client.ensure_capture(ID, reference="shipment-1").already_done
    client.ensure_capture(ID, None, reference="shipment-2")
    assert effects(network) == [("shipment-1", 4000), ("shipment-2", 6000)]


def test_all_that_is_left_through_a_lost_answer(client: Client, network: FaultyTransport) -> None:
    """What was left before is gone, and the event is found."""
    network.after.append(lost)
    assert client.ensure_capture(ID, reference="shipment-42").already_done
    assert effects(network) == [("shipment-42", 10000)]


def test_another_event_in_between_does_not_make_it_a_conflict(
    client: Client, network: FaultyTransport
) -> None:
    """The first request never arrived, and there is less left the next time."""
    network.before.append(lost)
    with pytest.raises(KustomError, match="not known"):
        client.ensure_capture(ID, reference="rest")
    client.capture(ID, 3000, reference="other")
    client.ensure_capture(ID, reference="rest")
    assert effects(network) == [("other", 3000), ("rest", 7000)]


@pytest.mark.parametrize("verb", ["ensure_capture", "ensure_refund"])
def test_nothing_is_left(client: Client, network: FaultyTransport, verb: str) -> None:
    """Refused, and nothing is sent: it may be a mistake in the reference."""
    client.capture(ID, 10000)
    client.refund(ID, 10000)
    writes = network.writes
    with pytest.raises((CaptureNotAllowed, RefundNotAllowed), match="not sent"):
        getattr(client, verb)(ID, reference="x")
    assert network.writes == writes


def test_wrong_arguments_beside_no_amount_are_refused_before_anything_is_read(
    client: Client, network: FaultyTransport
) -> None:
    """All that can be told without the amount;
    lines are held against the amount once it is known.
    """
    for wrong in ({"description": "d" * 256}, {"order_lines": [{"name": "x"}]}):
        with pytest.raises(InvalidRequest):
            client.ensure_capture(ID, reference="x", **wrong)
    assert network.seen == []
    order = client.get_order(ID)
    done = client.ensure_capture(ID, reference="x", order_lines=iter(order.order_lines))
    assert done.headers["klarna-order-validation"] == "Valid"


def test_lines_of_another_currency_are_found_before_anything_is_sent(
    connect: Callable[..., Client],
) -> None:
    """By what the order itself says, also where only the lines know theirs;
    "warn" tells it in the log only.
    """
    sandbox = Sandbox()
    order_id = sandbox.add_order({"order_amount": 1000, "purchase_currency": "EUR"})
    line = lines.physical("a", Money(1000, "SEK"), tax_rate="0")
    client = connect(transport=sandbox)
    for amount in (1000, None):
        with pytest.raises(InvalidRequest, match="expected the order's currency EUR, got SEK"):
            client.ensure_capture(order_id, amount, reference="x", order_lines=[line])
    assert sandbox.order(order_id)["captures"] == []
    assert (
        connect(transport=sandbox, check="warn")
        .ensure_capture(order_id, reference="x", order_lines=[line])
        .id
    )


def test_all_that_was_left_by_a_read_that_lagged(reader: Client, reads: RewrittenReads) -> None:
    """The amount was our own mistake, and its key is used up: the error names the way out."""
    before = reads.sandbox.order(ID)
    reader.capture(ID, 3000)
    reads.views.append(lambda _: before)
    with pytest.raises(CaptureNotAllowed) as caught:
        reader.ensure_capture(ID, reference="rest")
    assert "attempt=2" in caught.value.hint
    assert reader.ensure_capture(ID, reference="rest", attempt=2).id
    assert [capture["captured_amount"] for capture in reads.sandbox.order(ID)["captures"]] == [
        3000,
        7000,
    ]


def test_what_is_wrong_beside_no_amount_is_told_although_it_is_done(
    client: Client, network: FaultyTransport
) -> None:
    """As with an amount: two currencies are never meant."""
    client.ensure_capture(ID, reference="x")
    usd, sek = (
        lines.physical("a", Money(100, currency), tax_rate="0") for currency in ("USD", "SEK")
    )
    for order_lines in ([usd], [usd, sek]):
        with pytest.raises(InvalidRequest, match="currency"):
            client.ensure_capture(ID, reference="x", order_lines=order_lines)
    assert network.writes == 1
