"""What goes in and out of the sandbox, as values of its own: no HTTP library is needed to use them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.client import responses
from typing import Any

Json = dict[str, Any]
"""A JSON object; its values are whatever JSON holds."""

CORRELATION_ID = "klarna-correlation-id"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: `origin` is the scheme and host that the caller spoke to, `headers` have lower-case names."""

    method: str
    origin: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing; a HEAD is answered like a GET, and the body is left away on its way out."""
        return self.method in {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, its headers in the order and the letter case in which they are sent."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a request: an answer, unless a fault has it otherwise, and after how many seconds.

    An answer that is there although the fault is `lose` or `cut` is one that the client does not see, or not in full.
    """

    response: Response | None
    fault: str = ""
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One exchange as the sandbox remembers it; the request has lost its credentials."""

    at: datetime
    request: Request
    response: Response | None
    """The answer, also where a fault kept it from the client; none where the request never got here."""
    fault: str = ""
    """The kind of the fault that fired."""

    @property
    def status(self) -> int | None:
        """The status of the answer."""
        return self.response.status if self.response else None


class Refusal(Exception):
    """The API says no: a status, a code of the published list, and one message per problem."""

    def __init__(
        self, status: int, code: str, *messages: str, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(status, code, *messages)
        self.status = status
        self.code = code
        self.messages = messages
        self.headers = headers


def reason(status: int) -> str:
    """The standard's words for a status; none for those that gateways made up."""
    return responses.get(status, "")


def found(data: object, correlation_id: str) -> Response:
    """200 with JSON, without a charset and without a length: the API sends such bodies in chunks."""
    return Response(
        200, (("content-type", "application/json"), (CORRELATION_ID, correlation_id)), compact(data)
    )


def done(correlation_id: str) -> Response:
    """204, with neither a length nor a content type."""
    return Response(204, ((CORRELATION_ID, correlation_id),))


def created(correlation_id: str, *headers: tuple[str, str]) -> Response:
    """201: the id and the place of what was made are in the headers, and the body is empty."""
    return Response(201, (("content-length", "0"), *headers, (CORRELATION_ID, correlation_id)))


def refused(refusal: Refusal, correlation_id: str) -> Response:
    """An error in the one shape that the API has for them."""
    body = {
        "correlation_id": correlation_id,
        "error_code": refusal.code,
        "error_messages": list(refusal.messages),
    }
    headers = (("content-type", "application/json"), (CORRELATION_ID, correlation_id), *refusal.headers)
    return Response(refusal.status, headers, compact(body))


_UNAUTHORIZED_PAGE = b"""<html>
<head><title>401 Authorization Required</title></head>
<body><center><h1>401 Authorization Required</h1></center></body>
</html>
"""


def unauthorized() -> Response:
    """401 as recorded: it comes from a gateway before the API, so it is HTML and has no correlation id."""
    headers = (
        ("content-type", "text/html"),
        ("content-length", str(len(_UNAUTHORIZED_PAGE))),
        ("www-authenticate", 'Basic realm="Order Management API"'),
    )
    return Response(401, headers, _UNAUTHORIZED_PAGE)


def compact(data: object) -> bytes:
    """JSON as the API writes it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
