"""Routes: from a request to the operation, order, and capture or refund that it names."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from .ids import is_uuid
from .limits import BODY_LIMIT
from .operations import OPERATIONS, Operation
from .refusals import Refusal
from .wire import Request

_BASE = ("ordermanagement", "v1", "orders")
# A doubled slash was recorded with the response of a single one.
_SLASHES = re.compile("//+")

_BY_PATH: dict[tuple[str, ...], dict[str, Operation]] = {}
for _operation in OPERATIONS:
    _BY_PATH.setdefault(tuple(_operation.path.split("/")[1:]), {})[_operation.method] = _operation


@dataclass(frozen=True, slots=True)
class RouteMatch:
    """Name the operation of a request, and its ids in lower case.

    Attributes:
        operation: The operation.
        order_id: The id of the order.
        effect_id: The id of a capture or refund, or an empty string.
    """

    operation: Operation
    order_id: str
    effect_id: str


def match(request: Request) -> RouteMatch:
    """Return where a request goes.

    Raises:
        Refusal: There is no such path or method, the body is too large, or the order's id is
            not a UUID. All of it is checked before the idempotency key.
    """
    path = _SLASHES.sub("/", request.path)
    route = _match_path(request, tuple(unquote(segment) for segment in path.split("/")[1:]))
    if len(request.body) > BODY_LIMIT:
        raise Refusal(413, "PAYLOAD_TOO_LARGE", f"Body must be at most {BODY_LIMIT} bytes")
    if not is_uuid(route.order_id):
        raise Refusal(400, "INVALID_ORDER_ID", "Order id must be a UUID")
    return route


def find(request: Request) -> RouteMatch | None:
    """Return where a request goes, or `None` if `match` refuses it."""
    try:
        return match(request)
    except Refusal:
        return None


def _match_path(request: Request, segments: tuple[str, ...]) -> RouteMatch:
    order_id = segments[3].lower() if len(segments) > 3 else ""
    rest = segments[4:]
    effect_id = rest[1].lower() if len(rest) > 1 else ""
    methods = _BY_PATH.get((*rest[:1], "*", *rest[2:]) if effect_id else rest, {})
    if segments[:3] != _BASE or not order_id or not methods:
        raise Refusal(404, "RESOURCE_NOT_FOUND", "No such resource")
    method = "GET" if request.is_read else request.method
    if method not in methods:
        allowed = ", ".join(sorted({*methods, "HEAD"} if "GET" in methods else methods))
        # The published list of codes has none for a wrong method.
        message = f"Method must be {allowed}"
        raise Refusal(405, "BAD_REQUEST", message, headers=(("allow", allowed),))
    return RouteMatch(methods[method], order_id, effect_id)
