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
    CancelNotAllowed,
    CaptureNotAllowed,
    ConnectionFailed,
    Created,
    DuplicateEffect,
    InvalidRequest,
    KustomClient,
    KustomError,
    Money,
    RateLimited,
    ReferenceConflict,
    RefundNotAllowed,
    RetryPolicy,
    _ensure,
    _flow,
    idempotency,
)
from kustom_facade.idempotency import key_for
from kustom_facade.sandbox import EXAMPLE_ORDER_ID as ID
from kustom_facade.sandbox import Clock, Sandbox

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
    assert shaky.seen == [("GET", None), ("POST", made.idempotency_key)]


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
def test_what_has_nothing_to_do_with_the_order_is_raised_at_once(
    client: Client, shaky: Shaky, status: int, kind: type[KustomError]
) -> None:
    """A wrong key, too many requests: reading again would tell nothing."""
    shaky.before = [answer(status)]
    with pytest.raises(kind):
        client.ensure_capture(ID, 1000, reference="shipment-1")
    assert [method for method, _ in shaky.seen] == ["GET", "POST"]


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
    with pytest.raises(RefundNotAllowed, match="was not sent"):
        client.ensure_refund(ID, 500, reference="r-1")


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"reference": ""}, InvalidRequest),
        ({"reference": "r" * 256}, InvalidRequest),
        ({"reference": 42}, TypeError),
        ({"reference": "r", "attempt": 0}, ValueError),
        ({"reference": "r", "amount": 1.0}, TypeError),
        ({"reference": "r", "order_id": "123"}, InvalidRequest),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_sent(
    client: Client, shaky: Shaky, options: dict[str, Any], kind: type[Exception]
) -> None:
    """Not even the order is read."""
    given = {"order_id": ID, "amount": 1, **options}
    with pytest.raises(kind):
        client.ensure_capture(given.pop("order_id"), given.pop("amount"), **given)
    assert shaky.seen == []


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
    assert _ensure.Run(lambda call: _flow.steps(call, ONCE), RetryPolicy().base).lags == (0.0, 0.5, 1.5)


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
    conversation = _ensure.capture(_ensure.Run(lambda call: _flow.steps(call, ONCE), 0.0), ORDER, 100, "r", 1)
    next(conversation)
    conversation.send(_flow.Received(200, {}, b'{"status": "AUTHORIZED"}'))
    conversation.close()
    assert "interrupted, outcome unknown" in caplog.text
    assert key_for("capture", ORDER, "r") in caplog.text
