"""No secret gets out: a canary key,
looked for in everything that a program may print, log, raise or store.
"""

import io
import json
import logging
import pickle
import traceback
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from support import CANARY, ORDER, Client, Wire, answer, hang_up, json_answer

from kustom_facade import AsyncKustomClient, ConfigurationError, KustomClient, KustomError

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


def test_tracebacks_with_local_variables_show_no_key(connect: Callable[..., Client]) -> None:
    """Error trackers collect locals;
    the transport's own error holds the request that it was about.
    """

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    client = connect(transport=httpx.MockTransport(fail))
    with pytest.raises(KustomError) as caught:
        client.get_order(ORDER)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [line for line in shown.format() if "kustom_facade" in line]
    assert ours
    assert all(clean(line) for line in ours)
    cause: Any = caught.value.__cause__
    assert clean(repr(cause.request.headers) + repr(vars(cause)))


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


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": f"{CANARY}\n"},
        {"api_key": f"x{CANARY}"},
        {"proxy": f"ftp://user:{CANARY}@proxy.example"},
        {"base_url": f"https://user:{CANARY}@api.example"},
        {"username": f"{CANARY}:x"},
    ],
)
def test_a_client_that_cannot_be_built_shows_no_key(
    connect: Callable[..., Client], options: dict[str, str]
) -> None:
    """Also not in the traceback's messages, or in what it was raised from."""
    with pytest.raises(ConfigurationError) as caught:
        connect(**options)
    assert clean(
        "".join(traceback.format_exception(caught.value)).partition("ConfigurationError: ")[2]
    )
    assert clean(str(caught.value) + repr(caught.value) + repr(pickle.dumps(caught.value)))
    assert caught.value.__context__ is None or clean(str(caught.value.__context__))


def test_a_proxy_password_is_a_secret_too(connect: Callable[..., Client], server: Wire) -> None:
    """A proxy that refuses may echo what it was sent."""
    server.will(*[answer(407, "user:CANARY-proxy")] * 3)
    host = server.url.removeprefix("http://")
    client = connect(base_url="http://api.example", proxy=f"http://user:CANARY-proxy@{host}")
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
        {"api_key": f"{CANARY}\n"},
        {"api_key": CANARY.encode()},
        {"api_key": "kco_test_x", "proxy": f"ftp://user:{CANARY}@proxy.example"},
        {"api_key": "kco_test_x", "base_url": f"https://user:{CANARY}@api.example"},
        {"api_key": "kco_test_x", "username": f"{CANARY}:x"},
    ],
)
@pytest.mark.parametrize("kind", [KustomClient, AsyncKustomClient])
def test_no_local_variable_of_a_client_that_cannot_be_built_shows_the_key(
    kind: Any, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Error trackers collect locals: neither an argument nor the environment may be among ours."""
    if options["api_key"] == CANARY:
        monkeypatch.setenv("KUSTOM_API_KEY", CANARY)
        options = {**options, "api_key": None}
    with pytest.raises((ConfigurationError, TypeError)) as caught:
        kind(**options)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in shown.stack if "kustom_facade" in frame.filename]
    assert ours
    assert all(clean(repr(frame.locals)) for frame in ours)


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
