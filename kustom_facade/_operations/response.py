"""From an answer to a model, an id or a receipt.

The generated response handling is not used. It knows nothing of headers, in which the ids of
captures and refunds come.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from kustom_order_management.models import MerchantOrder, OrderLine
from kustom_order_management.types import Model

from .._lines.values import Origin
from ..errors import IdempotencyKeyReused
from ..results import Created, Done
from .call import Answer, Request
from .ids import UUID_FORM, id_in_header

M = TypeVar("M", bound=Model)

#: What a write makes that has an id of its own.
Kind: TypeAlias = Literal["capture", "refund"]

#: What the Location of something made names.
_LOCATION: Final = re.compile(
    rf"/orders/(?P<order>{UUID_FORM.pattern})/(?P<thing>capture|refund)s/"
)


class UnreadableAnswer(ValueError):
    """The answer is not what the operation answers with."""


class ForeignAnswer(ValueError):
    """The answer is about something else than what was asked for: a mixed-up cache or proxy."""


# --- reads


def one(model: type[M], **ids: UUID | str) -> Callable[[Answer], M]:
    """Return the reader of one object, which must be about these ids where it names any."""

    def read(answer: Answer) -> M:
        return _from(model, loads(answer.content), ids)

    return read


def many(model: type[M], **ids: UUID | str) -> Callable[[Answer], list[M]]:
    """Return the reader of a list of objects, each as with :func:`one`."""

    def read(answer: Answer) -> list[M]:
        data = loads(answer.content)
        if not isinstance(data, list):
            raise UnreadableAnswer(f"a list was expected, not {type(data).__name__}")
        return [_from(model, item, ids) for item in data]

    return read


def order(order_id: UUID) -> Callable[[Answer], MerchantOrder]:
    """Return the reader of an order, whose lines learn which order they are of."""
    read = one(MerchantOrder, order_id=order_id)

    def read_order(answer: Answer) -> MerchantOrder:
        merchant_order = read(answer)
        _tell_lines_their_order(merchant_order)
        return merchant_order

    return read_order


def loads(content: bytes) -> Any:
    """Return JSON as it comes over the wire.

    Raises:
        ValueError: it is something else.
    """
    try:
        return orjson.loads(content)
    except ValueError:
        # orjson refuses lone surrogates and a byte order mark; an order is worth the second try.
        try:
            return json.loads(content)
        except RecursionError:
            raise UnreadableAnswer("the JSON is nested too deeply") from None


def _from(model: type[M], data: Any, ids: Mapping[str, UUID | str]) -> M:
    if not isinstance(data, dict):
        raise UnreadableAnswer(f"a JSON object was expected, not {type(data).__name__}")
    for name, asked in ids.items():
        named = data.get(name)
        if named and _plain(named) != _plain(asked):
            raise ForeignAnswer(f"{name} {asked} was asked for, and the answer is about {named}")
    return model.from_dict(data)


def _plain(some_id: object) -> str:
    """Return an id without its case and its dashes, which do not make it another one."""
    return str(some_id).lower().replace("-", "")


def _tell_lines_their_order(merchant_order: MerchantOrder) -> None:
    """Let the lines of an order know its currency, which the wire does not say with them."""
    currency = merchant_order.purchase_currency
    code = (currency.upper() or None) if isinstance(currency, str) else None
    lines = _lines_of(merchant_order)
    amounts = [merchant_order.order_amount, *(line.total_amount for line in lines)]
    difference = None
    if all(type(amount) is int for amount in amounts):
        difference = cast("int", amounts[0]) - sum(cast("list[int]", amounts[1:]))
    origin = Origin(code, difference)
    for line in lines:
        line.origin = origin
    for parts in (merchant_order.captures, merchant_order.refunds):
        for part in parts if isinstance(parts, list) else ():
            for line in _lines_of(part):
                line.origin = Origin(code, None)


def _lines_of(holder: Any) -> list[OrderLine]:
    lines = getattr(holder, "order_lines", None)
    if not isinstance(lines, list):
        return []
    return [line for line in lines if isinstance(line, OrderLine)]


# --- writes


def done_reader(request: Request, key: str | None) -> Callable[[Answer], Done]:
    """Return the reader of a write's success; its body is never looked at."""

    def read(answer: Answer) -> Done:
        _reject_foreign_answer(answer, request, "", key)
        return Done(
            idempotency_key=key,
            correlation_id=answer.correlation_id,
            attempts=answer.attempts,
            headers=answer.headers,
        )

    return read


def created_reader(request: Request, kind: Kind, key: str | None) -> Callable[[Answer], Created]:
    """Return the reader of a success that made a capture or a refund, whose id is in a header."""

    def read(answer: Answer) -> Created:
        _reject_foreign_answer(answer, request, kind, key)
        location = answer.headers.get("location")
        created_id = id_in_header(answer.headers.get(f"{kind}-id")) or _last_segment(
            location, f"{kind}s"
        )
        return Created(
            id=created_id,
            location=location,
            idempotency_key=key,
            correlation_id=answer.correlation_id,
            attempts=answer.attempts,
            headers=answer.headers,
            note="" if created_id else _missing_id_note(kind, answer.status),
        )

    return read


def _last_segment(location: str | None, collection: str) -> str | None:
    """Return the id at the end of ``…/captures/{id}``; ``None`` where there is none."""
    try:
        segments = urlsplit((location or "").strip()).path.rstrip("/").split("/")
    except ValueError:
        return None
    return id_in_header(segments[-1]) if segments[-2:-1] == [collection] else None


def _missing_id_note(kind: Kind, status: int) -> str:
    """Return what to say of a success that names no id.

    What was made is answered with 201; another status may be the replay of something else.
    """
    unless = (
        "" if status == 201 else ", unless this idempotency key was used for something else before"
    )
    return (
        f"The {kind} was made and the money moved{unless}, but the answer named no id: "
        "read the order."
    )


def _reject_foreign_answer(
    answer: Answer, request: Request, kind: Kind | Literal[""], key: str | None
) -> None:
    """Refuse an answer to another operation, or about another order.

    The API looks at nothing but the key (vendor's reference on ``Klarna-Idempotency-Key``).

    Raises:
        IdempotencyKeyReused: only where the answer names what it is about, and it is another thing.
    """
    location = _LOCATION.search(answer.headers.get("location", ""))
    own_id = f"{kind}-id" in answer.headers
    other_kinds = [
        other
        for other in ("capture", "refund")
        if other != kind and f"{other}-id" in answer.headers
    ]
    own_order = location is not None and location["order"].lower() in request.path.lower()
    if location is not None and own_order and location["thing"] == kind:
        return
    if not kind and f"/{answer.headers.get('capture-id', '')}/" in request.path:
        return
    if other_kinds and not own_id:
        what = f"a {other_kinds[0]}"
    elif location is not None and not own_order:
        what = f"a {location['thing']} of the order {location['order']}"
    elif location is not None and kind and location["thing"] != kind and not own_id:
        what = f"a {location['thing']}"
    else:
        return
    raise IdempotencyKeyReused(
        f"{request}: the answer is that to {what}, for which the idempotency key {key!r} was used "
        "before; this was not carried out",
        idempotency_key=key,
        attempts=answer.attempts,
    )
