"""One idempotency key, one request: what each key of this process was used for."""

import os
from collections import OrderedDict
from hashlib import blake2b
from threading import RLock
from typing import Any, Final

from .._operations.call import Call
from ..errors import IdempotencyKeyReused


class KeyGuard:
    """Remembers what each key was used for, and whether its outcome is known.

    Threads and tasks may share it.

    Args:
        most: how many keys are remembered. The oldest are forgotten first.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._used: OrderedDict[str, bytes] = OrderedDict()
        self._open: OrderedDict[str, None] = OrderedDict()
        self.renew()

    def renew(self) -> None:
        """Begin with a lock that nobody holds, in the child of a fork too.

        A handler of a signal may take it once more, within the same thread.
        """
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._used)

    def register(self, key: str, *request: bytes) -> bool:
        """Use a key for a request, and return ``False`` if it was used for another one."""
        digest = blake2b(b"\0".join(request), digest_size=16).digest()
        with self._lock:
            known = self._used.setdefault(key, digest)
            self._used.move_to_end(key)
            if len(self._used) > self._most:
                self._used.popitem(last=False)
            return known == digest

    def leave_open(self, key: str) -> None:
        """Remember that the outcome of a request with this key is not known."""
        with self._lock:
            self._open[key] = None
            self._open.move_to_end(key)
            if len(self._open) > self._most:
                self._open.popitem(last=False)

    def settle(self, key: str) -> None:
        """Remember that a request with this key succeeded."""
        with self._lock:
            self._open.pop(key, None)

    def is_open(self, key: str) -> bool:
        """Return whether the outcome of an earlier request with this key is still not known."""
        return key in self._open


#: The one of this process: two clients share the server that would answer both with the first
#: result.
guard: Final = KeyGuard()
if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=guard.renew)


def require_own_key(call: Call[Any], scope: str = "") -> None:
    """Use a call's key for its request, and for nothing else in this process and scope.

    Raises:
        IdempotencyKeyReused: it was used for another one.
    """
    key, request = call.idempotency_key, call.request
    if key is None:
        return
    body = call.guard_payload or request.content or b""
    if not guard.register(f"{scope} {key}", request.method.encode(), request.path.encode(), body):
        raise IdempotencyKeyReused(
            f"the idempotency key {key!r} was used for another request than {request} in this "
            "process, or for the same one with another body",
            idempotency_key=key,
        )
