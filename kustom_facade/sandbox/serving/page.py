"""The page of a served sandbox: each order's story, and the faults with buttons to set them.

All of it is made here. The script in it asks for the page again each second, puts what has
changed in place, and presses the buttons of the control paths.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import get_args

from ..api.core import Core
from ..api.operations import OPERATIONS
from ..api.routes import find
from ..api.wire import Exchange, Json
from ..faults import Fault, Kind
from .html import Markup, raw, tag
from .order_view import LATEST, copy_button, event_item, order_card
from .story import event_of

#: Orders that are shown: first those that the last exchanges were about, then the newest.
_SHOWN = 30

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "page.css").read_text("utf-8")
_SCRIPT = (_FOLDER / "page.js").read_text("utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


#: Nothing runs, is loaded or may frame the page but what is in it.
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src {_hash(_STYLE)}",
        f"script-src {_hash(_SCRIPT)}",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

_VERBS = sorted({operation.run.__name__.removeprefix("_") for operation in OPERATIONS})


def page(core: Core, origin: str) -> str:
    """Return the page as HTML.

    Args:
        core: The sandbox.
        origin: Its address, as the browser knows it.
    """
    calls = core.calls
    about: dict[str, list[Exchange]] = {}
    others: list[Exchange] = []
    known = set(core.order_ids)
    for call in calls:
        route = find(call.request)
        (
            about.setdefault(route.order_id, []) if route and route.order_id in known else others
        ).append(call)
    recent = dict.fromkeys([*reversed(_by_last_call(about)), *reversed(core.order_ids)])
    shown = [core.order(order_id) for order_id in list(recent)[:_SHOWN]]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", "Kustom sandbox"),
        tag("link", rel="icon", href="data:,"),
        raw("style", _STYLE),
    )
    body = tag(
        "body",
        tag(
            "div",
            _header(origin),
            tag(
                "div",
                tag(
                    "main",
                    tag(
                        "div",
                        *(order_card(order, about.get(order["order_id"], ())) for order in shown),
                        _remainder(len(known) - len(shown)),
                        id="orders",
                        class_="orders",
                    ),
                    _others(others),
                    class_="orders",
                ),
                tag("aside", _faults(core), _clock(core), class_="side"),
                class_="columns",
            ),
            class_="page",
        ),
        raw("script", _SCRIPT),
    )
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


def _by_last_call(about: dict[str, list[Exchange]]) -> list[str]:
    return sorted(about, key=lambda order_id: about[order_id][-1].at)


def _header(origin: str) -> Markup:
    return tag(
        "header",
        tag("h1", "Kustom sandbox"),
        tag("div", tag("code", origin), copy_button(origin), class_="row"),
        tag("p", id="notice", role="status"),
    )


def _remainder(count: int) -> Markup:
    if not count:
        return Markup()
    link = tag("a", "all of them as JSON", href="/_sandbox/orders")
    return tag("p", f"{count:,} more orders are not shown: ", link, class_="soft")


# --- beside the orders


def _faults(core: Core) -> Markup:
    rows = [
        tag(
            "li",
            _fault(fault),
            _button("lift", "POST", "/_sandbox/faults/lift", fault.to_json()),
        )
        for fault in core.faults.list()
    ]
    lift_all = _button("lift all", "DELETE", "/_sandbox/faults") if len(rows) > 1 else Markup()
    counts = core.faults.counts()
    fired = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    return tag(
        "section",
        tag("h2", "Faults"),
        tag(
            "div",
            tag("ul", *rows, class_="faults") if rows else tag("p", "None is set.", class_="soft"),
            lift_all,
            id="faults",
        ),
        tag("p", f"Fired so far: {fired}" if fired else "", class_="soft", id="fired"),
        tag("details", tag("summary", "Add a fault"), _form(), id="adding", open=""),
        class_="card",
    )


def _fault(fault: Fault) -> Markup:
    details = {name: value for name, value in fault.to_json().items() if name != "kind"}
    text = ", ".join(f"{name} {value}" for name, value in details.items())
    return tag("div", tag("span", fault.kind, class_="fault"), tag("code", text or "every request"))


def _form() -> Markup:
    kinds = [tag("option", kind, value=kind) for kind in get_args(Kind)]
    verbs = [tag("option", verb, value=verb) for verb in ("read", "write", *_VERBS)]
    any_verb = tag("option", "any request", value="")
    return tag(
        "form",
        tag("label", "What goes wrong", tag("select", *kinds, name="kind")),
        tag("label", "Of which request", tag("select", any_verb, *verbs, name="verb")),
        _number("How often at most", "times", min=1, value=1),
        _number("From the n-th on", "nth", min=1),
        _number("Seconds", "seconds", "delay stale", min=0, step="any"),
        _number("Status", "status", "status", min=400, max=599),
        tag("label", "Error code", tag("input", name="code"), data_kinds="status"),
        tag("label", "Only the order", tag("input", name="order_id"), class_="wide"),
        tag("button", "Add the fault", class_="main wide"),
        id="add",
    )


def _number(text: str, name: str, kinds: str | None = None, **limits: str | int) -> Markup:
    field = tag("input", name=name, type="number", **limits)
    return tag("label", text, field, data_kinds=kinds)


def _clock(core: Core) -> Markup:
    day = 86_400
    steps = (("1 hour", 3600), ("1 day", day), ("28 days", 28 * day))
    return tag(
        "section",
        tag("h2", "Clock and start"),
        tag(
            "p",
            tag("time", f"{core.clock.now():%Y-%m-%d %H:%M:%S} UTC"),
            id="clock",
        ),
        tag(
            "div",
            *(_button(f"+{text}", "POST", "/_sandbox/clock", {"advance": s}) for text, s in steps),
            _button("reset", "POST", "/_sandbox/reset", {}, "Forget all that has happened?"),
            class_="row",
        ),
        class_="card",
    )


def _others(calls: list[Exchange]) -> Markup:
    latest = [event_of(call, "") for call in reversed(calls[-LATEST:])]
    shown = tag("ol", *map(event_item, latest), class_="story")
    title = tag("h2", "Calls about no order")
    inside = tag("div", title, shown) if latest else Markup()
    return tag("section", inside, id="others", class_="card", hidden=None if latest else "")


def _button(
    text: str, method: str, path: str, body: Json | None = None, question: str | None = None
) -> Markup:
    return tag(
        "button",
        text,
        type="button",
        data_method=method,
        data_path=path,
        data_body=None if body is None else json.dumps(body),
        data_confirm=question,
    )
