"""The drivers, and what they make of answers and of failures of a transport."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx
import pytest
from support import ORDER, Client

from kustom_facade import ConnectionFailed, RetryPolicy
from kustom_facade._operations import orders as operations
from kustom_facade._sending import http
from kustom_facade._sending.limiter import Limiter
from kustom_facade._sending.steps import Send


class JobTimeout(Exception):
    """A deadline of a job queue, which is no failure of the wire's."""


@pytest.mark.parametrize(
    ("writes", "status", "error", "stands"),
    [
        (True, 201, httpx.ReadError("cut"), True),
        (True, 201, httpx.DecodingError("gzip"), True),
        (True, 503, httpx.ReadError("cut"), False),
        (True, 403, httpx.ReadError("cut"), True),
        (True, 429, httpx.ReadError("cut"), False),
        (True, 302, httpx.ReadError("cut"), False),
        (False, 200, httpx.ReadError("cut"), False),
        (False, 200, httpx.DecodingError("gzip"), True),
        (False, 404, httpx.ReadError("cut"), True),
        (False, 500, httpx.ReadError("cut"), False),
        (False, 404, JobTimeout(), False),
    ],
)
def test_what_becomes_of_an_answer_whose_body_broke(
    writes: bool, status: int, error: Exception, stands: bool
) -> None:
    """A write's success and any refusal stand;
    a read's body cut off, and an error of the server, are repeated.
    """
    send = Send(operations.get_order(ORDER).request, writes)
    assert http.is_final_without_body(send, status, error) is stands


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_names_of_headers_come_in_any_case(mode: str) -> None:
    """Lower case from here on; what came several times is one text, and no letter is lost."""
    headers = [
        (b"CAPTURE-ID", b"c-1"),
        (b"Klarna-Correlation-Id", b"x"),
        (b"Via", b"a"),
        (b"VIA", b"b"),
        (b"X-Latin", "ö".encode("latin-1")),
    ]
    transport = httpx.MockTransport(lambda _: httpx.Response(201, headers=headers))
    client = Client(mode, transport=transport)
    done = client.capture(ORDER, 1)
    assert (done.id, done.correlation_id) == ("c-1", "x")
    assert (done.headers["via"], done.headers["x-latin"]) == ("a, b", "ö")
    client.close()


@pytest.mark.parametrize("library", http._libraries, ids=lambda library: library.__name__)
def test_a_transport_may_be_of_either_library(
    connect: Callable[..., Client], library: ModuleType
) -> None:
    """Of httpx, and of httpx2 where it is installed: its requests, its answers and its failures."""
    failures = [
        library.ConnectError("refused"),
        library.ReadError("reset"),
        library.DecodingError("gzip"),
    ]

    def answer(request: Any) -> Any:
        assert isinstance(request, library.Request)
        if request.method == "GET":
            return library.Response(200, json={"order_id": ORDER})
        raise failures.pop(0)

    client = connect(transport=library.MockTransport(answer), retry=RetryPolicy(attempts=1))
    assert client.get_order(ORDER).order_id == ORDER
    for unknown in (False, True, True):
        with pytest.raises(ConnectionFailed) as caught:
            client.capture(ORDER, 100)
        assert caught.value.outcome_unknown is unknown


def test_the_network_is_that_of_httpx2_where_it_is_installed() -> None:
    """And of httpx where it is not."""
    library = http._libraries[0]
    assert isinstance(
        http.connections(None, Limiter(1), None)._make().transport, library.HTTPTransport
    )
    made = http.async_connections(None, Limiter(1), None)._make()
    assert isinstance(made.transport, library.AsyncHTTPTransport)
