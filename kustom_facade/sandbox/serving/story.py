"""An order's story: what clients were told, and what has really happened."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from ..api.routes import find
from ..api.wire import Exchange, Json, Response
from ..clock import from_wire
from .amounts import amount

Tone = Literal["done", "refused", "broken", "known", "quiet"]

_TITLES = {
    "getOrder": "Read the order",
    "acknowledgeOrder": "Acknowledge",
    "cancelOrder": "Cancel",
    "extendAuthorizationTime": "Extend the authorization",
    "releaseRemainingAuthorization": "Release the rest",
    "updateAuthorization": "Update the authorization",
    "updateConsumerDetails": "Update the address",
    "updateMerchantReferences": "Update the references",
    "appendOrderShippingInfo": "Add shipments",
    "getCaptures": "Read the captures",
    "captureOrder": "Capture",
    "getCapture": "Read a capture",
    "appendShippingInfo": "Add shipments to a capture",
    "refundOrder": "Refund",
    "getRefund": "Read a refund",
}
_AMOUNTS = ("captured_amount", "refunded_amount", "order_amount")
_FAULTS = {
    "refuse": "the connection was refused",
    "drop": "the connection ended early",
    "lose": "the answer was lost on the way",
    "cut": "the answer ended in the middle",
    "delay": "the answer took its time",
    "status": "another answer was put in its place",
    "stale": "reads do not show it for a while",
    "duplicate": "the request arrived once more",
}
_UNTOLD = {
    "refuse": "no connection",
    "drop": "dropped",
    "lose": "lost",
    "cut": "cut off",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Describe one step of a story.

    Attributes:
        at: When it happened, on the sandbox's clock.
        title: What was asked for, or what happened.
        told: What the client was told, such as `201` or `lost`.
        tone: How it went.
        notes: What has really happened, where that is not what the client was told.
        labels: Names and values to copy: ids, keys and references.
        times: How many like it are in a row.
    """

    at: datetime
    title: str
    told: str
    tone: Tone
    notes: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    times: int = 1


def events(order: Json, exchanges: Iterable[Exchange]) -> list[Event]:
    """Return the story of an order, newest first.

    Args:
        order: The order.
        exchanges: The exchanges about it that are remembered, oldest first.
    """
    told = [event_of(exchange, order["purchase_currency"]) for exchange in exchanges]
    ids = {value for event in told for _, value in event.labels}
    story = sorted([*_history(order, ids), *told], key=lambda event: event.at)
    return _grouped(story)[::-1]


def event_of(exchange: Exchange, currency: str) -> Event:
    """Return an exchange as an event."""
    request, done, route = exchange.request, exchange.done, find(exchange.request)
    title = _TITLES[route.operation.name] if route else f"{request.method} {request.path}"
    body = _json(request.body)
    for name in _AMOUNTS:
        if isinstance(body.get(name), int):
            title += f" {amount(body[name], currency)}"
    labels = [("key", request.key), ("reference", str(body.get("reference", "")))]
    for name, text in done.headers if done else ():
        if name in {"capture-id", "refund-id"}:
            labels.append((name.replace("-", " "), text))
    if exchange.response:
        headers = dict(exchange.response.headers)
        labels.append(("correlation id", headers.get("klarna-correlation-id", "")))
    return Event(
        at=exchange.at,
        title=title,
        told=_told(exchange),
        tone=_tone(exchange),
        notes=tuple(_notes(exchange)),
        labels=tuple((name, text) for name, text in labels if text),
    )


def _history(order: Json, ids: set[str]) -> Iterator[Event]:
    """Yield what the order itself shows, but for captures and refunds of these ids."""
    currency = order["purchase_currency"]
    yield Event(
        at=from_wire(order["created_at"]),
        title=f"Order of {amount(order['original_order_amount'], currency)}",
        told="",
        tone="done",
        notes=(f"authorized until {order['expires_at'][:10]}",),
    )
    for kind, verb in (("capture", "captured"), ("refund", "refunded")):
        for effect in order[f"{kind}s"]:
            if effect[f"{kind}_id"] in ids:
                continue
            labels = (
                ("reference", effect.get("reference", "")),
                (f"{kind} id", effect[f"{kind}_id"]),
            )
            yield Event(
                at=from_wire(effect[f"{verb}_at"]),
                title=f"{kind.title()} {amount(effect[f'{verb}_amount'], currency)}",
                told="",
                tone="done",
                labels=tuple((name, text) for name, text in labels if text),
            )


def _grouped(story: Iterable[Event]) -> list[Event]:
    """Return events, with reads in a row that went well as one."""
    grouped: list[Event] = []
    for event in story:
        last = grouped[-1] if grouped else event
        if grouped and last.tone == event.tone == "quiet" and last.title == event.title:
            grouped[-1] = replace(event, times=last.times + 1)
        else:
            grouped.append(event)
    return grouped


def _told(exchange: Exchange) -> str:
    if exchange.fault in _UNTOLD:
        return _UNTOLD[exchange.fault]
    response = exchange.response
    return " ".join((str(response.status), _code(response))).strip() if response else ""


def _tone(exchange: Exchange) -> Tone:
    if exchange.fault:
        return "broken"
    if exchange.is_replay:
        return "known"
    if exchange.status is None or exchange.status >= 400:
        return "refused"
    return "quiet" if exchange.request.is_read else "done"


def _notes(exchange: Exchange) -> Iterator[str]:
    done, fault = exchange.done, exchange.fault
    if fault:
        yield _FAULTS[fault]
    if exchange.is_replay:
        yield "a known key: the first answer again, and nothing new was done"
    elif fault and done is None:
        yield "nothing was done"
    elif fault and done and done.status < 300 and not exchange.request.is_read:
        yield f"it was done: {done.status}"
    elif fault and done and done.status >= 400:
        yield f"it was refused: {done.status} {_code(done)}"
    if done and done.status >= 400 and exchange.response is done:
        yield from (text for text in _json(done.body).get("error_messages", ()) if text)


def _code(response: Response) -> str:
    return str(_json(response.body).get("error_code", "")) if response.status >= 400 else ""


def _json(body: bytes) -> Json:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
