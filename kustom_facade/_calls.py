"""Every operation as a value: what to send, and how to read a success. Pure: nothing here sends or waits.

Requests are built by the generated ``_get_kwargs`` functions, and models read by the generated ``from_dict``.
The generated response handling is not used: it fails on the empty success answers that this API sends *after*
the money has moved. ``_get_kwargs`` is private by name; this is the one module that uses it, the generator is
pinned exactly, and a test holds that every endpoint has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import index
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from kustom_order_management import document, models
from kustom_order_management.api import captures, orders, refunds
from kustom_order_management.types import UNSET, Unset

from . import _amounts, _checks, idempotency
from ._checks import Currencies, Origin
from ._limits import Unknown, misspelt, problems
from .errors import IdempotencyKeyReused, InvalidRequest
from .money import Money, is_whole

if TYPE_CHECKING:
    from types import ModuleType

T = TypeVar("T")

#: An amount: whole minor units, or Money.
Amount: TypeAlias = int | Money
Check: TypeAlias = _checks.Check
OrderId: TypeAlias = str | UUID
PartId: TypeAlias = str | UUID
Lines: TypeAlias = "Iterable[models.OrderLineDto | Mapping[str, Any]]"
Shipments: TypeAlias = "Iterable[models.ShippingInfoDto | Mapping[str, Any]]"
Address: TypeAlias = "models.AddressDto | Mapping[str, Any]"
MerchantOrder: TypeAlias = "models.MerchantOrderDto"
Capture: TypeAlias = "models.CaptureDto"
Refund: TypeAlias = "models.RefundDto"

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: What the Location of something made names.
_NAMED: Final = re.compile(rf"/orders/(?P<order>{_UUID.pattern})/(?P<thing>capture|refund)s/")
#: What the API's ids of captures and refunds are made of; nothing that means something in a path.
_SEGMENT: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._~-]{0,254}")


class Request(NamedTuple):
    """What is sent, but for the environment and the credentials, which the client adds."""

    method: str
    #: Path on the server, escaped.
    path: str
    headers: Mapping[str, str]
    #: The body, the same bytes on every attempt.
    content: bytes | None


class Answer(NamedTuple):
    """A success as a reader sees it."""

    #: Names in lower case.
    headers: Mapping[str, str]
    content: bytes
    attempts: int
    status: int = 200

    @property
    def correlation_id(self) -> str | None:
        """The id that the vendor's support asks for; on a success only the header names it."""
        return self.headers.get("klarna-correlation-id")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One operation: the request, how to read its success, and the key that makes a repeat safe."""

    request: Request
    #: Raises ValueError for an answer that it cannot read; never does for a write.
    read: Callable[[Answer], T]
    #: ``None`` for reads.
    idempotency_key: str | None
    #: What is odd about the request, for the log.
    remarks: tuple[str, ...] = ()
    #: The currencies of its amounts, as far as they are known, and how strictly they are taken.
    currencies: frozenset[str] = frozenset()
    check: Check = "auto"
    #: What its key must not be used for with another value, instead of the body.
    guarded: bytes | None = None

    @property
    def writes(self) -> bool:
        """Whether the call changes something: then a success needs no body, and no answer is no proof."""
        return self.request.method != "GET"

    @property
    def repeatable(self) -> bool:
        """A read always is; a write only with a key."""
        return not self.writes or self.idempotency_key is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A write that succeeded."""

    #: The key it was sent with.
    idempotency_key: str | None
    #: The id that the vendor's support asks for.
    correlation_id: str | None
    #: How often it was sent until the success came back.
    attempts: int
    #: The answer's headers, names in lower case.
    headers: Mapping[str, str] = field(repr=False)
    #: Empty, unless there is something to know about this result.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(Done):
    """A capture or a refund that was made: the money moved.

    ``id`` is ``None`` when the answer named none. That is no failure: ``note`` says so, and ``get_order``
    shows what was made.
    """

    #: The id of the capture or refund.
    id: str | None
    #: Its absolute URL; ``None`` where it was found in the order.
    location: str | None
    #: From an ``ensure_`` verb: found in the order, and not made by this answer.
    already_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided(Done):
    """What became of the rest of an order."""

    #: ``cancelled`` the whole order, ``released`` what was not captured, or ``nothing`` was left to do.
    action: Literal["cancelled", "released", "nothing"]


# --- Orders


def get_order(order_id: OrderId, *, integrator: str | None = None) -> Call[models.MerchantOrderDto]:
    """GET /orders/{order_id}"""
    kwargs = {} if integrator is None else {"klarna_integrator": integrator}
    path = order_uuid(order_id)
    read = _one("MerchantOrderDto", order_id=path)

    def read_order(answer: Answer) -> models.MerchantOrderDto:
        order: models.MerchantOrderDto = read(answer)
        _tell_lines_their_order(order)
        return order

    return _reading(orders.get_order, read_order, path, **kwargs)


def acknowledge(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """POST /orders/{order_id}/acknowledge"""
    return _writing("acknowledgeOrder", orders.acknowledge_order, idempotency_key, order_uuid(order_id))


def cancel(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """POST /orders/{order_id}/cancel"""
    return _writing("cancelOrder", orders.cancel_order, idempotency_key, order_uuid(order_id))


def extend_authorization_time(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """POST /orders/{order_id}/extend-authorization-time"""
    return _writing(
        "extendAuthorizationTime", orders.extend_authorization_time, idempotency_key, order_uuid(order_id)
    )


def release_remaining_authorization(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """POST /orders/{order_id}/release-remaining-authorization"""
    return _writing(
        "releaseRemainingAuthorization",
        orders.release_remaining_authorization,
        idempotency_key,
        order_uuid(order_id),
    )


def update_authorization(
    order_id: OrderId,
    order_amount: Amount,
    order_lines: Lines,
    *,
    description: str | None = None,
    idempotency_key: str | None = None,
    check: Check = "auto",
) -> Call[Done]:
    """PATCH /orders/{order_id}/authorization"""
    lines = _each("order_lines", models.OrderLineDto, order_lines)
    body = _set(
        models.UpdateAuthorizationDto,
        order_amount=minor("order_amount", order_amount),
        order_lines=lines,
        description=description,
    )
    summed = _Summed("order_amount", _currencies(order_amount, lines), check, _difference(lines))
    path = order_uuid(order_id)
    return _writing(
        "updateAuthorization", orders.update_authorization, idempotency_key, path, body=body, summed=summed
    )


def update_customer_details(
    order_id: OrderId, *, shipping_address: Address, idempotency_key: str | None = None
) -> Call[Done]:
    """PATCH /orders/{order_id}/customer-details"""
    body = _set(
        models.UpdateConsumerDto,
        shipping_address=_model("shipping_address", models.AddressDto, shipping_address),
    )
    return _writing(
        "updateConsumerDetails",
        orders.update_consumer_details,
        idempotency_key,
        order_uuid(order_id),
        body=body,
    )


def update_merchant_references(
    order_id: OrderId,
    *,
    merchant_reference1: str | None = None,
    merchant_reference2: str | None = None,
    idempotency_key: str | None = None,
) -> Call[Done]:
    """PATCH /orders/{order_id}/merchant-references"""
    given = {"merchant_reference1": merchant_reference1, "merchant_reference2": merchant_reference2}
    if not _given(given):
        problem = "pass a reference ('' clears one)"
        raise InvalidRequest(
            f"update_merchant_references has nothing to update: {problem}",
            problems=(f"merchant_reference1, merchant_reference2: {problem}",),
        )
    body = _set(models.UpdateMerchantReferencesDto, **given)
    return _writing(
        "updateMerchantReferences",
        orders.update_merchant_references,
        idempotency_key,
        order_uuid(order_id),
        body=body,
    )


def add_shipping_info(
    order_id: OrderId, shipping_info: Shipments, *, idempotency_key: str | None = None
) -> Call[Done]:
    """POST /orders/{order_id}/shipping-info"""
    body = _shipments(shipping_info)
    return _writing(
        "appendOrderShippingInfo",
        orders.append_order_shipping_info,
        idempotency_key,
        order_uuid(order_id),
        body=body,
    )


# --- Captures


def list_captures(order_id: OrderId) -> Call[list[models.CaptureDto]]:
    """GET /orders/{order_id}/captures"""
    path = order_uuid(order_id)
    return _reading(captures.get_captures, _many("CaptureDto", order_id=path), path)


def capture(
    order_id: OrderId,
    amount: Amount,
    *,
    reference: str | None = None,
    description: str | None = None,
    order_lines: Lines | None = None,
    shipping_info: Shipments | None = None,
    shipping_delay: int | None = None,
    idempotency_key: str | None = None,
    check: Check = "auto",
) -> Call[Created]:
    """POST /orders/{order_id}/captures"""
    lines = _any_of("order_lines", models.OrderLineDto, order_lines)
    body = _set(
        models.CaptureObjectDto,
        captured_amount=minor("amount", amount),
        reference=reference,
        description=description,
        order_lines=lines,
        shipping_info=_any_of("shipping_info", models.ShippingInfoDto, shipping_info),
        shipping_delay=shipping_delay,
    )
    summed = _Summed("captured_amount", _currencies(amount, lines), check)
    path = order_uuid(order_id)
    return _creating(
        "captureOrder", captures.capture_order, "capture", idempotency_key, path, body=body, summed=summed
    )


def get_capture(order_id: OrderId, capture_id: PartId) -> Call[models.CaptureDto]:
    """GET /orders/{order_id}/captures/{capture_id}"""
    path = order_uuid(order_id), _segment("capture_id", capture_id)
    return _reading(captures.get_capture, _one("CaptureDto", order_id=path[0], capture_id=path[1]), *path)


def add_capture_shipping_info(
    order_id: OrderId, capture_id: PartId, shipping_info: Shipments, *, idempotency_key: str | None = None
) -> Call[Done]:
    """POST /orders/{order_id}/captures/{capture_id}/shipping-info"""
    path = order_uuid(order_id), _segment("capture_id", capture_id)
    body = _shipments(shipping_info)
    return _writing("appendShippingInfo", captures.append_shipping_info, idempotency_key, *path, body=body)


# --- Refunds


def refund(
    order_id: OrderId,
    amount: Amount,
    *,
    reference: str | None = None,
    description: str | None = None,
    order_lines: Lines | None = None,
    idempotency_key: str | None = None,
    check: Check = "auto",
) -> Call[Created]:
    """POST /orders/{order_id}/refunds"""
    lines = _any_of("order_lines", models.OrderLineDto, order_lines)
    body = _set(
        models.RefundObjectDto,
        refunded_amount=minor("amount", amount),
        reference=reference,
        description=description,
        order_lines=lines,
    )
    summed = _Summed("refunded_amount", _currencies(amount, lines), check)
    path = order_uuid(order_id)
    return _creating(
        "refundOrder", refunds.refund_order, "refund", idempotency_key, path, body=body, summed=summed
    )


def get_refund(order_id: OrderId, refund_id: PartId) -> Call[models.RefundDto]:
    """GET /orders/{order_id}/refunds/{refund_id}"""
    path = order_uuid(order_id), _segment("refund_id", refund_id)
    return _reading(refunds.get_refund, _one("RefundDto", order_id=path[0], refund_id=path[1]), *path)


def claim(call: Call[Any], scope: str = "") -> None:
    """Use a call's key for its request, and for nothing else in this process and scope.

    Raises:
        IdempotencyKeyReused: it was used for another one.
    """
    key, request = call.idempotency_key, call.request
    if key is None:
        return
    body = call.guarded or request.content or b""
    if not idempotency.guard.claim(f"{scope} {key}", request.method.encode(), request.path.encode(), body):
        raise IdempotencyKeyReused(
            f"the idempotency key {key!r} was used for another request than {request.method} {request.path} in this "
            "process, or for the same one with another body",
            idempotency_key=key,
        )


# --- Building requests


def _reading(endpoint: ModuleType, read: Callable[[Answer], T], *path: object, **kwargs: Any) -> Call[T]:
    return Call(_request(endpoint._get_kwargs(*path, **kwargs)), read, None)


def _writing(
    operation: str, endpoint: ModuleType, key: str | None, *path: object, **kwargs: Any
) -> Call[Done]:
    request, key, remarks = _write_request(operation, endpoint, key, *path, **kwargs)

    def read(answer: Answer) -> Done:
        _check_whose(answer, request, "", key)
        return Done(
            idempotency_key=key,
            correlation_id=answer.correlation_id,
            attempts=answer.attempts,
            headers=answer.headers,
        )

    return Call(request, read, key, remarks)


def _creating(
    operation: str,
    endpoint: ModuleType,
    thing: str,
    key: str | None,
    *path: object,
    summed: _Summed,
    **kwargs: Any,
) -> Call[Created]:
    request, key, remarks = _write_request(operation, endpoint, key, *path, summed=summed, **kwargs)

    def read(answer: Answer) -> Created:
        _check_whose(answer, request, thing, key)
        location = answer.headers.get("location")
        found = _id(answer.headers.get(f"{thing}-id")) or _last_segment(location, f"{thing}s")
        return Created(
            id=found,
            location=location,
            idempotency_key=key,
            correlation_id=answer.correlation_id,
            attempts=answer.attempts,
            headers=answer.headers,
            note="" if found else _nameless(thing, answer.status),
        )

    return Call(request, read, key, remarks, summed.currencies.known, summed.check)


def _write_request(
    operation: str,
    endpoint: ModuleType,
    key: str | None,
    *path: object,
    summed: _Summed | None = None,
    **kwargs: Any,
) -> tuple[Request, str | None, tuple[str, ...]]:
    """The request of a write with its key, where the document lets the operation take one; checked, with remarks."""
    facts = document.OPERATIONS[operation]
    if facts["idempotency_key"]:
        kwargs["klarna_idempotency_key"] = key = _key(key)
    elif key is not None:
        raise InvalidRequest(f"{operation} takes no idempotency key in the vendor's document")
    sent = endpoint._get_kwargs(*path, **kwargs)
    remarks: tuple[str, ...] = ()
    if facts["body"] is not None:
        try:
            remarks = _checked(sent["json"], facts["body"], summed)
        except InvalidRequest:
            # Numbers of other libraries are rare, and looking for them in every body is not free.
            sent["json"] = _with_plain_numbers(sent["json"])
            remarks = _checked(sent["json"], facts["body"], summed)
    return _request(sent), key, remarks


def _request(kwargs: Mapping[str, Any]) -> Request:
    content = None
    if "json" in kwargs:
        try:
            try:
                content = orjson.dumps(kwargs["json"])
            except TypeError:  # a number of another library, in a field that the document does not declare
                kwargs = {**kwargs, "json": _with_plain_numbers(kwargs["json"])}
                content = orjson.dumps(kwargs["json"])
            # A field that the document does not declare may hold a null, in a mapping or in a model that was read.
            if b"null" in content:
                content = orjson.dumps(_without_nulls(kwargs["json"]))
        except (TypeError, ValueError) as error:
            raise InvalidRequest(f"the request cannot be written as JSON: {error}") from error
    return Request(kwargs["method"].upper(), kwargs["url"], kwargs.get("headers", {}), content)


def _without_nulls(value: Any) -> Any:
    """JSON data in which every null is left out: the API is never sent one."""
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value


class _Summed(NamedTuple):
    """What the lines of a body are checked against."""

    #: The field with the amount that they should sum up to.
    field: str
    currencies: Currencies
    check: Check
    #: How far the order that the lines were read from is from their sum, where that is known.
    difference: int | None = None


def _checked(body: Mapping[str, Any], schema: str, summed: _Summed | None) -> tuple[str, ...]:
    """Hold a body against the document's limits, and its lines against the rules of money; gives what is only odd.

    Raises:
        InvalidRequest: with all problems at once.
    """
    unknown: list[Unknown] = []
    found = list(problems(body, {"schema": schema}, document.SCHEMAS, unknown=unknown))
    remarks = list(misspelt(unknown)) if unknown else []
    lines = body.get("order_lines")
    if summed is not None and summed.check != "off" and isinstance(lines, list):
        for finding in _checks.findings(
            lines,
            body.get(summed.field),
            field=summed.field,
            currencies=summed.currencies,
            difference=summed.difference,
        ):
            refused = _checks.refuses(summed.check, summed.field, finding.rule)
            (found if refused else remarks).append(finding.text)
    if found:
        raise _invalid(*found)
    return tuple(remarks)


def _invalid(*found: str) -> InvalidRequest:
    return InvalidRequest(
        f"{len(found)} problem{'s' if len(found) > 1 else ''}: {'; '.join(found)}", problems=found
    )


def _with_plain_numbers(value: Any) -> Any:
    """JSON data in which whole numbers of other libraries (numpy) are Python's own."""
    if isinstance(value, dict):
        return {name: _with_plain_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(item) for item in value]
    try:
        return index(value) if is_whole(value) else value
    except TypeError:  # a class, or an array: told as what it is
        return value


def _currencies(amount: Amount, lines: Iterable[Any] | None) -> Currencies:
    """The currencies of an amount and of lines, as far as they know theirs."""
    return Currencies(
        amount.currency if isinstance(amount, Money) else None,
        tuple(_amounts.currency_of(line) for line in lines or ()),
    )


def _difference(lines: Iterable[models.OrderLineDto]) -> int | None:
    """Return how far the order that lines were read from is from the sum of its own lines."""
    return next((line.origin.difference for line in lines if line.origin is not None), None)


def check_currency(call: Call[Any], currency: Any) -> tuple[str, ...]:
    """Hold the currencies of a call against that of its order, where both are known; gives what is only told.

    Raises:
        InvalidRequest: they differ, and the client is as strict as it is by default.
    """
    others = sorted(call.currencies - {currency.upper()}) if isinstance(currency, str) and currency else []
    if not others or call.check == "off":
        return ()
    problem = f"amount: expected the order's currency {currency.upper()}, got {', '.join(others)}"
    if call.check != "warn":
        raise _invalid(problem)
    return (problem,)


def checked_check(check: str) -> Check:
    """How strict a client is about lines, as one of the words for it.

    Raises:
        ValueError: another word.
    """
    for known in _checks.CHECKS:
        if check == known:
            return known
    raise ValueError(f"check must be one of {', '.join(map(repr, _checks.CHECKS))}, not {check!r}")


def _key(key: str | None) -> str:
    if key is None:
        return idempotency.new_key()
    if not isinstance(key, str):
        raise TypeError(f"idempotency_key must be a str, not {type(key).__name__}")
    problem = idempotency.problem_with(key)
    if problem:
        raise InvalidRequest(f"idempotency_key {problem}", problems=(f"idempotency_key: {problem}",))
    return key


def order_uuid(order_id: OrderId) -> UUID:
    """The order's id as what it is on the wire, so that nothing else gets into the path."""
    if isinstance(order_id, UUID):
        return order_id
    if not isinstance(order_id, str):
        raise TypeError(f"order_id must be a str or a UUID, not {type(order_id).__name__}")
    if not _UUID.fullmatch(order_id):
        problem = "is not a UUID like f3392f8b-6116-4073-ab96-e330819e2c07"
        raise InvalidRequest(f"order_id {problem}", problems=(f"order_id: {problem}",))
    return UUID(order_id)


def _segment(name: str, value: str | UUID) -> str:
    """An id as one path segment: a slash or ``..`` would reach another resource."""
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str or a UUID, not {type(value).__name__}")
    if not _SEGMENT.fullmatch(value):
        problem = "is not an id: letters, digits, '-', '_', '.' and '~', at most 255 characters"
        raise InvalidRequest(f"{name} {problem}", problems=(f"{name}: {problem}",))
    return value


def minor(name: str, amount: Amount) -> int:
    """An amount as whole minor units; an int of another library (numpy) counts as one."""
    if isinstance(amount, Money):
        return amount.minor
    if not is_whole(amount):
        kind = type(amount).__name__
        raise TypeError(
            f"{name} must be an int of minor units or Money, not {kind}: Money.of('39.90', 'SEK')"
        )
    return index(amount)


def _set(model: Callable[..., T], **values: Any) -> T:
    """A body with what was given."""
    return model(**_given(values))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a caller gave: ``None`` and ``UNSET`` are left out, ``""`` and ``0`` are not."""
    return {name: value for name, value in values.items() if value is not None and value is not UNSET}


def _model(name: str, model: type[T], value: T | Mapping[str, Any]) -> T:
    if isinstance(value, model):
        return value
    if isinstance(value, Mapping):
        read: Callable[[Mapping[str, Any]], T] = model.from_dict  # type: ignore[attr-defined]  # all models have it
        return read(value)
    raise TypeError(f"{name} must be {_public(model)} or a mapping, not {type(value).__name__}")


def _each(name: str, model: type[T], values: Iterable[T | Mapping[str, Any]]) -> list[T]:
    if isinstance(values, str | bytes | Mapping | model) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a list of {_public(model)} or mappings, not {type(values).__name__}")
    return [_model(f"{name}[{number}]", model, value) for number, value in enumerate(values)]


def _any_of(
    name: str, model: type[T], values: Iterable[T | Mapping[str, Any]] | Unset | None
) -> list[T] | None:
    """The same where the list may be left out, also by the ``UNSET`` of a model that was read."""
    return None if values is None or isinstance(values, Unset) else _each(name, model, values)


def _public(model: type) -> str:
    """A model's name as the facade hands it out."""
    return model.__name__.removesuffix("Dto")


def _shipments(shipping_info: Shipments) -> models.UpdateShippingInfoDto:
    return _set(
        models.UpdateShippingInfoDto,
        shipping_info=_each("shipping_info", models.ShippingInfoDto, shipping_info),
    )


# --- Reading answers


class _Unreadable(ValueError):
    """The answer is not what the operation answers with."""


class ForeignAnswer(ValueError):
    """The answer is about something else than what was asked for: a mixed-up connection, cache or proxy."""


def _one(model: str, **ids: UUID | str) -> Callable[[Answer], Any]:
    def read(answer: Answer) -> Any:
        return _from(model, loads(answer.content), ids)

    return read


def _many(model: str, **ids: UUID | str) -> Callable[[Answer], Any]:
    def read(answer: Answer) -> Any:
        data = loads(answer.content)
        if not isinstance(data, list):
            raise _Unreadable(f"a list was expected, not {type(data).__name__}")
        return [_from(model, item, ids) for item in data]

    return read


def _from(model: str, data: Any, ids: Mapping[str, UUID | str]) -> Any:
    if not isinstance(data, dict):
        raise _Unreadable(f"a JSON object was expected, not {type(data).__name__}")
    for name, asked in ids.items():
        named = data.get(name)
        if named and _plain(named) != _plain(asked):
            raise ForeignAnswer(f"{name} {asked} was asked for, and the answer is about {named}")
    return getattr(models, model).from_dict(data)


def _plain(some_id: object) -> str:
    """Return an id without what does not make it another one: its case, and the dashes of a UUID."""
    return str(some_id).lower().replace("-", "")


def _tell_lines_their_order(order: models.MerchantOrderDto) -> None:
    """Let the lines of an order know its currency, which the wire does not say with them, and how far it is off."""
    currency = (order.purchase_currency.upper() or None) if isinstance(order.purchase_currency, str) else None
    lines = _lines_of(order)
    totals = [line.total_amount for line in lines]
    difference = None
    if all(type(one) is int for one in (order.order_amount, *totals)):
        difference = cast("int", order.order_amount) - sum(totals)
    origin = Origin(currency, difference)
    for line in lines:
        line.origin = origin
    for holders in (order.captures, order.refunds):
        for holder in holders if isinstance(holders, list) else ():
            for line in _lines_of(holder):
                line.origin = Origin(currency, None)


def _lines_of(holder: Any) -> list[models.OrderLineDto]:
    lines = getattr(holder, "order_lines", None)
    return (
        [line for line in lines if isinstance(line, models.OrderLineDto)] if isinstance(lines, list) else []
    )


def loads(content: bytes) -> Any:
    """JSON as it comes over the wire; raises ValueError for anything else."""
    try:
        return orjson.loads(content)
    except ValueError:
        # orjson refuses lone surrogates and a byte order mark; an order is worth the second try.
        try:
            return json.loads(content)
        except RecursionError:
            raise _Unreadable("the JSON is nested too deeply") from None


def _id(text: str | None) -> str | None:
    """An id from a header; of a header that came twice the first. What is no id counts as absent."""
    found = (text or "").partition(",")[0].strip()
    return found if _SEGMENT.fullmatch(found) else None


def _last_segment(location: str | None, collection: str) -> str | None:
    """The id at the end of ``…/captures/{id}``; ``None`` where there is none."""
    try:
        steps = urlsplit((location or "").strip()).path.rstrip("/").split("/")
    except ValueError:
        return None
    return _id(steps[-1]) if steps[-2:-1] == [collection] else None


def _nameless(thing: str, status: int) -> str:
    """What to say of a success that names nothing. Made things are answered with 201; another one may be a replay."""
    unless = "" if status == 201 else ", unless this idempotency key was used for something else before"
    return f"The {thing} was made and the money moved{unless}, but the answer named no id: read the order."


def _check_whose(answer: Answer, request: Request, thing: str, key: str | None) -> None:
    """Refuse an answer to another operation, or about another order: the API looks at nothing but the key.

    Raises:
        IdempotencyKeyReused: only where the answer names what it is about, and that is something else.
    """
    named = _NAMED.search(answer.headers.get("location", ""))
    own_id = f"{thing}-id" in answer.headers
    others = [one for one in ("capture", "refund") if one != thing and f"{one}-id" in answer.headers]
    ours = named and named["order"].lower() in request.path.lower() and named["thing"] == thing
    if ours or (not thing and f"/{answer.headers.get('capture-id', '')}/" in request.path):
        return
    if others and not own_id:
        what = f"a {others[0]}"
    elif named and named["order"].lower() not in request.path.lower():
        what = f"a {named['thing']} of the order {named['order']}"
    elif named and thing and named["thing"] != thing and not own_id:
        what = f"a {named['thing']}"
    else:
        return
    raise IdempotencyKeyReused(
        f"{request.method} {request.path}: the answer is that to {what}, for which the idempotency key {key!r} was "
        "used before; this was not carried out",
        idempotency_key=key,
        attempts=answer.attempts,
    )
