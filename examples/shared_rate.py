"""One rate for many workers: a bucket in Redis, for any engine.

``bucket.take()`` before each ``batch.perform`` waits for its turn. An event is three requests.
"""

import time
from typing import Any, Final

#: KEYS[1] the bucket, ARGV events a second and burst. Returns the seconds to wait, 0 to go.
TAKE: Final = """
local now = redis.call('TIME'); now = now[1] + now[2] / 1e6
local at = tonumber(redis.call('GET', KEYS[1]) or now)
at = math.max(at, now - (ARGV[2] - 1) / ARGV[1])
if at > now then return string.format('%.6f', at - now) end
redis.call('SET', KEYS[1], string.format('%.6f', at + 1 / ARGV[1]), 'EX', 60)
return '0'
"""


class Bucket:
    """A token bucket that workers on all machines share.

    Args:
        redis: a ``redis.Redis``.
        rate: events a second, of all workers together.
        burst: events that may begin at once after a pause.
    """

    def __init__(self, redis: Any, rate: float, burst: int = 1, name: str = "kustom-rate") -> None:
        self._script = redis.register_script(TAKE)
        self._arguments = [rate, burst]
        self._name = name

    def take(self) -> None:
        """Wait for a turn."""
        while wait := float(self._script(keys=[self._name], args=self._arguments)):
            time.sleep(wait)
