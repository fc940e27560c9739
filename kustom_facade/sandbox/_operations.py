"""The 15 operations of the API: their place, the body they read, the rule they carry out, the answer they give."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import _lifecycle as lifecycle, _limits as limits
from ._lifecycle import Switches
from ._orders import Names
from ._schema import Object
from ._wire import Json, Refusal, Response, created, done, found

_BASE = ("ordermanagement", "v1", "orders")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request on its way through an operation: the order it is about, and all that the answer needs."""

    order: Json
    body: Json
    part_id: str
    """The id of a capture or a refund, if the path has one."""
    order_url: str
    correlation_id: str
    now: datetime
    names: Names
    switches: Switches

    def done(self) -> Response:
        """204 for this request."""
        return done(self.correlation_id)

    def found(self, data: object) -> Response:
        """200 with JSON for this request."""
        return found(data, self.correlation_id)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `path` is what follows the order's id, with `*` for the id of a capture or refund."""

    name: str
    method: str
    path: tuple[str, ...]
    run: Callable[[Visit], Response]
    body: Object | None = None
    no_order: str = "NO_SUCH_ORDER"
    """The code of its 404."""

    @property
    def names(self) -> frozenset[str]:
        """All that a fault's `verb` may call it; clients call it as the function that carries it out."""
        verb = self.run.__name__.removeprefix("_")
        path = "".join(f"/{segment}" for segment in self.path)
        kind = "read" if self.method == "GET" else "write"
        return frozenset({self.name, verb, self.method, f"{self.method} {path}".strip(), kind})


def _get_order(visit: Visit) -> Response:
    return visit.found(visit.order)


def _acknowledge(visit: Visit) -> Response:
    # Nothing on the wire shows an acknowledgement, and no status is known in which it is refused.
    return visit.done()


def _cancel(visit: Visit) -> Response:
    lifecycle.cancel(visit.order)
    return visit.done()


def _extend_authorization_time(visit: Visit) -> Response:
    lifecycle.extend(visit.order, visit.now)
    return visit.done()


def _release_remaining_authorization(visit: Visit) -> Response:
    lifecycle.release(visit.order, visit.switches)
    return visit.done()


def _update_authorization(visit: Visit) -> Response:
    lifecycle.update_authorization(visit.order, visit.body, visit.switches)
    return visit.done()


def _update_customer_details(visit: Visit) -> Response:
    lifecycle.update_customer_details(visit.order, visit.body)
    return visit.done()


def _update_merchant_references(visit: Visit) -> Response:
    lifecycle.update_merchant_references(visit.order, visit.body)
    return visit.done()


def _add_shipping_info(visit: Visit) -> Response:
    lifecycle.append_shipping_info(visit.order, visit.body)
    return visit.done()


def _list_captures(visit: Visit) -> Response:
    return visit.found(visit.order["captures"])


def _capture(visit: Visit) -> Response:
    made = lifecycle.capture(visit.order, visit.body, visit.now, visit.names.new_id, visit.switches)
    return created(
        visit.correlation_id,
        ("location", f"{visit.order_url}/captures/{made['capture_id']}"),
        ("capture-id", made["capture_id"]),
        ("transaction-id", visit.names.new_trace()),
        *_validation(visit.body),
    )


def _get_capture(visit: Visit) -> Response:
    return visit.found(_part(visit, "captures", "capture_id", "NO_SUCH_CAPTURE"))


def _add_capture_shipping_info(visit: Visit) -> Response:
    lifecycle.append_shipping_info(_part(visit, "captures", "capture_id", "NO_SUCH_CAPTURE"), visit.body)
    return visit.done()


def _refund(visit: Visit) -> Response:
    made = lifecycle.refund(visit.order, visit.body, visit.now, visit.names.new_id, visit.switches)
    return created(
        visit.correlation_id,
        ("location", f"{visit.order_url}/refunds/{made['refund_id']}"),
        ("refund-id", made["refund_id"]),
        *_validation(visit.body),
    )


def _get_refund(visit: Visit) -> Response:
    return visit.found(_part(visit, "refunds", "refund_id", "NOT_FOUND"))


def _part(visit: Visit, kind: str, id_name: str, no_part: str) -> Json:
    parts: list[Json] = visit.order[kind]
    for part in parts:
        if part[id_name].lower() == visit.part_id:
            return part
    raise Refusal(404, no_part, f"No such {kind.removesuffix('s')}")


def _validation(body: Json) -> tuple[tuple[str, str], ...]:
    """The header that was recorded only on answers to requests with lines."""
    lines: list[Any] = body.get("order_lines", [])
    return (("klarna-order-validation", "Valid"),) if lines else ()


OPERATIONS = (
    Operation("getOrder", "GET", (), _get_order),
    Operation("acknowledgeOrder", "POST", ("acknowledge",), _acknowledge),
    Operation("cancelOrder", "POST", ("cancel",), _cancel),
    Operation("extendAuthorizationTime", "POST", ("extend-authorization-time",), _extend_authorization_time),
    Operation(
        "releaseRemainingAuthorization",
        "POST",
        ("release-remaining-authorization",),
        _release_remaining_authorization,
    ),
    Operation(
        "updateAuthorization", "PATCH", ("authorization",), _update_authorization, limits.AUTHORIZATION
    ),
    Operation(
        "updateConsumerDetails",
        "PATCH",
        ("customer-details",),
        _update_customer_details,
        limits.CUSTOMER_DETAILS,
    ),
    Operation(
        "updateMerchantReferences",
        "PATCH",
        ("merchant-references",),
        _update_merchant_references,
        limits.MERCHANT_REFERENCES,
    ),
    Operation(
        "appendOrderShippingInfo", "POST", ("shipping-info",), _add_shipping_info, limits.SHIPPING_INFO
    ),
    Operation("getCaptures", "GET", ("captures",), _list_captures),
    Operation("captureOrder", "POST", ("captures",), _capture, limits.CAPTURE),
    Operation("getCapture", "GET", ("captures", "*"), _get_capture),
    Operation(
        "appendShippingInfo",
        "POST",
        ("captures", "*", "shipping-info"),
        _add_capture_shipping_info,
        limits.SHIPPING_INFO,
    ),
    Operation("refundOrder", "POST", ("refunds",), _refund, limits.REFUND, no_order="NOT_FOUND"),
    Operation("getRefund", "GET", ("refunds", "*"), _get_refund, no_order="NOT_FOUND"),
)

_BY_PATH: dict[tuple[str, ...], dict[str, Operation]] = {}
for _operation in OPERATIONS:
    _BY_PATH.setdefault(_operation.path, {})[_operation.method] = _operation


@dataclass(frozen=True, slots=True)
class Place:
    """What a method and a path mean; ids are in lower case, and `part_id` is empty where the path has none."""

    operation: Operation
    order_id: str
    part_id: str


def route(method: str, segments: tuple[str, ...]) -> Place:
    """The operation at a path, or the refusal of a path or method that there is not."""
    order_id = segments[3].lower() if len(segments) > 3 else ""
    rest = segments[4:]
    part_id = rest[1].lower() if len(rest) > 1 else ""
    methods = _BY_PATH.get((*rest[:1], "*", *rest[2:]) if part_id else rest, {})
    if segments[:3] != _BASE or not order_id or not methods:
        raise Refusal(404, "RESOURCE_NOT_FOUND", "No such resource")
    if method not in methods:
        # The published list of codes has none of its own for this.
        allowed = ", ".join(sorted({*methods, "HEAD"} if "GET" in methods else methods))
        raise Refusal(405, "BAD_REQUEST", f"Method must be {allowed}", headers=(("allow", allowed),))
    return Place(methods[method], order_id, part_id)
