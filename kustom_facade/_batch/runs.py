"""Many events at a time, in threads or in tasks, over one schedule."""

from __future__ import annotations

import asyncio
import os
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Callable,
    Collection,
    Coroutine,
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

from ..aio import AsyncKustomClient
from ..client import KustomClient
from ..errors import ConnectionFailed
from .events import Event
from .execution import perform, perform_async
from .journal import Journal
from .outcomes import Outcome, of_error
from .schedule import Progress, Schedule, Settings

Path: TypeAlias = str | os.PathLike[str]
#: Events under way at the same time. Threads cost more than tasks, and more of them bring no more.
THREADS: Final = 16
TASKS: Final = 50
#: Failures in a row after which a run ends.
STOP_AFTER: Final = 50
#: Says that a further event is there, or none any more.
_PULLED: Final = object()


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


def run_async(
    kustom: AsyncKustomClient,
    events: Iterable[Event] | AsyncIterable[Event],
    *,
    results: Path | None = None,
    max_in_flight: int = TASKS,
    stop_after: int | None = STOP_AFTER,
    repeat_refused: bool = False,
    stop: Callable[[], bool] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> AsyncGenerator[Outcome, None]:
    """Carry out events as :func:`run` does, with asyncio.

    Where the task is cancelled, what is under way is cancelled as well, and stands in the results
    as ``retry``. Where the iterator is closed, it is finished first.

    Args:
        kustom: a client. Its settings count: deadline, rate, repeats.
        events: what is to happen, also from an asynchronous generator.
        results: as of :func:`run`.
        max_in_flight: events under way at the same time, each in a task. 50 by default.
        stop_after: as of :func:`run`.
        repeat_refused: as of :func:`run`.
        stop: as of :func:`run`.
        on_progress: as of :func:`run`.

    Yields:
        One outcome for each event, in the order in which they end.

    Raises:
        KustomError: as of :func:`run`.
        TypeError: this is no event, or no such client.
    """
    if not isinstance(kustom, AsyncKustomClient):
        raise TypeError(f"kustom must be an AsyncKustomClient, not {type(kustom).__name__}")
    settings = Settings(max_in_flight, stop_after, repeat_refused, stop, on_progress)
    return _run_async(kustom, events, results, settings)


def _schedule(settings: Settings, journal: Journal | None, events: Any) -> Schedule:
    total = len(events) if isinstance(events, Sized) else None
    schedule = Schedule(settings, journal, total)
    if isinstance(events, Collection):
        schedule.survey(events)
    return schedule


def _opened(results: Path | None) -> Any:
    return nullcontext() if results is None else Journal(results)


def _begin(schedule: Schedule, take: Callable[[], Event | None]) -> Event | Outcome | None:
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


# --- threads


def _run(  # noqa: C901  # one loop, told in the order in which it happens
    kustom: KustomClient, events: Iterable[Event], results: Path | None, settings: Settings
) -> Generator[Outcome, None, None]:
    done: SimpleQueue[Outcome | BaseException] = SimpleQueue()

    def work(event: Event) -> None:
        try:
            done.put(perform(kustom, event))
        except BaseException as error:  # noqa: BLE001  # raised in the thread of the caller
            done.put(error)

    with _opened(results) as journal:
        schedule = _schedule(settings, journal, events)
        take = partial(_take, schedule, iter(events))
        threads = ThreadPoolExecutor(settings.max_in_flight, "kustom-batch")
        under_way, patient = 0, True
        try:
            while True:
                can_begin = under_way < settings.max_in_flight and done.empty()
                item: Any = _begin(schedule, take) if can_begin else None
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
                        patient = not isinstance(schedule.failure, KeyboardInterrupt)
                        if not patient:
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
            threads.shutdown(wait=patient)
            while not done.empty():  # told to the results alone
                if isinstance(item := done.get(), Outcome):
                    schedule.settle(item)
    if schedule.failure is not None:
        raise schedule.failure


def _take(schedule: Schedule, source: Iterator[Event]) -> Event | None:
    try:
        return next(source, None)
    except BaseException as error:  # noqa: BLE001  # raised once all that is under way is told
        schedule.fail(error)
        return None


# --- tasks


async def _run_async(  # noqa: C901, PLR0912  # as above
    kustom: AsyncKustomClient, events: Any, results: Path | None, settings: Settings
) -> AsyncGenerator[Outcome, None]:
    done: asyncio.Queue[Any] = asyncio.Queue()
    tasks: set[asyncio.Task[None]] = set()

    async def work(event: Event) -> None:
        try:
            done.put_nowait(await perform_async(kustom, event))
        except asyncio.CancelledError:
            done.put_nowait(_cancelled(event))
        except BaseException as error:  # noqa: BLE001  # raised in the task of the caller
            done.put_nowait(error)

    def begin(work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    with _opened(results) as journal:
        schedule = _schedule(settings, journal, events)
        source = _Source(schedule, events, done)
        under_way = 0
        try:
            while True:
                can_begin = under_way < settings.max_in_flight and done.empty()
                item: Any = _begin(schedule, source.take) if can_begin else None
                if isinstance(item, Event):
                    begin(work(item))
                    under_way += 1
                    continue
                if item is None and source.can_pull and schedule.goes_on and schedule.has_room:
                    begin(source.pull())
                if item is None and not under_way and not source.is_pulling:
                    break
                if item is None and (item := await done.get()) is not _PULLED:
                    under_way -= 1
                if isinstance(item, Outcome):
                    schedule.settle(item)
                    yield item
                elif item is not _PULLED:
                    schedule.fail(item)
                await asyncio.sleep(0)  # what was in the results costs no wait
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            raise
        finally:
            source.close()
            await asyncio.gather(*tasks)
            while not done.empty():  # told to the results alone
                if isinstance(item := done.get_nowait(), Outcome):
                    schedule.settle(item)
    if schedule.failure is not None:
        raise schedule.failure


class _Source:
    """Where events come from: a plain iterable, or an asynchronous one, an event ahead."""

    def __init__(self, schedule: Schedule, events: Any, done: asyncio.Queue[Any]) -> None:
        self._schedule = schedule
        self._done = done
        self._pulled: Event | None = None
        self._task: asyncio.Task[None] | None = None
        self.is_pulling = False
        self.can_pull = isinstance(events, AsyncIterable)
        self._events: Any = aiter(events) if self.can_pull else iter(events)

    def take(self) -> Event | None:
        """Return an event that is there."""
        if self.can_pull or self.is_pulling or self._pulled is not None:
            event, self._pulled = self._pulled, None
            return event
        return _take(self._schedule, self._events) if hasattr(self._events, "__next__") else None

    async def pull(self) -> None:
        """Wait for an event, and tell that it is there."""
        self.is_pulling, self.can_pull = True, False
        self._task = asyncio.current_task()
        try:
            self._pulled = await anext(self._events)
            self.can_pull = True
        except StopAsyncIteration:
            pass
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001  # raised once all under way is told
            self._schedule.fail(error)
        finally:
            self.is_pulling = False
            self._done.put_nowait(_PULLED)

    def close(self) -> None:
        """End the wait for an event."""
        if self._task is not None:
            self._task.cancel()


def _cancelled(event: Event) -> Outcome:
    """Return the outcome of an event that was cancelled while it was under way."""
    error = ConnectionFailed("cancelled while it was under way", outcome_unknown=True)
    error.reference = getattr(event, "reference", None)
    return of_error(event, error)
