"""The page of a served sandbox: orders, last calls and faults, without scripts or other files."""

from collections.abc import Iterable
from html import escape

from ..api.core import Core
from ..api.wire import Json

_SHOWN = 100
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Kustom sandbox</title>
<link rel="icon" href="data:,">
<style>body{font:14px system-ui,sans-serif;margin:2em}
table{border-collapse:collapse;margin-bottom:2em}
td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}</style>
</head><body>
"""


def page(core: Core) -> str:
    """Return the page as HTML, with the newest of many orders or calls."""
    orders = [core.order(order_id) for order_id in reversed(core.order_ids[-_SHOWN:])]
    calls = [
        (
            call.at.isoformat(" ", "milliseconds"),
            call.request.method,
            call.request.path,
            call.status or "no answer",
            call.request.headers.get("klarna-idempotency-key", ""),
            call.fault,
        )
        for call in reversed(core.calls[-_SHOWN:])
    ]
    faults = [
        (", ".join(f"{name}={value}" for name, value in fault.to_json().items()),)
        for fault in core.faults.list()
    ]
    now = core.clock.now().isoformat(" ", "seconds")
    order_head = ("Order", "Status", "Currency", "Amount", "Captured", "Refunded", "Remaining")
    call_head = ("Time", "Method", "Path", "Status", "Idempotency key", "Fault")
    return "".join(
        (
            _HEAD,
            f"<h1>Kustom sandbox</h1><p>It is {escape(now)} here. ",
            f"{len(core.order_ids)} orders; amounts are in minor units.</p>",
            _table("Orders", (*order_head, "Captures", "Refunds"), map(_order, orders)),
            _table("Last calls", call_head, calls),
            _table("Faults that are set", ("Fault",), faults),
            _table("Faults that fired", ("Kind", "Times"), core.faults.counts().items()),
            "</body></html>\n",
        )
    )


def _order(order: Json) -> tuple[object, ...]:
    amounts = ("order_amount", "captured_amount", "refunded_amount", "remaining_authorized_amount")
    return (
        order["order_id"],
        order["status"],
        order["purchase_currency"],
        *(order[name] for name in amounts),
        "\n".join(_effect(each, "capture_id", "captured_amount") for each in order["captures"]),
        "\n".join(_effect(each, "refund_id", "refunded_amount") for each in order["refunds"]),
    )


def _effect(effect: Json, id_name: str, amount: str) -> str:
    texts = (effect[amount], effect[id_name], effect.get("reference", ""))
    return " ".join(str(text) for text in texts if text != "")


def _table(title: str, names: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>\n" for row in rows
    )
    table = f"<table><tr>{head}</tr>\n{body}</table>\n" if body else "<p>None.</p>\n"
    return f"<h2>{title}</h2>\n{table}"


def _cell(value: object) -> str:
    return escape(str(value)).replace("\n", "<br>")
