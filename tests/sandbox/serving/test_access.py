"""Who may use a served sandbox: programs and its own page, and no other page."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox
from kustom_facade.sandbox.api.refusals import Refusal
from kustom_facade.sandbox.api.wire import Request
from kustom_facade.sandbox.serving import access

from ..api_client import KEY, ORDERS, problem
from ..browser import Browser

_ORDER = f"{ORDERS}/{EXAMPLE_ORDER_ID}"
_PATHS = [
    ("GET", "/"),
    ("GET", _ORDER),
    ("POST", f"{_ORDER}/cancel"),
    ("OPTIONS", f"{_ORDER}/cancel"),
    ("GET", "/_sandbox/orders"),
    ("POST", "/_sandbox/reset"),
    ("POST", "/_sandbox/faults"),
    ("GET", "/nothing"),
]


@pytest.mark.parametrize(("method", "path"), _PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "127.0.0.1@evil.example"},
        {"host": "0.0.0.0"},
        {"host": ""},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "same-site", "sec-fetch-dest": "iframe"},
    ],
    ids=str,
)
def test_strangers_are_refused_on_every_path(
    sandbox: Sandbox, client: httpx.Client, method: str, path: str, headers: dict[str, str]
) -> None:
    """In the API's shape of errors, and nothing is done, not even a fault is used up."""
    sandbox.faults.add(Fault("drop"))
    credentials = {"authorization": f"Basic {KEY}"}
    answer = client.request(method, path, headers=credentials | headers)
    assert problem(answer)[:2] == (403, "FORBIDDEN")
    assert (sandbox.calls, sandbox.faults.list()) == ((), (Fault("drop"),))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "localhost:80"},
        {"host": "[::1]:80"},
        {"host": "LocalHost"},
        {"host": "127.0.0.1:8080", "origin": "http://127.0.0.1:8080"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
    ],
    ids=str,
)
def test_programs_and_its_own_page_are_served(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    """By each name that this machine has for itself."""
    credentials = {"authorization": f"Basic {KEY}"}
    assert client.get("/", headers=headers).status_code == 200
    assert client.post("/_sandbox/reset", headers=headers).status_code == 200
    assert client.get(_ORDER, headers=credentials | headers).status_code == 200


def test_a_link_to_the_page_may_be_followed(client: httpx.Client) -> None:
    """From another site, and to the page only."""
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"}
    assert client.get("/", headers=headers).status_code == 200
    assert client.get("/_sandbox/orders", headers=headers).status_code == 403


# --- pages of another origin, in a real browser


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Serve an empty page at another origin, with a name of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>evil</title><p>hello")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base's name
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://evil.example:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the requests that have come and were refused."""
    seen: list[str] = []
    check = access.check

    def watching(request: Request) -> None:
        try:
            check(request)
        except Refusal:
            seen.append(f"{request.method} {request.path}")
            raise

    monkeypatch.setattr(access, "check", watching)
    return seen


_FORM = """
    const form = document.createElement("form");
    form.method = "post";
    form.enctype = "text/plain";
    form.action = arguments[0];
    document.body.append(form);
    form.submit();
"""


@pytest.mark.browser
@pytest.mark.parametrize("path", [f"{_ORDER}/cancel", "/_sandbox/reset"])
def test_a_form_of_another_page_does_nothing(
    sandbox: Sandbox,
    client: httpx.Client,
    browser: Browser,
    elsewhere: str,
    refused: list[str],
    path: str,
) -> None:
    """Credentials in its address make the browser send them, and the order stays as it is."""
    sandbox.faults.add(Fault("drop"))
    target = str(client.base_url).replace("http://", f"http://shop:{KEY}@")
    browser.open(elsewhere)
    browser.run(_FORM, target + path)
    browser.wait_until("document.body.innerText.includes('FORBIDDEN')")
    assert set(refused) == {f"POST {path}"}
    assert sandbox.order(EXAMPLE_ORDER_ID)["status"] == "AUTHORIZED"
    assert sandbox.faults.list() == (Fault("drop"),)


@pytest.mark.browser
def test_scripts_and_pictures_of_another_page_do_nothing(
    sandbox: Sandbox, client: httpx.Client, browser: Browser, elsewhere: str, refused: list[str]
) -> None:
    """Each kind of request that a page can send without being asked arrives, and is refused."""
    script = """
        const [url, order] = arguments;
        const options = {method: "POST", mode: "no-cors", body: '{"kind": "drop"}'};
        await fetch(url + "/_sandbox/faults", options);
        await fetch(url + order + "/cancel", options);
        await fetch(url + order, {headers: {authorization: "Basic x"}}).catch(() => 0);
        await new Promise(done => {
            const picture = new Image();
            picture.onerror = picture.onload = done;
            picture.src = url + order;
        });
        navigator.sendBeacon(url + "/_sandbox/reset", "x");
        const frame = document.createElement("iframe");
        frame.src = url + "/";
        document.body.append(frame);
        await new Promise(done => { frame.onload = done; });
    """
    browser.open(elsewhere)
    browser.run(script, str(client.base_url).rstrip("/"), _ORDER)
    assert set(refused) == {
        "POST /_sandbox/faults",
        f"POST {_ORDER}/cancel",
        f"OPTIONS {_ORDER}",
        f"GET {_ORDER}",
        "POST /_sandbox/reset",
        "GET /",
    }
    assert (sandbox.calls, sandbox.faults.list()) == ((), ())


@pytest.mark.browser
def test_a_name_that_leads_here_does_nothing(
    sandbox: Sandbox, client: httpx.Client, browser: Browser, refused: list[str]
) -> None:
    """DNS rebinding: to the browser the sandbox is the page's own origin, and it is refused."""
    browser.open(f"http://rebound.example:{client.base_url.port}/")
    script = """
        const [order, key] = arguments;
        const headers = {authorization: "Basic " + key};
        const answer = await fetch(order + "/cancel", {method: "POST", headers});
        return answer.status;
    """
    assert browser.run(script, _ORDER, KEY) == 403
    assert set(refused) >= {"GET /", f"POST {_ORDER}/cancel"}
    assert sandbox.calls == ()
