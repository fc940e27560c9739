"""The time by which orders expire and keys are forgotten, and its form on the wire."""

import re
from datetime import UTC, datetime, time, timedelta

FARTHEST_DAYS = 365_000
"""How far a clock can be moved: dates end with the year 9999."""


class Clock:
    """A clock that tests can move.

    Without a start it runs along with the system's clock; with one it stands still until it is moved, so that
    every date in a test is known beforehand.
    """

    def __init__(self, start: datetime | None = None) -> None:
        if start is not None and start.tzinfo is None:
            raise ValueError("the start of a clock needs a time zone, for example datetime(..., tzinfo=UTC)")
        self._start = start
        self._moved = timedelta()

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return (self._start or datetime.now(UTC)).astimezone(UTC) + self._moved

    def advance(self, by: timedelta | float) -> None:
        """Moves the time forward, by a timedelta or a number of seconds; never back."""
        step = by if isinstance(by, timedelta) else timedelta(seconds=by)
        if step < timedelta():
            raise ValueError("a clock only moves forward")
        if step > timedelta(days=FARTHEST_DAYS) - self._moved:
            raise ValueError(f"a clock moves by {FARTHEST_DAYS} days at most")
        self._moved += step

    @property
    def moved(self) -> timedelta:
        """How far it was moved in all."""
        return self._moved

    def reset(self) -> None:
        """Takes back all moves: for a sandbox that begins anew."""
        self._moved = timedelta()


def to_wire(moment: datetime) -> str:
    """A moment as the API writes it: `2020-09-29T14:39:58.000Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_wire(text: str) -> datetime:
    """A date of any form the API uses; one without a time zone is in UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_ON_THE_WIRE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def as_wire(text: str) -> str:
    """A date as it was written, if that is a form of the wire; else, as for a bare day, in the usual one."""
    return text if _ON_THE_WIRE.fullmatch(text) else to_wire(from_wire(text))


def midnight(moment: datetime) -> datetime:
    """The start of that day in UTC: expiry dates were recorded as whole days."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
