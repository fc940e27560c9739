"""Many events at a time, in tasks of asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Iterable
from typing import Any, Final

from ..aio import AsyncKustomClient
from ..errors import ConnectionFailed
from .events import Event
from .execution import perform_async
from .outcomes import Outcome, of_error
from .runs import STOP_AFTER, Path, begin, make_schedule, opened, take_next
from .schedule import Progress, Schedule, Settings

#: Events under way at the same time.
TASKS: Final = 50
#: Says that a further event is there, or none any more.
_PULLED: Final = object()


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


async def _run_async(  # noqa: C901, PLR0912, PLR0915  # one loop, as in threads
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

    def start(work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    with opened(results, kustom._config.base_url) as journal:
        schedule = make_schedule(settings, journal, events)
        source = _Source(schedule, events, done)
        under_way = 0
        try:
            while True:
                can_begin = under_way < settings.max_in_flight and done.empty()
                item: Any = begin(schedule, source.take) if can_begin else None
                if isinstance(item, Event):
                    start(work(item))
                    under_way += 1
                    continue
                if item is None and source.can_pull and schedule.goes_on and schedule.has_room:
                    start(source.pull())
                waits = under_way or (source.is_pulling and schedule.goes_on)
                if item is None and not waits and done.empty():
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
        self._is_async = isinstance(events, AsyncIterable)
        self._is_over = not self._is_async
        self._events: Any = aiter(events) if self._is_async else iter(events)

    @property
    def can_pull(self) -> bool:
        """Return whether to wait for a further event: none is there, and none is waited for."""
        return not self._is_over and not self.is_pulling and self._pulled is None

    def take(self) -> Event | None:
        """Return an event that is there."""
        if not self._is_async:
            return take_next(self._schedule, self._events)
        event, self._pulled = self._pulled, None
        return event

    def pull(self) -> Coroutine[Any, Any, None]:
        """Return the wait for an event, which tells that it is there."""
        self.is_pulling = True
        return self._pull()

    async def _pull(self) -> None:
        self._task = asyncio.current_task()
        try:
            self._pulled = await anext(self._events)
        except (StopAsyncIteration, asyncio.CancelledError):
            self._is_over = True
        except BaseException as error:  # noqa: BLE001  # raised once all under way is told
            self._is_over = True
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
