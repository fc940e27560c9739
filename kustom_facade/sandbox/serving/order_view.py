"""What the page shows of an order: its ids, its amounts as a bar, and its story."""

from collections.abc import Iterable

from ..api.wire import Exchange, Json
from .amounts import amount
from .html import Markup, join, tag
from .story import Event, events

#: Events of an order that are shown at once. The others can be unfolded.
LATEST = 12


def order_card(order: Json, exchanges: Iterable[Exchange]) -> Markup:
    """Return an order with its story.

    Args:
        order: The order.
        exchanges: The exchanges about it that are remembered, oldest first.
    """
    order_id, currency = order["order_id"], order["purchase_currency"]
    story = events(order, exchanges)
    latest, older = story[:LATEST], story[LATEST:]
    unfold = tag(
        "details",
        tag("summary", f"{len(older)} earlier"),
        tag("ol", *map(event_item, older), class_="story"),
        id=f"older-{order_id}",
    )
    references = ("merchant_reference1", "merchant_reference2", "klarna_reference")
    return tag(
        "article",
        tag(
            "div",
            tag(
                "div",
                tag("h3", amount(order["order_amount"], currency), class_="total"),
                tag("span", order["status"], class_=f"badge {order['status']}"),
                class_="row",
            ),
            tag("a", "JSON", href=f"/_sandbox/orders/{order_id}"),
            class_="row spread",
        ),
        _ids([("order", order_id), *((name, order.get(name, "")) for name in references)]),
        _bar(order),
        tag("ol", *map(event_item, latest), class_="story"),
        unfold if older else Markup(),
        class_="card",
        id=f"order-{order_id}",
    )


def _bar(order: Json) -> Markup:
    """Return a bar of what is captured, refunded and left, and the same in words."""
    captured, refunded = order["captured_amount"], order["refunded_amount"]
    is_open = order["status"] in {"AUTHORIZED", "PART_CAPTURED"}
    left = order["remaining_authorized_amount"] if is_open else 0
    whole = max(order["order_amount"], captured + left, 1)
    parts = [
        ("refunded", "refunded", refunded, refunded),
        ("captured", "captured", captured - refunded, captured),
        ("left", "left to capture", left, left),
    ]
    start = 0.0
    pieces: list[Markup] = []
    words = [tag("span", f"authorized {amount(order['order_amount'], order['purchase_currency'])}")]
    for name, text, width, total in parts:
        share = 100 * max(width, 0) / whole
        pieces.append(tag("rect", x=f"{start:.3f}", width=f"{share:.3f}", height=8, class_=name))
        start += share
        square = tag(
            "svg", tag("rect", width=10, height=10, rx=2, class_=name), viewBox="0 0 10 10"
        )
        words.append(tag("span", square, f"{text} {amount(total, order['purchase_currency'])}"))
    bar = tag(
        "svg",
        *pieces,
        viewBox="0 0 100 8",
        preserveAspectRatio="none",
        class_="bar",
        role="img",
        aria_label=f"{captured} of {order['order_amount']} captured, {refunded} refunded",
    )
    return join(bar, tag("p", *words, class_="legend"))


def event_item(event: Event) -> Markup:
    """Return one step of a story."""
    times = f", {event.times} times" if event.times > 1 else ""
    return tag(
        "li",
        tag(
            "div",
            tag("span", event.title + times, class_="event-title"),
            tag("span", event.told, class_="badge") if event.told else Markup(),
            tag("time", f"{event.at:%Y-%m-%d %H:%M:%S}"),
            class_="row",
        ),
        *(tag("p", note, class_="note") for note in event.notes),
        _ids(event.labels if event.tone != "quiet" else ()),
        class_=event.tone,
    )


def _ids(labels: Iterable[tuple[str, str]]) -> Markup:
    rows = [
        tag(
            "div",
            tag("span", name, class_="name"),
            tag("code", text),
            copy_button(text),
            class_="id",
        )
        for name, text in labels
        if text
    ]
    return tag("div", *rows, class_="ids") if rows else Markup()


def copy_button(text: str) -> Markup:
    """Return a button that copies a text."""
    return tag("button", "copy", type="button", class_="copy", data_copy=text)
