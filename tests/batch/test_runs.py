"""Runs in threads and in tasks: in sequence, resumable, and ending as they should."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from support import AT_ONCE, CANARY, ORDER

from batch.values import SERVER, capture
from kustom_facade import (
    AsyncKustomClient,
    AuthenticationFailed,
    ConfigurationError,
    ConnectionFailed,
    Created,
    KustomClient,
    KustomError,
)
from kustom_facade._batch.events import _Movement
from kustom_facade._batch.journal import Journal
from kustom_facade._batch.outcomes import of_error
from kustom_facade.batch import Event, Outcome, Progress, Refund, Void, perform, run, run_async
from kustom_facade.sandbox import Fault, Sandbox

pytestmark = pytest.mark.usefixtures("fresh_guard")
Run = Callable[..., list[Outcome]]
MODES = ["threads", "tasks", "asynchronous source"]


@pytest.fixture(params=MODES)
def told(request: pytest.FixtureRequest) -> Run:
    """Run events in one of the ways, and return the outcomes. ``into`` keeps them."""

    def in_threads(sandbox: Sandbox, events: Iterable[Event], **options: Any) -> list[Outcome]:
        into: list[Outcome] = options.pop("into", [])
        with KustomClient(CANARY, transport=sandbox, retry=AT_ONCE) as kustom:
            for outcome in run(kustom, events, **options):
                into.append(outcome)  # noqa: PERF402  # kept where the run ends in an error
        return into

    def in_tasks(sandbox: Sandbox, events: Iterable[Event], **options: Any) -> list[Outcome]:
        into: list[Outcome] = options.pop("into", [])

        async def source() -> AsyncIterator[Event]:
            for event in events:
                await asyncio.sleep(0)
                yield event

        async def main() -> None:
            given: Any = source() if request.param == MODES[2] else events
            async with AsyncKustomClient(CANARY, transport=sandbox, retry=AT_ONCE) as kustom:
                async for outcome in run_async(kustom, given, **options):
                    into.append(outcome)  # noqa: PERF401  # as above

        asyncio.run(main())
        return into

    if request.param == MODES[2]:
        in_tasks.__name__ = "without_length"
    return in_threads if request.param == MODES[0] else in_tasks


def order_id(number: int) -> str:
    """The id of an order."""
    return str(UUID(int=0xA7A6B9C452F66D0E9F2C000000000000 + number))


def shop(orders: int) -> Sandbox:
    """A sandbox with so many orders."""
    return Sandbox(
        orders=[{"order_id": order_id(n), "order_amount": 100_000} for n in range(orders)]
    )


def statuses(outcomes: Iterable[Outcome]) -> list[str]:
    """Only how they ended."""
    return [outcome.status for outcome in outcomes]


def test_each_event_is_done_and_told(told: Run) -> None:
    """From a generator, more of them than may wait, with progress for each."""
    sandbox, seen = shop(10), list[Progress]()
    events = (capture(f"s-{n}", n + 1, order_id(n % 10)) for n in range(200))
    outcomes = told(sandbox, events, max_in_flight=4, on_progress=seen.append)
    assert statuses(outcomes) == ["done"] * 200
    found = [one for n in range(10) for one in sandbox.order(order_id(n))["captures"]]
    amounts = [one["captured_amount"] for one in found]
    assert sorted(amounts) == list(range(1, 201))
    assert [progress.told for progress in seen] == list(range(1, 201))
    assert seen[-1].counts["done"] == 200
    assert seen[-1].rate > 0
    assert seen[-1].total is seen[-1].seconds_left is None


def test_the_events_of_an_order_are_in_sequence(told: Run) -> None:
    """A capture, a refund of it and a void, in a hundred orders at once."""
    sandbox = shop(30)
    events: list[Event] = []
    for make in (
        lambda n: capture("s", 500, order_id(n)),
        lambda n: Refund(order_id(n), 500, "r"),
        lambda n: Void(order_id(n)),
    ):
        events += [make(n) for n in range(30)]
    outcomes = told(sandbox, sorted(events, key=lambda event: event.order))
    assert statuses(outcomes) == ["done"] * 90
    for n in range(30):
        kinds = [one.event.kind for one in outcomes if one.event.order == order_id(n)]
        assert kinds == ["capture", "refund", "void"]


def test_a_second_run_skips_what_is_final(told: Run, tmp_path: Path) -> None:
    """Nothing is sent for it; what was refused is tried again when asked to."""
    sandbox, path = shop(2), tmp_path / "r.jsonl"
    events: list[Event] = [
        capture("a", 1, order_id(0)),
        capture("b", 999_999, order_id(0)),
        capture("a", 1, order_id(1)),
    ]
    first = told(sandbox, events, results=path)
    assert sorted(statuses(first)) == ["done", "done", "refused"]
    sandbox.faults.add(Fault("status", status=500))  # whatever is sent fails
    again = told(sandbox, events, results=path)
    assert sorted(statuses(again)) == ["already_done", "already_done", "refused"]
    assert all(outcome.skipped for outcome in again)
    assert sandbox.faults.counts() == {}
    tried = told(sandbox, events, results=path, repeat_refused=True)
    assert sorted(statuses(tried)) == ["already_done", "already_done", "retry"]


def test_what_is_not_final_is_repeated(told: Run, tmp_path: Path) -> None:
    """And the later events of its order wait for it, until the next run."""
    sandbox, path = shop(1), tmp_path / "r.jsonl"
    events: list[Event] = [capture("a", 10, order_id(0)), Refund(order_id(0), 10, "r")]
    sandbox.faults.add(Fault("lose", verb="capture", times=3))
    sandbox.faults.add(Fault("status", status=503))
    assert statuses(told(sandbox, events, results=path)) == ["retry", "retry"]
    sandbox.faults.clear()
    outcomes = told(sandbox, events, results=path)
    assert [outcome.is_done for outcome in outcomes] == [True, True]
    assert len(sandbox.order(order_id(0))["captures"]) == 1


def test_one_reference_with_two_amounts_is_not_sent(told: Run) -> None:
    """Neither of them, in a list: nobody knows which one is meant."""
    sandbox = shop(1)
    events = [capture(name, amount, order_id(0)) for name, amount in [("a", 1), ("b", 1), ("a", 2)]]
    outcomes = told(sandbox, events)
    captured = [one["reference"] for one in sandbox.order(order_id(0))["captures"]]
    if told.__name__ == "without_length":
        assert statuses(outcomes) == ["done", "done", "invalid"]
        assert captured == ["a", "b"]
    else:
        assert statuses(outcomes) == ["invalid", "done", "invalid"]
        assert captured == ["b"]


def test_the_same_event_twice_is_done_once_and_told_twice(told: Run, tmp_path: Path) -> None:
    """With results and without."""
    for path in (None, tmp_path / "r.jsonl"):
        sandbox = shop(1)
        outcomes = told(sandbox, [capture("a", 7, order_id(0))] * 2, results=path)
        assert statuses(outcomes) == ["done", "already_done"]
        assert len(sandbox.order(order_id(0))["captures"]) == 1


def test_results_hold_terms(told: Run, tmp_path: Path) -> None:
    """What is done, or may be, is not done with another amount."""
    sandbox, path = shop(1), tmp_path / "r.jsonl"
    with Journal(path, SERVER) as journal:
        lost = ConnectionFailed("x", outcome_unknown=True)
        journal.append(of_error(capture("b", 7, order_id(0)), lost))
    told(sandbox, [capture("a", 7, order_id(0))], results=path)
    events = [capture(name, amount, order_id(0)) for name in "ab" for amount in (8, 7)]
    outcomes = [told(sandbox, [event], results=path)[0].status for event in events]
    assert outcomes == ["invalid", "already_done", "invalid", "done"]


def test_a_void_waits_for_whoever_looks_at_the_order(told: Run) -> None:
    """What was refused could never be done afterwards."""
    sandbox = shop(1)
    outcomes = told(sandbox, [capture("a", 999_999, order_id(0)), Void(order_id(0))])
    assert statuses(outcomes) == ["refused", "retry"]
    assert sandbox.order(order_id(0))["status"] == "AUTHORIZED"


@pytest.mark.parametrize(
    "fault", [Fault("status", status=401), Fault("status", status=404, body="html")]
)
def test_a_wrong_environment_ends_the_run_at_once(told: Run, fault: Fault) -> None:
    """A wrong key, and a server that is not the API: nothing more than was under way is tried."""
    sandbox, into = shop(50), list[Outcome]()
    sandbox.faults.add(fault)
    with pytest.raises(KustomError) as ended:
        told(sandbox, [capture("a", 1, order_id(n)) for n in range(50)], max_in_flight=3, into=into)
    assert "every other event" in ended.value.__notes__[0]
    assert 1 <= len(into) <= 4
    assert set(statuses(into)) == {"retry"}


def test_failures_in_a_row_end_the_run(told: Run) -> None:
    """So many, and those under way; what succeeds in between begins the count anew."""
    sandbox, into = shop(60), list[Outcome]()
    sandbox.faults.add(Fault("refuse"))
    events = [capture("a", 1, order_id(n)) for n in range(60)]
    with pytest.raises(KustomError) as ended:
        told(sandbox, events, max_in_flight=2, stop_after=10, into=into)
    assert "10 events failed in a row" in ended.value.__notes__[0]
    assert 10 <= len(into) <= 12
    sandbox.faults.clear()
    sandbox.faults.add(Fault("status", status=503, every=2))
    assert len(told(sandbox, events, max_in_flight=2, stop_after=None)) == 60


def test_stop_ends_a_run_without_an_error(told: Run) -> None:
    """Nothing begins any more."""
    sandbox, into = shop(40), list[Outcome]()
    events = [capture("a", 1, order_id(n)) for n in range(40)]
    told(sandbox, events, max_in_flight=2, stop=lambda: len(into) >= 5, into=into)
    assert 5 <= len(into) <= 8
    begun = sum(bool(sandbox.order(order_id(n))["captures"]) for n in range(40))
    assert begun == len(into)


def test_an_error_of_the_source_is_raised_after_what_is_under_way(told: Run) -> None:
    """And what was taken before is told."""

    def source() -> Iterator[Event]:
        yield capture("a", 1, order_id(0))
        raise LookupError("the source")

    into: list[Outcome] = []
    with pytest.raises(LookupError, match="the source"):
        told(shop(1), source(), into=into)
    assert statuses(into) == ["done"]


def test_a_mistake_is_raised(told: Run) -> None:
    """An event that is none, and options that cannot be."""
    with pytest.raises(TypeError, match="an event must be"):
        told(shop(1), [{"kind": "void"}])
    with pytest.raises(TypeError, match="max_in_flight"):
        told(shop(1), [], max_in_flight="5")
    with pytest.raises(ConfigurationError, match="stop_after"):
        told(shop(1), [], stop_after=0)


def test_a_fault_of_ours_is_raised(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no outcome."""

    def broken(*_: object) -> None:
        raise RuntimeError("ours")

    for kind in (KustomClient, AsyncKustomClient):
        monkeypatch.setattr(kind, "void", broken)
    with pytest.raises(RuntimeError, match="ours"):
        told(shop(1), [Void(order_id(0))])


def test_the_wrong_client_is_refused() -> None:
    """Each way has its own."""
    with pytest.raises(TypeError, match="KustomClient"):
        run(AsyncKustomClient(CANARY, transport=Sandbox()), [])  # type: ignore[arg-type]  # that is the point
    with pytest.raises(TypeError, match="AsyncKustomClient"):
        run_async(KustomClient(CANARY, transport=Sandbox()), [])  # type: ignore[arg-type]  # that is the point


def test_a_closed_run_finishes_what_is_under_way(tmp_path: Path) -> None:
    """It stands in the results, and nothing else begins."""
    sandbox, path = shop(40), tmp_path / "r.jsonl"
    events = [capture("a", 1, order_id(n)) for n in range(40)]
    with KustomClient(CANARY, transport=sandbox) as kustom:
        outcomes = run(kustom, events, results=path, max_in_flight=4)
        next(outcomes)
        outcomes.close()
    begun = sum(bool(sandbox.order(order_id(n))["captures"]) for n in range(40))
    assert 1 <= begun == len(path.read_text().splitlines()) <= 8


def test_a_cancelled_run_tells_its_results_what_is_not_known(tmp_path: Path) -> None:
    """As retry; the next run finds out."""
    sandbox, path = shop(4), tmp_path / "r.jsonl"
    sandbox.faults.add(Fault("delay", seconds=30))
    events = [capture("a", 1, order_id(n)) for n in range(4)]

    async def main() -> None:
        async def all_of_them() -> None:
            async with AsyncKustomClient(CANARY, transport=sandbox) as kustom:
                async for _ in run_async(kustom, events, results=path):
                    raise AssertionError("nothing ends")

        task = asyncio.create_task(all_of_them())
        # The sandbox has no event to wait for.
        while not all(sandbox.order(order_id(n))["captures"] for n in range(4)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["status"] for line in lines] == ["retry"] * 4
    assert all(line["error"]["outcome_unknown"] for line in lines)


def test_a_wrong_key_raises_the_errors_own_class() -> None:
    """As any verb does."""
    sandbox = Sandbox()
    sandbox.faults.add(Fault("status", status=401))
    with (
        KustomClient(CANARY, transport=sandbox) as kustom,
        pytest.raises(AuthenticationFailed),
    ):
        list(run(kustom, [capture("a", 1, ORDER)]))


def failing_later(seconds: float) -> Callable[..., Any]:
    """A verb that succeeds for the first event, and fails later for the others."""

    def ensure_capture(_: str, _amount: int, **options: Any) -> Created:
        time.sleep(seconds / 2)  # so that all have begun before the first ends
        if options["reference"] != "a":
            time.sleep(seconds)
            raise TypeError("a mistake of ours")
        return Created(
            correlation_id=None, attempts=1, headers={}, idempotency_key="k", id="c", location=None
        )

    return ensure_capture


@pytest.mark.parametrize("mode", ["threads", "tasks"])
def test_a_mistake_of_ours_while_an_iterator_is_closed_is_passed_over(mode: str) -> None:
    """Nobody is there to be told; what was done is."""
    events = [capture(name, 1, order_id(n)) for n, name in enumerate("abc")]
    if mode == "threads":
        with KustomClient(CANARY, transport=shop(3)) as kustom:
            kustom.ensure_capture = failing_later(0.2)  # type: ignore[method-assign]  # a stand-in
            outcomes = run(kustom, events)
            assert next(outcomes).status == "done"
            outcomes.close()
        return

    async def main() -> None:
        async with AsyncKustomClient(CANARY, transport=shop(3)) as kustom:
            verb = failing_later(0.0)

            async def ensure_capture(*arguments: Any, **options: Any) -> Created:
                await asyncio.sleep(0.0 if options["reference"] == "a" else 0.2)
                done: Created = verb(*arguments, **options)
                return done

            kustom.ensure_capture = ensure_capture  # type: ignore[method-assign]  # a stand-in
            outcomes = run_async(kustom, events)
            assert (await anext(outcomes)).status == "done"
            await outcomes.aclose()

    asyncio.run(main())


def test_a_mistake_of_ours_is_raised() -> None:
    """It is no outcome of an event that is right; of a wrong one it is."""
    with KustomClient(CANARY, transport=shop(1)) as kustom:
        kustom.ensure_capture = failing_later(0.0)  # type: ignore[method-assign]  # a stand-in
        with pytest.raises(TypeError, match="a mistake of ours"):
            perform(kustom, capture("b", 1, order_id(0)))
        assert perform(kustom, capture("x" * 300, 1, order_id(0))).status == "invalid"
    with pytest.raises(NotImplementedError):
        _Movement(ORDER, 1, "a")._call(1)


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_finishes_what_is_under_way_unless_it_comes_twice(times: int) -> None:
    """Nothing new begins, and the interruption is raised at the end."""
    sandbox, told = shop(40), list[Outcome]()
    events = [capture("a", 1, order_id(n)) for n in range(40)]

    def slow(_: str, amount: int, **options: Any) -> Created:
        time.sleep(0.3)
        return failing_later(0.0)(_, amount, **options)  # type: ignore[no-any-return]  # as above

    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with KustomClient(CANARY, transport=sandbox) as kustom:
            stand_in: Any = slow
            kustom.ensure_capture = stand_in  # type: ignore[method-assign]  # as it is
            outcomes = run(kustom, events, max_in_flight=4)
            signal.setitimer(signal.ITIMER_REAL, 0.1, 0.05 if times == 2 else 0)
            with pytest.raises(KeyboardInterrupt):
                told.extend(outcomes)
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(told) == (4 if times == 1 else 0)


def test_the_seconds_left_are_told_where_they_can_be() -> None:
    """Not without a number of events, nor before anything was done."""
    known = Progress(total=10, told=5, counts={}, skipped=0, seconds=5.0)
    assert known.seconds_left == 5.0
    assert Progress(total=None, told=5, counts={}, skipped=0, seconds=5.0).seconds_left is None
    assert Progress(total=10, told=0, counts={}, skipped=0, seconds=0.0).seconds_left is None
