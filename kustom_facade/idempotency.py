"""Idempotency keys: one per logical operation, the same on every attempt.

The API answers a request whose key it has seen with the first answer again, whatever the new body holds
(vendor's reference, header ``Klarna-Idempotency-Key``). So a key must never be used for anything else, and a
repeat must never get a new one.
"""

from uuid import uuid4


def new_key() -> str:
    """A key for one operation: a UUID version 4, as the vendor recommends."""
    return str(uuid4())


def problem_with(key: str) -> str | None:
    """Why a caller's key cannot be used, or ``None`` if it can: it must fit into a header, and not be empty."""
    if not key:
        return "is empty, and an empty key protects nothing"
    if not key.isascii() or not key.isprintable() or key != key.strip():
        return "must be printable ASCII without spaces at its ends, to be sent as a header"
    return None
