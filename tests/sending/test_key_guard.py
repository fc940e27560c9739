"""A key is never used for two requests in one process."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support import ORDER, Client

from kustom_facade import IdempotencyKeyReused, InvalidRequest, KustomClient, Money, idempotency
from kustom_facade._operations import orders as operations
from kustom_facade._sending.key_guard import KeyGuard, require_own_key
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox


def capture(client: Any, amount: int, key: str, order_id: str = EXAMPLE_ORDER_ID) -> Any:
    """Capture with a key of the caller's own."""
    return client.capture(order_id, amount, idempotency_key=key)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_key_used_for_something_else_is_refused_before_sending(mode: str) -> None:
    """Another amount, another verb, another order,
    in any client of the process; the same again is allowed.
    """
    sandbox = Sandbox()
    other = sandbox.add_order(
        {**sandbox.order(EXAMPLE_ORDER_ID), "order_id": "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11"}
    )
    first, second = Client(mode, transport=sandbox), Client(mode, transport=sandbox)
    key = idempotency.new_key()
    assert capture(first, 1000, key).id == capture(second, 1000, key).id
    sent = len(sandbox.calls)
    reuses: tuple[Callable[[], Any], ...] = (
        lambda: capture(second, 1001, key),
        lambda: second.refund(EXAMPLE_ORDER_ID, 1000, idempotency_key=key),
        lambda: second.cancel(EXAMPLE_ORDER_ID, idempotency_key=key),
        lambda: capture(first, 1000, key, other),
        lambda: first.capture(EXAMPLE_ORDER_ID, 1000, description="x", idempotency_key=key),
    )
    for reuse in reuses:
        with pytest.raises(IdempotencyKeyReused, match=key) as caught:
            reuse()
        assert caught.value.idempotency_key == key
        assert isinstance(caught.value, InvalidRequest)
    assert len(sandbox.calls) == sent
    careless = Client(mode, transport=sandbox, guard_keys=False)
    assert capture(careless, 2000, key).id == capture(first, 1000, key).id
    assert not careless.client.with_options()._guard_keys
    for client in (first, second, careless):
        client.close()


def test_a_generated_key_is_guarded_as_well() -> None:
    """It comes back on an error, and could be used for something else then."""
    with KustomClient("kco_test_x", transport=Sandbox()) as kustom:
        key = kustom.capture(EXAMPLE_ORDER_ID, Money(500, "SEK")).idempotency_key
        assert key
        with pytest.raises(IdempotencyKeyReused):
            capture(kustom, 501, key)


def test_a_call_that_was_never_sent_leaves_its_key_free() -> None:
    """What the limits refuse has used nothing."""
    key = idempotency.new_key()
    with KustomClient("kco_test_x", transport=Sandbox()) as kustom:
        with pytest.raises(InvalidRequest, match="more than"):
            capture(kustom, 200_000_001, key)
        assert capture(kustom, 100, key).id


def test_the_guard_has_bounded_memory() -> None:
    """The oldest keys are forgotten; one that is used again is young again."""
    guard = KeyGuard(most=3)
    for key in "abc":
        assert guard.register(key, b"1")
    assert guard.register("a", b"1")
    assert guard.register("d", b"1")
    assert len(guard) == 3
    assert not guard.register("a", b"2")
    assert guard.register("b", b"2")


def test_of_many_threads_one_registers_a_key() -> None:
    """With different requests exactly one wins, however they race."""
    guard, won, barrier = KeyGuard(), [], threading.Barrier(16)

    def race(number: int) -> None:
        barrier.wait()
        if guard.register("k", str(number).encode()):
            won.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_reads_have_nothing_to_guard() -> None:
    """They carry no key."""
    for _ in range(2):
        require_own_key(operations.get_order(ORDER))


def test_a_key_counts_in_one_shop_or_sandbox_only() -> None:
    """Two sandboxes, two keys and two servers may use the same idempotency key;
    two clients of one may not.
    """
    sandbox = Sandbox()
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        assert capture(kustom, 100, "one key").id
    for options in (
        {"transport": Sandbox()},
        {"transport": sandbox, "api_key": "kco_test_other"},
        {"transport": sandbox, "base_url": "https://elsewhere.example"},
    ):
        with KustomClient(**{"api_key": "kco_test_x", **options}) as other:  # type: ignore[arg-type]  # one dict for all
            assert capture(other, 200, "one key").id
    with (
        KustomClient("kco_test_x", transport=sandbox) as again,
        pytest.raises(IdempotencyKeyReused),
    ):
        capture(again.with_options(timeout=1.0), 300, "one key")


def test_transports_that_cannot_be_told_apart_share_their_keys() -> None:
    """One that has no hash still works; it is guarded as one with all of its kind."""

    class Odd(httpx.MockTransport):
        __hash__ = None  # type: ignore[assignment]  # as a dataclass without frozen=True has it

    for amount in (100, 200):
        transport = Odd(lambda _: httpx.Response(201, headers={"Capture-Id": "c"}))
        client = KustomClient("kco_test_x", transport=transport)
        if amount == 100:
            assert capture(client, amount, "odd key").id == "c"
        else:
            with pytest.raises(IdempotencyKeyReused):
                capture(client, amount, "odd key")


def test_what_is_open_is_bounded_and_settled() -> None:
    """The oldest keys are forgotten first, and a success settles its own."""
    guard = KeyGuard(most=2)
    for key in ("a", "b", "a", "c"):
        guard.leave_open(key)
    assert [guard.is_open(key) for key in "abc"] == [True, False, True]
    guard.settle("a")
    assert not guard.is_open("a")
