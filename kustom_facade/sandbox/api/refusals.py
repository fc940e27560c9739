"""Refusals: errors of the API, and the gateway's 401."""

from .wire import CORRELATION_ID, Response, compact

_UNAUTHORIZED_PAGE = b"""<html>
<head><title>401 Authorization Required</title></head>
<body><center><h1>401 Authorization Required</h1></center></body>
</html>
"""


class Refusal(Exception):
    """Refuse a request with a status, an error code and one message per problem."""

    def __init__(
        self, status: int, code: str, *messages: str, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(status, code, *messages)
        self.status = status
        self.code = code
        self.messages = messages
        self.headers = headers

    def response(self, correlation_id: str) -> Response:
        """Return the response in the one shape that the API has for errors."""
        body = {
            "correlation_id": correlation_id,
            "error_code": self.code,
            "error_messages": list(self.messages),
        }
        headers = (
            ("content-type", "application/json"),
            (CORRELATION_ID, correlation_id),
            *self.headers,
        )
        return Response(self.status, headers, compact(body))


def unauthorized() -> Response:
    """Return the recorded 401.

    A gateway before the API sends it, so that it is HTML and has no correlation id.
    """
    headers = (
        ("content-type", "text/html"),
        ("content-length", str(len(_UNAUTHORIZED_PAGE))),
        ("www-authenticate", 'Basic realm="Order Management API"'),
    )
    return Response(401, headers, _UNAUTHORIZED_PAGE)
