"""Text for a terminal, and an order as a person likes to read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kustom_order_management.models import MerchantOrder
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from ..money import Money


def console(*, errors: bool = False) -> Console:
    """Return the console of a command, which takes text as it is: no markup, no emoji."""
    return Console(stderr=errors, highlight=False, markup=False, emoji=False)


def printable(value: object) -> str:
    """Return a text without what commands a terminal, which is shown as Python spells it."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in str(value)
    )


def order_view(order: MerchantOrder) -> Group:
    """Return an order for the terminal: no personal data, amounts with their currency."""

    def money(minor: Any) -> str:
        try:
            return str(Money(minor, order.purchase_currency or ""))
        except (TypeError, ValueError):  # of a later API, or not there
            return str(minor)

    facts = Table.grid(padding=(0, 2))
    for name, value in (
        ("order", order.order_id),
        ("status", order.status),
        ("fraud status", order.fraud_status),
        ("reference", order.merchant_reference1),
        ("created", order.created_at),
        ("expires", order.expires_at),
        ("amount", money(order.order_amount)),
        ("captured", money(order.captured_amount)),
        ("refunded", money(order.refunded_amount)),
        ("left", money(order.remaining_authorized_amount)),
    ):
        if value not in (None, "None"):
            facts.add_row(name, Text(printable(value)))
    return Group(
        facts,
        *_table(
            "lines",
            ("reference", "name", "quantity", "total"),
            (
                (line.reference, line.name, line.quantity, money(line.total_amount))
                for line in order.order_lines or ()
            ),
        ),
        *_table(
            "captures",
            ("id", "reference", "amount", "at"),
            (
                (one.capture_id, one.reference, money(one.captured_amount), one.captured_at)
                for one in order.captures or ()
            ),
        ),
        *_table(
            "refunds",
            ("id", "reference", "amount", "at"),
            (
                (one.refund_id, one.reference, money(one.refunded_amount), one.refunded_at)
                for one in order.refunds or ()
            ),
        ),
    )


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> list[Table]:
    """Return a table of parts, or nothing where there are none."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")  # an id is of use as a whole only
    for row in rows:
        table.add_row(*(Text("" if cell is None else printable(cell)) for cell in row))
    return [table] if table.row_count else []
