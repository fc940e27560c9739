"""The page of a served sandbox for people."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox
from kustom_facade.sandbox.api.wire import Request
from kustom_facade.sandbox.serving.control import dispatch

from ..api_client import KEY, ApiClient, line

_ID = "00000000-0000-0000-0000-00000000000a"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_BROWSER = next(filter(None, map(shutil.which, _BROWSERS)), None)


def _busy(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.add_order({"order_id": _ID, "purchase_currency": "<script>alert(1)</script>"})
    api = ApiClient(client)
    api("POST", "/captures", {"captured_amount": 4321, "reference": "<b>ship</b>"}, key='k"<i>1')
    api.capture(1000)
    api.refund(123, order_lines=[line(123)])
    sandbox.faults.add(Fault("drop", "refund", nth=1), Fault("status", "capture", status=520))
    with pytest.raises(httpx.TransportError):
        api.refund(1)


def _check_page(text: str) -> None:
    assert EXAMPLE_ORDER_ID in text
    assert _ID in text
    for amount in ("10000", "5321", "4679", "4321", "1000", "123"):
        assert re.search(rf">{amount}\b", text), amount
    for shown in (
        "PART_CAPTURED",
        "POST",
        f"{EXAMPLE_ORDER_ID}/captures",
        ">201<",
        "no answer",
        "520",
    ):
        assert shown in text
    assert "kind=drop, verb=refund, nth=1" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;b&gt;ship&lt;/b&gt;" in text
    assert "&lt;i&gt;1" in text
    assert "<script" not in text
    assert "<b>" not in text
    assert KEY not in text
    assert "made-up" not in text
    assert not re.search(r'(src|href)="(?!data:)', text)


def test_the_page_as_text(sandbox: Sandbox, client: httpx.Client) -> None:
    """Orders, effects, calls and faults are there, escaped, without credentials."""
    empty = client.get("/")
    assert empty.text.count("None.") == 3
    _busy(sandbox, client)
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    _check_page(page.text)
    assert len(sandbox.calls) == 4  # the page is none of them
    assert client.post("/").status_code == 405
    assert (client.head("/").status_code, client.head("/").content) == (200, b"")
    assert client.head("/_sandbox/orders").status_code == 200


@pytest.mark.skipif(_BROWSER is None, reason="no Chromium is installed")
def test_the_page_in_a_browser(sandbox: Sandbox, client: httpx.Client, tmp_path: Path) -> None:
    """Chromium reads it as it was meant, and runs nothing of what is in the orders."""
    _busy(sandbox, client)
    command = [
        _BROWSER or "",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--virtual-time-budget=2000",
        f"--user-data-dir={tmp_path}",
        "--dump-dom",
        f"{client.base_url}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    _check_page(done.stdout)
    assert done.stdout.count("<tbody>") == 4
    assert len(sandbox.calls) == 4  # it asked for no other file


def test_the_newest_are_shown_of_many(sandbox: Sandbox) -> None:
    """A page of thousands of orders helps nobody."""
    sandbox.add_orders({} for _ in range(150))
    response = dispatch(sandbox, Request("GET", "http://127.0.0.1:1", "/")).response
    assert response is not None
    text = response.body.decode()
    assert "151 orders" in text
    assert text.count("AUTHORIZED") == 100
    assert sandbox.order_ids[-1] in text
