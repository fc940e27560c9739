"""Control paths of a served sandbox: faults, clock, orders and reset over HTTP, and its page."""

import uuid
from typing import Any

from ..api.core import Core
from ..api.limits import BODY_LIMIT
from ..api.refusals import Refusal
from ..api.schema import parse
from ..api.wire import Outcome, Request, Response, compact
from ..faults import Fault
from . import access
from .page import POLICY, page

_BASE = "/_sandbox/"
_METHODS = {
    "faults": ("DELETE", "GET", "POST", "PUT"),
    "faults/lift": ("POST",),
    "clock": ("GET", "POST"),
    "orders": ("GET", "POST"),
    "reset": ("POST",),
}


def dispatch(core: Core, request: Request) -> Outcome:
    """Return what the client gets for a request to the API, to a control path, or to the page."""
    try:
        access.check(request)
        if request.path == "/":
            _check_method(request, ("GET",))
            return Outcome(_page(core, request.origin))
        if request.path.startswith(_BASE):
            return Outcome(_json(_control(core, request)))
    except Refusal as refusal:
        return Outcome(refusal.response(str(uuid.uuid4())))
    return core.exchange(request)


def as_list(given: Any) -> list[Any]:
    """Return a list as it is, and a single item as a list of one."""
    return given if isinstance(given, list) else [given]


def _check_method(request: Request, allowed: tuple[str, ...]) -> None:
    allowed = (*allowed, "HEAD") if "GET" in allowed else allowed
    if request.method not in allowed:
        names = ", ".join(allowed)
        message = f"Method must be {names}"
        raise Refusal(405, "BAD_REQUEST", message, headers=(("allow", names),))


def _control(core: Core, request: Request) -> object:
    name, order_id = request.path.removeprefix(_BASE), ""
    if name.startswith("orders/"):
        name, _, order_id = name.partition("/")
    if name not in _METHODS:
        message = "There are faults, faults/lift, clock, orders, orders/<id> and reset"
        raise Refusal(404, "RESOURCE_NOT_FOUND", message)
    _check_method(request, ("GET",) if order_id else _METHODS[name])
    if len(request.body) > BODY_LIMIT:
        raise Refusal(413, "PAYLOAD_TOO_LARGE", f"Body must be at most {BODY_LIMIT} bytes")
    try:
        if name == "faults":
            return _faults(core, request)
        if name == "faults/lift":
            core.faults.remove(_fault(parse(request.body)))
            return _set_faults(core)
        if name == "clock":
            return _clock(core, request)
        if name == "orders":
            return _orders(core, request, order_id)
    except (ValueError, TypeError, OverflowError) as error:  # of values that are not accepted
        raise Refusal(400, "BAD_REQUEST", str(error)) from error
    core.reset()
    return {}


def _faults(core: Core, request: Request) -> object:
    if request.method in {"POST", "PUT"}:
        faults = [_fault(item) for item in as_list(parse(request.body))]
        if request.method == "PUT":
            core.faults.clear()
        core.faults.add(*faults)
    elif request.method == "DELETE":
        core.faults.clear()
    return _set_faults(core)


def _set_faults(core: Core) -> object:
    set_faults = [fault.to_json() for fault in core.faults.list()]
    return {"faults": set_faults, "counts": core.faults.counts()}


def _fault(values: Any) -> Fault:
    if not isinstance(values, dict):
        raise ValueError("a fault must be an object")  # noqa: TRY004  as other values that are not accepted
    unknown = sorted(set(values) - set(Fault.__slots__))
    if unknown or "kind" not in values:
        raise ValueError(f"a fault has no {unknown[0]}" if unknown else "kind is required")
    return Fault(**values)


def _clock(core: Core, request: Request) -> object:
    if request.method == "POST":
        body: Any = parse(request.body)
        seconds = body.get("advance") if isinstance(body, dict) else None
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise ValueError('the body must be like {"advance": 3600}, a number of seconds')
        core.advance(seconds)
    return {"now": core.clock.now().isoformat()}


def _orders(core: Core, request: Request, order_id: str) -> object:
    if request.method == "POST":
        return {"order_ids": core.add_orders(as_list(parse(request.body)))}
    if not order_id:
        return [core.order(known_id) for known_id in core.order_ids]
    if order_id.lower() not in core.order_ids:
        raise Refusal(404, "NO_SUCH_ORDER", "No such order")
    return core.order(order_id)


def _json(data: object) -> Response:
    return Response(200, (("content-type", "application/json"),), compact(data))


def _page(core: Core, origin: str) -> Response:
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    )
    return Response(200, headers, page(core, origin).encode())
