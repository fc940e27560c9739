"""Idempotency keys: one per logical operation, the same on every attempt.

The API answers a known key with the first answer again and disregards the new body (vendor's
reference, header ``Klarna-Idempotency-Key``). So two operations must never share a key, and a
repeat must never get a new one.
"""

import json
from typing import Final
from uuid import UUID, uuid4, uuid5

#: Never change this. It keeps the keys of an event the same in all versions of this library.
_NAMESPACE: Final = UUID("6f1c3b0e-51d3-4f5a-9a57-2f7d3c9c6a42")


def new_key() -> str:
    """Return a key for one operation: a UUID version 4, as the vendor recommends."""
    return str(uuid4())


def key_for(operation: str, order_id: str | UUID, reference: str, *, attempt: int = 1) -> str:
    """Return the key of a business event: a UUID version 5.

    The key is the same in every process, on every machine and in every version of Python. The
    reference is your own id of the event (shipment number, return number). Common mistakes:

    - A fresh key per attempt protects nothing.
    - ``capture-<order id>`` swallows the second partial capture. The reference must tell the two
      apart.
    - A key made from amounts or states changes with them, and the event happens twice.
    - One key for a capture and its refund swallows the refund. The operation is part of the key.

    Args:
        operation: ``"capture"``, ``"refund"``, …
        order_id: the order's UUID, in upper or lower case.
        reference: your id of the event, taken as it is: ``"42"`` and ``"42 "`` are two events.
        attempt: the number of the attempt, from 1. The next number makes another key, for an event
            that was refused and is tried anew. Never advance it after an unknown outcome: the event
            could happen twice.

    Raises:
        TypeError: an argument is of another type.
        ValueError: the operation or reference is empty, the order id is no UUID, or the attempt is
            below 1.
    """
    for name, value in (("operation", operation), ("reference", reference)):
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not isinstance(order_id, str | UUID):
        raise TypeError(f"order_id must be a str or a UUID, not {type(order_id).__name__}")
    if isinstance(attempt, bool) or not isinstance(attempt, int):
        raise TypeError(f"attempt must be an int, not {type(attempt).__name__}")
    if not operation or not reference:
        raise ValueError(
            "operation and reference must not be empty: the key would be that of another event"
        )
    if attempt < 1:
        raise ValueError("attempt must be 1 or more")
    order = str(order_id if isinstance(order_id, UUID) else UUID(order_id))
    # JSON keeps any parts apart. Escaped to ASCII, its bytes are the same everywhere.
    parts = (
        [operation, order, reference] if attempt == 1 else [operation, order, reference, attempt]
    )
    return str(uuid5(_NAMESPACE, json.dumps(parts, ensure_ascii=True)))


def problem_with(key: str) -> str | None:
    """Return why a caller's key cannot be used, or ``None`` if it can.

    A key must not be empty, and must be valid in a header.
    """
    if not key:
        return "is empty, and an empty key protects nothing"
    if not key.isascii() or not key.isprintable() or key != key.strip():
        return "must be printable ASCII without spaces at its ends, to be sent as a header"
    return None
