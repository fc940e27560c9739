"""What a run shows of itself: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, NoReturn, Self

from rich.console import RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar
from rich.text import Text

from ..batch import Event, Outcome, Progress
from .display import console, printable

#: Seconds between two plain lines.
_EVERY: Final = 10.0
#: Outcomes that need a person and are shown one by one. All of them are in the results.
_MOST_SHOWN: Final = 20
_STOPPING: Final = "Stopping: what is under way is finished. Again to end at once."
_ENDED: Final = "Ended at once. What was under way is not known: run it again."
#: Makes the cursor visible again, which a bar hides.
_SHOW_CURSOR: Final = "\x1b[?25h"


class Report:
    """The progress of a run, and its summary.

    Args:
        results: where the outcomes are written.
    """

    def __init__(self, results: Path) -> None:
        #: Events in all, known once the file is checked.
        self.total = 0
        self._results = results
        self._console = console()
        # FORCE_COLOR, set by build servers, makes a console of rich a terminal that it is not.
        self._is_live = self._console.is_interactive and self._console.file.isatty()
        self._bar = _Bar(
            BarColumn(bar_width=None), MofNCompleteColumn(),
            console=self._console, disable=not self._is_live, expand=True,
            transient=True,  # the summary says the same
        )  # fmt: skip
        self._bar.report = self
        self._task = self._bar.add_task("", total=None)
        #: Whether an event may have been sent.
        self.has_begun = False
        #: Whether nothing new is to begin.
        self.is_stopping = False
        self._is_over = False
        self._progress: Progress | None = None
        self._next_line = time.monotonic() + _EVERY
        self._shown = 0

    def __enter__(self) -> Self:
        self._bar.update(self._task, total=self.total)
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()
        self._is_over = True

    @property
    def is_complete(self) -> bool:
        """Return whether each event is done."""
        counts = {} if self._progress is None else self._progress.counts
        return sum(counts.get(status, 0) for status in ("done", "already_done")) == self.total

    def watch(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield the events, and note that they have begun."""
        for event in events:
            self.has_begun = True
            yield event

    def stop(self) -> None:
        """Say that nothing new begins. Called by a signal, in the middle of anything."""
        self.is_stopping = True
        if not self._is_live:
            _write(f"{_STOPPING}\n")

    def abandon(self, status: int) -> NoReturn:
        """End the program now. Called by a signal, in the middle of anything."""
        _write(f"{_SHOW_CURSOR if self._is_live else ''}\n{_ENDED}\n")
        os._exit(status)

    def update(self, progress: Progress) -> None:
        """Show how far the run has come."""
        self._progress = progress
        if self._is_live:
            self._bar.update(self._task, completed=progress.told)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _EVERY
            self._print(f"{progress.told} of {self.total}: {self.line()}")

    def tell(self, outcome: Outcome) -> None:
        """Show an outcome that needs a person."""
        if outcome.status in ("refused", "invalid"):
            self._shown += 1
            if self._shown <= _MOST_SHOWN:
                self._print(str(outcome))

    def summarize(self) -> None:
        """Print what the run came to."""
        if self._shown > _MOST_SHOWN:
            self._print(f"… and {self._shown - _MOST_SHOWN} more that need a person")
        if self.total and not self.has_begun:
            return
        told = 0 if self._progress is None else self._progress.told
        self._print(f"{told} of {self.total} events: {self.line() or 'none begun'}")
        if not self.is_complete:
            self._print(
                f"Not all is done. What is to be run again, or needs a person, is in "
                f"{self._results}: the same command goes on from there."
            )

    def line(self) -> str:
        """Return counts, rate and time left in a line."""
        progress = self._progress
        if progress is None:
            return ""
        parts = [f"{count} {status}" for status, count in progress.counts.items() if count]
        if progress.skipped:
            parts.append(f"{progress.skipped} of them from the results")
        parts.append(f"{progress.rate:.1f}/s")
        left = 0 if self._is_over else self.total - progress.told
        if left and progress.rate:
            parts.append(f"{timedelta(seconds=round(left / progress.rate))} left")
        return ", ".join(parts)

    def _print(self, text: str) -> None:
        self._console.print(printable(text), soft_wrap=True)


class _Bar(Bar):
    """A bar, and below it what there is to say, in as many lines as a narrow terminal needs."""

    report: Report | None = None

    def get_renderables(self) -> Iterator[RenderableType]:
        """Yield the bar and the text, which changes also between two outcomes."""
        yield self.make_tasks_table(self.tasks)
        if self.report is not None:
            yield Text(self.report.line())
            if self.report.is_stopping:
                yield Text(_STOPPING)


def _write(text: str) -> None:
    """Write to the errors without a lock, which the code that a signal interrupts may hold."""
    os.write(2, text.encode())
