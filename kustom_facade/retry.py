"""When to repeat a request, and after how long: a frozen value and one pure function."""

from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Final

#: Doubling stops here: every sensible cap is reached long before, and floats would overflow later.
_MOST_DOUBLINGS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how patiently a request is repeated.

    - Repeated are transport errors, 429 and every 5xx; a write always with the same key and body.
    - ``attempts``: sends in all, at least 1.
    - Wait before attempt n + 1: ``random() * min(cap, base * 2 ** (n - 1))`` seconds (full jitter).
    - ``Retry-After`` is obeyed instead, up to ``max_retry_after`` seconds; above it the call fails at once.
    - No attempt begins later than ``deadline`` seconds after the first.

    Raises:
        ValueError: a number is out of its range.
    """

    attempts: int = 3
    base: float = 0.5
    cap: float = 8.0
    deadline: float = 60.0
    max_retry_after: float = 30.0

    def __post_init__(self) -> None:
        if type(self.attempts) is not int or self.attempts < 1:
            raise ValueError(f"attempts must be a whole number from 1, not {self.attempts!r}")
        for name in ("base", "cap", "deadline", "max_retry_after"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
                raise ValueError(f"{name} must be a number of seconds from 0, not {value!r}")

    def limited_to(self, attempts: int | None) -> "RetryPolicy":
        """The same policy with another number of attempts; ``None`` keeps it."""
        return self if attempts is None else replace(self, attempts=attempts)

    def wait(
        self, attempt: int, elapsed: float, *, retry_after: float | None = None, jitter: float = 1.0
    ) -> float | None:
        """Seconds to wait after a failed attempt, or ``None`` to give up.

        Args:
            attempt: the attempt that just failed, counted from 1.
            elapsed: seconds since the first attempt began.
            retry_after: what the answer asked for, in seconds.
            jitter: a random number from 0 to 1.
        """
        if attempt >= self.attempts:
            return None
        if retry_after is not None and retry_after > self.max_retry_after:
            return None
        if retry_after is None:
            seconds = jitter * min(self.cap, self.base * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS))
        else:
            seconds = retry_after
        return seconds if elapsed + seconds <= self.deadline else None


def parse_retry_after(value: str | None, now: float) -> float | None:
    """The seconds that a ``Retry-After`` header asks for; ``None`` where it is absent or unreadable.

    Args:
        value: the header: a number of seconds, or an HTTP date.
        now: the present, in seconds since the epoch.
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if isfinite(seconds) else None
