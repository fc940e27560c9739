"""The sandbox compared with the one order that was recorded in full."""

import json
import re
from pathlib import Path
from typing import Any

import httpx

from kustom_facade.sandbox import Sandbox

from ..api_client import ApiClient

_RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "document" / "recorded-order.json").read_text("utf-8")
)
_KINDS = {
    "a UUID": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "a moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "a day": r"\d{4}-\d\d-\d\d",
    "a reference of a capture": r"[0-9A-Z]{8}-\d",
    "a reference of 8 characters": r"[0-9A-Z]{8}",
    "empty": "",
}


def _shape(value: Any) -> Any:
    """Return the kind of a value, without its content."""
    if isinstance(value, dict):
        return {name: _shape(item) for name, item in sorted(value.items())}
    if isinstance(value, list):
        return [_shape(item) for item in value]
    if isinstance(value, str):
        kinds = (kind for kind, pattern in _KINDS.items() if re.fullmatch(pattern, value))
        return next(kinds, "a text")
    return type(value).__name__


def test_a_captured_and_refunded_order_looks_like_the_recorded_one() -> None:
    """The recorded lines give the same fields, kinds of values, amounts and status."""
    lines, amount = _RECORDED["order_lines"], _RECORDED["order_amount"]
    sandbox = Sandbox()
    with httpx.Client(transport=sandbox, base_url="https://api.example.com") as client:
        api = ApiClient(client, sandbox.add_order({"order_lines": lines}))
        api.capture(amount, order_lines=lines)
        api.refund(amount, order_lines=lines)
        order = api.order()
    assert _shape(order) == _shape(_RECORDED)
    said = {name for name, value in _RECORDED.items() if isinstance(value, int)} | {
        "status",
        "fraud_status",
    }
    assert {name: order[name] for name in said} == {name: _RECORDED[name] for name in said}
    for part, name in (
        ("captures", "captured_amount"),
        ("captures", "refunded_amount"),
        ("refunds", "refunded_amount"),
    ):
        assert order[part][0][name] == _RECORDED[part][0][name]


def test_the_recorded_order_can_be_brought(sandbox: Sandbox) -> None:
    """And is read as it was recorded."""
    assert sandbox.order(sandbox.add_order(_RECORDED)) == _RECORDED
