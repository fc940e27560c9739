"""From arguments to one checked request.

Requests are built by the generated ``_get_kwargs`` functions. They are private by name, the
generator is pinned exactly, and a test holds that every endpoint has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import index
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import orjson
from kustom_order_management import document
from kustom_order_management.models import Address, OrderLine, ShippingInfo, UpdateShippingInfo

from .._lines.values import currency_of
from .._privacy import Hidden
from ..errors import ConfigurationError, InvalidRequest
from ..money import Money, is_whole
from ..results import Created, Done
from . import line_checks, response
from .body_limits import UnknownField, misspelt, problems
from .call import AddressLike, Amount, Answer, Call, Lines, Request, Shipments
from .ids import checked_key
from .line_checks import CheckMode, Currencies

if TYPE_CHECKING:
    from types import ModuleType

T = TypeVar("T")


#: Problems that an error's message names. All are in ``problems``.
_SHOWN_PROBLEMS = 10


class LineCheck(NamedTuple):
    """What the lines of a body are checked against."""

    #: The field with the amount that they should sum up to.
    field: str
    currencies: Currencies
    mode: CheckMode
    #: How far the order that the lines were read from is from their sum, where that is known.
    difference: int | None = None


# --- calls


def reading(
    operation: str, endpoint: ModuleType, read: Callable[[Answer], T], *path: object, **kwargs: Any
) -> Call[T]:
    """Return the call of a GET operation, whose path begins with the order's id."""
    request = _request(Hidden(endpoint._get_kwargs(*path, **kwargs)))
    return Call(operation, str(path[0]), request, read, None)


def writing(
    operation: str, endpoint: ModuleType, key: str | None, *path: object, **kwargs: Any
) -> Call[Done]:
    """Return the call of a write that makes nothing with an id of its own."""
    request, sent_key, remarks = _write_request(operation, endpoint, key, *path, **kwargs)
    read = response.done_reader(request, sent_key, key_is_new=key is None)
    return Call(operation, str(path[0]), request, read, sent_key, remarks)


def creating(
    operation: str,
    endpoint: ModuleType,
    kind: response.Kind,
    key: str | None,
    *path: object,
    line_check: LineCheck,
    **kwargs: Any,
) -> Call[Created]:
    """Return the call of a write that makes a capture or a refund."""
    request, sent_key, remarks = _write_request(
        operation, endpoint, key, *path, line_check=line_check, **kwargs
    )
    read = response.created_reader(request, kind, sent_key, key_is_new=key is None)
    known = line_check.currencies.known
    return Call(operation, str(path[0]), request, read, sent_key, remarks, known, line_check.mode)


def _write_request(
    operation: str,
    endpoint: ModuleType,
    key: str | None,
    *path: object,
    line_check: LineCheck | None = None,
    **kwargs: Any,
) -> tuple[Request, str | None, tuple[str, ...]]:
    """Return the checked request of a write, the key it is sent with, and remarks for the log.

    A key is sent where the document lets the operation take one.
    """
    facts = document.OPERATIONS[operation]
    if facts["idempotency_key"]:
        kwargs["klarna_idempotency_key"] = key = checked_key(key)
    elif key is not None:
        raise InvalidRequest(f"{operation} takes no idempotency key in the vendor's document")
    try:
        sent = Hidden(endpoint._get_kwargs(*path, **kwargs))
    except RecursionError:
        sent = None
    if sent is None:
        raise InvalidRequest("the request is nested too deeply")
    has_body = facts["body"] is not None
    remarks = _checked(sent, facts["body"], line_check) if has_body else ()
    return _request(sent), key, remarks


def _request(sent: Hidden[Mapping[str, Any]]) -> Request:
    content = problem = None
    if "json" in sent.value:
        try:
            content = _written(sent.value["json"])
        except (TypeError, ValueError) as error:
            problem = f"the request cannot be written as JSON: {error}"
    if problem:  # outside of the clause, or the body would be in a frame of the context
        raise InvalidRequest(problem)
    headers = sent.value.get("headers", {})
    return Request(sent.value["method"].upper(), sent.value["url"], headers, content)


def _written(body: Any) -> bytes:
    """Return a body as JSON, without nulls: the API is never sent one (api-facts, section 4)."""
    content = orjson.dumps(body, default=_plain_number)
    # A field that the document does not declare may hold a null, also in a model that was read.
    if b"null" not in content:
        return content
    return orjson.dumps(_without_nulls(body), default=_plain_number)


def _plain_number(value: Any) -> int:
    """Return a whole number of another library (numpy) as Python's own."""
    if not is_whole(value):
        raise TypeError(f"{type(value).__name__} is no JSON")
    return index(value)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value


# --- checks


def _checked(
    sent: Hidden[Mapping[str, Any]], schema: str, line_check: LineCheck | None
) -> tuple[str, ...]:
    """Hold a body against the document's limits, and its lines against the rules of money.

    Return what is only odd.

    Raises:
        InvalidRequest: with all problems at once.
    """
    refused, remarks = _findings(sent.value["json"], schema, line_check)
    if refused:
        raise invalid(*refused)
    return tuple(remarks)


def _findings(
    body: Mapping[str, Any], schema: str, line_check: LineCheck | None
) -> tuple[list[str], list[str]]:
    """Return what refuses a body, and what is only odd."""
    unknown: list[UnknownField] = []
    refused = list(problems(body, {"schema": schema}, document.SCHEMAS, unknown=unknown))
    remarks = list(misspelt(unknown)) if unknown else []
    lines = body.get("order_lines")
    if line_check is not None and line_check.mode != "off" and isinstance(lines, list):
        for finding in line_checks.findings(
            lines,
            body.get(line_check.field),
            field=line_check.field,
            currencies=line_check.currencies,
            difference=line_check.difference,
        ):
            refuses = line_checks.refuses(line_check.mode, line_check.field, finding.rule)
            (refused if refuses else remarks).append(finding.text)
    return refused, remarks


def invalid(*found: str) -> InvalidRequest:
    """Return the error for a request with these problems."""
    count, shown = len(found), "; ".join(found[:_SHOWN_PROBLEMS])
    if count > _SHOWN_PROBLEMS:
        shown += f"; and {count - _SHOWN_PROBLEMS} more (see .problems)"
    return InvalidRequest(f"{count} problem{'s' if count > 1 else ''}: {shown}", problems=found)


def currencies(amount: Amount, lines: Iterable[Any] | None) -> Currencies:
    """Return the currencies of an amount and of lines, as far as they know theirs."""
    return Currencies(
        amount.currency if isinstance(amount, Money) else None,
        tuple(currency_of(line) for line in lines or ()),
    )


def difference(lines: Iterable[OrderLine]) -> int | None:
    """Return how far the order that lines were read from is from the sum of its own lines."""
    return next((line.origin.difference for line in lines if line.origin is not None), None)


def check_currency(call: Call[Any], currency: Any) -> tuple[str, ...]:
    """Hold the currencies of a call against that of its order, and return what is only odd.

    Raises:
        InvalidRequest: they differ, and the client does not only warn.
    """
    if call.check == "off" or not isinstance(currency, str) or not currency:
        return ()
    others = sorted(call.currencies - {currency.upper()})
    if not others:
        return ()
    problem = f"amount: expected the order's currency {currency.upper()}, got {', '.join(others)}"
    if call.check != "warn":
        raise invalid(problem)
    return (problem,)


def parse_check_mode(check: str) -> CheckMode:
    """Return how strict a client is about lines, as one of the words for it.

    Raises:
        TypeError: it is no text.
        ConfigurationError: another word.
    """
    if not isinstance(check, str):
        raise TypeError(f"check must be a str, not {type(check).__name__}")
    for known in line_checks.CHECK_MODES:
        if str.__str__(check) == known:
            return known
    known_words = ", ".join(map(repr, line_checks.CHECK_MODES))
    raise ConfigurationError(f"check must be one of {known_words}")


# --- models from what a caller gives


def body_of(model: Callable[..., T], **values: Any) -> T:
    """Return a body with what was given: ``None`` is left out, ``""`` and ``0`` are not."""
    return model(**{name: value for name, value in values.items() if value is not None})


def order_lines(values: Lines) -> list[OrderLine]:
    """Return order lines as models.

    Raises:
        TypeError: no list, or something in it that is no line.
    """
    return _models("order_lines", OrderLine, values)


def shipments(values: Shipments) -> list[ShippingInfo]:
    """Return shipments as models; errors as of :func:`order_lines`."""
    return _models("shipping_info", ShippingInfo, values)


def shipping_info_body(values: Shipments) -> UpdateShippingInfo:
    """Return the body that adds shipments; errors as of :func:`order_lines`."""
    return UpdateShippingInfo(shipping_info=shipments(values))


def address(name: str, value: AddressLike) -> Address:
    """Return an address as a model; errors as of :func:`order_lines`."""
    return _model(name, Address, value)


def _model(name: str, model: type[T], value: T | Mapping[str, Any]) -> T:
    if isinstance(value, model):
        return value
    if isinstance(value, Mapping):
        read: Callable[[Mapping[str, Any]], T] = model.from_dict  # type: ignore[attr-defined]  # all models have it
        return read(value)
    raise TypeError(f"{name} must be {model.__name__} or a mapping, not {type(value).__name__}")


def _models(name: str, model: type[T], values: Iterable[T | Mapping[str, Any]]) -> list[T]:
    if isinstance(values, str | bytes | Mapping | model) or not isinstance(values, Iterable):
        raise TypeError(
            f"{name} must be a list of {model.__name__} or mappings, not {type(values).__name__}"
        )
    return [_model(f"{name}[{number}]", model, value) for number, value in enumerate(values)]
