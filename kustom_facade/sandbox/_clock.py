"""The time by which orders expire and keys are forgotten, and its form on the wire."""

from datetime import UTC, datetime, time, timedelta

_FARTHEST_DAYS = 365_000  # dates end with the year 9999


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
        if step > timedelta(days=_FARTHEST_DAYS) - self._moved:
            raise ValueError(f"a clock moves by {_FARTHEST_DAYS} days at most")
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


def midnight(moment: datetime) -> datetime:
    """The start of that day in UTC: expiry dates were recorded as whole days."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
