"""An order as a person likes to read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from .. import MerchantOrder, Money


def order_view(order: MerchantOrder) -> Group:
    """Return an order for the terminal: no personal data, amounts with their currency."""

    def money(minor: Any) -> str:
        currency = order.purchase_currency
        return str(Money(minor, currency)) if type(minor) is int and currency else str(minor)

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
            facts.add_row(name, Text(str(value)))
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
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    return [table] if table.row_count else []
