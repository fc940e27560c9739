"""Settings of a client, checked once: environment, credentials and options."""

import os
import platform
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from importlib.util import find_spec
from ipaddress import ip_address
from itertools import count
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass
from weakref import WeakKeyDictionary

from .errors import ConfigurationError

#: The version of this library, in the one place that the build and the User-Agent read.
__version__ = "0.1.0"

LIVE: Final = "https://api.kustom.co"
PLAYGROUND: Final = "https://api.playground.kustom.co"
#: The first letters of a key name its environment (vendor's documentation on authentication).
ENVIRONMENTS: Final[Mapping[str, str]] = {"kco_live_": LIVE, "kco_test_": PLAYGROUND}
#: The API's gateway gives up after 30 seconds, so waiting longer brings nothing.
DEFAULT_TIMEOUT: Final = 30.0
CONNECT_TIMEOUT: Final = 5.0
#: Seconds for a whole call: three attempts of 30 seconds, and the waits between them.
DEADLINE: Final = 120.0
#: Requests under way at the same time.
MAX_IN_FLIGHT: Final = 50
#: More connections than that no process has the file descriptors for.
MOST_IN_FLIGHT: Final = 10_000
#: Requests a second. Slower than one in a hundred seconds no call waits for, and faster than this
#: no process sends.
SLOWEST_RATE: Final = 0.01
FASTEST_RATE: Final = 100_000
#: Seconds of a day. A socket takes no number without bounds, and nobody waits as long.
LONGEST_TIMEOUT: Final = 86_400.0
#: The largest order seen has some hundred kB: an answer beyond this is none of the API's.
MAX_RESPONSE_BYTES: Final = 16_000_000

#: Numbers of the callers' transports. Weak, so that a sandbox goes away with its test.
_transports: Final[WeakKeyDictionary[Any, int]] = WeakKeyDictionary()
_numbers: Final = count(1)

_REDACTED: Final = "[redacted]"
#: Length from which a secret is redacted anywhere. A shorter one (a proxy's password) is redacted
#: as a word only. A capture's id may contain it by chance.
_LONG: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The checked settings of a client, with credentials that no ``repr`` shows."""

    base_url: str
    #: Headers of every request, the Authorization among them.
    headers: Mapping[str, str] = field(repr=False)
    #: Strings that must never come back out in an error or a log line.
    secrets: tuple[str, ...] = field(repr=False)
    proxy: str | None = field(repr=False)
    timeout: float
    integrator: str | None
    #: Bytes of an answer, unpacked, above which it is refused.
    max_response_bytes: int = MAX_RESPONSE_BYTES
    #: Where an idempotency key counts, see ``_scope``.
    scope: str

    @property
    def timeouts(self) -> Mapping[str, float]:
        """Return the timeout for each part of an attempt, in seconds, as a transport takes it."""
        return {
            "connect": min(self.timeout, CONNECT_TIMEOUT),
            "read": self.timeout,
            "write": self.timeout,
            "pool": self.timeout,
        }

    def redact(self, text: str) -> str:
        """Return a text without this client's secrets.

        An answer may echo the request's headers.
        """
        for secret in self.secrets:
            if len(secret) >= _LONG:
                text = text.replace(secret, _REDACTED)
            elif secret in text:
                text = re.sub(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", _REDACTED, text)
        return text

    def with_options(
        self, *, timeout: float | None = None, integrator: str | None = None
    ) -> "Config":
        """Return the settings with other defaults. ``None`` keeps the present one."""
        return replace(
            self,
            timeout=self.timeout if timeout is None else checked_timeout(timeout),
            integrator=self.integrator
            if integrator is None
            else _header_value("integrator", integrator),
        )

    def __reduce__(self) -> Any:
        raise TypeError(
            "a client's settings hold a secret and are not pickled; build a client in each process"
        )


def resolve(
    *,
    api_key: str | None,
    username: str | None,
    base_url: str | None,
    proxy: str | None,
    timeout: float | None,
    integrator: str | None,
    max_response_bytes: int = MAX_RESPONSE_BYTES,
    transport: object | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Build the settings from the arguments and the environment.

    Arguments take precedence over the environment. There is no default environment or key.

    Args:
        api_key: the key as published, else ``KUSTOM_API_KEY``.
        username: the key's username, else ``KUSTOM_USERNAME``. Empty sends the key raw.
        base_url: the server, else ``KUSTOM_BASE_URL``, else the environment of the key.
        proxy: a proxy's URL, else that of ``HTTPS_PROXY`` and the like. Empty for none.
        timeout: seconds of silence within an attempt, 30 by default.
        integrator: the value of the header ``Klarna-Integrator``.
        max_response_bytes: bytes of an answer, unpacked, above which it is refused.
        transport: the caller's own transport, which replaces the network.
        environ: the environment variables.

    Raises:
        ConfigurationError: a setting is missing, contradictory or malformed. Never shows the key.
        TypeError: a setting is of another type.
    """
    key = _header_value(
        "api_key (KUSTOM_API_KEY)",
        environ.get("KUSTOM_API_KEY", "") if api_key is None else api_key,
    )
    if not key:
        raise ConfigurationError(
            "no API key: pass api_key=, or set KUSTOM_API_KEY in the environment"
        )
    user = _header_value(
        "username (KUSTOM_USERNAME)",
        environ.get("KUSTOM_USERNAME", "") if username is None else username,
    )
    if ":" in user:
        raise ConfigurationError(
            "username (KUSTOM_USERNAME) must not contain a colon: it would end there"
        )
    # Some keys work only as the password of their username (vendor's documentation).
    credentials = b64encode(f"{user}:{key}".encode()).decode() if user else key
    if base_url is None:
        # An empty variable is how many tools write that there is none.
        base_url = environ.get("KUSTOM_BASE_URL") or _environment_of(key)
    url = _checked_url(_text("base_url (KUSTOM_BASE_URL)", base_url))
    # A ``repr`` shows the URL.
    if any(prefix in url.lower() for prefix in ENVIRONMENTS):
        raise ConfigurationError("base_url (KUSTOM_BASE_URL) holds an API key")
    if proxy is not None:
        proxy = _text("proxy", proxy)
    if transport is not None:
        _check_transport(transport, key, proxy)
    elif proxy is None:
        proxy = _proxy_from_environment(url)
    if proxy:
        _check_proxy(proxy)
        if url.startswith("http:") and not is_loopback(urlsplit(proxy).hostname or ""):
            raise ConfigurationError(
                "base_url (KUSTOM_BASE_URL) is plain http, so that a proxy would see the key: "
                "leave proxy out"
            )
    return Config(
        base_url=url,
        headers={
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
            "User-Agent": f"kustom-facade/{__version__} python/{platform.python_version()}",
            "Authorization": f"Basic {credentials}",
        },
        secrets=_redacted_forms(credentials, key, *_proxy_secrets(proxy)),
        proxy=proxy or None,
        timeout=DEFAULT_TIMEOUT if timeout is None else checked_timeout(timeout),
        max_response_bytes=checked_size(max_response_bytes),
        integrator=None if integrator is None else _header_value("integrator", integrator),
        scope=_scope(url, credentials, transport),
    )


def checked_size(size: int) -> int:
    """Return the bytes that an answer may have.

    Raises:
        TypeError: it is no whole number.
        ConfigurationError: it is below 1.
    """
    if isinstance(size, bool) or not isinstance(size, int):
        raise TypeError(f"max_response_bytes must be an int, not {type(size).__name__}")
    if size < 1:
        raise ConfigurationError("max_response_bytes must be 1 or more")
    return size


def checked_timeout(seconds: float) -> float:
    """Return a timeout in seconds.

    It must have an end: a call that never ends never tells its outcome.

    Raises:
        TypeError: it is no number.
        ConfigurationError: it is not more than 0, or more than a day.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TypeError(f"timeout must be a number of seconds, not {type(seconds).__name__}")
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise ConfigurationError(
            f"timeout must be more than 0 and at most {LONGEST_TIMEOUT:,.0f} seconds"
        )
    return float(seconds)


def closed() -> ConfigurationError:
    """Return the error for a call on a closed client."""
    return ConfigurationError("this client is closed, and so are its connections; build a new one")


def _scope(base_url: str, credentials: str, transport: object | None) -> str:
    """Return the scope within which an idempotency key must be unique.

    Two shops, or two sandboxes, in one process may use the same key for different requests.

    Args:
        base_url: the server.
        credentials: the shop's credentials. The scope does not reveal them.
        transport: the caller's own transport, if there is one.
    """
    number = 0
    if transport is not None:
        # A transport without a weak reference or a hash shares the scope of number 0.
        with suppress(TypeError):
            number = _transports.setdefault(transport, next(_numbers))
    return blake2b(f"{base_url} {credentials} {number}".encode(), digest_size=16).hexdigest()


def _redacted_forms(*secrets: str) -> tuple[str, ...]:
    """Return the secrets in all forms that an error may show.

    A gateway echoes them raw, URL-encoded or in base64. Libraries show bytes as Python does.
    """
    forms = dict.fromkeys(
        form
        for secret in secrets
        if secret
        for form in (
            secret,
            quote(secret, safe=""),
            b64encode(secret.encode()).decode(),
            repr(secret.encode())[2:-1],
        )
    )
    return tuple(sorted(forms, key=len, reverse=True))  # one may be a part of another


def _check_transport(transport: object, key: str, proxy: str | None) -> None:
    """Refuse a proxy beside a transport, and a live key beside a sandbox.

    A sandbox tells by ``accepts_key`` which keys it takes.
    """
    if proxy:
        raise ConfigurationError(
            "proxy has no effect beside transport: give the transport its proxy"
        )
    accepts = getattr(transport, "accepts_key", None)
    if key.startswith("kco_live_") and callable(accepts) and not accepts(key):
        raise ConfigurationError(
            "a live key (kco_live_...) was given together with a sandbox; "
            "use one that starts with kco_test_"
        )


def _environment_of(key: str) -> str:
    for prefix, url in ENVIRONMENTS.items():
        if key.startswith(prefix):
            return url
    raise ConfigurationError(
        "the API key begins with neither kco_test_ (playground) nor kco_live_ (production): "
        "pass base_url=, or set KUSTOM_BASE_URL; there is no default"
    )


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError("base_url (KUSTOM_BASE_URL) is not a URL") from None
    if parts.username or parts.password:
        raise ConfigurationError(
            "base_url (KUSTOM_BASE_URL) must not hold credentials; pass api_key= and username="
        )
    # Even an empty query would swallow the path.
    if _has_odd_letters(url) or parts.scheme not in ("https", "http") or not host or port == 0:
        raise ConfigurationError(
            f"base_url (KUSTOM_BASE_URL) must be like {LIVE}, without spaces, query or fragment"
        )
    if "/ordermanagement" in parts.path:
        raise ConfigurationError(
            "base_url (KUSTOM_BASE_URL) is the server's address alone, "
            "without /ordermanagement and what follows"
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            "the key is sent over https only, except to this machine itself; "
            "base_url (KUSTOM_BASE_URL) says http"
        )
    return url.rstrip("/")


def _text(name: str, value: str) -> str:
    """Return a text as a plain ``str``.

    Raises:
        TypeError: it is none. The value is not shown, since it may be the key.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return str.__str__(value)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _header_value(name: str, value: str) -> str:
    """Return a value that can stand in a header.

    Raises:
        TypeError: it is no text.
        ConfigurationError: it is not printable ASCII, or has spaces at its ends.
    """
    value = _text(name, value)
    if not value.isascii() or not value.isprintable() or value != value.strip():
        raise ConfigurationError(
            f"{name} must be printable ASCII without spaces or line ends around it "
            "(a newline at the end of a secrets file is the usual reason)"
        )
    return value


def _check_proxy(url: str) -> None:
    """Check a proxy's URL.

    Raises:
        ConfigurationError: it is none, or needs a package that is not installed.
    """
    wrong = ConfigurationError(
        "proxy (or HTTPS_PROXY and the like) must be a URL like http://proxy.example:3128"
    )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    if (
        _has_odd_letters(url)
        or parts.scheme not in ("http", "https", "socks5", "socks5h")
        or not parts.hostname
        or port == 0
    ):
        raise wrong
    if parts.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError(
            "a SOCKS proxy needs the package socksio: pip install httpx[socks]"
        )


def _has_odd_letters(url: str) -> bool:
    """Return whether a URL has letters that ``urlsplit`` drops or libraries read in two ways."""
    return not url.isprintable() or any(letter in url for letter in " ?#\\")


def _proxy_secrets(proxy: str | None) -> tuple[str, ...]:
    """Return the credentials of a proxy: as they are written, and as they are sent.

    A token may stand in the place of the user. Of user and password together comes the base64.
    """
    parts = urlsplit(proxy or "")
    user, password = parts.username or "", parts.password or ""
    pair = f"{unquote(user)}:{unquote(password)}" if user or password else ""
    return password or user, unquote(password or user), pair


def _proxy_from_environment(
    url: str, proxies: Callable[[], Mapping[str, str]] = getproxies
) -> str | None:
    """Return the proxy that the environment names for a URL, or ``None``.

    It reads HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. Loopback addresses have no proxy.
    """
    parts = urlsplit(url)
    named = proxies()
    if not named or is_loopback(parts.hostname or "") or proxy_bypass(parts.netloc):
        return None
    proxy = named.get(parts.scheme) or named.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
