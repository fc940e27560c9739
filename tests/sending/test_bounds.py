"""Bounds: what an answer of any size or slowness cannot do, over real sockets."""

import gzip
import json
import pickle
import socket
import threading
from contextlib import AbstractContextManager
from typing import Any

import pytest
from support import CANARY, ORDER, Client

from kustom_facade import (
    ConfigurationError,
    ConnectionFailed,
    KustomClient,
    NotAllowed,
    RetryPolicy,
)
from kustom_facade._sending.failures import LONGEST_TEXT

from .silence import serving

ONCE = RetryPolicy(attempts=1, base=0.0)


def answering(head: bytes, *parts: bytes, drips: bool = False) -> AbstractContextManager[str]:
    """Serve one answer on loopback, and then, if it drips, a byte now and then for ever."""

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(head)
        for part in parts:
            connection.sendall(part)
        while drips and not ended.wait(0.05):
            connection.sendall(b" ")
        # What was not read of the request would cut the answer off.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    return serving(answer)


@pytest.fixture(params=["sync", "async"])
def mode(request: pytest.FixtureRequest) -> str:
    """Either client."""
    return str(request.param)


def call(mode: str, url: str, verb: str, *arguments: Any, **options: Any) -> Any:
    """Call a verb once, of a client of its own."""
    client = Client(mode, api_key=CANARY, base_url=url, retry=ONCE, **options)
    try:
        return getattr(client, verb)(ORDER, *arguments)
    finally:
        client.close()


def test_a_success_whose_body_drips_for_ever_is_a_success(mode: str) -> None:
    """The money moved, and the headers say so: nobody waits for the rest."""
    head = b"HTTP/1.1 201 Created\r\nCapture-Id: c-1\r\nContent-Length: 1000000\r\n\r\n"
    with answering(head, drips=True) as url:
        assert call(mode, url, "capture", 100).id == "c-1"


def test_a_success_whose_body_unpacks_to_gigabytes_is_a_success(mode: str) -> None:
    """It is not unpacked at all."""
    packed = gzip.compress(bytes(50_000_000))
    head = b"HTTP/1.1 201 Created\r\nCapture-Id: c-1\r\nContent-Encoding: gzip\r\n"
    head += f"Content-Length: {len(packed)}\r\n\r\n".encode()
    with answering(head, packed) as url:
        assert call(mode, url, "capture", 100).id == "c-1"


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip"])
def test_an_answer_that_is_too_large_is_refused(mode: str, encoding: str) -> None:
    """Of a read it is no answer, and is not asked for again; the size is an option."""
    body = json.dumps({"order_id": ORDER, "merchant_data": "x" * 3_000_000}).encode()
    packed = gzip.compress(body)
    if encoding != "gzip":
        packed = gzip.compress(packed)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    head += f"Content-Encoding: {encoding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with answering(head, packed) as url:
        with pytest.raises(ConnectionFailed, match="AnswerTooLarge") as caught:
            call(mode, url, "get_order", max_response_bytes=1_000_000)
        assert (caught.value.attempts, caught.value.outcome_unknown) == (1, False)
        if encoding == "gzip":
            assert call(mode, url, "get_order").order_id == ORDER


def test_an_error_keeps_a_bounded_part_of_its_answer(mode: str) -> None:
    """Its text and its messages: errors are logged, pickled and stored."""
    messages = ["m" * 50_000] * 20
    body = json.dumps({"error_code": "CAPTURE_NOT_ALLOWED", "error_messages": messages}).encode()
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n".encode()
    with answering(head, body) as url, pytest.raises(NotAllowed) as caught:
        call(mode, url, "capture", 100)
    assert caught.value.code == "CAPTURE_NOT_ALLOWED"
    assert len(caught.value.text) == LONGEST_TEXT
    assert sum(map(len, caught.value.messages)) == LONGEST_TEXT
    assert len(pickle.dumps(caught.value)) < 4 * LONGEST_TEXT


@pytest.mark.parametrize("wrong", [0, -1, True, 1.5, "1"])
def test_a_size_that_cannot_be_meant_is_refused(wrong: Any) -> None:
    """When it is given."""
    with pytest.raises((ConfigurationError, TypeError), match="max_response_bytes must be"):
        KustomClient(CANARY, max_response_bytes=wrong)
