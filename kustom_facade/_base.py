"""What both clients are: settings, options, and the sharing of connections."""

from __future__ import annotations

import time
from collections.abc import Callable
from inspect import iscoroutinefunction
from math import inf
from typing import Any, NoReturn, Self

from . import config
from ._operations.line_checks import CheckMode
from ._operations.request import parse_check_mode
from ._sending.http import check_url
from ._sending.limiter import Limiter
from ._sending.session import Session
from ._sending.telemetry import OnAttempt
from .errors import ConfigurationError
from .retry import RetryPolicy


class BaseClient:
    """The base of KustomClient and AsyncKustomClient; not to be used by itself."""

    _connections: Any

    def _configure(
        self,
        kinds: tuple[type, ...],
        connections: Callable[[str | None, Limiter, Any], Any],
        *,
        api_key: str | None,
        username: str | None,
        base_url: str | None,
        transport: Any,
        proxy: str | None,
        timeout: float | None,
        deadline: float | None,
        max_in_flight: int,
        rate_limit: float | None,
        on_attempt: OnAttempt | None,
        max_response_bytes: int,
        retry: RetryPolicy | None,
        integrator: str | None,
        check: CheckMode,
        guard_keys: bool,
    ) -> None:
        if transport is not None and not isinstance(transport, kinds):
            wanted = f"an httpx.{kinds[-1].__name__}"
            raise TypeError(f"transport must be {wanted}, not {type(transport).__name__}")
        self._config = config.resolve(
            api_key=api_key,
            username=username,
            base_url=base_url,
            proxy=proxy,
            timeout=timeout,
            integrator=integrator,
            max_response_bytes=max_response_bytes,
            transport=transport,
        )
        check_url("base_url (KUSTOM_BASE_URL)", self._config.base_url)
        if self._config.proxy:
            check_url("proxy (or HTTPS_PROXY and the like)", self._config.proxy)
        self._retry = RetryPolicy() if retry is None else _checked_policy(retry)
        self._check: CheckMode = parse_check_mode(check)
        self._guard_keys = _checked_switch(guard_keys)
        self._on_attempt = None if on_attempt is None else _checked_callable(on_attempt)
        self._deadline = inf if deadline is None else _checked_deadline(deadline)
        most = _checked_count("max_in_flight", max_in_flight)
        self._limiter = Limiter(most, None if rate_limit is None else _checked_rate(rate_limit))
        try:
            self._connections = connections(self._config.proxy, self._limiter, transport)
        except OSError as error:
            raise ConfigurationError(
                f"the certificates of SSL_CERT_FILE or SSL_CERT_DIR cannot be read: {error}"
            ) from None
        # Clients made by with_options share their root's connections, and end with it.
        self._root = self
        self._closed = False

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
        retry: RetryPolicy | None = None,
        integrator: str | None = None,
        check: CheckMode | None = None,
        guard_keys: bool | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> Self:
        """Return a client with other defaults over the same connections.

        Closing it leaves them open. What is not given stays as it is; the arguments are those of
        the constructor, and ``max_attempts`` replaces that of the retry policy. ``math.inf`` is no
        deadline.
        """
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)  # what a subclass has of its own comes along
        other._config = self._config.with_options(timeout=timeout, integrator=integrator)
        if deadline is not None:
            other._deadline = _checked_deadline(deadline)
        other._check = self._check if check is None else parse_check_mode(check)
        other._guard_keys = self._guard_keys if guard_keys is None else _checked_switch(guard_keys)
        if on_attempt is not None:
            other._on_attempt = _checked_callable(on_attempt)
        policy = self._retry if retry is None else _checked_policy(retry)
        other._retry = policy.limited_to(max_attempts)
        other._closed = False
        return other

    def __repr__(self) -> str:
        settings = getattr(self, "_config", None)  # not there when building it failed
        where = f"base_url={settings.base_url!r}, timeout={settings.timeout}" if settings else ""
        return f"{type(self).__name__}({where})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds connections and a secret and is not pickled; build one in each process"
        )

    def _closes_connections(self) -> bool:
        """Return whether to close the connections: they are this client's own, and still open."""
        if self._root is not self or self._closed:
            return False
        self._closed = True
        return True

    def _session(
        self, timeout: float | None, deadline: float | None, max_attempts: int | None
    ) -> Session:
        """Return the settings for one call, which begins now."""
        if self._root._closed:
            raise config.closed()
        if self._connections.is_torn:
            raise ConfigurationError(
                "this client's transport= was made in another process, before a fork: build a "
                "client in each process, or leave transport= out"
            )
        settings = self._config
        if timeout is not None:
            settings = settings.with_options(timeout=timeout)
        seconds = self._deadline if deadline is None else _checked_deadline(deadline)
        policy = self._retry.limited_to(max_attempts)
        ends = time.monotonic() + seconds
        return Session(settings, policy, self._guard_keys, ends, self._limiter, self._on_attempt)


def _checked_deadline(seconds: float) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TypeError(f"deadline must be a number of seconds, not {type(seconds).__name__}")
    if not seconds > 0:
        raise ConfigurationError("deadline must be more than 0")
    return inf if seconds > config.LONGEST_TIMEOUT else float(seconds)


def _checked_count(name: str, count: int) -> int:
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"{name} must be an int, not {type(count).__name__}")
    if not 1 <= count <= config.MOST_IN_FLIGHT:
        raise ConfigurationError(f"{name} must be from 1 to {config.MOST_IN_FLIGHT:,}")
    return count


def _checked_rate(rate: float) -> float:
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        raise TypeError(f"rate_limit must be a number of requests, not {type(rate).__name__}")
    if not config.SLOWEST_RATE <= rate <= config.FASTEST_RATE:
        raise ConfigurationError(
            f"rate_limit must be from {config.SLOWEST_RATE} to {config.FASTEST_RATE:,} a second"
        )
    return float(rate)


def _checked_policy(retry: RetryPolicy) -> RetryPolicy:
    if not isinstance(retry, RetryPolicy):
        raise TypeError(f"retry must be a RetryPolicy, not {type(retry).__name__}")
    return retry


def _checked_callable(on_attempt: OnAttempt) -> OnAttempt:
    if not callable(on_attempt):
        raise TypeError(f"on_attempt must be a function, not {type(on_attempt).__name__}")
    if iscoroutinefunction(on_attempt) or iscoroutinefunction(type(on_attempt).__call__):
        raise TypeError("on_attempt must be a plain function: nothing awaits what it returns")
    return on_attempt


def _checked_switch(guard_keys: bool) -> bool:
    if not isinstance(guard_keys, bool):
        raise TypeError(f"guard_keys must be True or False, not {type(guard_keys).__name__}")
    return guard_keys
