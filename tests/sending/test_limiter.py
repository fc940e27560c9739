"""A rate, and a pause of all requests: on a clock of its own, and over both clients."""

import asyncio
import heapq
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from itertools import count
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st
from support import CANARY, ORDER, Client

from kustom_facade import (
    AsyncKustomClient,
    ConfigurationError,
    ConnectionFailed,
    KustomClient,
    RateLimited,
    RetryPolicy,
    ServerError,
)
from kustom_facade._sending.limiter import Limiter
from kustom_facade._sending.steps import CallEnded


class Clock:
    """A time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the present time."""
        return self.now


def sent(
    limiter: Limiter,
    clock: Clock,
    *,
    workers: int,
    requests: int,
    late: Callable[[], float] = lambda: 0.0,
    pause: tuple[float, float] | None = None,
) -> list[float]:
    """Let workers send one request after the other; returns when each went.

    ``pause`` is the time (from the beginning) at which the API asks for one, and its seconds.
    """
    began = clock.now
    order, times = count(), list[float]()
    due: list[tuple[float, int, Iterator[float] | None]] = [
        (began, next(order), None) for _ in range(workers)
    ]
    if pause:
        heapq.heappush(due, (began + pause[0], -1, None))
    while due and len(times) < requests:
        clock.now, number, waits = heapq.heappop(due)
        if number == -1:
            assert pause
            limiter.pause(pause[1])
            continue
        waits = limiter.waits(math.inf) if waits is None else waits
        wait = next(waits, None)
        if wait is None:
            times.append(clock.now - began)
            heapq.heappush(due, (clock.now + 0.02, next(order), None))
        else:
            assert wait > 0
            heapq.heappush(due, (clock.now + wait + late(), next(order), waits))
    return times


def most_in_a_second(times: list[float]) -> int:
    """The most requests that went within any second."""
    return max(sum(start <= one < start + 1.0 for one in times) for start in times)


@given(
    rate=st.integers(1, 120),
    workers=st.integers(1, 60),
    lateness=st.lists(st.floats(0, 0.5), min_size=1, max_size=40),
)
def test_no_second_has_more_than_the_rate(rate: int, workers: int, lateness: list[float]) -> None:
    """However late those that wait wake up: after a stall they may not all catch up at once."""
    clock, turn = Clock(), count()
    late = lambda: lateness[next(turn) % len(lateness)]  # noqa: E731  # a test's own short word
    limiter = Limiter(workers, rate, clock)
    times = sent(limiter, clock, workers=workers, requests=4 * rate, late=late)
    assert most_in_a_second(times) <= rate


@given(rate=st.sampled_from([1, 7, 50, 200]), lateness=st.floats(0, 0.005))
def test_a_rate_is_nearly_reached(rate: int, lateness: float) -> None:
    """Within five per cent, where those that wait wake up in time."""
    clock = Clock()
    late = lambda: lateness  # noqa: E731  # a test's own short word
    times = sent(Limiter(50, rate, clock), clock, workers=50, requests=4 * rate + 1, late=late)
    assert 0.95 * rate <= 4 * rate / (times[-1] - times[0]) <= rate


@given(
    pause=st.floats(0.01, 60.0),
    at=st.floats(0.0, 2.0),
    workers=st.integers(1, 200),
    rate=st.none() | st.integers(5, 100),
)
def test_a_pause_holds_all_and_lets_them_go_bit_by_bit(
    pause: float, at: float, workers: int, rate: int | None
) -> None:
    """Nothing goes within it, and afterwards a few at a time, with more each second."""
    clock = Clock()
    times = sent(
        Limiter(workers, rate, clock), clock, workers=workers, requests=400, pause=(at, pause)
    )
    # To the microsecond: sums of seconds are rounded.
    assert not [one for one in times if at + 1e-6 < one < at + pause - 1e-6]
    after = [one - at - pause for one in times if one > at + pause - 1e-6]
    assert len([one for one in after if one < 0.1]) <= 11
    assert len([one for one in after if one < 1.0]) <= 125


def test_after_a_while_a_pause_is_over() -> None:
    """Then requests go as if there had been none, at no cost."""
    clock = Clock()
    limiter = Limiter(1, None, clock)
    limiter.pause(1.0)
    clock.now += 1.0 + 5.1
    assert [list(limiter.waits(math.inf)) for _ in range(100)] == [[]] * 100


def test_a_longer_pause_stays() -> None:
    """The end of a pause never comes nearer."""
    clock = Clock()
    limiter = Limiter(1, None, clock)
    limiter.pause(10.0)
    limiter.pause(1.0)
    assert next(limiter.waits(math.inf)) == pytest.approx(10.0)


def test_a_turn_beyond_the_deadline_is_told_at_once() -> None:
    """It would send nothing, and nobody else has to wait for it."""
    clock = Clock()
    limiter = Limiter(1, 1, clock)
    assert list(limiter.waits(clock.now + 1)) == []
    with pytest.raises(CallEnded, match="rate_limit") as caught:
        next(limiter.waits(clock.now + 1))
    assert caught.value.never_sent
    assert next(limiter.waits(clock.now + 1.1)) == pytest.approx(1.03)
    limiter.pause(60.0)
    with pytest.raises(CallEnded, match=r"wait 60\.0 s more \(Retry-After\)"):
        next(limiter.waits(clock.now + 30))


class Api:
    """Answers reads, and asks for a pause when it is told to."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.refusals: list[httpx.Response] = []

    def __call__(self, _: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.times.append(time.monotonic())
        try:
            return self.refusals.pop()
        except IndexError:
            return httpx.Response(200, json={"order_id": ORDER})


def many(mode: str, api: Api, calls: int, **options: Any) -> None:
    """Read an order many times at once, half of them through a clone of the client."""
    transport = httpx.MockTransport(api)
    if mode == "sync":
        with KustomClient(CANARY, transport=transport, **options) as kustom:
            clients = (kustom, kustom.with_options(timeout=5.0))
            with ThreadPoolExecutor(20) as pool:
                list(pool.map(lambda number: clients[number % 2].get_order(ORDER), range(calls)))
        return

    async def gather() -> None:
        async with AsyncKustomClient(CANARY, transport=transport, **options) as kustom:
            clients = (kustom, kustom.with_options(timeout=5.0))
            await asyncio.gather(*(clients[number % 2].get_order(ORDER) for number in range(calls)))

    asyncio.run(gather())


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_clients_rate_covers_its_clones(mode: str) -> None:
    """Threads and tasks share it too."""
    api = Api()
    many(mode, api, 120, rate_limit=50)
    assert most_in_a_second(api.times) <= 50


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize(("status", "as_date"), [(429, False), (503, True)])
def test_a_pause_that_one_request_meets_holds_them_all(
    mode: str, status: int, as_date: bool
) -> None:
    """Also those of the clones, and those that begin meanwhile."""
    api = Api()
    wanted = formatdate(time.time() + 2.0, usegmt=True) if as_date else "0.5"
    api.refusals.append(httpx.Response(status, headers={"Retry-After": wanted}))
    many(mode, api, 30)
    assert len(api.times) == 31
    gaps = [later - one for one, later in zip(api.times, api.times[1:], strict=False)]
    assert max(gaps) > 0.4
    after = gaps.index(max(gaps)) + 1
    # Those that were under way already are let through.
    assert after <= 20
    assert len(api.times) - after >= 11


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_other_answers_pause_nothing(mode: str) -> None:
    """A 500 is about one request, and an hour is longer than a call obeys."""
    api = Api()
    policy = RetryPolicy(attempts=1, max_retry_after=0.0)
    for status, seconds in ((500, "3600"), (429, "3600"), (429, "0"), (503, "nonsense")):
        client = Client(mode, transport=httpx.MockTransport(api), retry=policy)
        api.refusals.append(httpx.Response(status, headers={"Retry-After": seconds}))
        with pytest.raises((ServerError, RateLimited)):
            client.get_order(ORDER)
        client.get_order(ORDER, deadline=5.0)
        client.close()


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_write_that_a_pause_keeps_back_was_not_sent(mode: str) -> None:
    """Its outcome is known: nothing was changed."""
    api = Api()
    client = Client(mode, transport=httpx.MockTransport(api), retry=RetryPolicy(attempts=1))
    api.refusals.append(httpx.Response(429, headers={"Retry-After": "20"}))
    with pytest.raises(RateLimited):
        client.get_order(ORDER)
    with pytest.raises(ConnectionFailed, match=r"\(Retry-After\), beyond its deadline") as caught:
        client.capture(ORDER, 100, deadline=1.0)
    assert not caught.value.outcome_unknown
    assert len(api.times) == 1
    client.close()


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_closing_ends_a_wait_for_the_rate(mode: str) -> None:
    """At once, and with its reason."""
    api = Api()
    options: dict[str, Any] = {"transport": httpx.MockTransport(api), "rate_limit": 0.05}
    if mode == "sync":
        kustom = KustomClient(CANARY, **options)
        kustom.get_order(ORDER)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(kustom.get_order, ORDER)
            while not kustom._connections._alarms:
                time.sleep(0.001)
            kustom.close()
            with pytest.raises(ConnectionFailed, match="closed during the call"):
                waiting.result(timeout=5)
        return

    async def close_meanwhile() -> None:
        kustom = AsyncKustomClient(CANARY, **options)
        await kustom.get_order(ORDER)
        waiting = asyncio.create_task(kustom.get_order(ORDER))
        await asyncio.sleep(0.05)
        await kustom.aclose()
        with pytest.raises(ConnectionFailed, match="closed during the call"):
            await asyncio.wait_for(waiting, 5)

    asyncio.run(close_meanwhile())


def test_a_fork_while_the_lock_is_held_stops_nobody() -> None:
    """The child has a lock of its own."""
    with KustomClient(CANARY, base_url="http://127.0.0.1:9", rate_limit=10) as kustom:
        limiter = kustom._limiter

        def fork() -> int:
            child = os.fork()
            if child == 0:
                signal.alarm(10)  # ends a child that waits for ever
                os._exit(len(list(limiter.waits(math.inf))) + 3)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

        with limiter._lock, ThreadPoolExecutor(1) as pool:
            assert pool.submit(fork).result() == 3


@pytest.mark.parametrize("wrong", [0, -1, 0.001, math.nan, math.inf, 10**400, "5", True, b"5"])
def test_a_rate_that_cannot_be_meant_is_refused(wrong: Any) -> None:
    """When it is given."""
    for kind in (KustomClient, AsyncKustomClient):
        with pytest.raises((ConfigurationError, TypeError), match="rate_limit must be"):
            kind(CANARY, rate_limit=wrong)


def test_whoever_gives_up_gives_its_time_back() -> None:
    """Cancelled requests must not push away those that come later."""
    clock = Clock()
    limiter = Limiter(50, 10, clock)
    for _ in range(20):
        waiting = [limiter.waits(math.inf) for _ in range(50)]
        for one in waiting:
            next(one, None)
        for one in waiting:
            one.close()  # type: ignore[attr-defined]  # a generator, as a cancelled task leaves it
    wait = next(limiter.waits(math.inf), 0.0)
    assert wait <= 2 / 10


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.usefixtures("fresh_guard")
def test_a_write_that_is_interrupted_before_its_turn_was_not_sent(
    mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody has to look at an order for which nothing was sent."""
    api, told = Api(), list[Any]()
    options: dict[str, Any] = {
        "transport": httpx.MockTransport(api),
        "rate_limit": 0.1,
        "on_attempt": told.append,
    }
    if mode == "sync":
        with KustomClient(CANARY, **options) as kustom:
            kustom.get_order(ORDER)
            before = signal.signal(signal.SIGALRM, signal.default_int_handler)
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            try:
                with pytest.raises(KeyboardInterrupt) as struck:
                    kustom.capture(ORDER, 100)
            finally:
                signal.signal(signal.SIGALRM, before)
        notes = struck.value.__notes__
    else:

        async def cancel() -> list[str]:
            async with AsyncKustomClient(CANARY, **options) as kustom:
                await kustom.get_order(ORDER)
                task = asyncio.create_task(kustom.capture(ORDER, 100))
                await asyncio.sleep(0.05)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            return [record.getMessage() for record in caplog.records]

        notes = asyncio.run(cancel())
    assert len(api.times) == 1
    assert [one.outcome for one in told] == ["succeeded"]
    assert "unknown" not in " ".join(notes)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
