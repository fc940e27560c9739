"""No secret gets out, and nobody's address: a canary key, looked for in everything that a program
may print, log, raise or store, and in what error trackers show of an error.
"""

import asyncio
import io
import json
import logging
import pickle
import signal
import threading
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from exposure import frames, leaks
from rich.console import Console
from rich.traceback import Traceback
from support import CANARY, ORDER, Client, Wire, answer, hang_up, json_answer

from kustom_facade import (
    Address,
    AsyncKustomClient,
    ConfigurationError,
    ConnectionFailed,
    InvalidRequest,
    KustomClient,
    KustomError,
)

USER = "M123-abc"
ENCODED = b64encode(f"{USER}:{CANARY}".encode()).decode()
KINDS = (
    "json error",
    "html",
    "redirect",
    "server error",
    "unreadable read",
    "no answer",
    "success",
)


def echo(kind: str, sent: str) -> Any:
    """An answer that gives the credentials back, in every place that such an answer has."""
    both = f"{CANARY} {sent}"
    error = json.dumps(
        {"error_code": "BAD_REQUEST", "error_messages": [both], "correlation_id": both}
    )
    return {
        "json error": json_answer(400, error, X_Echo=both, klarna_correlation_id=both),
        "html": answer(401, f"<html>{both}", Content_Type="text/html", WWW_Authenticate=both),
        "redirect": answer(302, both, Location=f"https://x.example/?key={sent}"),
        "server error": answer(503, both, Retry_After=both),
        "unreadable read": json_answer(200, f'"{both}"', X_Echo=both),
        "no answer": hang_up,
        "success": answer(201, both, Location=f"https://x.example/captures/{sent}", X_Echo=both),
    }[kind]


def clean(text: str) -> bool:
    """Whether a text is free of every form of the secret."""
    return CANARY not in text and ENCODED not in text and "CANARY" not in text


def test_json_can_spell_a_secret_in_other_ways(
    connect: Callable[..., Client], server: Wire
) -> None:
    """A slash and any letter may be escaped; what is read is redacted after reading."""
    key = "kco_test_api_CANARY/secret"
    spelled = "".join(f"\\u{ord(letter):04x}" for letter in key)
    for said in (key.replace("/", "\\/"), spelled):
        server.will(
            json_answer(400, f'{{"error_messages":["a {said}"],"correlation_id":"{said}"}}')
        )
        with pytest.raises(KustomError) as caught:
            connect(base_url=server.url, api_key=key).get_order(ORDER)
        shown = str(caught.value) + repr(vars(caught.value)) + repr(pickle.dumps(caught.value))
        assert clean(shown)
        assert "CANARY" not in json.dumps(json.loads(vars(caught.value)["text"]))


def raw(text: str) -> Callable[[], tuple[bytes, bool]]:
    """Return an answer of exactly these bytes, after which the connection is closed."""
    return lambda: (text.encode(), True)


#: Answers that give the credentials back where HTTP libraries put them into their own errors.
BROKEN = {
    "status line": "HTTP/1.1 {}\r\n\r\n",
    "version": "{} 200 OK\r\n\r\n",
    "header name": "HTTP/1.1 200 OK\r\n{}: x\r\n\r\n",
    "header value": "HTTP/1.1 200 OK\r\nX: \x01{}\r\n\r\n",
    "content length": "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
    "coding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: {}\r\n\r\n",
    "chunk size": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}\r\n",
    "cut chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}",
    "no gzip": "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n{}",
    "cut JSON": 'HTTP/1.1 200 OK\r\n\r\n{{"a": "{}',
    "another order": 'HTTP/1.1 200 OK\r\n\r\n{{"order_id": "{0}"}}',
    "redirect": "HTTP/1.1 302 Found\r\nLocation: https://x.example/{}\r\n\r\n",
    "reason": "HTTP/1.1 503 {}\r\n\r\n",
    "nothing": "",
}


@pytest.mark.parametrize("username", [None, USER])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_no_cause_and_no_frame_shows_the_key(
    connect: Callable[..., Client], server: Wire, broken: str, username: str | None
) -> None:
    """Wherever an answer gives it back, through real sockets and the whole library."""
    sent = ENCODED if username else CANARY
    server.will(*[raw(broken.format(f"Basic {sent}"))] * 3)
    client = connect(base_url=server.url, username=username)
    with pytest.raises(KustomError) as caught:
        client.get_order(ORDER)
    assert any("kustom_facade" in where for where, _ in frames(caught.value))
    assert leaks(caught.value, CANARY, ENCODED) == []


@pytest.mark.parametrize("url", ["http://localhost", "https://api.example"])
@pytest.mark.parametrize("status", ["407 {}", "{}"])
@pytest.mark.parametrize("user", ["user", "M\u00e9", ""])
def test_a_proxy_that_refuses_shows_no_credentials(
    connect: Callable[..., Client], user: str, status: str, url: str, server: Wire
) -> None:
    """It is sent them in base64, and may echo them: to a CONNECT, or to a plain request."""
    sent = b64encode(f"{user}:CANARY/proxy".encode()).decode()
    server.will(*[raw(f"HTTP/1.1 {status.format(sent)}\r\nX-Echo: {sent}\r\n\r\n")] * 3)
    host = server.url.removeprefix("http://")
    client = connect(base_url=url, proxy=f"http://{quote(user)}:CANARY%2Fproxy@{host}")
    with pytest.raises(KustomError) as caught:
        client.get_order(ORDER)
    assert leaks(caught.value, sent, "CANARY/proxy", "CANARY%2Fproxy", CANARY) == []
    assert server.received[0].headers["proxy-authorization"] == f"Basic {sent}"


def test_a_token_in_the_place_of_a_user_is_a_secret(
    connect: Callable[..., Client], server: Wire
) -> None:
    """Some proxies take one without a password."""
    server.will(raw("HTTP/1.1 407 No\r\nX-Echo: token-CANARY\r\n\r\n"))
    host = server.url.removeprefix("http://")
    client = connect(base_url="http://localhost", proxy=f"http://token-CANARY@{host}")
    with pytest.raises(KustomError) as caught:
        client.get_order(ORDER)
    assert leaks(caught.value, "token-CANARY") == []


@pytest.mark.parametrize("to", ["https://{}", "http://127.0.0.1:1"])
def test_connections_that_fail_show_no_key(
    connect: Callable[..., Client], server: Wire, to: str
) -> None:
    """A server that speaks no TLS, and one that is not there."""
    client = connect(base_url=to.format(server.url.removeprefix("http://")))
    with pytest.raises(ConnectionFailed) as caught:
        client.get_order(ORDER)
    assert leaks(caught.value, CANARY) == []


#: An address that the repr of a model hides.
ADDRESS = Address(street_address="CANARY street 1")


@pytest.mark.parametrize("status", ["HTTP/1.1 503 No", "no HTTP", "HTTP/1.1 400 No"])
def test_no_frame_shows_a_body_with_an_address(
    connect: Callable[..., Client], server: Wire, status: str
) -> None:
    """Neither that of a request nor that of an answer."""
    server.will(*[raw(f"{status}\r\n\r\nCANARY street 2")] * 3)
    client = connect(base_url=server.url)
    with pytest.raises(KustomError) as caught:
        client.update_customer_details(ORDER, shipping_address=ADDRESS)
    shown = [repr(dict(variables)) for _, variables in frames(caught.value)]
    assert shown
    assert "CANARY street" not in "".join(shown)
    assert b"CANARY street 1" in server.received[0].body


@pytest.mark.parametrize(
    "problem", [{"city": "x" * 201}, {"city": "\ud800"}, {"city": [[[object()]]]}]
)
def test_no_frame_of_a_refusal_shows_an_address(
    connect: Callable[..., Client], problem: dict[str, Any]
) -> None:
    """What is over a limit, and what is no JSON."""
    address = Address(street_address="CANARY street 1", **problem)
    with pytest.raises(InvalidRequest) as caught:
        connect().update_customer_details(ORDER, shipping_address=address)
    assert leaks(caught.value, "CANARY street") == []


def test_rich_shows_nothing_of_it(connect: Callable[..., Client], server: Wire) -> None:
    """A tool that goes through containers and fields, instead of asking for a ``repr``."""
    server.will(*[raw("HTTP/1.1 {}\r\n\r\n".format(f"Basic {CANARY}"))] * 3)
    client = connect(base_url=server.url)
    with pytest.raises(KustomError) as caught:
        client.update_customer_details(ORDER, shipping_address=ADDRESS)
    trace = caught.value.__traceback__
    while trace is not None and "kustom_facade" not in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next  # from our first frame on
    text = io.StringIO()
    shown = Traceback.from_exception(
        type(caught.value), caught.value, trace, show_locals=True, locals_max_string=10_000
    )
    Console(file=text, width=200).print(shown)
    assert "shipping_address" in text.getvalue()
    assert CANARY not in text.getvalue()
    assert "CANARY street" not in text.getvalue()


@pytest.fixture
def silent(server: Wire) -> Iterator[Wire]:
    """A server that answers when the test is over."""
    over = threading.Event()

    def wait() -> tuple[bytes, bool]:
        over.wait()
        return hang_up()

    server.will(wait)
    yield server
    over.set()


def test_a_cancelled_call_shows_no_key(silent: Wire) -> None:
    """``asyncio.timeout`` keeps the cancellation as the cause of its error."""

    async def main() -> None:
        async with AsyncKustomClient(CANARY, base_url=silent.url) as client, asyncio.timeout(0.2):
            await client.update_customer_details(ORDER, shipping_address=ADDRESS)

    with pytest.raises(TimeoutError) as caught:
        asyncio.run(main())
    assert silent.received
    assert any("kustom_facade" in where for where, _ in frames(caught.value))
    assert leaks(caught.value, CANARY, "CANARY street") == []


class Stop(BaseException):
    """What a signal raises."""


def test_an_interrupted_call_shows_no_key(silent: Wire) -> None:
    """Ctrl-C, or a worker's deadline, in the middle of a read from the socket."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Stop

    before = signal.signal(signal.SIGALRM, stop)
    try:
        with KustomClient(CANARY, base_url=silent.url) as client:
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(Stop) as caught:
                client.update_customer_details(ORDER, shipping_address=ADDRESS)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert silent.received
    assert any("kustom_facade" in where for where, _ in frames(caught.value))
    assert leaks(caught.value, CANARY, "CANARY street") == []


@pytest.mark.parametrize("username", [None, USER])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["get_order", "capture"])
def test_nothing_that_comes_back_brings_the_key_along(
    connect: Callable[..., Client],
    server: Wire,
    verb: str,
    kind: str,
    username: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Errors, their pickles and tracebacks, results, log lines: whatever a gateway echoes."""
    caplog.set_level(logging.DEBUG, "kustom_facade")
    sent = ENCODED if username else CANARY
    server.will(*[echo(kind, sent)] * 3)
    client = connect(base_url=server.url, username=username)
    shown = [repr(client.client), str(client.client)]
    try:
        result: Any = client.get_order(ORDER) if verb == "get_order" else client.capture(ORDER, 1)
    except KustomError as error:
        shown += [
            str(error),
            repr(error),
            repr(vars(error)),
            repr(pickle.dumps(error)),
            repr(error.args),
        ]
        printed = io.StringIO()
        traceback.print_exception(error, file=printed)
        shown.append(printed.getvalue())
    else:
        shown += [repr(result), repr(pickle.dumps(result)), repr(result.headers)]
    assert all(clean(text) for text in shown)
    assert caplog.messages
    assert clean(caplog.text)
    assert all(request.headers["authorization"] == f"Basic {sent}" for request in server.received)


def test_a_proxy_password_is_a_secret_too(connect: Callable[..., Client], server: Wire) -> None:
    """A proxy that refuses may echo what it was sent."""
    server.will(*[answer(407, "user:CANARY-proxy")] * 3)
    host = server.url.removeprefix("http://")
    client = connect(base_url="http://localhost", proxy=f"http://user:CANARY-proxy@{host}")
    with pytest.raises(KustomError) as caught:
        client.get_order(ORDER)
    assert clean(str(caught.value) + repr(vars(caught.value)))
    assert clean(repr(client.client) + repr(vars(client.client)["_config"]))


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": CANARY, "base_url": "nonsense"},
        {"api_key": CANARY, "timeout": 0},
        {"api_key": CANARY, "proxy": "nonsense"},
        {"api_key": CANARY, "integrator": "\n"},
        {"api_key": CANARY, "transport": object()},
        {"api_key": CANARY, "retry": 3},
        {"api_key": CANARY, "check": "strict"},
        {"api_key": f"{CANARY}\n"},
        {"api_key": CANARY.encode()},
        {"api_key": f"x{CANARY}"},
        {"api_key": "kco_test_x", "proxy": f"ftp://user:{CANARY}@proxy.example"},
        {"api_key": "kco_test_x", "proxy": f"http://user:{CANARY}@proxy.example\n"},
        {"api_key": "kco_test_x", "proxy": f"http://proxy.example:{CANARY}"},
        {"api_key": "kco_test_x", "proxy": httpx.URL(f"http://user:{CANARY}@proxy.example")},
        {"api_key": "kco_test_x", "proxy": httpx.Proxy(f"http://user:{CANARY}@proxy.example")},
        {"api_key": "kco_test_x", "base_url": f"https://user:{CANARY}@api.example"},
        {"api_key": "kco_test_x", "base_url": f"https://api.example:{CANARY}"},
        {"api_key": "kco_test_x", "username": f"{CANARY}:x"},
        {"api_key": "kco_test_x", "transport": httpx.Headers({"Authorization": CANARY})},
        {"api_key": "kco_test_x", "check": CANARY},
        {"api_key": "kco_test_x", "integrator": f"{CANARY}\n"},
    ],
)
@pytest.mark.parametrize("kind", [KustomClient, AsyncKustomClient])
def test_a_client_that_cannot_be_built_shows_no_key(
    kind: Any, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No message, no variable and no argument of ours does, given or from the environment."""
    if options["api_key"] == CANARY:
        monkeypatch.setenv("KUSTOM_API_KEY", CANARY)
        options = {**options, "api_key": None}
    with pytest.raises((ConfigurationError, TypeError)) as caught:
        kind(**options)
    assert any("kustom_facade" in where for where, _ in frames(caught.value))
    assert leaks(caught.value, CANARY) == []


def test_a_gateway_may_spell_the_key_in_other_ways(
    connect: Callable[..., Client], server: Wire
) -> None:
    """Encoded for a URL, or in base64."""
    key = "kco_test_api_CANARY+a/b=="
    for said in (quote(key, safe=""), b64encode(key.encode()).decode()):
        server.will(answer(400, f"a {said} b", Content_Type="text/plain", X_Echo=said))
        with pytest.raises(KustomError) as caught:
            connect(base_url=server.url, api_key=key).get_order(ORDER)
        assert said not in repr(vars(caught.value))
        assert "[redacted]" in vars(caught.value)["text"]
