"""Requests and responses as plain values, independent of any HTTP library."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.client import responses
from typing import Any, NamedTuple

#: A JSON object.
Json = dict[str, Any]

CORRELATION_ID = "klarna-correlation-id"

_SECRETS = frozenset({"authorization", "proxy-authorization", "cookie"})


@dataclass(frozen=True, slots=True)
class Request:
    """Describe one request.

    Attributes:
        method: The HTTP method.
        origin: The scheme and host that the caller spoke to.
        path: The path without a query, still percent-encoded.
        headers: Headers by lower-case name.
        body: The whole body.
    """

    method: str
    origin: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def is_read(self) -> bool:
        """Return whether the request changes nothing: GET, or HEAD, which is answered alike."""
        return self.method in {"GET", "HEAD"}

    def without_credentials(self) -> "Request":
        """Return the request without the headers that hold secrets."""
        public = {name: text for name, text in self.headers.items() if name not in _SECRETS}
        return Request(self.method, self.origin, self.path, public, self.body)

    @property
    def key(self) -> str:
        """Return the idempotency key of a write, or an empty string."""
        return "" if self.is_read else self.headers.get("klarna-idempotency-key", "").strip()


@dataclass(frozen=True, slots=True)
class Response:
    """Describe one response, its headers in the order and letter case in which they are sent."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Answer(NamedTuple):
    """Hold the API's own response, and whether a key has answered it without any effect."""

    response: Response
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """Describe what the client gets: a response, or what a fault makes of it.

    With the fault `lose` or `cut` there can be a response of which the client sees nothing,
    or only a part.

    Attributes:
        response: The response, if there is one.
        fault: The kind of the fault that fired.
        delay: Seconds before the response is sent.
    """

    response: Response | None
    fault: str = ""
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """Record one request and its response.

    Attributes:
        at: When it happened, on the sandbox's clock.
        request: The request without its credentials.
        response: The response, even if a fault kept it from the client. It is `None` if the
            request never arrived.
        fault: The kind of the fault that fired.
        done: The API's own response, which a `status` fault replaces by another one. It is
            `None` if nothing was done.
        is_replay: Whether the API has answered a key that it knew, and has done nothing.
    """

    at: datetime
    request: Request
    response: Response | None
    fault: str = ""
    done: Response | None = None
    is_replay: bool = False

    @property
    def status(self) -> int | None:
        """Return the status of the response."""
        return self.response.status if self.response else None


def reason(status: int) -> str:
    """Return the standard reason phrase, empty for the statuses that gateways made up."""
    return responses.get(status, "")


def ok(data: object, correlation_id: str) -> Response:
    """Return a 200 with JSON, without charset or length: the API sends such bodies in chunks."""
    headers = (("content-type", "application/json"), (CORRELATION_ID, correlation_id))
    return Response(200, headers, compact(data))


def no_content(correlation_id: str) -> Response:
    """Return a 204 with neither a length nor a content type, as recorded."""
    return Response(204, ((CORRELATION_ID, correlation_id),))


def created(correlation_id: str, *headers: tuple[str, str]) -> Response:
    """Return a 201 with an empty body, as recorded: id and location are in the headers."""
    return Response(201, (("content-length", "0"), *headers, (CORRELATION_ID, correlation_id)))


def compact(data: object) -> bytes:
    """Return JSON as the API writes it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
