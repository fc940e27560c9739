"""The page of a served sandbox for people, as text and in a real browser."""

from contextlib import suppress
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox
from kustom_facade.sandbox.api.wire import Request
from kustom_facade.sandbox.serving.control import dispatch

from ..api_client import KEY, ApiClient, line
from ..browser import Browser

_ID = "00000000-0000-0000-0000-00000000000a"
_WIDTHS = (1400, 400)
_LONG = "W" * 255


def _busy(sandbox: Sandbox, client: httpx.Client) -> None:
    """Let happen what is hardest to show: faults, long texts without a space, and markup."""
    sandbox.add_order({"order_id": _ID, "purchase_currency": "<script>document.title=1</script>"})
    api = ApiClient(client)
    api("POST", "/captures", {"captured_amount": 4321, "reference": "<b>ship</b>"}, key='k"<i>1')
    api("POST", "/captures", {"captured_amount": 1000, "reference": _LONG}, key=_LONG)
    api.refund(123, order_lines=[line(123)])
    sandbox.faults.add(Fault("lose", "capture", nth=1))
    with pytest.raises(httpx.TransportError):
        api.capture(700)
    sandbox.faults.add(Fault("status", "capture", status=520), Fault("drop", order_id=_ID))
    api.capture(99_999)
    client.get(f"/{_LONG}")


def _page(sandbox: Sandbox) -> str:
    response = dispatch(sandbox, Request("GET", "http://127.0.0.1:1", "/")).response
    assert response is not None
    return response.body.decode()


def test_the_page_as_text(sandbox: Sandbox, client: httpx.Client) -> None:
    """Orders, events and faults are there, escaped, without credentials, and nothing is loaded."""
    assert "None is set." in client.get("/").text
    _busy(sandbox, client)
    calls = len(sandbox.calls)
    answer = client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("frame-ancestors 'none'")
    for shown in (EXAMPLE_ORDER_ID, _ID, "43.21 SEK", ">lost<", ">520<", "it was done: 201"):
        assert shown in answer.text
    assert answer.text.count("<script>") == 1  # the page's own
    for absent in ("<b>ship", "<i>1", KEY, "made-up"):
        assert absent not in answer.text
    assert len(sandbox.calls) == calls  # the page is none of them
    assert client.post("/").status_code == 405
    assert (client.head("/").status_code, client.head("/").content) == (200, b"")
    assert client.head("/_sandbox/orders").status_code == 200


def test_of_many_orders_those_that_are_in_use_are_shown(sandbox: Sandbox, api: ApiClient) -> None:
    """A page of thousands helps nobody: then the newest, and where the others are."""
    sandbox.add_orders({} for _ in range(150))
    api.order()
    text = _page(sandbox)
    assert text.count("<article") == 30
    assert "121 more orders are not shown" in text
    assert text.index(EXAMPLE_ORDER_ID) < text.index(sandbox.order_ids[-1])


def test_a_long_story_is_folded(sandbox: Sandbox, api: ApiClient) -> None:
    """The newest steps stand open, the others can be unfolded."""
    for _ in range(20):
        api.capture(1)
    text = _page(sandbox)
    assert "<summary>9 earlier</summary>" in text
    assert text.count(">Capture 0.01 SEK<") == 20


def test_the_bar_shows_the_shares(sandbox: Sandbox, api: ApiClient) -> None:
    """Refunded, captured and left, of what was authorized. Nothing is left of a cancelled one."""
    api.capture(5000)
    api.refund(1000)
    text = _page(sandbox)
    for name, start, share in (("refunded", 0, 10), ("captured", 10, 40), ("left", 50, 50)):
        rect = f'<rect x="{start:.3f}" width="{share:.3f}" height="8" class="{name}">'
        assert rect in text
    other = ApiClient(api.client, sandbox.add_order({"order_amount": 0}))
    other("POST", "/cancel")
    assert "left to capture 0.00 SEK" in _page(sandbox)


# --- in a browser

#: What of the page can be seen and does not fit: cut off, or beyond the window's edge.
_MISFITS = """
    const wide = document.documentElement.clientWidth;
    const misfits = [];
    if (document.documentElement.scrollWidth > wide) misfits.push("the page scrolls sideways");
    for (const each of document.querySelectorAll("body *")) {
        const box = each.getBoundingClientRect();
        if (!box.width || each.closest("svg, select")) continue;
        const name = each.tagName + " " + each.textContent.slice(0, 40);
        if (box.left < 0 || box.right > wide + 0.5) misfits.push("off-screen: " + name);
        const inside = getComputedStyle(each).display !== "inline";
        if (inside && each.scrollWidth > each.clientWidth + 1) misfits.push("cut off: " + name);
    }
    return misfits;
"""


@pytest.mark.browser
@pytest.mark.parametrize("width", _WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off(
    sandbox: Sandbox, client: httpx.Client, browser: Browser, width: int, scheme: str
) -> None:
    """On a desk and on a telephone, with the longest texts, and the form open."""
    _busy(sandbox, client)
    browser.in_colors(scheme)
    browser.open(str(client.base_url), width)
    browser.run("document.getElementById('adding').open = true")
    assert browser.run(_MISFITS) == []
    # That the check can fail is seen here.
    browser.run("document.querySelector('article code').style.whiteSpace = 'pre'")
    browser.run("document.querySelector('article code').textContent = 'W'.repeat(255)")
    assert browser.run(_MISFITS) != []


@pytest.mark.browser
@pytest.mark.parametrize("width", _WIDTHS)
def test_the_bar_can_be_seen(client: httpx.Client, browser: Browser, width: int) -> None:
    """In the picture itself, with its three colors."""
    api = ApiClient(client)
    api.capture(5000)
    api.refund(1000)
    browser.in_colors("light")
    browser.open(str(client.base_url), width)
    colors = browser.run(
        """
        const picture = new Image();
        picture.src = "data:image/png;base64," + arguments[0];
        await picture.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [picture.width, picture.height];
        const context = canvas.getContext("2d");
        context.drawImage(picture, 0, 0);
        const bar = document.querySelector(".bar").getBoundingClientRect();
        const y = bar.top + scrollY + bar.height / 2;
        const at = share => [...context.getImageData(bar.left + share * bar.width, y, 1, 1).data];
        return [0.05, 0.3, 0.75].map(at);
        """,
        browser.picture_text(),
    )
    assert colors == [[143, 99, 210, 255], [47, 158, 110, 255], [157, 184, 242, 255]]


@pytest.mark.browser
def test_a_story_reads_as_it_happened(
    sandbox: Sandbox, client: httpx.Client, browser: Browser
) -> None:
    """A lost answer is told as lost, not as 201, and nothing of an order is run."""
    _busy(sandbox, client)
    browser.open(str(client.base_url))
    story = browser.run(
        "return [...document.querySelectorAll(arguments[0] + ' .story > li')].map(item =>"
        " [item.className, item.querySelector('.row').innerText.replace(/\\s+\\S+ \\S+$/, '')])",
        f"[id='order-{EXAMPLE_ORDER_ID}']",
    )
    assert [(tone, " ".join(text.split())) for tone, text in story] == [
        ("broken", "Capture 999.99 SEK 520"),
        ("broken", "Capture 7.00 SEK lost"),
        ("done", "Refund 1.23 SEK 201"),
        ("done", "Capture 10.00 SEK 201"),
        ("done", "Capture 43.21 SEK 201"),
        ("done", "Order of 100.00 SEK"),
    ]
    assert browser.run("return document.title") == "Kustom sandbox"
    assert browser.run("return document.querySelectorAll('script').length") == 1


@pytest.mark.browser
def test_it_updates_by_itself(sandbox: Sandbox, client: httpx.Client, browser: Browser) -> None:
    """What happens elsewhere appears, and what was unfolded or typed stays."""
    api = ApiClient(client)
    for _ in range(20):
        api.capture(1)
    browser.open(str(client.base_url))
    browser.run(
        "document.querySelector('article details').open = true;"
        "document.querySelector('[name=code]').value = 'MINE'"
    )
    api.capture(4321)
    browser.wait_until("document.querySelector('#orders').innerText.includes('43.21 SEK')")
    assert browser.run(
        "return [document.querySelector('article details').open,"
        " document.querySelector('[name=code]').value]"
    ) == [True, "MINE"]
    sandbox.faults.add(Fault("delay", seconds=0))
    browser.wait_until("document.querySelector('#faults').innerText.includes('delay')")
    client.get("/nothing")
    browser.wait_until("document.querySelector('#others').innerText.includes('/nothing')")


def _press(browser: Browser, text: str) -> None:
    browser.run(
        "[...document.querySelectorAll('button')].find(one => one.innerText === arguments[0])"
        ".click()",
        text,
    )


@pytest.mark.browser
def test_faults_are_added_and_lifted_with_buttons(
    sandbox: Sandbox, client: httpx.Client, browser: Browser
) -> None:
    """A field that means nothing for a fault is hidden and not sent. A bad value is named."""
    browser.open(str(client.base_url))
    fill = """
        const form = document.getElementById("add");
        for (const [name, value] of Object.entries(arguments[0])) {
            form.elements[name].value = value;
            form.elements[name].dispatchEvent(new Event("change", {bubbles: true}));
        }
        form.requestSubmit();
    """

    def add(**fields: Any) -> None:
        browser.run(fill, fields)

    add(kind="lose", verb="capture", times="", nth=2)
    browser.wait_until("document.querySelectorAll('#faults li').length === 1")
    add(kind="status", verb="", times=1, nth="", status=403, code="PAYMENT_METHOD_FAILED")
    browser.wait_until("document.querySelectorAll('#faults li').length === 2")
    add(kind="delay", seconds=0.5, order_id=EXAMPLE_ORDER_ID)
    browser.wait_until("document.querySelectorAll('#faults li').length === 3")
    expected = (
        Fault("lose", "capture", nth=2),
        Fault("status", status=403, code="PAYMENT_METHOD_FAILED", times=1),
        Fault("delay", seconds=0.5, times=1, order_id=EXAMPLE_ORDER_ID),
    )
    assert sandbox.faults.list() == expected
    add(order_id="no id")
    browser.wait_until("document.getElementById('notice').innerText.includes('must be a UUID')")
    _press(browser, "lift")
    browser.wait_until("document.querySelectorAll('#faults li').length === 2")
    assert sandbox.faults.list() == expected[1:]
    _press(browser, "lift all")
    browser.wait_until("document.querySelector('#faults').innerText.includes('None is set.')")
    assert sandbox.faults.list() == ()


@pytest.mark.browser
def test_the_clock_is_moved_with_buttons(
    sandbox: Sandbox, client: httpx.Client, browser: Browser
) -> None:
    """And the sandbox is reset, if it was meant."""
    browser.open(str(client.base_url))
    _press(browser, "+28 days")
    browser.wait_until("document.querySelector('#orders').innerText.includes('EXPIRED')")
    browser.run("window.confirm = () => false")
    _press(browser, "reset")
    browser.run("window.confirm = () => true")
    assert sandbox.order(EXAMPLE_ORDER_ID)["status"] == "EXPIRED"
    _press(browser, "reset")
    browser.wait_until("document.querySelector('#orders').innerText.includes('AUTHORIZED')")
    assert sandbox.clock.moved.total_seconds() == 0


@pytest.mark.browser
def test_ids_are_whole_and_copied(sandbox: Sandbox, client: httpx.Client, browser: Browser) -> None:
    """With a button, and the order's JSON is a link away."""
    url = str(client.base_url).rstrip("/")
    browser.allow_the_clipboard(url)
    browser.open(url)
    browser.run("window.focus(); document.querySelector('article .copy').click()")
    browser.wait_until("document.querySelector('article .copy').innerText === 'copied'")
    assert browser.run("return await navigator.clipboard.readText()") == EXAMPLE_ORDER_ID
    link = browser.run("return document.querySelector('article a').href")
    assert httpx.get(link, trust_env=False).json() == sandbox.order(EXAMPLE_ORDER_ID)


@pytest.mark.browser
def test_it_says_that_the_sandbox_is_gone(
    sandbox: Sandbox, client: httpx.Client, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it does not answer, and goes on by itself when it does."""
    browser.open(str(client.base_url))
    with monkeypatch.context() as patch:
        patch.setattr(type(sandbox), "order_ids", property(lambda _: 1 / 0))
        browser.wait_until("document.getElementById('notice').innerText !== ''")
    browser.wait_until("document.getElementById('notice').innerText === ''")


@pytest.mark.browser
def test_no_other_page_may_frame_it(client: httpx.Client, browser: Browser) -> None:
    """Its buttons could be clicked unseen there. Not even its own origin may."""
    url = str(client.base_url).rstrip("/")
    browser.open(f"{url}/_sandbox/clock")
    with suppress(AssertionError):
        browser.run(
            "const frame = document.createElement('iframe'); frame.src = '/';"
            "document.body.append(frame); await new Promise(done => { frame.onload = done; });"
        )
    assert (
        browser.run(
            "try { return document.querySelector('iframe').contentDocument?.title ?? '' }"
            "catch { return '' }"
        )
        != "Kustom sandbox"
    )
