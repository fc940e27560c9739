"""Ids and keys that are safe in a path or a header, and amounts that are whole."""

import re
from operator import index
from typing import Final
from uuid import UUID

from .. import idempotency
from ..errors import InvalidRequest
from ..money import Money, is_whole
from .call import Amount, OrderId

UUID_FORM: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: What the API's ids of captures and refunds are made of; nothing that means something in a path.
SEGMENT_FORM: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._~-]{0,254}")


def order_uuid(order_id: OrderId) -> UUID:
    """Return the order's id as what it is on the wire, so that nothing else gets into the path.

    Raises:
        TypeError: it is no text and no UUID.
        InvalidRequest: it does not look like a UUID.
    """
    if isinstance(order_id, UUID):
        return order_id
    if not isinstance(order_id, str):
        raise TypeError(f"order_id must be a str or a UUID, not {type(order_id).__name__}")
    if not UUID_FORM.fullmatch(order_id):
        raise invalid_argument(
            "order_id", "is not a UUID like f3392f8b-6116-4073-ab96-e330819e2c07"
        )
    return UUID(order_id)


def path_segment(name: str, value: str | UUID) -> str:
    """Return an id as one path segment: a slash or ``..`` would reach another resource.

    Raises:
        TypeError: it is no text and no UUID.
        InvalidRequest: it has letters that no id has.
    """
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str or a UUID, not {type(value).__name__}")
    if not SEGMENT_FORM.fullmatch(value):
        raise invalid_argument(
            name, "is not an id: letters, digits, '-', '_', '.' and '~', at most 255 characters"
        )
    return str.__str__(value)


def checked_key(key: str | None) -> str:
    """Return the caller's idempotency key, or a new one.

    Raises:
        TypeError: it is no text.
        InvalidRequest: it is empty, or cannot stand in a header.
    """
    if key is None:
        return idempotency.new_key()
    if not isinstance(key, str):
        raise TypeError(f"idempotency_key must be a str, not {type(key).__name__}")
    key = str.__str__(key)  # the text alone of a subclass
    problem = idempotency.problem_with(key)
    if problem:
        raise invalid_argument("idempotency_key", problem)
    return key


def minor_units(name: str, amount: Amount) -> int:
    """Return an amount as whole minor units. An int of another library (numpy) counts as one.

    Raises:
        TypeError: it is neither a whole number nor Money.
    """
    if isinstance(amount, Money):
        return amount.minor
    if not is_whole(amount):
        kind = type(amount).__name__
        raise TypeError(
            f"{name} must be an int of minor units or Money, not {kind}: Money.of('39.90', 'SEK')"
        )
    return index(amount)


def id_in_header(text: str | None) -> str | None:
    """Return an id from a header, ``None`` for what is no id.

    Of a header that came twice the first counts.
    """
    first = (text or "").partition(",")[0].strip()
    return first if SEGMENT_FORM.fullmatch(first) else None


def invalid_argument(name: str, problem: str) -> InvalidRequest:
    """Return the error for one argument that cannot be sent."""
    return InvalidRequest(f"{name} {problem}", problems=(f"{name}: {problem}",))
