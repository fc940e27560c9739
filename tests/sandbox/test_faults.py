"""Effects of faults on client and order, in process and served."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox, serve

from .api_client import KEY, ORDERS, ApiClient, problem

_DATE = "Mon, 02 Mar 2026 09:30:07 GMT"
_FAILURES = (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError)


def _captured(sandbox: Sandbox) -> int:
    amount: int = sandbox.order(EXAMPLE_ORDER_ID)["captured_amount"]
    return amount


@pytest.mark.parametrize(
    ("kind", "effect"), [("refuse", False), ("drop", False), ("lose", True), ("cut", True)]
)
def test_no_answer(sandbox: Sandbox, wire: ApiClient, kind: Any, effect: bool) -> None:
    """The connection breaks before or after the capture, and a key protects the next try."""
    sandbox.faults.add(Fault(kind, nth=1))
    with pytest.raises(_FAILURES):
        wire("POST", "/captures", {"captured_amount": 700}, key="k")
    assert _captured(sandbox) == 700 * effect
    assert wire("POST", "/captures", {"captured_amount": 700}, key="k").status_code == 201
    assert _captured(sandbox) == 700
    assert sandbox.faults.counts() == {kind: 1}
    first, second = sandbox.calls
    assert (first.fault, first.status, second.fault) == (kind, 201 if effect else None, "")


def test_a_served_connection_is_reset_where_it_cannot_be_refused(sandbox: Sandbox) -> None:
    """As `Fault` says: the one difference between the two forms. Nothing is done in either."""
    sandbox.faults.add(Fault("refuse", nth=1))
    with (
        serve(sandbox) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
        pytest.raises((httpx.ReadError, httpx.WriteError)),
    ):
        ApiClient(client).capture(700)
    assert _captured(sandbox) == 0
    assert "resets the connection instead" in " ".join((Fault.__doc__ or "").split())


@pytest.mark.parametrize("with_body", [True, False])
def test_a_cut_answer(sandbox: Sandbox, wire: ApiClient, with_body: bool) -> None:
    """It breaks off in the body, or in its head where it has no body."""
    sandbox.faults.add(Fault("cut"))
    with pytest.raises(httpx.RemoteProtocolError):
        wire("GET") if with_body else wire.capture(1)


def _read(response: httpx.Response, received: bytearray) -> None:
    for chunk in response.iter_raw():
        received += chunk


def test_half_of_a_cut_body_arrives(sandbox: Sandbox, wire: ApiClient) -> None:
    """The status and the beginning are there."""
    sandbox.faults.add(Fault("cut"))
    headers = {"authorization": f"Basic {KEY}"}
    received = bytearray()
    with wire.client.stream("GET", f"{ORDERS}/{EXAMPLE_ORDER_ID}", headers=headers) as response:
        assert response.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            _read(response, received)
    assert received.startswith(b'{"order_id"')


def test_a_delay_up_to_the_timeout_and_beyond(sandbox: Sandbox, wire: ApiClient) -> None:
    """A late answer arrives, and one that is too late has had its effect all the same."""
    sandbox.faults.add(
        Fault("delay", "write", nth=1, seconds=0.05), Fault("delay", "write", nth=2, seconds=2)
    )
    wire.client.timeout = httpx.Timeout(0.5)
    began = time.monotonic()
    assert wire.capture(100).status_code == 201
    assert time.monotonic() - began >= 0.05
    with pytest.raises(httpx.ReadTimeout):
        wire.capture(10)
    assert wire.order()["captured_amount"] == 110


@pytest.mark.parametrize(
    ("retry_after", "header"),
    [
        (None, None),
        (0, "0"),
        (7, "7"),
        (1.5, "1.5"),
        (10.0, "10"),
        (1_234_567, "1234567"),
        (0.00001, "0"),
        (_DATE, _DATE),
    ],
)
def test_too_many_requests(
    sandbox: Sandbox, wire: ApiClient, retry_after: float | str | None, header: str | None
) -> None:
    """429 in the API's own shape, with `Retry-After` or without. The key is not used up."""
    sandbox.faults.add(Fault("status", status=429, retry_after=retry_after, nth=1))
    answer = wire("POST", "/captures", {"captured_amount": 5}, key="k")
    assert problem(answer) == (429, "TOO_MANY_REQUESTS", [])
    assert answer.headers.get("retry-after") == header
    assert _captured(sandbox) == 0
    assert wire("POST", "/captures", {"captured_amount": 5}, key="k").status_code == 201


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
@pytest.mark.parametrize(
    ("body", "content_type", "start"),
    [
        (None, "text/html", "<html>"),
        ("html", "text/html", "<html>"),
        ("empty", None, ""),
        ("broken", "application/json", '{"error_code":"'),
        ("json", "application/json", '{"correlation_id"'),
    ],
)
def test_a_gateway_answers(
    sandbox: Sandbox, wire: ApiClient, status: int, body: Any, content_type: str | None, start: str
) -> None:
    """Nothing is done, the body is of any kind, and the key is as new."""
    sandbox.faults.add(Fault("status", status=status, body=body, nth=1))
    answer = wire("POST", "/captures", {"captured_amount": 5}, key="k")
    assert (answer.status_code, answer.headers.get("content-type")) == (status, content_type)
    assert answer.text.startswith(start)
    assert bool(answer.text) is bool(start)
    assert _captured(sandbox) == 0
    assert wire("POST", "/captures", {"captured_amount": 5}, key="k").status_code == 201


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "BAD_REQUEST"),
        (401, "FORBIDDEN"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (409, "CONFLICT"),
        (413, "PAYLOAD_TOO_LARGE"),
        (415, "UNSUPPORTED_MEDIA_TYPE"),
        (418, "BAD_REQUEST"),
        (422, "INVALID_REQUEST_PARAMETERS"),
        (429, "TOO_MANY_REQUESTS"),
        (500, "INTERNAL_ERROR"),
        (522, "INTERNAL_ERROR"),
    ],
)
def test_the_code_fits_the_status(sandbox: Sandbox, api: ApiClient, status: int, code: str) -> None:
    """Of the published list, where an error is JSON."""
    sandbox.faults.add(Fault("status", status=status, body="json"))
    assert problem(api("GET")) == (status, code, [])


def test_a_business_refusal_with_a_code_of_its_own(sandbox: Sandbox, wire: ApiClient) -> None:
    """A customer who could not be charged: it is JSON, nothing is done, the key is as new."""
    sandbox.faults.add(Fault("status", "capture", status=403, code="PAYMENT_METHOD_FAILED", nth=1))
    answer = wire("POST", "/captures", {"captured_amount": 5}, key="k")
    assert problem(answer) == (403, "PAYMENT_METHOD_FAILED", [])
    assert _captured(sandbox) == 0
    assert wire("POST", "/captures", {"captured_amount": 5}, key="k").status_code == 201


def test_a_key_whose_first_request_is_under_way(sandbox: Sandbox, wire: ApiClient) -> None:
    """The answer is lost, the same key meets a 409, and then the answer that the first one had."""
    sandbox.faults.add(
        Fault("lose", "capture", nth=1),
        Fault("status", "capture", status=409, code="CONFLICT", nth=2),
    )
    with pytest.raises(_FAILURES):
        wire("POST", "/captures", {"captured_amount": 5}, key="k")
    meanwhile = wire("POST", "/captures", {"captured_amount": 5}, key="k")
    assert problem(meanwhile) == (409, "CONFLICT", [])
    again = wire("POST", "/captures", {"captured_amount": 5}, key="k")
    assert (again.status_code, _captured(sandbox)) == (201, 5)


def test_a_gateway_may_give_up_after_the_effect(sandbox: Sandbox, wire: ApiClient) -> None:
    """A 504 says nothing about the money. The key then answers with what was really done."""
    sandbox.faults.add(Fault("status", "capture", status=504, effect=True, nth=1))
    assert wire("POST", "/captures", {"captured_amount": 5}, key="k").status_code == 504
    assert _captured(sandbox) == 5
    again = wire("POST", "/captures", {"captured_amount": 5}, key="k")
    assert (again.status_code, _captured(sandbox)) == (201, 5)


def test_a_request_that_comes_twice(sandbox: Sandbox, wire: ApiClient) -> None:
    """Without a key it has two effects and the second answer, with one a single effect."""
    sandbox.faults.add(Fault("duplicate", "refundOrder"), Fault("duplicate", "capture"))
    last = wire.capture(100)
    order = wire.order()
    assert [capture["captured_amount"] for capture in order["captures"]] == [100, 100]
    assert order["captures"][1]["capture_id"] == last.headers["capture-id"]
    wire("POST", "/captures", {"captured_amount": 100}, key="k")
    assert wire.order()["captured_amount"] == 300
    assert [call.fault for call in sandbox.calls] == ["", "duplicate", "", "", "duplicate", ""]


def test_requests_behind_a_delayed_one_wait(sandbox: Sandbox) -> None:
    """Answers of a connection keep their order, and hold up no other connection."""
    sandbox.faults.add(Fault("delay", nth=1, seconds=0.2), Fault("delay", nth=3, seconds=0.05))
    head = f"Host: localhost\r\nAuthorization: Basic {KEY}\r\n\r\n"
    whole = f"GET {ORDERS}/{EXAMPLE_ORDER_ID} HTTP/1.1\r\n{head}".encode()
    captures = f"GET {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.1\r\n{head}".encode()

    async def ask(url: str) -> list[bytes]:
        host, _, port = url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        other_reader, other = await asyncio.open_connection(host, int(port))
        writer.write(whole + captures)
        writer.write_eof()
        await asyncio.sleep(0.05)
        other.write(captures)
        first = await asyncio.wait_for(other_reader.readuntil(b"[]\r\n0\r\n\r\n"), 0.1)
        other.write(whole)
        await other.drain()
        other.transport.abort()
        rest = await reader.read()
        writer.close()
        return [first, rest]

    with serve(sandbox) as url:
        first, rest = asyncio.run(ask(url))
        time.sleep(0.1)
    assert first.startswith(b"HTTP/1.1 200")
    assert rest.count(b"HTTP/1.1 200 OK") == 2
    assert rest.index(b"order_id") < rest.index(b"\r\n[]\r\n")


@pytest.mark.parametrize("key_scope", ["global", "operation"])
def test_a_key_that_is_still_worked_on_is_a_conflict(key_scope: Any) -> None:
    """As long as its response is delayed. Others are served, and afterwards the key is replayed."""
    sandbox = Sandbox(key_scope=key_scope)
    sandbox.faults.add(Fault("delay", seconds=0.4, in_progress=True, nth=1))

    async def ask() -> tuple[httpx.Response, list[Any], httpx.Response]:
        async with httpx.AsyncClient(
            transport=sandbox, base_url="https://api.example.com"
        ) as client:

            async def capture(key: str) -> httpx.Response:
                return await client.post(
                    f"{ORDERS}/{EXAMPLE_ORDER_ID}/captures",
                    json={"captured_amount": 7},
                    headers={"authorization": f"Basic {KEY}", "klarna-idempotency-key": key},
                )

            first = asyncio.create_task(capture("k"))
            await asyncio.sleep(0)
            meanwhile = [await capture("k"), await capture("other")]
            return await first, meanwhile, await capture("k")

    first, (conflict, other), again = asyncio.run(ask())
    assert problem(conflict) == (409, "CONFLICT", [])
    assert (first.status_code, other.status_code) == (201, 201)
    assert again.headers == first.headers
    assert _captured(sandbox) == 14


def test_a_request_without_a_key_is_not_waited_for(sandbox: Sandbox, api: ApiClient) -> None:
    """Nor a read, nor one that is about nothing."""
    sandbox.faults.add(Fault("delay", seconds=0.01, in_progress=True))
    assert [api.capture(1).status_code for _ in range(2)] == [201, 201]
    assert [api("GET", key="k").status_code for _ in range(2)] == [200, 200]
    assert [api("POST", "/nothing", key="k").status_code for _ in range(2)] == [404, 404]
