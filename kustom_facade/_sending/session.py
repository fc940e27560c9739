"""The settings that the requests of one call share."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from ..config import Config
from ..retry import RetryPolicy
from .limiter import Limiter
from .steps import Sleep, Steps
from .telemetry import OnAttempt


@dataclass(frozen=True, slots=True)
class Session:
    """What the requests of one call share, a workflow's too.

    Args:
        config: the client's settings, as they are for this call.
        policy: when to repeat a request.
        guard_keys: whether a key that was used for another request in this process is refused.
        ends: the time of ``clock`` at which the whole call ends.
        limiter: what all requests of the client share.
        on_attempt: is given each attempt as it ends.
        settles: whether a workflow finds out itself what became of a write whose answer was lost.
        clock: seconds for the policy; never goes back.
        now: seconds since the epoch, for a ``Retry-After`` that is a date.
        jitter: a random number from 0 to 1.
    """

    config: Config
    policy: RetryPolicy
    guard_keys: bool = True
    ends: float = inf
    limiter: Limiter = field(default_factory=lambda: Limiter(1))
    on_attempt: OnAttempt | None = None
    settles: bool = False
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random

    @property
    def seconds_left(self) -> float:
        """Return the seconds until the deadline of the call."""
        return self.ends - self.clock()

    def pause(self, seconds: float) -> Steps[None]:
        """Wait, but not beyond the deadline."""
        seconds = min(seconds, self.seconds_left)
        if seconds > 0:
            yield Sleep(seconds)

    @property
    def reread_delays(self) -> tuple[float, ...]:
        """Return the seconds to wait before each re-read after an unknown outcome."""
        base, cap = self.policy.base, self.policy.cap
        return 0.0, min(base, cap), min(3 * base, cap)
