"""The protocol on one connection: valid, odd and invalid HTTP."""

import socket
from dataclasses import replace

import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox
from kustom_facade.sandbox.api.store import KeyedResponse
from kustom_facade.sandbox.api.wire import Response

from ..api_client import KEY, ORDERS
from .raw import GET, HEAD, exchange


def test_requests_in_one_packet_are_answered_in_order(address: tuple[str, int]) -> None:
    """A connection is kept and its requests are answered one after the other."""
    answer = exchange(address, GET + GET.replace(b"GET", b"PUT") + GET)
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"405", b"200"]
    assert answer.lower().count(b"\r\ntransfer-encoding: chunked\r\n") == 3
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_request_may_arrive_byte_by_byte(address: tuple[str, int]) -> None:
    """Packets have no meaning."""
    body = b'{"captured_amount": 7}'
    head = f"POST {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.1\r\n{HEAD}"
    head += "Content-Type: application/json\r\n"
    request = head.encode() + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
    with socket.create_connection(address, timeout=5) as connection:
        for index in range(len(request)):
            connection.send(request[index : index + 1])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert b"\r\nlocation: http://localhost:8080/ordermanagement/v1/orders/" in answer
    assert b"\r\ncapture-id: " in answer


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET /" + b"a" * 100_000,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\ncut",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
    ids=["words", "no host", "length", "long", "chunks", "cut", "TLS", "target"],
)
def test_what_is_no_http_is_a_400(address: tuple[str, int], data: bytes) -> None:
    """Such a connection is closed after the answer, and the others go on."""
    answer = exchange(address, data)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"error_code":"BAD_REQUEST"' in answer
    assert exchange(address, GET).startswith(b"HTTP/1.1 200 ")


def test_odd_but_valid_requests_are_answered(address: tuple[str, int]) -> None:
    """Older versions, proxies' targets, methods without bodies, and offers that are not taken."""
    old = GET.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host: localhost:8080\r\n", b"")
    assert exchange(address, old).startswith(b"HTTP/1.1 200 ")
    absolute = GET.replace(b"GET /", b"GET http://localhost:8080/").replace(
        b"Host: localhost", b"Host: a.example"
    )
    assert exchange(address, absolute).startswith(b"HTTP/1.1 200 ")
    head, _, body = exchange(address, GET.replace(b"GET", b"HEAD")).partition(b"\r\n\r\n")
    assert (head[:13], body) == (b"HTTP/1.1 200 ", b"")
    assert exchange(address, f"OPTIONS * HTTP/1.1\r\n{HEAD}\r\n".encode()).startswith(
        b"HTTP/1.1 404 "
    )
    connect = f"CONNECT api.example.com:443 HTTP/1.1\r\n{HEAD}\r\n".encode()
    assert exchange(address, connect).startswith(b"HTTP/1.1 404 ")
    upgrade = GET.replace(b"\r\n\r\n", b"\r\nUpgrade: websocket\r\nX-A: 1\r\nX-A: 2\r\n\r\n")
    assert exchange(address, upgrade).startswith(b"HTTP/1.1 200 ")
    assert exchange(address, f"GET shop HTTP/1.1\r\n{HEAD}\r\n".encode()).startswith(
        b"HTTP/1.1 404 "
    )
    for page in (
        b"GET http://[ HTTP/1.1",
        b"GET http://shop HTTP/1.1",
        b"GET http://a.example/ HTTP/1.1",
    ):  # for this machine only
        assert exchange(address, page + f"\r\n{HEAD}\r\n".encode()).startswith(b"HTTP/1.1 403 ")
    assert exchange(address, b"") == b""


def test_headers_may_hold_any_byte(address: tuple[str, int]) -> None:
    """An odd host is none of this machine, and odd credentials are wrong ones."""
    answer = exchange(address, GET.replace(b"localhost", b"\xe5"))
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert "not å".encode() in answer
    odd = GET.replace(b"Basic ", b"Basic \xe5")
    assert exchange(address, odd).startswith(b"HTTP/1.1 401 ")


def test_without_a_host_the_address_is_in_the_location(address: tuple[str, int]) -> None:
    """An old client that names no host is told where the server is."""
    request = (
        f"POST {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.0\r\nAuthorization: Basic {KEY}\r\n"
        'Content-Type: application/json\r\nContent-Length: 21\r\n\r\n{"captured_amount":7}'
    )
    location = f"\r\nlocation: http://{address[0]}:{address[1]}/ordermanagement/"
    assert location.encode() in exchange(address, request.encode())


def test_a_client_that_asks_first_is_told_to_go_on(address: tuple[str, int]) -> None:
    """`Expect: 100-continue`, which curl sends with large bodies."""
    head = f"POST {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.1\r\n{HEAD}Expect: 100-continue\r\n"
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(
            f"{head}Content-Type: application/json\r\nContent-Length: 21\r\n\r\n".encode()
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b'{"captured_amount":7}')
        assert connection.recv(65536).startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize("order", [1, -1])
def test_two_lengths_of_a_body_end_the_connection(
    sandbox: Sandbox, address: tuple[str, int], order: int
) -> None:
    """RFC 9112, 6.1: one of them may hide a second request from a proxy. Neither is carried out."""
    lengths = (b"Content-Length: 4\r\n", b"Transfer-Encoding: chunked\r\n")[::order]
    head = GET.replace(b"GET ", b"POST ").replace(b" HTTP", b"/cancel HTTP")[:-2]
    answer = exchange(address, head + b"".join(lengths) + b"\r\n0\r\n\r\n" + GET)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"both Content-Length and Transfer-Encoding" in answer
    assert answer.count(b"HTTP/1.1") == 1
    assert sandbox.calls == ()


def test_a_response_that_cannot_be_written_is_a_500(
    sandbox: Sandbox,
    address: tuple[str, int],
    caplog: pytest.LogCaptureFixture,
    schema_violations: list[str],
) -> None:
    """Such as one whose header was changed in a state file. The connection goes on."""
    state = sandbox.state()
    odd = Response(201, (("location", "no\r\nheader"),))
    keyed = KeyedResponse("k", "captureOrder", EXAMPLE_ORDER_ID, sandbox.clock.now(), odd)
    sandbox.restore(replace(state, keys=[keyed]))
    head = GET.replace(b"GET ", b"POST ").replace(b" HTTP", b"/cancel HTTP")
    ask = head.replace(b"\r\n\r\n", b"\r\nKlarna-Idempotency-Key: k\r\nContent-Length: 0\r\n\r\n")
    answer = exchange(address, ask + GET)
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b'"error_code":"INTERNAL_ERROR"' in answer
    assert answer.count(b"HTTP/1.1 200 ") == 1
    (record,) = caplog.records
    assert (record.name, record.getMessage()) == (
        "kustom_facade.sandbox",
        "sandbox failed on a response: Illegal header value b'no\\r\\nheader'",
    )
    assert record.exc_info
    # It is a capture's, and was asked for by a cancellation.
    schema_violations.clear()
