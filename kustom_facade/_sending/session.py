"""The settings that the requests of one call share."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .._operations.call import Call
from ..config import Config
from ..retry import RetryPolicy
from . import attempts
from .steps import Steps

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Session:
    """Sends calls, one after the other, as one call of a client does it.

    Args:
        config: the client's settings, as they are for this call.
        policy: when to repeat a request.
        guard_keys: whether a key that was used for another request in this process is refused.
        clock: seconds for the policy; never goes back.
        now: seconds since the epoch, for a ``Retry-After`` that is a date.
        jitter: a random number from 0 to 1.
    """

    config: Config
    policy: RetryPolicy
    guard_keys: bool = True
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random

    def send(self, call: Call[T]) -> Steps[T]:
        """Return the steps that carry out a call."""
        return attempts.steps(call, self)

    @property
    def reread_delays(self) -> tuple[float, ...]:
        """Return the seconds to wait before each re-read after an unknown outcome."""
        base, cap = self.policy.base, self.policy.cap
        return 0.0, min(base, cap), min(3 * base, cap)
