"""Idempotency keys: one per logical operation, the same on every attempt.

The API answers a request whose key it has seen with the first answer again, whatever the new body holds
(vendor's reference, header ``Klarna-Idempotency-Key``). So a key must never be used for anything else, and a
repeat must never get a new one.
"""

import json
from collections import OrderedDict
from hashlib import blake2b
from threading import Lock
from typing import Final
from uuid import UUID, uuid4, uuid5

#: Keys of one operation, order and reference are the same everywhere and for ever: never change this.
_NAMESPACE: Final = UUID("6f1c3b0e-51d3-4f5a-9a57-2f7d3c9c6a42")


def new_key() -> str:
    """A key for one operation: a UUID version 4, as the vendor recommends."""
    return str(uuid4())


def key_for(operation: str, order_id: str | UUID, reference: str, *, attempt: int = 1) -> str:
    """The key of a business event: the same in every process, on every machine and for every version of Python.

    The reference is your own id of the event (shipment number, return number). What others got wrong:

    - a fresh key per attempt protects nothing;
    - ``capture-<order id>`` swallows the second partial capture: the reference must tell the two apart;
    - a key made from amounts or states is another one as soon as they change, and the event happens twice;
    - one key for a capture and its refund: the operation is part of the key.

    Args:
        operation: ``"capture"``, ``"refund"``, …
        order_id: the order's UUID, in any case.
        reference: your id of the event; text is taken as it is, so ``"42"`` and ``"42 "`` are two.
        attempt: 2 and more make another key, for an event that was refused and is to be tried anew. Never advance it
            after an unknown outcome: that would do it twice.

    Returns:
        A UUID version 5.

    Raises:
        TypeError: an argument of another type.
        ValueError: an empty operation or reference, an order id that is no UUID, or an attempt below 1.
    """
    for name, value in (("operation", operation), ("reference", reference)):
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if isinstance(attempt, bool) or not isinstance(attempt, int):
        raise TypeError(f"attempt must be an int, not {type(attempt).__name__}")
    if not operation or not reference:
        raise ValueError("operation and reference must not be empty: the key would be that of another event")
    if attempt < 1:
        raise ValueError(f"attempt must be 1 or more, not {attempt}")
    order = str(order_id if isinstance(order_id, UUID) else UUID(order_id))
    # JSON keeps the parts apart, whatever they hold; ASCII keeps it the same everywhere.
    parts = [operation, order, reference] if attempt == 1 else [operation, order, reference, attempt]
    return str(uuid5(_NAMESPACE, json.dumps(parts, ensure_ascii=True)))


def problem_with(key: str) -> str | None:
    """Why a caller's key cannot be used, or ``None`` if it can: it must fit into a header, and not be empty."""
    if not key:
        return "is empty, and an empty key protects nothing"
    if not key.isascii() or not key.isprintable() or key != key.strip():
        return "must be printable ASCII without spaces at its ends, to be sent as a header"
    return None


class Guard:
    """Remembers what each key of this process was used for; for threads and tasks alike.

    Args:
        most: how many keys are remembered; the oldest are forgotten first.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._used: OrderedDict[str, bytes] = OrderedDict()
        self._open: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._used)

    def claim(self, key: str, *request: bytes) -> bool:
        """Use a key for a request; ``False`` if it was used for another one."""
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


#: The one of this process: two clients share the server that would answer both with the first result.
guard: Final = Guard()
