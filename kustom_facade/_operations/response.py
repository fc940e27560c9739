"""From an answer to a model, an id or a receipt.

The generated response handling is not used. It knows nothing of headers, in which the ids of
captures and refunds come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

from kustom_order_management.models import MerchantOrder, OrderLine
from kustom_order_management.types import Model

from .._lines.values import Origin
from ..errors import IdempotencyKeyReused
from ..results import Created, Done
from .call import Answer, Request
from .decoding import UnreadableAnswer, loads
from .ids import UUID_FORM, id_in_header

M = TypeVar("M", bound=Model)

#: What a write makes that has an id of its own.
Kind: TypeAlias = Literal["capture", "refund"]
KINDS: Final[tuple[Kind, ...]] = ("capture", "refund")

#: What the Location of something made names.
_LOCATION: Final = re.compile(
    rf"/orders/(?P<order>{UUID_FORM.pattern})/(?P<thing>capture|refund)s/"
)


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


def _from(model: type[M], data: Any, ids: Mapping[str, UUID | str]) -> M:
    if not isinstance(data, dict):
        raise UnreadableAnswer(f"a JSON object was expected, not {type(data).__name__}")
    for name, asked in ids.items():
        named = data.get(name)
        if named and _plain(named) != _plain(asked):
            other = named if isinstance(named, str) else f"a {type(named).__name__}"
            raise ForeignAnswer(f"{name} {asked} was asked for, and the answer is about {other}")
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


class Subject(NamedTuple):
    """What the answer to a write says that it is about, as far as it says anything."""

    order_id: str | None
    #: What was made, with its id.
    parts: Mapping[Kind, str]

    def contradiction(self, request: Request, kind: Kind | None) -> str:
        """Return what else than the request the answer is about, empty where nothing says so.

        ============================  =============================================
        the answer names              it is about something else, unless
        ============================  =============================================
        an order                      it is the order of the request
        a capture or a refund         the request makes one, or its path has the id
        nothing, or what is no id     -
        ============================  =============================================
        """
        if self.order_id and self.order_id not in request.path.lower():
            return f"the order {self.order_id}"
        is_own = any(f"/{part_id}/" in f"{request.path}/" for part_id in self.parts.values())
        if not self.parts or kind in self.parts or is_own:
            return ""
        return f"a {next(iter(self.parts))}"


def subject_of(answer: Answer) -> Subject:
    """Return what the answer to a write is about, by its Location and the headers with ids."""
    parts: dict[Kind, str] = {}
    for kind in KINDS:
        part_id = id_in_header(answer.headers.get(f"{kind}-id")) or last_segment(
            answer.headers.get("location"), f"{kind}s"
        )
        if part_id:
            parts[kind] = part_id
    location = _LOCATION.search(answer.headers.get("location", ""))
    return Subject(location["order"].lower() if location else None, parts)


def done_reader(request: Request, key: str | None, *, key_is_new: bool) -> Callable[[Answer], Done]:
    """Return the reader of a write's success. Its body is never looked at."""

    def read(answer: Answer) -> Done:
        what = subject_of(answer).contradiction(request, None)
        note = _foreign_note(answer, request, what, key, key_is_new=key_is_new) if what else ""
        return Done(
            idempotency_key=key or "",  # a document could leave an operation without one
            correlation_id=answer.correlation_id,
            attempts=answer.attempts,
            headers=answer.headers,
            note=note,
        )

    return read


def created_reader(
    request: Request, kind: Kind, key: str | None, *, key_is_new: bool
) -> Callable[[Answer], Created]:
    """Return the reader of a success that made a capture or a refund, whose id is in a header."""

    def read(answer: Answer) -> Created:
        subject = subject_of(answer)
        created_id, note = subject.parts.get(kind), ""
        if what := subject.contradiction(request, kind):
            created_id, note = (
                None,
                _foreign_note(answer, request, what, key, key_is_new=key_is_new),
            )
        elif not created_id:
            note = _missing_id_note(kind, answer.status)
        return Created(
            id=created_id,
            location=answer.headers.get("location"),
            idempotency_key=key or "",  # a document could leave an operation without one
            correlation_id=answer.correlation_id,
            attempts=answer.attempts,
            headers=answer.headers,
            note=note,
        )

    return read


def _foreign_note(
    answer: Answer, request: Request, what: str, key: str | None, *, key_is_new: bool
) -> str:
    """Return what to say of a success that is about something else.

    A success of a key that nobody used before is done, and its answer is a left-over of another
    request. A key that was used before may be answered with its first result, since the API looks
    at nothing but the key (vendor's reference on ``Klarna-Idempotency-Key``): then it is not known
    whether this request took effect.

    Raises:
        IdempotencyKeyReused: the outcome is not known.
    """
    if key_is_new:
        return (
            f"It succeeded, but its answer is about {what}: a connection or a proxy mixes up "
            "answers. Read the order."
        )
    raise IdempotencyKeyReused(
        f"{request}: succeeded, but the answer is about {what}, for which the idempotency key "
        f"{key!r} may have been used before",
        idempotency_key=key,
        attempts=answer.attempts,
        outcome_unknown=True,
    )


def last_segment(location: str | None, collection: str) -> str | None:
    """Return the id at the end of ``…/captures/{id}``, ``None`` where there is none."""
    try:
        segments = urlsplit((location or "").strip()).path.rstrip("/").split("/")
    except ValueError:
        return None
    return id_in_header(segments[-1]) if segments[-2:-1] == [collection] else None


def _missing_id_note(kind: Kind, status: int) -> str:
    """Return what to say of a success that names no id.

    What was made is answered with 201. Another status may be the replay of something else.
    """
    unless = (
        "" if status == 201 else ", unless this idempotency key was used for something else before"
    )
    return (
        f"The {kind} was made and the money moved{unless}, but the answer named no id: "
        "read the order."
    )
