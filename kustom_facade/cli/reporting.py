"""What a run shows of itself: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn

from ..batch import Outcome, Progress

#: Seconds between two plain lines.
_EVERY: Final = 10.0
#: Outcomes that need a person and are shown one by one. All of them are in the results.
_MOST_SHOWN: Final = 20


class Report:
    """The progress of a run, and its summary.

    Args:
        total: events in all.
        results: where the outcomes are written.
    """

    def __init__(self, total: int, results: Path) -> None:
        self._total = total
        self._results = results
        self._console = Console(highlight=False, soft_wrap=True)
        self._bar = Bar(
            BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"),
            console=self._console, disable=not self._console.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=total)
        self._progress: Progress | None = None
        self._next_line = time.monotonic() + _EVERY
        self._shown = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    @property
    def is_complete(self) -> bool:
        """Return whether each event is done."""
        counts = {} if self._progress is None else self._progress.counts
        return sum(counts.get(status, 0) for status in ("done", "already_done")) == self._total

    def update(self, progress: Progress) -> None:
        """Show how far the run has come."""
        self._progress = progress
        if self._console.is_terminal:
            self._bar.update(self._task, completed=progress.told, description=self._line())
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _EVERY
            self._print(f"{progress.told} of {self._total}: {self._line()}")

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
        told = 0 if self._progress is None else self._progress.told
        self._print(f"{told} of {self._total} events: {self._line() or 'none begun'}")
        if not self.is_complete:
            self._print(
                f"Not all is done. What is to be run again, or needs a person, is in "
                f"{self._results}: the same command goes on from there."
            )

    def _line(self) -> str:
        progress = self._progress
        if progress is None:
            return ""
        parts = [f"{count} {status}" for status, count in progress.counts.items() if count]
        if progress.skipped:
            parts.append(f"{progress.skipped} of them from the results")
        parts.append(f"{progress.rate:.1f}/s")
        left = self._total - progress.told
        if left and progress.rate:
            parts.append(f"{timedelta(seconds=round(left / progress.rate))} left")
        return ", ".join(parts)

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False)
