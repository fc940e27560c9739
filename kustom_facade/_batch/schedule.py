"""What is to be done next, and whether to go on: the decisions of a run, without threads or tasks.

Both ways to run drive it: ``offer`` what comes in, ``resume`` what had to wait, ``settle`` what is
done.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..errors import ConfigurationError, KustomError, NotFound
from .events import Event, Void
from .execution import check_event_type
from .journal import Journal
from .outcomes import RETRY_AFTER, STATUSES, Outcome, Status, is_about_all, of_wrong_event
from .table import Table, digest

#: Events that are held in memory at most, for each one that may be under way.
LOOK_AHEAD: Final = 16


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come."""

    #: Events in all, where the input has a length.
    total: int | None
    #: Events that were told.
    told: int
    #: How many of them by status.
    counts: Mapping[Status, int]
    #: How many of them were told from the results of an earlier run.
    skipped: int
    #: Seconds since the run began.
    seconds: float

    @property
    def rate(self) -> float:
        """Return the events carried out in a second, on average."""
        return (self.told - self.skipped) / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return the seconds until the end at this rate, ``None`` where it cannot be told."""
        if self.total is None or not self.rate:
            return None
        return max(0, self.total - self.told) / self.rate


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run, checked."""

    max_in_flight: int
    stop_after: int | None
    repeat_refused: bool
    stop: Callable[[], bool] | None
    on_progress: Callable[[Progress], object] | None

    def __post_init__(self) -> None:
        for name in ("max_in_flight", "stop_after"):
            value = getattr(self, name)
            if name == "stop_after" and value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(f"{name} must be an int, not {type(value).__name__}")
            if value < 1:
                raise ConfigurationError(f"{name} must be 1 or more")


class Schedule:
    """The state of a run.

    Args:
        settings: how to run.
        journal: the results so far.
        total: events in all, where it is known.
    """

    def __init__(self, settings: Settings, journal: Journal | None, total: int | None) -> None:
        self._settings = settings
        self._journal = journal
        self._total = total
        #: Why the run ends early: raised once all that was under way is told.
        self.failure: BaseException | None = None
        self.is_stopped = False
        #: What each event's identity stands for.
        self._terms = Table()
        #: Identities with two terms, where all events were read before the first began.
        self._contradictory: set[int] = set()
        #: Of each order under way: the events that wait for it.
        self._waiting: dict[str, deque[Event]] = {}
        self._ready: deque[Event] = deque()
        #: Events that were taken and are not told.
        self._open = 0
        #: The worst status of each order with an event that is not done.
        self._undone: dict[str, Status] = {}
        self._failures_in_a_row = 0
        self._counts: Counter[Status] = Counter()
        self._skipped = 0
        self._began = time.monotonic()

    def survey(self, events: Collection[Event]) -> None:
        """Look for contradictions in all of them, before the first begins."""
        for event in events:
            check_event_type(event)
            self._contradicts(event)

    @property
    def goes_on(self) -> bool:
        """Return whether further events may begin."""
        if not self.is_stopped and self._settings.stop is not None and self._settings.stop():
            self.is_stopped = True
        return not self.is_stopped

    @property
    def has_room(self) -> bool:
        """Return whether a further event may be taken."""
        return self._open < LOOK_AHEAD * self._settings.max_in_flight

    def fail(self, error: BaseException) -> None:
        """End the run: what is under way is still told, then the first such error is raised."""
        self.is_stopped = True
        self.failure = self.failure or error

    def offer(self, event: Event) -> Event | Outcome | None:
        """Take an event, and return it if it is to begin now, or its outcome if that is known.

        Return ``None`` for one that waits for another of its order.
        """
        check_event_type(event)
        self._open += 1
        if event.order in self._waiting:
            self._waiting[event.order].append(event)
            return None
        self._waiting[event.order] = deque()
        return self._begin(event)

    def resume(self) -> Event | Outcome | None:
        """Return an event whose turn has come, or its outcome, or ``None``."""
        return self._begin(self._ready.popleft()) if self._ready else None

    def settle(self, outcome: Outcome) -> Progress:
        """Note an outcome that is about to be told, and make way for the next of its order."""
        order = outcome.event.order
        if self._journal is not None and not outcome.skipped:
            self._journal.append(outcome)
        self._open -= 1
        if self._waiting[order]:
            self._ready.append(self._waiting[order].popleft())
        else:
            del self._waiting[order]
        if not outcome.is_done and self._undone.get(order) != "retry":
            self._undone[order] = outcome.status
        self._counts[outcome.status] += 1
        self._skipped += outcome.skipped
        self._judge(outcome)
        progress = self.progress
        if self._settings.on_progress is not None:
            self._settings.on_progress(progress)
        return progress

    @property
    def progress(self) -> Progress:
        """Return how far the run has come."""
        return Progress(
            total=self._total,
            told=self._counts.total(),
            counts={status: self._counts[status] for status in STATUSES},
            skipped=self._skipped,
            seconds=time.monotonic() - self._began,
        )

    def _begin(self, event: Event) -> Event | Outcome:
        """Return the outcome of an event that is not to be carried out, or the event itself."""
        if self._contradicts(event):
            return of_wrong_event(
                event, "reference: it is in the input with another amount or attempt as well"
            )
        known = self._from_journal(event)
        if known is not None:
            return known
        undone = self._undone.get(event.order)
        if undone == "retry" or (undone and isinstance(event, Void)):
            return _held(event, undone)
        return event

    def _contradicts(self, event: Event) -> bool:
        """Return whether the input has an event of the same identity and of other terms."""
        if not event.terms:
            return False
        key, terms = digest(event.identity), digest(event.terms)
        if self._terms.setdefault(key, terms) != terms:
            self._contradictory.add(key)
        return key in self._contradictory

    def _from_journal(self, event: Event) -> Outcome | None:
        """Return the outcome of an event that an earlier run settled."""
        before = None if self._journal is None else self._journal.last(event)
        if before is None:
            return None
        same_amount = before.event.terms[:1] == event.terms[:1]
        if before.is_done and same_amount:
            return replace(before, event=event, status="already_done", skipped=True)
        if before.is_done:
            return of_wrong_event(event, "amount: the results have it as done, with another amount")
        is_open = before.error is not None and before.error.outcome_unknown
        if is_open and before.event.terms != event.terms:
            return of_wrong_event(
                event,
                "amount, attempt: must stay as they are in the results, where it is not known "
                "whether it took effect",
            )
        is_refused = before.status == "refused" and before.event == event
        if is_refused and not self._settings.repeat_refused:
            return replace(before, skipped=True)
        return None

    def _judge(self, outcome: Outcome) -> None:
        """End the run where the outcome says that all further events would fail as well."""
        error = outcome.error
        if outcome.skipped or outcome.status == "invalid" or type(error) is KustomError:
            return  # nothing was sent
        if error is None or not (outcome.status == "retry" or isinstance(error, NotFound)):
            self._failures_in_a_row = 0  # the API itself has answered
            return
        self._failures_in_a_row += 1
        if is_about_all(error):
            error.add_note("The run ends here: every other event would fail in the same way.")
            self.fail(error)
        elif self._failures_in_a_row == self._settings.stop_after:
            error.add_note(f"The run ends here: {self._failures_in_a_row} events failed in a row.")
            self.fail(error)


def _held(event: Event, undone: Status) -> Outcome:
    """Return the outcome of an event that has to wait for an earlier one of its order."""
    error = KustomError(f"not begun: an earlier event of the order ended as {undone!r}")
    error.transient = True
    error.hint = "Run it again with the earlier one."
    return Outcome(event, "retry", error=error, retry_after=RETRY_AFTER)
