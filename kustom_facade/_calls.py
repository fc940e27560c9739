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
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from kustom_order_management import document, models
from kustom_order_management.api import captures, orders, refunds
from kustom_order_management.types import UNSET

from . import idempotency
from ._limits import problems
from .errors import InvalidRequest
from .money import Money

if TYPE_CHECKING:
    from types import ModuleType

T = TypeVar("T")

#: An amount: whole minor units, or Money.
Amount: TypeAlias = int | Money
OrderId: TypeAlias = str | UUID
Lines: TypeAlias = "Iterable[models.OrderLineDto | Mapping[str, Any]]"
Shipments: TypeAlias = "Iterable[models.ShippingInfoDto | Mapping[str, Any]]"
Address: TypeAlias = "models.AddressDto | Mapping[str, Any]"
MerchantOrder: TypeAlias = "models.MerchantOrderDto"
Capture: TypeAlias = "models.CaptureDto"
Refund: TypeAlias = "models.RefundDto"

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: What the API's ids of captures and refunds are made of; nothing that means something in a path.
_SEGMENT: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._~-]{0,254}")


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, but for the environment and the credentials, which the client adds."""

    method: str
    #: Path on the server, escaped.
    path: str
    headers: Mapping[str, str]
    #: The body, the same bytes on every attempt.
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A success as a reader sees it."""

    #: Names in lower case.
    headers: Mapping[str, str]
    content: bytes
    attempts: int

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(Done):
    """A capture or a refund that was made: the money moved.

    ``id`` is ``None`` when the answer named none. That is no failure: ``note`` says so, and ``get_order``
    shows what was made.
    """

    #: The id of the capture or refund.
    id: str | None
    #: Its absolute URL.
    location: str | None
    #: Empty, unless there is something to know about this result.
    note: str = ""


# --- Orders


def get_order(order_id: OrderId, *, integrator: str | None = None) -> Call[models.MerchantOrderDto]:
    """GET /orders/{order_id}"""
    kwargs = {} if integrator is None else {"klarna_integrator": integrator}
    return _reading(orders.get_order, _one("MerchantOrderDto"), _order(order_id), **kwargs)


def acknowledge(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """POST /orders/{order_id}/acknowledge"""
    return _writing("acknowledgeOrder", orders.acknowledge_order, idempotency_key, _order(order_id))


def cancel(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """POST /orders/{order_id}/cancel"""
    return _writing("cancelOrder", orders.cancel_order, idempotency_key, _order(order_id))


def extend_authorization_time(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """POST /orders/{order_id}/extend-authorization-time"""
    return _writing(
        "extendAuthorizationTime", orders.extend_authorization_time, idempotency_key, _order(order_id)
    )


def release_remaining_authorization(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """POST /orders/{order_id}/release-remaining-authorization"""
    return _writing(
        "releaseRemainingAuthorization",
        orders.release_remaining_authorization,
        idempotency_key,
        _order(order_id),
    )


def update_authorization(
    order_id: OrderId,
    order_amount: Amount,
    order_lines: Lines,
    *,
    description: str | None = None,
    idempotency_key: str | None = None,
) -> Call[Done]:
    """PATCH /orders/{order_id}/authorization"""
    body = _set(
        models.UpdateAuthorizationDto,
        order_amount=_minor("order_amount", order_amount),
        order_lines=_each("order_lines", models.OrderLineDto, order_lines),
        description=description,
    )
    return _writing(
        "updateAuthorization", orders.update_authorization, idempotency_key, _order(order_id), body=body
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
        "updateConsumerDetails", orders.update_consumer_details, idempotency_key, _order(order_id), body=body
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
        raise InvalidRequest(
            "update_merchant_references has nothing to update: pass a reference ('' clears one)"
        )
    body = _set(models.UpdateMerchantReferencesDto, **given)
    return _writing(
        "updateMerchantReferences",
        orders.update_merchant_references,
        idempotency_key,
        _order(order_id),
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
        _order(order_id),
        body=body,
    )


# --- Captures


def list_captures(order_id: OrderId) -> Call[list[models.CaptureDto]]:
    """GET /orders/{order_id}/captures"""
    return _reading(captures.get_captures, _many("CaptureDto"), _order(order_id))


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
) -> Call[Created]:
    """POST /orders/{order_id}/captures"""
    body = _set(
        models.CaptureObjectDto,
        captured_amount=_minor("amount", amount),
        reference=reference,
        description=description,
        order_lines=_each("order_lines", models.OrderLineDto, order_lines),
        shipping_info=_each("shipping_info", models.ShippingInfoDto, shipping_info),
        shipping_delay=shipping_delay,
    )
    return _creating(
        "captureOrder", captures.capture_order, "capture", idempotency_key, _order(order_id), body=body
    )


def get_capture(order_id: OrderId, capture_id: str) -> Call[models.CaptureDto]:
    """GET /orders/{order_id}/captures/{capture_id}"""
    return _reading(
        captures.get_capture, _one("CaptureDto"), _order(order_id), _segment("capture_id", capture_id)
    )


def add_capture_shipping_info(
    order_id: OrderId, capture_id: str, shipping_info: Shipments, *, idempotency_key: str | None = None
) -> Call[Done]:
    """POST /orders/{order_id}/captures/{capture_id}/shipping-info"""
    path = _order(order_id), _segment("capture_id", capture_id)
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
) -> Call[Created]:
    """POST /orders/{order_id}/refunds"""
    body = _set(
        models.RefundObjectDto,
        refunded_amount=_minor("amount", amount),
        reference=reference,
        description=description,
        order_lines=_each("order_lines", models.OrderLineDto, order_lines),
    )
    return _creating(
        "refundOrder", refunds.refund_order, "refund", idempotency_key, _order(order_id), body=body
    )


def get_refund(order_id: OrderId, refund_id: str) -> Call[models.RefundDto]:
    """GET /orders/{order_id}/refunds/{refund_id}"""
    return _reading(refunds.get_refund, _one("RefundDto"), _order(order_id), _segment("refund_id", refund_id))


# --- Building requests


def _reading(endpoint: ModuleType, read: Callable[[Answer], T], *path: object, **kwargs: Any) -> Call[T]:
    return Call(_request(endpoint._get_kwargs(*path, **kwargs)), read, None)


def _writing(
    operation: str, endpoint: ModuleType, key: str | None, *path: object, **kwargs: Any
) -> Call[Done]:
    request, key = _write_request(operation, endpoint, key, *path, **kwargs)

    def read(answer: Answer) -> Done:
        return Done(
            idempotency_key=key,
            correlation_id=answer.correlation_id,
            attempts=answer.attempts,
            headers=answer.headers,
        )

    return Call(request, read, key)


def _creating(
    operation: str, endpoint: ModuleType, thing: str, key: str | None, *path: object, **kwargs: Any
) -> Call[Created]:
    request, key = _write_request(operation, endpoint, key, *path, **kwargs)

    def read(answer: Answer) -> Created:
        location = answer.headers.get("location")
        found = _id(answer.headers.get(f"{thing}-id")) or _last_segment(location, f"{thing}s", path[0])
        note = (
            ""
            if found
            else f"The {thing} was made and the money moved, but the answer named no id: read the order."
        )
        return Created(
            id=found,
            location=location,
            idempotency_key=key,
            correlation_id=answer.correlation_id,
            attempts=answer.attempts,
            headers=answer.headers,
            note=note,
        )

    return Call(request, read, key)


def _write_request(
    operation: str, endpoint: ModuleType, key: str | None, *path: object, **kwargs: Any
) -> tuple[Request, str | None]:
    """The request of a write with its key, where the document lets the operation take one; checked to the limits."""
    facts = document.OPERATIONS[operation]
    if facts["idempotency_key"]:
        kwargs["klarna_idempotency_key"] = key = _key(key)
    elif key is not None:
        raise InvalidRequest(f"{operation} takes no idempotency key in the vendor's document")
    sent = endpoint._get_kwargs(*path, **kwargs)
    if facts["body"] is not None:
        _check(sent["json"], facts["body"])
    return _request(sent), key


def _request(kwargs: Mapping[str, Any]) -> Request:
    content = None
    if "json" in kwargs:
        try:
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


def _check(body: Any, schema: str) -> None:
    found = tuple(problems(body, {"schema": schema}, document.SCHEMAS))
    if found:
        raise InvalidRequest(
            f"{len(found)} problem{'s' if len(found) > 1 else ''}: {'; '.join(found)}", problems=found
        )


def _key(key: str | None) -> str:
    if key is None:
        return idempotency.new_key()
    if not isinstance(key, str):
        raise TypeError(f"idempotency_key must be a str, not {type(key).__name__}")
    problem = idempotency.problem_with(key)
    if problem:
        raise InvalidRequest(f"idempotency_key {problem}", problems=(f"idempotency_key: {problem}",))
    return key


def _order(order_id: OrderId) -> UUID:
    """The order's id as what it is on the wire, so that nothing else gets into the path."""
    if isinstance(order_id, UUID):
        return order_id
    if not isinstance(order_id, str):
        raise TypeError(f"order_id must be a str or a UUID, not {type(order_id).__name__}")
    if not _UUID.fullmatch(order_id):
        raise InvalidRequest("order_id is not a UUID like f3392f8b-6116-4073-ab96-e330819e2c07")
    return UUID(order_id)


def _segment(name: str, value: str) -> str:
    """An id as one path segment: a slash or ``..`` would reach another resource."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not _SEGMENT.fullmatch(value):
        raise InvalidRequest(
            f"{name} is not an id: letters, digits, '-', '_', '.' and '~', at most 255 characters"
        )
    return value


def _minor(name: str, amount: Amount) -> int:
    """An amount as whole minor units; an int of another library (numpy) counts as one."""
    if isinstance(amount, Money):
        return amount.minor
    if isinstance(amount, bool):
        raise TypeError(f"{name} must be an int of minor units or Money, not bool")
    try:
        return index(amount)
    except TypeError:
        kind = type(amount).__name__
        raise TypeError(f"{name} must be an int of minor units or Money, not {kind}; see Money.of") from None


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
    raise TypeError(f"{name} must be {model.__name__} or a mapping, not {type(value).__name__}")


def _each(name: str, model: type[T], values: Iterable[T | Mapping[str, Any]] | None) -> list[T] | None:
    if values is None:
        return None
    if isinstance(values, str | bytes | Mapping | model) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a list of {model.__name__} or mappings, not {type(values).__name__}")
    return [_model(f"{name}[{number}]", model, value) for number, value in enumerate(values)]


def _shipments(shipping_info: Shipments) -> models.UpdateShippingInfoDto:
    return _set(
        models.UpdateShippingInfoDto,
        shipping_info=_each("shipping_info", models.ShippingInfoDto, shipping_info),
    )


# --- Reading answers


class _Unreadable(ValueError):
    """The answer is not what the operation answers with."""


def _one(model: str) -> Callable[[Answer], Any]:
    def read(answer: Answer) -> Any:
        return _from(model, loads(answer.content))

    return read


def _many(model: str) -> Callable[[Answer], Any]:
    def read(answer: Answer) -> Any:
        data = loads(answer.content)
        if not isinstance(data, list):
            raise _Unreadable(f"a list was expected, not {type(data).__name__}")
        return [_from(model, item) for item in data]

    return read


def _from(model: str, data: Any) -> Any:
    if not isinstance(data, dict):
        raise _Unreadable(f"a JSON object was expected, not {type(data).__name__}")
    return getattr(models, model).from_dict(data)


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


def _last_segment(location: str | None, collection: str, order: object) -> str | None:
    """The id at the end of ``…/captures/{id}``; ``None`` where there is none."""
    try:
        path = urlsplit((location or "").strip()).path
    except ValueError:
        return None
    last = path.rstrip("/").rpartition("/")[2]
    return None if last.lower() in (collection, str(order)) else _id(last)
