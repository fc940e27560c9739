"""The protocol on one connection: valid, odd and invalid HTTP."""

import socket

import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID

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
    assert b"\r\nlocation: http://shop.example.com/ordermanagement/v1/orders/" in answer
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
    old = GET.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host: shop.example.com\r\n", b"")
    assert exchange(address, old).startswith(b"HTTP/1.1 200 ")
    absolute = GET.replace(b"GET /", b"GET http://shop.example.com/")
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
        b"GET / HTTP/1.1",
    ):  # for this machine only
        assert exchange(address, page + f"\r\n{HEAD}\r\n".encode()).startswith(b"HTTP/1.1 403 ")
    assert exchange(address, b"") == b""


def test_headers_may_hold_any_byte(address: tuple[str, int]) -> None:
    """What was sent in a host comes back in the location, and odd credentials are wrong ones."""
    start = f"POST {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.1\r\nHost: ".encode()
    rest = f"Basic {KEY}\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n".encode()
    answer = exchange(address, start + b"\xe5\r\nAuthorization: " + rest + b'{"captured_amount":7}')
    assert answer.startswith(b"HTTP/1.1 201 Created\r\n")
    assert b"\r\nlocation: http://\xe5/ordermanagement/" in answer
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
