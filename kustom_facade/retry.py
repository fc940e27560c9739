"""The retry policy: a frozen value whose decision is one pure function."""

from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Final

#: Limit on doublings of the wait. It is above every sensible cap, and below a float's overflow.
_MOST_DOUBLINGS: Final = 60
#: A wait is never shorter than this part of the backoff, for a server that asks for none.
_LEAST_JITTER: Final = 0.1
#: A day. Longer than that a key need not be remembered (api-facts, section 5).
_LONGEST_WAIT: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When and how often to repeat a request.

    - Transport errors, 429 and every 5xx are retried. A write keeps its key and its body.
    - ``attempts`` counts all sends and is at least 1.
    - The wait before attempt n + 1 is ``random() * min(cap, base * 2 ** (n - 1))`` seconds (full
      jitter).
    - ``Retry-After`` replaces that wait, up to ``max_retry_after`` seconds. Above it the call fails
      at once.
    - No wait is shorter than a tenth of the longest one that the jitter could have given.
    - No attempt begins after the deadline of the call.

    Raises:
        ValueError: a number is out of its range.
    """

    #: Sends in all.
    attempts: int = 3
    #: Seconds that the first wait is at most.
    base: float = 0.5
    #: Seconds that any wait is at most, but for ``Retry-After``.
    cap: float = 8.0
    #: Longest ``Retry-After`` that is obeyed, in seconds.
    max_retry_after: float = 30.0

    def __post_init__(self) -> None:
        if type(self.attempts) is not int or self.attempts < 1:
            raise ValueError("attempts must be a whole number from 1")
        for name in ("base", "cap", "max_retry_after"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
                raise ValueError(f"{name} must be a number of seconds from 0")
            if value > _LONGEST_WAIT:
                raise ValueError(f"{name} must be at most {_LONGEST_WAIT:,} seconds, not {value!r}")

    def limited_to(self, attempts: int | None) -> "RetryPolicy":
        """Return the policy with another number of attempts. ``None`` keeps the present one."""
        return self if attempts is None else replace(self, attempts=attempts)

    def wait(
        self,
        attempt: int,
        seconds_left: float,
        *,
        retry_after: float | None = None,
        jitter: float = 1.0,
    ) -> float | None:
        """Return the seconds to wait after a failed attempt, or ``None`` to give up.

        Args:
            attempt: the number of the attempt that failed, from 1.
            seconds_left: seconds until the deadline of the call.
            retry_after: the seconds that the answer asked for.
            jitter: a random number from 0 to 1.
        """
        if attempt >= self.attempts:
            return None
        if retry_after is not None and retry_after > self.max_retry_after:
            return None
        backoff = min(self.cap, self.base * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS))
        if retry_after is None:
            seconds = max(jitter, _LEAST_JITTER) * backoff
        else:
            seconds = max(retry_after, _LEAST_JITTER * backoff)
        return seconds if seconds < seconds_left else None


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for.

    An absent or unreadable header gives ``None``.

    Args:
        value: the header, a number of seconds or an HTTP date.
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
