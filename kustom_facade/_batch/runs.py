"""Many events at a time, in threads, and what that has in common with tasks."""

from __future__ import annotations

import os
from collections.abc import (
    Callable,
    Collection,
    Generator,
    Iterable,
    Iterator,
    Sized,
)
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from queue import SimpleQueue
from typing import Any, Final, TypeAlias

from ..client import KustomClient
from .events import Event
from .execution import perform
from .journal import Journal
from .outcomes import Outcome
from .schedule import Progress, Schedule, Settings

Path: TypeAlias = str | os.PathLike[str]
#: Events under way at the same time. Threads cost more than tasks, and more of them bring no more.
THREADS: Final = 16
#: Failures in a row after which a run ends.
STOP_AFTER: Final = 50


def run(
    kustom: KustomClient,
    events: Iterable[Event],
    *,
    results: Path | None = None,
    max_in_flight: int = THREADS,
    stop_after: int | None = STOP_AFTER,
    repeat_refused: bool = False,
    stop: Callable[[], bool] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Generator[Outcome, None, None]:
    """Carry out events, several at a time, and yield their outcomes as they come.

    The events of one order are carried out in sequence. After one that ended as ``retry`` the
    later ones of its order are not begun, and end as ``retry`` too. The same event twice is done
    once and told twice. One reference with two amounts is ``invalid``: before anything is sent
    where the events are a list or another collection, otherwise from the second one on.

    On Ctrl-C, and where the iterator is closed, nothing new begins. What is under way is finished
    first, within the client's deadline. A second Ctrl-C does not wait.

    Args:
        kustom: a client. Its settings count: deadline, rate, repeats.
        events: what is to happen, also from a generator. A few hundred are held in memory.
        results: a file, to go on from. A line of JSON is added for each outcome. What it has as
            done is told as ``already_done``, and what it has as refused is told again.
        max_in_flight: events under way at the same time, each in a thread. 16 by default.
        stop_after: failures in a row after which the run ends, 50 by default. ``None`` for never.
        repeat_refused: whether events that the results have as refused are tried again, because a
            person has looked.
        stop: asked before each event. True ends the run as Ctrl-C does, without an exception.
        on_progress: called after each outcome, in this thread.

    Yields:
        One outcome for each event, in the order in which they end.

    Raises:
        KustomError: the error of the last event, at the end, where all others would fail too: 401,
            another host, so many failures in a row. Its note says so.
        ConfigurationError: the results cannot be used.
        TypeError: this is no event, or no such client.
    """
    if not isinstance(kustom, KustomClient):
        raise TypeError(f"kustom must be a KustomClient, not {type(kustom).__name__}")
    settings = Settings(max_in_flight, stop_after, repeat_refused, stop, on_progress)
    return _run(kustom, events, results, settings)


def make_schedule(settings: Settings, journal: Journal | None, events: Any) -> Schedule:
    """Return the schedule of a run. A collection is looked through for contradictions first."""
    total = len(events) if isinstance(events, Sized) else None
    schedule = Schedule(settings, journal, total)
    if isinstance(events, Collection):
        schedule.survey(events)
    return schedule


def opened(results: Path | None, server: str) -> Any:
    """Return the journal of a run, or nothing, as a context."""
    return nullcontext() if results is None else Journal(results, server)


def begin(schedule: Schedule, take: Callable[[], Event | None]) -> Event | Outcome | None:
    """Return what comes next: an event to carry out, an outcome to tell, or ``None`` for now."""
    while schedule.goes_on:
        item = schedule.resume()
        if item is not None:
            return item
        event = take() if schedule.has_room else None
        if event is None:
            return None
        item = schedule.offer(event)
        if item is not None:
            return item
    return None


def _run(  # noqa: C901  # one loop, told in the order in which it happens
    kustom: KustomClient, events: Iterable[Event], results: Path | None, settings: Settings
) -> Generator[Outcome, None, None]:
    done: SimpleQueue[Outcome | BaseException] = SimpleQueue()

    def work(event: Event) -> None:
        try:
            done.put(perform(kustom, event))
        except BaseException as error:  # noqa: BLE001  # raised in the thread of the caller
            done.put(error)

    with opened(results, kustom._config.base_url) as journal:
        schedule = make_schedule(settings, journal, events)
        take = partial(take_next, schedule, iter(events))
        threads = ThreadPoolExecutor(settings.max_in_flight, "kustom-batch")
        under_way, interruptions = 0, 0
        try:
            while True:
                can_begin = under_way < settings.max_in_flight and done.empty()
                item: Any = begin(schedule, take) if can_begin else None
                if isinstance(item, Event):
                    threads.submit(work, item)
                    under_way += 1
                    continue
                if item is None and not under_way:
                    break
                if item is None:
                    try:
                        item = done.get()
                    except KeyboardInterrupt as error:
                        interruptions += 1
                        if interruptions > 1:
                            raise
                        schedule.fail(error)
                        continue
                    under_way -= 1
                if isinstance(item, Outcome):
                    schedule.settle(item)
                    yield item
                else:
                    schedule.fail(item)
        finally:
            threads.shutdown(wait=interruptions < 2)
            while not done.empty():  # told to the results alone
                if isinstance(item := done.get(), Outcome):
                    schedule.settle(item)
    if schedule.failure is not None:
        raise schedule.failure


def take_next(schedule: Schedule, source: Iterator[Event]) -> Event | None:
    """Return the next event. An error of the source ends the run, after what is under way."""
    try:
        return next(source, None)
    except BaseException as error:  # noqa: BLE001  # raised once all that is under way is told
        schedule.fail(error)
        return None
