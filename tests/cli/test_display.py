"""What a person reads of an order: in whole, with currencies, and nothing commands the terminal."""

from typing import Any

import pytest
from hypothesis import given, strategies as st
from rich.console import Console
from support import ORDER

from kustom_facade import MerchantOrder
from kustom_facade.cli.display import order_view, printable
from kustom_facade.sandbox import Sandbox


def shown(order: dict[str, Any], width: int = 100) -> str:
    """The text of an order in a terminal of this width."""
    console = Console(width=width, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(order_view(MerchantOrder.from_dict(order)))
    return capture.get()


@pytest.mark.parametrize("width", [40, 80])
def test_ids_are_shown_in_whole(width: int) -> None:
    """A cut id is of no use; no line is wider than the terminal."""
    sandbox = Sandbox()
    order = sandbox.order(ORDER)
    order["captures"] = [{"capture_id": ORDER, "captured_amount": 5, "reference": "a"}]
    text = shown(order, width)
    cells = [line.split("│")[1].strip() for line in text.splitlines() if line.startswith("│")]
    assert ORDER in "".join(cells)
    assert max(map(len, text.splitlines())) <= width


def test_amounts_have_their_currency() -> None:
    """Or are as they came, where there is none, or one that is not known."""
    assert "1.05 SEK" in shown({"order_amount": 105, "purchase_currency": "SEK"})
    for order in ({"order_amount": 105}, {"order_amount": 105, "purchase_currency": "QQQ"}):
        assert "amount  105" in shown(order)
    assert shown({}).split() == []


def test_lines_captures_and_refunds_are_tables() -> None:
    """Those that there are."""
    text = shown(
        {
            "purchase_currency": "SEK",
            "order_lines": [{"name": "Cup :cat: [b]", "quantity": 2, "total_amount": 5}],
            "refunds": [{"refund_id": "r-1", "refunded_amount": 7}],
        }
    )
    assert "Cup :cat: [b]" in text
    assert "0.07 SEK" in text
    assert "captures" not in text


def test_no_text_of_an_order_commands_the_terminal() -> None:
    """A name may have come from anybody."""
    text = shown({"merchant_reference1": "\x1b[2Ja", "order_lines": [{"name": "\x1b]0;b\x07"}]})
    assert "\x1b" not in text
    assert "\\x1b[2Ja" in text


@given(st.text(alphabet=st.characters()))
def test_printable_text_can_be_printed(text: str) -> None:
    """It is text as it is, and anything else is spelled as Python does."""
    assert printable(text).isprintable()
    if text.isprintable():
        assert printable(text) == text
