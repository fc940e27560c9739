"""Raw requests over a socket."""

import socket

from kustom_facade.sandbox import EXAMPLE_ORDER_ID

from ..api_client import KEY, ORDERS

HEAD = f"Host: localhost:8080\r\nAuthorization: Basic {KEY}\r\n"
GET = f"GET {ORDERS}/{EXAMPLE_ORDER_ID} HTTP/1.1\r\n{HEAD}\r\n".encode()


def exchange(address: tuple[str, int], data: bytes) -> bytes:
    """Send bytes, say that there are no more, and read until the server closes."""
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))
