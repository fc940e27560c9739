"""Exactly once: the ensure_ verbs and void, through lost answers, lagging reads, refusals, conflicts and races."""

import copy
import logging
import pickle
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from support import CANARY, ORDER, Client

from kustom_facade import (
    AuthenticationFailed,
    BadRequest,
    CancelNotAllowed,
    CaptureNotAllowed,
    ConnectionFailed,
    Created,
    DuplicateEffect,
    IdempotencyKeyReused,
    InvalidRequest,
    KustomClient,
    KustomError,
    Money,
    RateLimited,
    ReferenceConflict,
    RefundNotAllowed,
    RetryPolicy,
    ServerError,
    UnexpectedResponse,
    _ensure,
    _flow,
    idempotency,
    lines,
)
from kustom_facade.idempotency import key_for
from kustom_facade.sandbox import EXAMPLE_ORDER_ID as ID, Clock, Sandbox

#: Each call once, and no waiting between reads.
ONCE = RetryPolicy(attempts=1, base=0.0)
Script = Callable[[httpx.Request], httpx.Response | None]


class Shaky(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A sandbox behind a network on which a test decides: what ``instead`` answers or raises, before or after."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.before: list[Script] = []
        self.after: list[Script] = []
        self.seen: list[tuple[str, str | None]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request to the sandbox and its answer back, unless the test decides otherwise."""
        self.seen.append((request.method, request.headers.get("klarna-idempotency-key")))
        early = self._next(self.before, request)
        if early is not None:
            return early
        answer = self.sandbox.handle_request(request)
        late = self._next(self.after, request)
        return answer if late is None else late

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The same for the other client."""
        return self.handle_request(request)

    @staticmethod
    def _next(scripts: list[Script], request: httpx.Request) -> httpx.Response | None:
        return scripts.pop(0)(request) if scripts and request.method != "GET" else None

    @property
    def writes(self) -> int:
        """How many writes were sent."""
        return sum(method != "GET" for method, _ in self.seen)


def lost(_: httpx.Request) -> httpx.Response:
    """The network gives up."""
    raise httpx.ReadTimeout("late")


def answer(status: int, code: str = "X") -> Script:
    """An answer of somebody's own."""
    return lambda _: httpx.Response(status, json={"error_code": code, "error_messages": []})


@pytest.fixture(autouse=True)
def _fresh_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test uses the example's references afresh."""
    monkeypatch.setattr(idempotency, "guard", idempotency.Guard())


@pytest.fixture
def shaky() -> Shaky:
    """A network before a fresh sandbox."""
    return Shaky(Sandbox())


@pytest.fixture
def client(connect: Callable[..., Client], shaky: Shaky) -> Client:
    """A client of either mode that sends each call once."""
    return connect(transport=shaky, retry=ONCE)


def effects(shaky: Shaky, kind: str = "captures") -> list[tuple[str, int]]:
    """References and amounts of what the order holds."""
    amount = "captured_amount" if kind == "captures" else "refunded_amount"
    return [(one.get("reference", ""), one[amount]) for one in shaky.sandbox.order(ID)[kind]]


def test_the_first_time_it_is_made(client: Client, shaky: Shaky) -> None:
    """With the key of its reference, which it carries along."""
    made = client.ensure_capture(ID, Money(4000, "SEK"), reference="shipment-1", description="one")
    assert isinstance(made, Created)
    assert not made.already_done
    assert made.idempotency_key == key_for("capture", ID, "shipment-1")
    assert effects(shaky) == [("shipment-1", 4000)]
    # Read, send, and check: a key that the API knows is answered with a success whatever the amount is.
    assert shaky.seen == [("GET", None), ("POST", made.idempotency_key), ("GET", None)]


def test_the_next_time_it_is_found(client: Client, shaky: Shaky) -> None:
    """Nothing is sent; the id is the same."""
    made = client.ensure_capture(ID, 4000, reference="shipment-1")
    again = client.ensure_capture(ID, 4000, reference="shipment-1")
    assert again.already_done
    assert (again.id, again.idempotency_key) == (made.id, made.idempotency_key)
    assert (again.location, again.correlation_id, again.attempts, dict(again.headers)) == (None, None, 0, {})
    assert shaky.writes == 1
    assert client.ensure_capture(ID, 4000, reference="shipment-1", attempt=2).already_done


def test_two_events_of_one_order_are_two(client: Client, shaky: Shaky) -> None:
    """A second partial capture is not swallowed; a refund with a capture's reference neither."""
    client.ensure_capture(ID, 4000, reference="shipment-1")
    client.ensure_capture(ID, 4000, reference="shipment-2")
    back = client.ensure_refund(ID, 1000, reference="shipment-1")
    assert effects(shaky) == [("shipment-1", 4000), ("shipment-2", 4000)]
    assert effects(shaky, "refunds") == [("shipment-1", 1000)]
    assert client.ensure_refund(ID, 1000, reference="shipment-1").id == back.id
    assert back.idempotency_key == key_for("refund", ID, "shipment-1")


def test_another_amount_under_the_reference_is_a_conflict(client: Client, shaky: Shaky) -> None:
    """Two events that were given one name, or one whose amount changed: a person decides."""
    client.ensure_capture(ID, 4000, reference="shipment-1")
    with pytest.raises(ReferenceConflict, match="of 4000, not of 4001") as caught:
        client.ensure_capture(ID, 4001, reference="shipment-1")
    assert caught.value.reference == "shipment-1"
    assert caught.value.idempotency_key == key_for("capture", ID, "shipment-1")
    assert shaky.writes == 1


def test_a_reference_that_is_there_twice_is_told(client: Client, shaky: Shaky) -> None:
    """Somebody captured twice before us; which one is right, a machine cannot know."""
    for _ in range(2):
        client.capture(ID, 1000, reference="shipment-1")
    with pytest.raises(DuplicateEffect, match="2 captures with the reference 'shipment-1'"):
        client.ensure_capture(ID, 1000, reference="shipment-1")
    assert shaky.writes == 2


def test_a_lost_answer_is_found_in_the_order(client: Client, shaky: Shaky) -> None:
    """The effect was made, the answer lost: the second read tells."""
    shaky.after = [lost]
    made = client.ensure_capture(ID, 4000, reference="shipment-1")
    assert made.already_done
    assert made.id == shaky.sandbox.order(ID)["captures"][0]["capture_id"]
    assert shaky.writes == 1


def test_a_lost_request_is_safe_to_call_again(client: Client, shaky: Shaky) -> None:
    """Not there after bounded waiting: unknown, and the error says how to go on; then it is made, once."""
    shaky.before = [lost]
    with pytest.raises(
        ConnectionFailed, match=r"safe to call again with the same reference='shipment-1'"
    ) as caught:
        client.ensure_capture(ID, 4000, reference="shipment-1")
    assert caught.value.outcome_unknown
    assert caught.value.reference == "shipment-1"
    assert caught.value.idempotency_key == key_for("capture", ID, "shipment-1")
    assert [method for method, _ in shaky.seen] == ["GET", "POST", "GET", "GET", "GET"]
    assert not client.ensure_capture(ID, 4000, reference="shipment-1").already_done
    assert effects(shaky) == [("shipment-1", 4000)]


@pytest.mark.parametrize("lag", [1, 2, 3, 9])
def test_reads_that_lag(client: Client, shaky: Shaky, lag: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are waited for a while; where that is too short, the key makes the next call harmless."""
    stale = shaky.sandbox.order(ID)
    respond, reads = shaky.sandbox.handle_request, [0]

    def lagging(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            reads[0] += 1
            if reads[0] <= lag:
                return httpx.Response(200, json=stale)
        return respond(request)

    monkeypatch.setattr(shaky.sandbox, "handle_request", lagging)
    shaky.after = [lost]
    done: list[Created] = []
    for _ in range(3):
        try:
            done.append(client.ensure_capture(ID, 4000, reference="shipment-1"))
        except ConnectionFailed as error:
            assert error.outcome_unknown  # noqa: PT017  # either way is right, this is what holds for both
    assert done
    assert len({one.id for one in done}) == 1
    assert effects(shaky) == [("shipment-1", 4000)]


def test_safe_when_the_keys_lifetime_is_over(connect: Callable[..., Client]) -> None:
    """A day later the API has forgotten the key; the order still shows the reference."""
    clock = Clock(datetime(2026, 3, 2, tzinfo=UTC))
    shaky = Shaky(Sandbox(clock=clock))
    client = connect(transport=shaky, retry=ONCE)
    shaky.after = [lost]
    client.ensure_capture(ID, 4000, reference="shipment-1")
    clock.advance(timedelta(days=2))
    assert client.ensure_capture(ID, 4000, reference="shipment-1").already_done
    assert effects(shaky) == [("shipment-1", 4000)]


@pytest.mark.parametrize("status", [500, 502, 503, 520])
def test_a_server_error_after_the_effect(client: Client, shaky: Shaky, status: int) -> None:
    """Found in the order."""
    shaky.after = [answer(status)]
    assert client.ensure_capture(ID, 4000, reference="shipment-1").already_done


def test_a_conflict_is_decided_by_what_is_there(client: Client, shaky: Shaky) -> None:
    """Another caller was faster: its capture is ours. Nobody was: call again."""
    shaky.after = [answer(409, "CONFLICT")]
    assert client.ensure_capture(ID, 4000, reference="shipment-1").already_done
    shaky.before = [answer(409, "CONFLICT")]
    with pytest.raises(ConnectionFailed, match="safe to call again"):
        client.ensure_capture(ID, 1000, reference="shipment-2")


def test_a_refusal_is_decided_by_what_is_there(client: Client, shaky: Shaky) -> None:
    """Refused although it is there: found. Refused and not there: the refusal, as it came."""
    shaky.after = [answer(403, "CAPTURE_NOT_ALLOWED")]
    assert client.ensure_capture(ID, 4000, reference="shipment-1").already_done
    shaky.before = [answer(403, "CAPTURE_NOT_ALLOWED")]
    with pytest.raises(CaptureNotAllowed) as caught:
        client.ensure_capture(ID, 1000, reference="shipment-2")
    assert (caught.value.attempts, caught.value.outcome_unknown) == (1, False)


@pytest.mark.parametrize(("status", "kind"), [(401, AuthenticationFailed), (429, RateLimited)])
def test_what_has_nothing_to_do_with_the_order_is_raised_after_one_look(
    client: Client, shaky: Shaky, status: int, kind: type[KustomError]
) -> None:
    """A wrong key, too many requests: one read, for a gateway may say so after the effect as well."""
    shaky.before = [answer(status)]
    with pytest.raises(kind) as caught:
        client.ensure_capture(ID, 1000, reference="shipment-1")
    assert [method for method, _ in shaky.seen] == ["GET", "POST", "GET"]
    assert (caught.value.reference, caught.value.attempts) == ("shipment-1", 1)
    shaky.after = [answer(status)]
    assert client.ensure_capture(ID, 1000, reference="shipment-1").already_done


def test_an_order_that_cannot_be_read_again(
    client: Client, shaky: Shaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first error holds, and it is still safe to call again."""
    shaky.after = [lost]
    respond = shaky.handle_request

    def failing(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and shaky.writes:
            raise httpx.ConnectError("gone")
        return respond(request)

    monkeypatch.setattr(shaky, "handle_request", failing)
    with pytest.raises(ConnectionFailed, match="safe to call again"):
        client.ensure_capture(ID, 1000, reference="shipment-1")
    monkeypatch.undo()
    assert effects(shaky) == [("shipment-1", 1000)]


@pytest.mark.parametrize(
    ("change", "verb", "amount", "kind", "why"),
    [
        ({"status": "CANCELLED"}, "ensure_capture", 1, CaptureNotAllowed, "the order is CANCELLED"),
        ({"status": "EXPIRED"}, "ensure_capture", 1, CaptureNotAllowed, "the order is EXPIRED"),
        ({"fraud_status": "PENDING"}, "ensure_capture", 1, CaptureNotAllowed, "fraud_status is PENDING"),
        ({}, "ensure_capture", 10001, CaptureNotAllowed, "remaining_authorized_amount of 10000"),
        ({}, "ensure_refund", 1, RefundNotAllowed, "1 is more than the 0 captured less the 0 refunded"),
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
    """Decided from the order that was read, with the same friendly error that the API's refusal would be."""
    sandbox = Sandbox()
    order_id = sandbox.add_order(
        {"order_id": "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11", "order_amount": 10000, **change}
    )
    shaky = Shaky(sandbox)
    with pytest.raises(kind, match=why) as caught:
        getattr(connect(transport=shaky), verb)(order_id, amount, reference="r-1")
    assert shaky.writes == 0
    assert (caught.value.attempts, caught.value.reference) == (0, "r-1")
    assert "was not sent" in str(caught.value)


def test_an_order_that_says_little_is_left_to_the_api(
    client: Client, shaky: Shaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be decided from the order is not."""
    respond = shaky.handle_request

    def bare(request: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(200, json={"status": "AUTHORIZED"})
            if request.method == "GET"
            else respond(request)
        )

    monkeypatch.setattr(shaky, "handle_request", bare)
    assert client.ensure_capture(ID, 1000, reference="r-1").id
    with pytest.raises(RefundNotAllowed, match="500 is more than the 0 captured"):
        client.ensure_refund(ID, 500, reference="r-1")


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
    client: Client, shaky: Shaky, options: dict[str, Any], kind: type[Exception]
) -> None:
    """Not even the order is read."""
    given = {"order_id": ID, "amount": 1, **options}
    with pytest.raises(kind) as caught:
        client.ensure_capture(given.pop("order_id"), given.pop("amount"), **given)
    assert shaky.seen == []
    if isinstance(caught.value, KustomError):
        assert caught.value.reference == options["reference"]


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_callers_that_race_capture_once(mode: str) -> None:
    """Eight clients read an order without the capture, and all send: the key makes them one."""
    sandbox, barrier = Sandbox(), threading.Barrier(8)

    class Together(Shaky):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                barrier.wait()
            return super().handle_request(request)

    made: list[Created] = []

    def work() -> None:
        client = Client(mode, transport=Together(sandbox))
        made.append(client.ensure_capture(ID, 4000, reference="shipment-1"))
        client.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.id for one in made}) == 1
    assert len(made) == 8
    assert sandbox.order(ID)["captured_amount"] == 4000


@pytest.mark.parametrize(("replay_refusals", "captured"), [(True, 1000), (False, 2000)])
def test_why_the_library_never_advances_the_attempt(replay_refusals: bool, captured: int) -> None:
    """Two callers race while a refusal turns into an acceptance; a library that advanced by itself would capture twice.

    The first is refused and advances; the second's first attempt, on its way all the while, is accepted too. Only an
    API that replays refusals would save it, and whether this one does is not known.
    """
    sandbox = Sandbox(replay_refusals=replay_refusals)
    order_id = sandbox.add_order(
        {"order_id": "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11", "order_amount": 10000, "fraud_status": "PENDING"}
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
    assert accepted(2)  # and were it refused, it would advance to the same key, and get the same capture
    assert sandbox.order(order_id)["captured_amount"] == captured
    # The same second caller, as the library does it: it reads, finds, and sends nothing.
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        kind: Any = DuplicateEffect if captured == 2000 else None
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
    """attempt=2 is another key: where the API replays its refusal, the caller's only way before tomorrow."""
    sandbox = Sandbox(replay_refusals=replay_refusals)
    order_id = sandbox.add_order({"order_id": "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11", "order_amount": 10000})
    shaky = Shaky(sandbox)
    with KustomClient("kco_test_x", transport=shaky, retry=ONCE) as kustom:
        sandbox._orders[order_id]["fraud_status"] = "PENDING"
        with pytest.raises(CaptureNotAllowed):  # sent past the check of the order, as by a read that lags
            kustom.capture(
                order_id, 1000, reference="s-1", idempotency_key=key_for("capture", order_id, "s-1")
            )
        _accept(sandbox, order_id)
        if replay_refusals:
            with pytest.raises(CaptureNotAllowed):
                kustom.ensure_capture(order_id, 1000, reference="s-1")
            assert not kustom.ensure_capture(order_id, 1000, reference="s-1", attempt=2).already_done
        else:
            assert not kustom.ensure_capture(order_id, 1000, reference="s-1").already_done
        assert kustom.ensure_capture(order_id, 1000, reference="s-1", attempt=2).already_done
    assert sandbox.order(order_id)["captured_amount"] == 1000


# --- void


def test_the_waits_between_reads_follow_the_policy() -> None:
    """Short at first; by default two seconds in all."""
    policy = RetryPolicy()
    assert _flow.Run(lambda call: _flow.steps(call, ONCE), policy.base, policy.cap).lags == (0.0, 0.5, 1.5)
    assert _flow.Run(lambda call: _flow.steps(call, ONCE), 30.0, 8.0).lags == (0.0, 8.0, 8.0)


def test_void_cancels_what_was_not_captured(client: Client, shaky: Shaky) -> None:
    """And says so; again there is nothing left."""
    done = client.void(ID)
    assert (done.action, shaky.sandbox.order(ID)["status"]) == ("cancelled", "CANCELLED")
    assert done.idempotency_key
    again = client.void(ID)
    assert (again.action, again.idempotency_key, again.attempts) == ("nothing", None, 0)


def test_void_releases_the_rest(client: Client, shaky: Shaky) -> None:
    """After a capture; again there is nothing left."""
    client.capture(ID, 4000)
    assert client.void(ID).action == "released"
    assert shaky.sandbox.order(ID)["remaining_authorized_amount"] == 0
    assert client.void(ID).action == "nothing"


def test_void_and_a_capture_that_race(client: Client, shaky: Shaky) -> None:
    """Captured between the read and the cancellation: the rest is released."""

    def capture_first(_: httpx.Request) -> None:
        with KustomClient(CANARY, transport=shaky.sandbox) as other:
            other.capture(ID, 4000)

    shaky.before = [capture_first]
    assert client.void(ID).action == "released"
    assert shaky.sandbox.order(ID)["captured_amount"] == 4000


def test_void_that_is_refused_for_no_visible_reason(client: Client, shaky: Shaky) -> None:
    """The refusal is passed on; nothing is guessed."""
    shaky.before = [answer(403, "CANCEL_NOT_ALLOWED")]
    with pytest.raises(CancelNotAllowed):
        client.void(ID)


# --- what a review found: reads that lag, answers that lie, orders that say little


class Reads(Shaky):
    """A network whose reads of the order show what a test makes of it, so often or always."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.views: list[Callable[[dict[str, Any]], dict[str, Any]]] = []
        self.always: Callable[[dict[str, Any]], dict[str, Any]] = lambda order: order

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Writes go through; a read shows the next view."""
        if request.method != "GET":
            return super().handle_request(request)
        self.seen.append((request.method, None))
        view = self.views.pop(0) if self.views else self.always
        return httpx.Response(200, json=view(self.sandbox.order(ID)))


@pytest.fixture
def reads() -> Reads:
    """A network before a fresh sandbox, whose reads a test can make lag."""
    return Reads(Sandbox())


@pytest.fixture
def reader(connect: Callable[..., Client], reads: Reads) -> Client:
    """A client of it that sends each call once."""
    return connect(transport=reads, retry=ONCE)


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A view of an order without some of its fields."""
    return lambda order: {name: value for name, value in order.items() if name not in names}


def with_(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A view of an order with other fields."""
    return lambda order: {**order, **fields}


@pytest.mark.parametrize("hidden", [with_(captures=[]), without("captures")], ids=["empty", "absent"])
def test_amounts_that_are_ahead_of_their_list(reader: Client, reads: Reads, hidden: Any) -> None:
    """An order that counts a capture which it does not list yet is waited for, and never captured from again."""
    made = reader.ensure_capture(ID, 10000, reference="s-1")
    reads.views = [hidden]
    again = reader.ensure_capture(ID, 10000, reference="s-1")
    assert (again.already_done, again.id) == (True, made.id)
    # For ever: the key may be forgotten by now, so nothing is sent, and nothing is said to be impossible.
    reads.always, writes = hidden, reads.writes
    with pytest.raises(
        UnexpectedResponse, match="captures sum up to 0, its captured_amount is 10000, and it is CAPTURED"
    ) as caught:
        reader.ensure_capture(ID, 10000, reference="s-1")
    assert caught.value.outcome_unknown
    assert "safe to call again with the same reference='s-1'" in str(caught.value)
    assert reads.writes == writes


def test_refunds_that_are_counted_and_not_listed(reader: Client, reads: Reads) -> None:
    """The same for refunds: a full refund looks like one that is not allowed any more."""
    reader.ensure_capture(ID, 10000, reference="s-1")
    made = reader.ensure_refund(ID, 10000, reference="r-1")
    reads.views = [with_(refunds=[])]
    assert reader.ensure_refund(ID, 10000, reference="r-1").id == made.id


def test_a_read_that_lags_behind_the_capture_does_not_refuse_its_refund(reader: Client, reads: Reads) -> None:
    """What the amounts stand against is read once more; what a final status does is not."""
    before = reads.sandbox.order(ID)
    reader.ensure_capture(ID, 4000, reference="s-1")
    reads.views = [lambda _: before]
    assert reader.ensure_refund(ID, 1000, reference="r-1").id
    reader.void(ID)
    seen = len(reads.seen)
    with pytest.raises(CaptureNotAllowed, match="the order is CAPTURED"):
        reader.ensure_capture(ID, 1, reference="s-2")
    assert len(reads.seen) == seen + 1


def test_the_key_of_another_amount_is_found_out(connect: Callable[..., Client]) -> None:
    """Two callers that race with two amounts: the API answers both with the first; the second is told."""
    sandbox = Sandbox()
    network = Shaky(sandbox)

    def other(_: httpx.Request) -> None:
        with KustomClient("kco_test_other", transport=sandbox) as faster:  # in another process
            faster.ensure_capture(ID, 5000, reference="s-1")

    network.before = [other]
    with pytest.raises(ReferenceConflict, match="of 5000, not of 4000") as caught:
        connect(transport=network, retry=ONCE).ensure_capture(ID, 4000, reference="s-1")
    assert caught.value.attempts == 1
    assert effects(network) == [("s-1", 5000)]


def test_a_success_that_cannot_be_checked_is_a_success(client: Client, shaky: Shaky) -> None:
    """The money moved; that the order could not be read again is a note."""
    respond = shaky.handle_request

    def failing(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and shaky.writes:
            return httpx.Response(503)
        return respond(request)

    shaky.handle_request = failing  # type: ignore[method-assign]  # as a network that fails from here on
    made = client.ensure_capture(ID, 4000, reference="s-1")
    assert made.id
    assert "It was made, but the order could not be read again" in made.note
    assert not made.already_done


def test_a_success_without_an_id_finds_it_in_the_order(client: Client, shaky: Shaky) -> None:
    """The check reads it anyway."""
    shaky.after = [lambda _: httpx.Response(201)]
    made = client.ensure_capture(ID, 4000, reference="s-1")
    assert made.id == shaky.sandbox.order(ID)["captures"][0]["capture_id"]
    assert made.note == ""


def test_two_of_one_reference_are_told_by_whoever_makes_the_second(client: Client, shaky: Shaky) -> None:
    """Somebody captured under the reference without its key in between: at least it is known at once."""

    def other(_: httpx.Request) -> None:
        with KustomClient(CANARY, transport=shaky.sandbox) as careless:
            careless.capture(ID, 4000, reference="s-1")

    shaky.before = [other]
    with pytest.raises(DuplicateEffect) as caught:
        client.ensure_capture(ID, 4000, reference="s-1")
    assert caught.value.attempts == 1


@pytest.mark.parametrize("lag", [1, 2])
def test_a_refusal_is_settled_by_reads_that_may_lag(reader: Client, reads: Reads, lag: int) -> None:
    """Another caller's attempt=2 captured everything: the refusal of ours is no answer to whether it was done."""
    before = reads.sandbox.order(ID)

    def other(_: httpx.Request) -> None:
        with KustomClient(CANARY, transport=reads.sandbox) as faster:
            faster.ensure_capture(ID, 10000, reference="s-1", attempt=2)

    reads.before = [other]
    reads.views = [lambda _: before] * (1 + lag)
    assert reader.ensure_capture(ID, 10000, reference="s-1").already_done


@pytest.mark.parametrize("text", ["", "<html>"])
def test_a_firewall_that_answers_after_the_effect(client: Client, shaky: Shaky, text: str) -> None:
    """403 without a code, from whoever stands between: what is there decides."""
    shaky.after = [lambda _: httpx.Response(403, text=text)]
    assert client.ensure_capture(ID, 4000, reference="s-1").already_done


def test_another_description_is_the_same_event(client: Client, shaky: Shaky) -> None:
    """The API looks at the key alone, and so does the guard here; another amount is another event."""
    shaky.before = [lost, lost]
    with pytest.raises(ConnectionFailed):
        client.ensure_capture(ID, 4000, reference="s-1", description="run 1")
    with pytest.raises(ReferenceConflict, match="was used in this process with another amount") as caught:
        client.ensure_capture(ID, 4001, reference="s-1")
    assert (caught.value.reference, caught.value.idempotency_key) == ("s-1", key_for("capture", ID, "s-1"))
    with pytest.raises(ConnectionFailed):
        client.ensure_capture(ID, 4000, reference="s-1", description="run 2")
    assert client.ensure_capture(ID, 4000, reference="s-1", description="run 3").id


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"status": "ON_HOLD"}, True),
        ({"fraud_status": ""}, True),
        ({"remaining_authorized_amount": "9"}, True),
        ({"status": "CLOSED"}, False),
    ],
)
def test_what_an_order_does_not_settle_is_left_to_the_api(
    reader: Client, reads: Reads, fields: dict[str, Any], sent: bool
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
        ([{"reference": "42"}], "the amount of the capture '42' cannot be read: UNSET"),
    ],
)
def test_a_list_that_cannot_be_read_is_no_proof(
    reader: Client, reads: Reads, captures: Any, message: str
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


def test_a_reference_may_come_back_as_a_number(reader: Client, reads: Reads) -> None:
    """It looks like one; it is found all the same."""
    reads.always = with_(
        captures=[{"capture_id": "c", "reference": 42, "captured_amount": 100}], captured_amount=100
    )
    found = reader.ensure_capture(ID, 100, reference="42")
    assert (found.already_done, found.id) == (True, "c")
    reads.always = with_(captures=[{"reference": 42, "captured_amount": 100}])
    found = reader.ensure_capture(ID, 100, reference="42")
    assert (found.id, found.note) == (None, "The capture is there, and the order names no id of it.")


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


def test_an_unknown_outcome_keeps_what_support_asks_for(client: Client, shaky: Shaky) -> None:
    """The correlation id of the answer that settled nothing; and the cause does not get lost."""
    shaky.before = [lambda _: httpx.Response(503, headers={"klarna-correlation-id": "c-0815"})]
    with pytest.raises(ConnectionFailed, match="correlation id c-0815") as caught:
        client.ensure_capture(ID, 100, reference="s-1")
    assert isinstance(caught.value.__cause__, ServerError)


def test_amounts_in_another_currency_than_the_orders(
    connect: Callable[..., Client], shaky: Shaky, caplog: pytest.LogCaptureFixture
) -> None:
    """The order was read, so its currency is known: refused before sending, or told, or not looked at."""
    line = lines.physical("x", Money.of("10.00", "EUR"), tax_rate="25", reference="A")
    strict, lax, blind = (connect(transport=shaky, retry=ONCE, check=one) for one in ("error", "warn", "off"))
    for amount, more in ((Money.of("10.00", "EUR"), {}), (1000, {"order_lines": [line]})):
        with pytest.raises(InvalidRequest, match="expected the order's currency SEK, got EUR") as caught:
            strict.ensure_capture(ID, amount, reference="s-1", **more)
        assert caught.value.reference == "s-1"
    assert shaky.writes == 0
    lax.ensure_capture(ID, Money.of("10.00", "EUR"), reference="s-1")
    assert "expected the order's currency SEK, got EUR" in caplog.text
    caplog.clear()
    blind.ensure_capture(ID, Money.of("10.00", "EUR"), reference="s-2")
    assert not caplog.records
    with pytest.raises(InvalidRequest):  # also of what was done already
        strict.ensure_capture(ID, Money.of("10.00", "EUR"), reference="s-1")


def test_the_integrator_is_named_at_every_read(connect: Callable[..., Client], shaky: Shaky) -> None:
    """Those of the conversations, too."""
    client = connect(transport=shaky, integrator="shop/1")
    client.ensure_capture(ID, 1000, reference="s-1")
    client.void(ID)
    told = [
        call.request.headers.get("klarna-integrator")
        for call in shaky.sandbox.calls
        if call.request.method == "GET"
    ]
    assert told == ["shop/1"] * 3


def test_a_send_that_never_left_is_told_with_its_reference(client: Client, shaky: Shaky) -> None:
    """No read is needed: nothing can have arrived."""

    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    shaky.before = [refuse]
    with pytest.raises(ConnectionFailed, match="call again later with the same reference='s-1'") as caught:
        client.ensure_capture(ID, 100, reference="s-1")
    assert not caught.value.outcome_unknown
    assert [method for method, _ in shaky.seen] == ["GET", "POST"]


def test_the_answer_to_another_request_is_told(client: Client, shaky: Shaky) -> None:
    """The derived key was used by hand for something else: this event was not carried out."""
    shaky.before = [lambda _: httpx.Response(201, headers={"Refund-Id": "r"})]
    with pytest.raises(IdempotencyKeyReused) as caught:
        client.ensure_capture(ID, 100, reference="s-1")
    assert (caught.value.attempts, caught.value.reference) == (1, "s-1")


def test_doubles_that_are_found_after_a_lost_answer(client: Client, shaky: Shaky) -> None:
    """A person has to look; that something was sent is told."""

    def other(_: httpx.Request) -> httpx.Response:
        with KustomClient(CANARY, transport=shaky.sandbox) as careless:
            careless.capture(ID, 100, reference="s-1")
        raise httpx.ReadTimeout("late")

    shaky.after = [other]
    with pytest.raises(DuplicateEffect) as caught:
        client.ensure_capture(ID, 100, reference="s-1")
    assert caught.value.attempts == 1


def test_a_refusal_whose_order_cannot_be_read_is_the_refusal(client: Client, shaky: Shaky) -> None:
    """What the API said stands."""
    respond = shaky.handle_request

    def failing(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503) if request.method == "GET" and shaky.writes else respond(request)

    shaky.before, shaky.handle_request = [answer(403, "CAPTURE_NOT_ALLOWED")], failing  # type: ignore[method-assign]  # from here on
    with pytest.raises(CaptureNotAllowed):
        client.ensure_capture(ID, 100, reference="s-1")


def test_amounts_that_cannot_be_read_do_not_refuse_a_refund(reader: Client, reads: Reads) -> None:
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
        ("ensure_refund", 50, {**REFUNDED_ELSEWHERE, "captures": [{"captured_amount": 1000, "refunded_amount": 50}]}),
        ("ensure_refund", 1000, {**REFUNDED_ELSEWHERE, "captures": [{"captured_amount": 1000, "refunded_amount": 1000}]}),
        ("ensure_refund", 50, {**REFUNDED_ELSEWHERE, "captures": [None]}),
        ("ensure_refund", 50, {**REFUNDED_ELSEWHERE, "captures": "x"}),
        ("ensure_capture", 100, {"status": "PART_CAPTURED", "captured_amount": "100", "captures": []}),
        ("ensure_capture", 100, {"status": "CAPTURED", "captured_amount": None, "captures": None}),
    ],
)  # fmt: skip
def test_effects_that_are_counted_anywhere_are_not_made_again(
    reader: Client, reads: Reads, verb: str, amount: int, fields: dict[str, Any]
) -> None:
    """Where any place of an order counts what it does not list, nothing is sent, and nothing is said to be impossible."""
    reads.always = with_(**fields)
    with pytest.raises(UnexpectedResponse) as caught:
        getattr(reader, verb)(ID, amount, reference="r-1")
    assert caught.value.outcome_unknown
    assert (caught.value.reference, reads.writes) == ("r-1", 0)


def test_an_answer_that_lies_about_whose_it_is(client: Client, shaky: Shaky) -> None:
    """The order shows the capture, whatever the answer called it; and a currency that is not named stands in no way."""
    shaky.after = [lambda _: httpx.Response(201, headers={"Refund-Id": "r"})]
    assert client.ensure_capture(ID, 100, reference="s-1").already_done
    shaky.before = [lambda _: httpx.Response(201, headers={"Refund-Id": "r"})]
    respond = shaky.handle_request
    shaky.handle_request = lambda request: (  # type: ignore[method-assign]  # from here on
        httpx.Response(503) if request.method == "GET" and shaky.writes > 1 else respond(request)
    )
    with pytest.raises(IdempotencyKeyReused, match="With attempt=2 it has another"):
        client.ensure_capture(ID, 200, reference="s-2")


def test_a_currency_that_the_order_does_not_name(reader: Client, reads: Reads) -> None:
    """An empty one is none."""
    reads.always = with_(purchase_currency="")
    assert reader.ensure_capture(ID, Money(100, "SEK"), reference="s-1").id


# --- void, through lost answers and races


def test_void_whose_answer_is_lost(client: Client, shaky: Shaky) -> None:
    """The order shows that it is done: the one, and after a capture the other."""
    shaky.after = [lost]
    done = client.void(ID)
    assert (done.action, done.attempts) == ("cancelled", 1)
    assert "The answer was lost" in done.note
    other = shaky.sandbox.add_order({"order_amount": 1000})
    client.capture(other, 400)
    shaky.after = [lost]
    assert client.void(other).action == "released"


def test_void_that_did_not_arrive(client: Client, shaky: Shaky) -> None:
    """It may be called again, which is what the error says: there is no key to pass."""
    shaky.before = [lost]
    with pytest.raises(ConnectionFailed, match="Call void again") as caught:
        client.void(ID)
    assert caught.value.outcome_unknown
    assert "idempotency_key=" not in str(caught.value)
    assert client.void(ID).action == "cancelled"


def test_void_whose_request_is_lost_while_somebody_captures(client: Client, shaky: Shaky) -> None:
    """What the order shows was not ours: the rest is released, or nothing is left to do."""

    def captured(amount: int) -> Script:
        def capture(_: httpx.Request) -> httpx.Response:
            with KustomClient(CANARY, transport=shaky.sandbox) as other:
                other.capture(ID, amount)
            raise httpx.ReadTimeout("late")

        return capture

    shaky.before = [captured(4000)]
    assert client.void(ID).action == "released"
    shaky.sandbox.reset()
    shaky.before = [captured(10000)]
    assert client.void(ID).action == "nothing"


def test_two_voids_that_race(client: Client, shaky: Shaky) -> None:
    """The slower one finds nothing left to do, also where its read lags."""
    client.capture(ID, 4000)

    def other(_: httpx.Request) -> None:
        with KustomClient(CANARY, transport=shaky.sandbox) as faster:
            faster.void(ID)

    shaky.before = [other]
    assert client.void(ID).action == "nothing"


def test_void_after_a_conflict(connect: Callable[..., Client], reads: Reads) -> None:
    """409 with the effect, and one read that lags: found, after a short wait."""
    reader = connect(transport=reads, retry=RetryPolicy(attempts=1, base=0.001))
    before = reads.sandbox.order(ID)
    reads.after = [answer(409, "CONFLICT")]
    reads.views = [lambda _: before] * 2
    assert reader.void(ID).action == "nothing"
    assert reads.sandbox.order(ID)["status"] == "CANCELLED"


@pytest.mark.parametrize("fields", [{"status": "ON_HOLD"}, {"status": None}])
def test_void_of_an_order_whose_state_is_not_known(
    reader: Client, reads: Reads, fields: dict[str, Any]
) -> None:
    """That nothing is left would be a guess, with an authorization that may stand."""
    reads.always = with_(**fields)
    with pytest.raises(UnexpectedResponse, match="what can be let go of an order whose status is"):
        reader.void(ID)
    assert reads.writes == 0


def test_void_of_an_order_without_amounts(reader: Client, reads: Reads) -> None:
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
    reader: Client, reads: Reads, after: dict[str, Any], action: str | None
) -> None:
    """The first error stands, with its key, where the order proves nothing; and nothing is claimed that it does not show."""
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


def test_void_that_something_else_stands_against(client: Client, shaky: Shaky) -> None:
    """An error that says nothing of the order is passed on at once; so is one whose reads fail, too."""
    shaky.before = [answer(400)]
    with pytest.raises(BadRequest):
        client.void(ID)
    assert [method for method, _ in shaky.seen] == ["GET", "POST"]

    def gone(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and shaky.writes > 1:
            return httpx.Response(500)
        return Shaky.handle_request(shaky, request)

    shaky.before = [answer(403, "CANCEL_NOT_ALLOWED")]
    shaky.handle_request = gone  # type: ignore[method-assign]  # as a network that fails from here on
    with pytest.raises(CancelNotAllowed):
        client.void(ID)


# --- across process borders


def test_results_errors_models_and_money_cross_process_borders(client: Client, shaky: Shaky) -> None:
    """Equal after pickling, with the key on every error."""
    shaky.before = [lost]
    with pytest.raises(ConnectionFailed) as unknown:
        client.ensure_capture(ID, 100, reference="a")
    made = client.ensure_capture(ID, 100, reference="a")
    with pytest.raises(ReferenceConflict) as conflict:
        client.ensure_capture(ID, 101, reference="a")
    things = [unknown.value, conflict.value, made, client.ensure_capture(ID, 100, reference="a"), client.void(ID),
              client.get_order(ID), client.list_captures(ID), Money(1, "SEK")]  # fmt: skip
    for thing in things:
        again = pickle.loads(pickle.dumps(thing))  # noqa: S301  # our own bytes
        assert again == thing
        assert type(again) is type(thing)
        assert copy.deepcopy(thing) == thing
    assert pickle.loads(pickle.dumps(unknown.value)).idempotency_key == made.idempotency_key  # noqa: S301  # as above


def test_an_interrupted_conversation_leaves_its_key_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Closing the conversation closes the call that it was in."""
    caplog.set_level(logging.DEBUG, "kustom_facade")
    conversation = _ensure.capture(_flow.Run(lambda call: _flow.steps(call, ONCE), 0.0), ORDER, 100, "r", 1)
    next(conversation)
    conversation.send(_flow.Received(200, {}, b'{"status": "AUTHORIZED"}'))
    conversation.close()
    assert "interrupted, outcome unknown" in caplog.text
    assert key_for("capture", ORDER, "r") in caplog.text


# --- all that is left


def test_all_that_is_left_is_captured_once(client: Client, shaky: Shaky) -> None:
    """However often the job runs: found by its reference first, whatever is left now."""
    done = client.ensure_capture(ID, reference="shipment-42")
    again = client.ensure_capture(ID, reference="shipment-42")
    assert (again.id, done.already_done, again.already_done) == (done.id, False, True)
    assert effects(shaky) == [("shipment-42", 10000)]
    assert done.idempotency_key == key_for("capture", ID, "shipment-42")


def test_all_that_is_left_is_refunded_once(client: Client, shaky: Shaky) -> None:
    """The same for refunds: what was captured less what was refunded."""
    client.capture(ID, 6000)
    client.refund(ID, 1000)
    for already in (False, True):
        assert client.ensure_refund(ID, reference="return-7").already_done is already
    assert [amount for _, amount in effects(shaky, "refunds")] == [1000, 5000]


def test_all_that_is_left_when_it_is_first_done(client: Client, shaky: Shaky) -> None:
    """A capture that is found is the event's, whatever its amount is."""
    client.ensure_capture(ID, 4000, reference="shipment-1")
    assert client.ensure_capture(ID, reference="shipment-1").already_done
    client.ensure_capture(ID, None, reference="shipment-2")
    assert effects(shaky) == [("shipment-1", 4000), ("shipment-2", 6000)]


def test_all_that_is_left_through_a_lost_answer(client: Client, shaky: Shaky) -> None:
    """What was left before is gone, and the event is found."""
    shaky.after.append(lost)
    assert client.ensure_capture(ID, reference="shipment-42").already_done
    assert effects(shaky) == [("shipment-42", 10000)]


def test_another_event_in_between_does_not_make_it_a_conflict(client: Client, shaky: Shaky) -> None:
    """The first request never arrived, and there is less left the next time."""
    shaky.before.append(lost)
    with pytest.raises(KustomError, match="not known"):
        client.ensure_capture(ID, reference="rest")
    client.capture(ID, 3000, reference="other")
    client.ensure_capture(ID, reference="rest")
    assert effects(shaky) == [("other", 3000), ("rest", 7000)]


@pytest.mark.parametrize("verb", ["ensure_capture", "ensure_refund"])
def test_nothing_is_left(client: Client, shaky: Shaky, verb: str) -> None:
    """Refused, and nothing is sent: it may be a mistake in the reference."""
    client.capture(ID, 10000)
    client.refund(ID, 10000)
    writes = shaky.writes
    with pytest.raises((CaptureNotAllowed, RefundNotAllowed), match="not sent"):
        getattr(client, verb)(ID, reference="x")
    assert shaky.writes == writes


def test_an_order_that_does_not_say_what_is_left(reader: Client, reads: Reads) -> None:
    """No amount is made up."""
    reads.always = without("remaining_authorized_amount")
    with pytest.raises(UnexpectedResponse, match="what is left to capture cannot be read"):
        reader.ensure_capture(ID, reference="x")
    assert reads.writes == 0


def test_wrong_arguments_beside_no_amount_are_refused_before_anything_is_read(
    client: Client, shaky: Shaky
) -> None:
    """All that can be told without the amount; lines are held against the amount once it is known."""
    for wrong in ({"description": "d" * 256}, {"order_lines": [{"name": "x"}]}):
        with pytest.raises(InvalidRequest):
            client.ensure_capture(ID, reference="x", **wrong)
    assert shaky.seen == []
    order = client.get_order(ID)
    done = client.ensure_capture(ID, reference="x", order_lines=iter(order.order_lines))
    assert done.headers["klarna-order-validation"] == "Valid"


def test_lines_of_another_currency_are_found_before_anything_is_sent(
    connect: Callable[..., Client],
) -> None:
    """By what the order itself says, also where only the lines know theirs; "warn" tells it in the log only."""
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


def test_all_that_was_left_by_a_read_that_lagged(reader: Client, reads: Reads) -> None:
    """The amount was our own mistake, and its key is used up: the error names the way out."""
    before = reads.sandbox.order(ID)
    reader.capture(ID, 3000)
    reads.views.append(lambda _: before)
    with pytest.raises(CaptureNotAllowed) as caught:
        reader.ensure_capture(ID, reference="rest")
    assert "attempt=2" in caught.value.what_to_do
    assert reader.ensure_capture(ID, reference="rest", attempt=2).id
    assert [one["captured_amount"] for one in reads.sandbox.order(ID)["captures"]] == [3000, 7000]


def test_what_is_wrong_beside_no_amount_is_told_although_it_is_done(client: Client, shaky: Shaky) -> None:
    """As with an amount: two currencies are never meant."""
    client.ensure_capture(ID, reference="x")
    usd, sek = (lines.physical("a", Money(100, one), tax_rate="0") for one in ("USD", "SEK"))
    for order_lines in ([usd], [usd, sek]):
        with pytest.raises(InvalidRequest, match="currency"):
            client.ensure_capture(ID, reference="x", order_lines=order_lines)
    assert shaky.writes == 1


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"status": "CLOSED", "refunded_amount": 0}, "nothing is left"),
        ({"captured_amount": "much"}, "what is left to refund cannot be read"),
    ],
)
def test_an_order_of_which_nothing_is_known_to_be_left_to_refund(
    reader: Client, reads: Reads, fields: dict[str, Any], match: str
) -> None:
    """All of a closed order was refunded, and of amounts that cannot be read no amount is made up."""
    reader.capture(ID, 5000)
    reads.always = with_(**fields)
    with pytest.raises(KustomError, match=match):
        reader.ensure_refund(ID, reference="x")
    assert reads.writes == 1
