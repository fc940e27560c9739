"""The 15 operations: path, request body, rule and response of each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import lifecycle, limits
from .ids import IdGenerator
from .refusals import Refusal
from .schema import Object
from .store import EffectIndex
from .wire import Json, Response, created, no_content, ok


@dataclass(frozen=True, slots=True)
class OperationContext:
    """Hold an order, a request about it, and everything else that a response needs.

    Attributes:
        order: The order, which the operation changes.
        body: The request body, checked.
        effect_id: The id of a capture or refund in the path, in lower case, or an empty string.
        order_url: The absolute URL of the order, for a `Location`.
        correlation_id: The id of this request.
        now: The time on the sandbox's clock.
        ids: The source of new ids.
        switches: Behaviour on which the sources disagree.
        changed: Captures and refunds that the operation has made or changed.
    """

    order: Json
    body: Json
    effect_id: str
    order_url: str
    correlation_id: str
    now: datetime
    ids: IdGenerator
    switches: lifecycle.Switches
    changed: list[EffectIndex] = field(default_factory=list[EffectIndex])

    def ok(self, data: object) -> Response:
        """Return a 200 with JSON for this request."""
        return ok(data, self.correlation_id)

    def no_content(self) -> Response:
        """Return a 204 for this request."""
        return no_content(self.correlation_id)


@dataclass(frozen=True, slots=True)
class Operation:
    """Describe one operation.

    Attributes:
        name: Its `operationId` in the spec.
        method: Its HTTP method.
        path: Its path after the order's id, with `*` for the id of a capture or refund.
        run: The function that carries it out. It has the name of the client's verb.
        body: The schema of its request body, if it has one.
        no_order: The error code of its 404.
    """

    name: str
    method: str
    path: str
    run: Callable[[OperationContext], Response]
    body: Object | None = None
    no_order: str = "NO_SUCH_ORDER"

    @property
    def aliases(self) -> frozenset[str]:
        """Return all values of a fault's `verb` that select this operation."""
        verb = self.run.__name__.removeprefix("_")
        kind = "read" if self.method == "GET" else "write"
        return frozenset({self.name, verb, self.method, f"{self.method} {self.path}".strip(), kind})


def _get_order(context: OperationContext) -> Response:
    return context.ok(context.order)


def _acknowledge(context: OperationContext) -> Response:
    # Nothing on the wire shows an acknowledgement, and no status is known that refuses it.
    return context.no_content()


def _cancel(context: OperationContext) -> Response:
    lifecycle.cancel(context.order)
    return context.no_content()


def _extend_authorization_time(context: OperationContext) -> Response:
    lifecycle.extend(context.order, context.now, context.switches)
    return context.no_content()


def _release_remaining_authorization(context: OperationContext) -> Response:
    lifecycle.release(context.order, context.switches)
    return context.no_content()


def _update_authorization(context: OperationContext) -> Response:
    lifecycle.update_authorization(context.order, context.body, context.switches)
    return context.no_content()


def _update_customer_details(context: OperationContext) -> Response:
    lifecycle.update_customer_details(context.order, context.body)
    return context.no_content()


def _update_merchant_references(context: OperationContext) -> Response:
    lifecycle.update_merchant_references(context.order, context.body)
    return context.no_content()


def _add_shipping_info(context: OperationContext) -> Response:
    lifecycle.append_shipping_info(context.order, context.body)
    return context.no_content()


def _list_captures(context: OperationContext) -> Response:
    return context.ok(context.order["captures"])


def _capture(context: OperationContext) -> Response:
    capture = lifecycle.capture(
        context.order, context.body, context.now, context.ids.new_id, context.switches
    )
    context.changed.append(("captures", len(context.order["captures"]) - 1))
    return created(
        context.correlation_id,
        ("location", f"{context.order_url}/captures/{capture['capture_id']}"),
        ("capture-id", capture["capture_id"]),
        ("transaction-id", context.ids.new_trace()),
        *_validation_header(context.body),
    )


def _get_capture(context: OperationContext) -> Response:
    return context.ok(context.order["captures"][_capture_in_path(context)])


def _add_capture_shipping_info(context: OperationContext) -> Response:
    index = _capture_in_path(context)
    lifecycle.append_shipping_info(context.order["captures"][index], context.body)
    context.changed.append(("captures", index))
    return context.no_content()


def _refund(context: OperationContext) -> Response:
    refund = lifecycle.refund(
        context.order, context.body, context.now, context.ids.new_id, context.switches
    )
    context.changed.append(("refunds", len(context.order["refunds"]) - 1))
    if context.switches.refunds_on_captures:  # any of them may be the one that it refers to
        context.changed.extend(
            ("captures", index) for index in range(len(context.order["captures"]))
        )
    return created(
        context.correlation_id,
        ("location", f"{context.order_url}/refunds/{refund['refund_id']}"),
        ("refund-id", refund["refund_id"]),
        *_validation_header(context.body),
    )


def _get_refund(context: OperationContext) -> Response:
    for refund in context.order["refunds"]:
        if refund["refund_id"].lower() == context.effect_id:
            return context.ok(refund)
    raise Refusal(404, "NOT_FOUND", "No such refund")


def _capture_in_path(context: OperationContext) -> int:
    for index, capture in enumerate(context.order["captures"]):
        if capture["capture_id"].lower() == context.effect_id:
            return index
    raise Refusal(404, "NO_SUCH_CAPTURE", "No such capture")


def _validation_header(body: Json) -> tuple[tuple[str, str], ...]:
    """Return the header that was recorded only on responses to requests with lines."""
    lines: list[Any] = body.get("order_lines", [])
    return (("klarna-order-validation", "Valid"),) if lines else ()


OPERATIONS = (
    Operation("getOrder", "GET", "", _get_order),
    Operation("acknowledgeOrder", "POST", "/acknowledge", _acknowledge),
    Operation("cancelOrder", "POST", "/cancel", _cancel),
    Operation(
        "extendAuthorizationTime", "POST", "/extend-authorization-time", _extend_authorization_time
    ),
    Operation(
        "releaseRemainingAuthorization",
        "POST",
        "/release-remaining-authorization",
        _release_remaining_authorization,
    ),
    Operation(
        "updateAuthorization",
        "PATCH",
        "/authorization",
        _update_authorization,
        limits.AUTHORIZATION,
    ),
    Operation(
        "updateConsumerDetails",
        "PATCH",
        "/customer-details",
        _update_customer_details,
        limits.CUSTOMER_DETAILS,
    ),
    Operation(
        "updateMerchantReferences",
        "PATCH",
        "/merchant-references",
        _update_merchant_references,
        limits.MERCHANT_REFERENCES,
    ),
    Operation(
        "appendOrderShippingInfo",
        "POST",
        "/shipping-info",
        _add_shipping_info,
        limits.SHIPPING_INFO,
    ),
    Operation("getCaptures", "GET", "/captures", _list_captures),
    Operation("captureOrder", "POST", "/captures", _capture, limits.CAPTURE),
    Operation("getCapture", "GET", "/captures/*", _get_capture),
    Operation(
        "appendShippingInfo",
        "POST",
        "/captures/*/shipping-info",
        _add_capture_shipping_info,
        limits.SHIPPING_INFO,
    ),
    Operation("refundOrder", "POST", "/refunds", _refund, limits.REFUND, no_order="NOT_FOUND"),
    Operation("getRefund", "GET", "/refunds/*", _get_refund, no_order="NOT_FOUND"),
)
