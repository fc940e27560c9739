"""The clock for expiry and idempotency keys, and dates in the API's form."""

import re
from datetime import UTC, datetime, time, timedelta

#: How far a clock can be moved, because dates end with the year 9999.
FARTHEST_DAYS = 365_000


class Clock:
    """Tell a time that tests can move.

    Args:
        start: The time at which the clock stands still until it is moved, so that a test knows
            every date beforehand. Without it the clock runs along with the system's.

    Raises:
        ValueError: The start has no time zone.
    """

    def __init__(self, start: datetime | None = None) -> None:
        if start is not None and start.tzinfo is None:
            raise ValueError(
                "the start of a clock needs a time zone, for example datetime(..., tzinfo=UTC)"
            )
        self._start = start
        self._moved = timedelta()

    def now(self) -> datetime:
        """Return the current time, in UTC."""
        return (self._start or datetime.now(UTC)).astimezone(UTC) + self._moved

    def advance(self, by: timedelta | float) -> None:
        """Move the time forward by a timedelta or a number of seconds.

        Raises:
            ValueError: The time would go back, or too far.
        """
        step = by if isinstance(by, timedelta) else timedelta(seconds=by)
        if step < timedelta():
            raise ValueError("a clock only moves forward")
        if step > timedelta(days=FARTHEST_DAYS) - self._moved:
            raise ValueError(f"a clock moves by {FARTHEST_DAYS} days at most")
        self._moved += step

    @property
    def moved(self) -> timedelta:
        """Return how far the clock was moved in all."""
        return self._moved

    def reset(self) -> None:
        """Take back all moves."""
        self._moved = timedelta()


def to_wire(moment: datetime) -> str:
    """Return a date as the API writes it: `2020-09-29T14:39:58.000Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_wire(text: str) -> datetime:
    """Return a date from any form that the API uses, in UTC if it has no time zone."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_ON_THE_WIRE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def as_wire(text: str) -> str:
    """Return a date unchanged if its form was seen on the wire, else in the usual form."""
    return text if _ON_THE_WIRE.fullmatch(text) else to_wire(from_wire(text))


def midnight(moment: datetime) -> datetime:
    """Return the start of a day in UTC, because expiry dates were recorded as whole days."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
