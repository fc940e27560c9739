"""Configuration: environments, credentials, proxies, and that nothing secret is ever shown."""

import inspect
import pickle
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from exposure import leaks
from hypothesis import given, strategies as st
from odd_values import ANYTHING, ODD
from support import CANARY, ORDER

from kustom_facade import (
    AsyncKustomClient,
    ConfigurationError,
    KustomClient,
    KustomError,
    MerchantOrder,
    RetryPolicy,
    config,
)
from kustom_facade.config import Config, resolve


def settings(environ: dict[str, str] | None = None, **options: Any) -> Config:
    """Settings from these options and this environment only."""
    arguments = {
        "api_key": None,
        "username": None,
        "base_url": None,
        "proxy": None,
        "timeout": None,
        "integrator": None,
    }
    return resolve(**{**arguments, **options}, environ=environ or {})


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("kco_test_api_x", "https://api.playground.kustom.co"),
        ("kco_live_api_x", "https://api.kustom.co"),
    ],
)
def test_the_key_chooses_the_environment(key: str, url: str) -> None:
    """By its prefix; a URL of the caller's own goes before."""
    assert settings(api_key=key).base_url == url
    assert (
        settings(api_key=key, base_url="https://proxy.example/kustom/").base_url
        == "https://proxy.example/kustom"
    )


def test_no_proxy_sees_the_key_of_a_server_on_this_machine() -> None:
    """Plain http goes through a proxy as it is, with the Authorization header."""
    with pytest.raises(ConfigurationError, match="a proxy would see the key"):
        KustomClient("kco_test_x", base_url="http://127.0.0.1:8080", proxy="http://proxy.example")
    KustomClient("kco_test_x", base_url="http://127.0.0.1:1", proxy="http://localhost:2").close()


def test_a_key_is_no_part_of_a_base_url() -> None:
    """Whoever gives it in the wrong place must not see it in a repr; it is not told again."""
    for url in (f"https://{CANARY}", f"https://api.example.org/{CANARY.upper()}"):
        with pytest.raises(ConfigurationError, match=r"base_url .* holds an API key") as caught:
            KustomClient("kco_test_x", base_url=url)
        assert leaks(caught.value, CANARY) == []


@pytest.mark.parametrize(
    "key", ["CANARY", "KCO_LIVE_CANARY", "kco_CANARY", "klarna_live_api_CANARY"]
)
def test_another_key_needs_a_base_url(key: str) -> None:
    """There is no silent default to production."""
    with pytest.raises(ConfigurationError, match="pass base_url=") as caught:
        settings(api_key=key)
    assert "CANARY" not in str(caught.value)
    assert (
        settings(api_key=key, base_url="http://127.0.0.1:8080").base_url == "http://127.0.0.1:8080"
    )


def test_the_environment_is_read_where_no_argument_is_given() -> None:
    """Arguments go before the environment."""
    environ = {
        "KUSTOM_API_KEY": CANARY,
        "KUSTOM_USERNAME": "M1-a",
        "KUSTOM_BASE_URL": "https://a.example",
    }
    config = settings(environ)
    assert config.base_url == "https://a.example"
    assert (
        config.headers["Authorization"] == "Basic " + b64encode(f"M1-a:{CANARY}".encode()).decode()
    )
    other = settings(environ, api_key="kco_test_api_y", username="", base_url="https://b.example")
    assert (other.base_url, other.headers["Authorization"]) == (
        "https://b.example",
        "Basic kco_test_api_y",
    )


def test_both_forms_of_authentication() -> None:
    """The key raw, or as the password of its username."""
    assert settings(api_key=CANARY).headers["Authorization"] == f"Basic {CANARY}"
    encoded = b64encode(f"M123-abc:{CANARY}".encode()).decode()
    assert (
        settings(api_key=CANARY, username="M123-abc").headers["Authorization"] == f"Basic {encoded}"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api_key": None}, "no API key: pass api_key=, or set KUSTOM_API_KEY"),
        ({"api_key": ""}, "no API key"),
        ({"api_key": f"{CANARY}\n"}, r"api_key .*newline at the end of a secrets file"),
        ({"api_key": f" {CANARY}"}, "api_key"),
        ({"api_key": f"{CANARY}ä"}, "api_key .* printable ASCII"),
        ({"username": "a:b"}, "colon"),
        ({"username": "a\n"}, "username"),
        ({"integrator": "a\r\nX: y"}, "integrator"),
        ({"base_url": "ftp://a.example"}, "base_url"),
        ({"base_url": "a.example"}, "base_url"),
        ({"base_url": "https://"}, "base_url"),
        ({"base_url": "https://a.example?x=1"}, "base_url"),
        ({"base_url": "https://a.example#x"}, "base_url"),
        ({"base_url": "https://a.example:99999"}, "base_url"),
        ({"base_url": "https://a.example:0"}, "base_url"),
        ({"base_url": "https://[broken"}, "base_url"),
        ({"base_url": "https://a.example\n"}, "base_url"),
        ({"base_url": " https://a.example"}, "base_url"),
        ({"base_url": "https://a.example?"}, "base_url"),
        ({"base_url": "https://a.example#"}, "base_url"),
        ({"base_url": "https://a b.example"}, "base_url"),
        ({"base_url": "https://api.kustom.co/ordermanagement/v1"}, "the server's address alone"),
        ({"base_url": "https://user:CANARY-pw@a.example"}, "must not hold credentials"),
        ({"base_url": "http://a.example"}, "https only"),
        ({"base_url": "http://127.0.0.1.a.example"}, "https only"),
        ({"api_key": "kco_live_CANARY", "base_url": "http://a.example"}, "https only"),
        ({"proxy": "proxy.example"}, "proxy"),
        ({"proxy": "ftp://user:CANARY-pw@proxy.example"}, "proxy"),
        ({"proxy": "http://"}, "proxy"),
        ({"proxy": "http://user:CANARY-pw@proxy.example:x"}, "proxy"),
        ({"proxy": "http://proxy.example:0"}, "proxy"),
        ({"timeout": 0}, "timeout must be more than 0"),
        ({"timeout": -1}, "timeout"),
        ({"timeout": float("inf")}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"timeout": 86_401}, "at most 86,400 seconds"),
        ({"timeout": 10**400}, "timeout"),
        ({"base_url": ""}, "base_url"),
        ({"proxy": "http://user:CANARY-pw@proxy.example\n"}, "proxy"),
        ({"proxy": "http://user:CANARY-pw@proxy.example?"}, "proxy"),
        ({"max_response_bytes": 0}, "max_response_bytes"),
    ],
)
def test_what_is_refused_is_named_and_nothing_secret_shown(
    options: dict[str, Any], message: str
) -> None:
    """Each refusal says which option, and never repeats a key or a password."""
    with pytest.raises(ConfigurationError, match=message) as caught:
        settings(**{"api_key": CANARY, **options})
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": 5},
        {"username": b"x"},
        {"timeout": "5"},
        {"timeout": True},
        {"base_url": httpx.URL("https://a.example")},
        {"proxy": httpx.URL("http://proxy.example")},
        {"max_response_bytes": 1.5},
    ],
)
def test_options_of_other_types_are_type_errors(options: dict[str, Any]) -> None:
    """Named, and without the value."""
    with pytest.raises(TypeError, match="must be a"):
        settings(**{"api_key": CANARY, **options})


def test_a_socks_proxy_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The advice is better than an ImportError from the depths."""
    monkeypatch.setattr(config, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"httpx\[socks\]"):
        settings(api_key=CANARY, proxy="socks5://proxy.example:1080")
    monkeypatch.setattr(config, "find_spec", lambda _: object())
    assert (
        settings(api_key=CANARY, proxy="socks5://proxy.example:1080").proxy
        == "socks5://proxy.example:1080"
    )


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p.example:1"}, "http://p.example:1"),
        ({"https_proxy": "p.example:1"}, "http://p.example:1"),
        ({"ALL_PROXY": "http://p.example:2"}, "http://p.example:2"),
        ({"HTTP_PROXY": "http://p.example:3"}, None),
        ({"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "kustom.co"}, None),
        ({"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "other.example"}, "http://p.example:1"),
    ],
)
def test_the_proxy_comes_from_the_environment(
    environ: dict[str, str], proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As other programs on the machine read it."""
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert settings(api_key=CANARY).proxy == proxy


def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox on loopback is reached directly, whatever the company's proxy is."""
    monkeypatch.setenv("HTTP_PROXY", "http://p.example:1")
    assert settings(api_key=CANARY, base_url="http://127.0.0.1:8080").proxy is None


def test_a_host_that_cannot_be_sent_to_is_refused() -> None:
    """A name that is no name in the DNS is found when the client is built,
    not when money should move.
    """
    with pytest.raises(ConfigurationError, match="base_url"):
        KustomClient(CANARY, base_url="https://xn--zz/")


def test_an_argument_goes_before_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``proxy=`` is the caller's decision."""
    monkeypatch.setenv("HTTPS_PROXY", "http://p.example:1")
    assert settings(api_key=CANARY, proxy="http://q.example:2").proxy == "http://q.example:2"


def test_secrets_are_redacted_in_every_form() -> None:
    """The raw key, the encoded credentials and the proxy's password."""
    made = settings(api_key=CANARY, username="M1", proxy="http://user:p%40ss@proxy.example:1")
    encoded = b64encode(f"M1:{CANARY}".encode()).decode()
    assert made.redact(f"a {CANARY} b {encoded} c p@ss") == "a [redacted] b [redacted] c [redacted]"
    assert made.redact("capture 4ba29b50-p@ss and p@ssword") == "capture 4ba29b50-p@ss and p@ssword"
    assert made.redact("nothing of it") == "nothing of it"
    assert CANARY not in repr(made)
    assert "p%40ss" not in repr(made)


def test_settings_and_clients_are_not_pickled() -> None:
    """They hold a secret and connections; the error says what to do instead."""
    with pytest.raises(TypeError, match="build a client in each process"):
        pickle.dumps(settings(api_key=CANARY))
    for kind in (KustomClient, AsyncKustomClient):
        with pytest.raises(TypeError, match="build one in each process"):
            pickle.dumps(kind(CANARY))


def test_connecting_takes_at_most_five_seconds() -> None:
    """The rest waits for the whole timeout, 30 seconds by default:
    the API's gateway gives up then.
    """
    assert settings(api_key=CANARY).timeouts == {
        "connect": 5.0,
        "read": 30.0,
        "write": 30.0,
        "pool": 30.0,
    }
    assert settings(api_key=CANARY, timeout=2).timeouts["connect"] == 2.0


def test_http_takes_a_live_key_to_loopback_only() -> None:
    """For a tunnel on this machine."""
    assert (
        settings(api_key="kco_live_x", base_url="http://localhost:8080").base_url
        == "http://localhost:8080"
    )
    assert (
        settings(api_key="kco_live_x", base_url="http://[::1]:8080").base_url == "http://[::1]:8080"
    )


def test_a_client_says_where_it_goes_and_no_more() -> None:
    """Its repr names the URL and the timeout."""
    assert (
        repr(KustomClient(CANARY))
        == "KustomClient(base_url='https://api.playground.kustom.co', timeout=30.0)"
    )
    assert ORDER not in repr(AsyncKustomClient(CANARY))
    assert repr(KustomClient.__new__(KustomClient)) == "KustomClient()"  # building it failed
    assert repr(AsyncKustomClient.__new__(AsyncKustomClient)) == "AsyncKustomClient()"


def test_a_proxy_beside_a_transport_is_refused() -> None:
    """It would be ignored without a word; one of the environment is not meant for it."""
    with pytest.raises(ConfigurationError, match="proxy has no effect beside transport"):
        KustomClient("kco_test_x", proxy="http://proxy.example:1", transport=httpx.HTTPTransport())


@pytest.mark.parametrize("client", [KustomClient, AsyncKustomClient])
@pytest.mark.parametrize("username", ["", "M1-a"])
def test_a_live_key_and_a_sandbox_do_not_go_together(client: Any, username: str) -> None:
    """A transport that says which keys it takes is asked when the client is built."""

    class Picky(httpx.MockTransport):
        def accepts_key(self, key: str) -> bool:
            return key.startswith("kco_test_")

    picky = Picky(lambda _: httpx.Response(204))
    with pytest.raises(ConfigurationError, match="together with a sandbox") as caught:
        client("kco_live_api_x", username=username, transport=picky)
    assert "kco_live_api_x" not in str(caught.value)
    assert client("kco_test_api_x", username=username, transport=picky)
    assert client("kco_live_api_x", username=username, transport=httpx.MockTransport(picky.handler))


def test_an_empty_proxy_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is how a caller says that there is no way through that of the environment."""
    monkeypatch.setenv("HTTPS_PROXY", "http://p.example:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert settings(api_key=CANARY).proxy == "http://p.example:1"
    assert settings(api_key=CANARY, proxy="").proxy is None
    assert KustomClient(CANARY, proxy="", transport=httpx.MockTransport(answer_nothing))


def test_an_empty_variable_is_an_unset_one() -> None:
    """It is how many tools say that there is none, so the key still chooses the environment."""
    environ = {"KUSTOM_API_KEY": CANARY, "KUSTOM_BASE_URL": "", "KUSTOM_USERNAME": ""}
    assert settings(environ).base_url == config.PLAYGROUND


def test_secrets_are_redacted_as_python_shows_bytes() -> None:
    """Libraries put what they could not read into their errors."""
    made = settings(api_key="kco_test_it's\\here")
    assert "here" not in made.redact(f"{b'Basic ' + made.headers['Authorization'].encode()!r}")


def test_a_secret_that_is_a_part_of_another_is_redacted_with_it() -> None:
    """The base64 of a password may end that of both: of ``ab:`` it does."""
    made = settings(api_key=CANARY, proxy="http://ab:password-1@proxy.example")
    sent = b64encode(b"ab:password-1").decode()
    assert b64encode(b"password-1").decode() in sent
    assert made.redact(sent) == "[redacted]"


@pytest.mark.parametrize(
    "url", ["https://a..b", f"https://{'x' * 64}.example", "https://[::1", "https://a:\uff11"]
)
@pytest.mark.parametrize("name", ["base_url", "proxy"])
def test_a_url_that_cannot_be_sent_to_is_refused(name: str, url: str) -> None:
    """By the client when it is built, not by a socket when money should move."""
    with pytest.raises(ConfigurationError, match=name):
        KustomClient(CANARY, **{name: url})  # type: ignore[arg-type]  # both are texts


@pytest.mark.parametrize("client", [KustomClient, AsyncKustomClient])
def test_certificates_that_are_not_there_are_told(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library raises a bare FileNotFoundError."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        client(CANARY)


# --- arguments of any type

OPTIONS = tuple(inspect.signature(KustomClient).parameters)
NEW_OPTIONS = tuple(name for name in inspect.signature(KustomClient.with_options).parameters)[1:]


def answer_nothing(_: httpx.Request) -> httpx.Response:
    """Answer a read of an order."""
    return httpx.Response(200, json={"order_id": ORDER})


def outcome(act: Callable[..., Any], **options: Any) -> Any:
    """Return what comes of an action, or the error that it may raise."""
    try:
        return act(**options)
    except (KustomError, TypeError, ValueError) as error:
        return error


def check_option(name: str, value: Any) -> None:
    """Build both clients with a value, and use those that can be built."""
    transport = httpx.MockTransport(answer_nothing)
    options = {"api_key": "kco_test_x", "transport": transport, name: value}
    if name == "proxy":
        del options["transport"]
    for kind in (KustomClient, AsyncKustomClient):
        client = outcome(kind, **options)
        if isinstance(client, Exception):
            assert leaks(client, CANARY) == []
            continue
        assert CANARY not in repr(client)
        if isinstance(client, KustomClient) and name not in ("proxy", "transport"):
            read = outcome(client.get_order, order_id=ORDER)
            assert isinstance(read, MerchantOrder | KustomError)


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_value_is_refused_when_it_is_given(name: str, odd: str) -> None:
    """By an error of ours that shows no secret; or the client works with it."""
    check_option(name, ODD[odd]())


@given(name=st.sampled_from(OPTIONS), value=ANYTHING)
def test_any_value_is_refused_when_it_is_given(name: str, value: Any) -> None:
    """As above, for values of all types."""
    check_option(name, value)


@given(name=st.sampled_from(NEW_OPTIONS), value=ANYTHING)
def test_any_other_default_is_refused_when_it_is_given(name: str, value: Any) -> None:
    """The same for a client that is made of another one."""
    client = KustomClient("kco_test_x", transport=httpx.MockTransport(answer_nothing))
    other = outcome(client.with_options, **{name: value})
    if isinstance(other, Exception):
        assert CANARY not in str(other)
    else:
        read = outcome(other.get_order, order_id=ORDER)  # a deadline may be over at once
        assert isinstance(read, MerchantOrder | KustomError)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"retry": 3}, "retry must be a RetryPolicy, not int"),
        ({"guard_keys": 1}, "guard_keys must be True or False, not int"),
        ({"guard_keys": None}, "guard_keys must be True or False, not NoneType"),
        ({"check": 5}, "check must be a str, not int"),
        ({"transport": httpx.MockTransport}, "transport must be an httpx.BaseTransport, not type"),
        ({"transport": False}, "transport must be an httpx.BaseTransport, not bool"),
    ],
)
def test_an_option_of_another_type_is_named(options: dict[str, Any], problem: str) -> None:
    """With the type that was meant, and the one that was given."""
    with pytest.raises(TypeError, match=problem):
        KustomClient(CANARY, **options)


def test_a_transport_that_is_falsy_is_used() -> None:
    """An empty recorder is no reason to send to the real network."""

    class Recorder(httpx.MockTransport):
        def __len__(self) -> int:
            return 0

    client = KustomClient(CANARY, transport=Recorder(answer_nothing), retry=RetryPolicy(attempts=1))
    assert client.get_order(ORDER).order_id == ORDER
