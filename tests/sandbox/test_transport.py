"""The sandbox as a transport of httpx, sync and async."""

import asyncio
import base64
import time
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox, serve

from .api_client import KEY, ORDERS, ApiClient


@pytest.mark.parametrize(
    "header", ["kco_live_api_x", base64.b64encode(b"K1-a:kco_live_x").decode()]
)
def test_a_live_key_is_an_error_at_once(sandbox: Sandbox, header: str) -> None:
    """In process it is refused and not remembered, and served it is one more wrong key."""
    headers = {"authorization": f"Basic {header}"}
    url = f"{ORDERS}/{EXAMPLE_ORDER_ID}/cancel"
    with (
        httpx.Client(transport=sandbox, base_url="https://api.example.com") as client,
        pytest.raises(
            httpx.ConnectError, match=r"a live key \(kco_live_...\) was sent to the sandbox"
        ),
    ):
        client.post(url, headers=headers)
    assert sandbox.calls == ()
    with serve(sandbox) as served:
        assert httpx.post(served + url, headers=headers, trust_env=False).status_code == 401
    assert sandbox.order(EXAMPLE_ORDER_ID)["status"] == "AUTHORIZED"


def test_which_keys_are_for_tests(sandbox: Sandbox) -> None:
    """Clients may ask before they send one."""
    assert sandbox.accepts_key(KEY)
    assert not any(map(sandbox.accepts_key, ("kco_live_api_x", "kco_other", "", KEY.upper())))


def test_sync_and_async_clients_share_a_sandbox(sandbox: Sandbox) -> None:
    """One sandbox serves clients of both kinds, before and after one of them is closed."""
    headers = {"authorization": f"Basic {KEY}"}
    url = f"https://api.example.com{ORDERS}/{EXAMPLE_ORDER_ID}"

    async def capture() -> httpx.Response:
        async with httpx.AsyncClient(transport=sandbox, headers=headers) as client:
            response = await client.post(f"{url}/captures", json={"captured_amount": 100})
            assert (await client.get(response.headers["location"])).json()["captured_amount"] == 100
            return response

    assert asyncio.run(capture()).headers["location"].startswith(f"{url}/captures/")
    for _ in range(2):
        with httpx.Client(transport=sandbox, headers=headers) as client:
            assert client.get(url).json()["captured_amount"] == 100


def test_answers_can_be_read_either_way(sandbox: Sandbox) -> None:
    """The transport itself can be asked, and its answer read with and without waiting."""
    assert isinstance(sandbox, httpx.BaseTransport)
    assert isinstance(sandbox, httpx.AsyncBaseTransport)
    url = f"https://api.example.com{ORDERS}/{EXAMPLE_ORDER_ID}"
    headers = {"authorization": f"Basic {KEY}"}
    assert (
        b"AUTHORIZED" in sandbox.handle_request(httpx.Request("GET", url, headers=headers)).read()
    )

    async def ask() -> bytes:
        response = await sandbox.handle_async_request(httpx.Request("GET", url, headers=headers))
        body = await response.aread()
        await sandbox.aclose()
        return body

    assert b"AUTHORIZED" in asyncio.run(ask())


def test_without_a_host_header_the_address_is_the_origin(sandbox: Sandbox) -> None:
    """The absolute URL of a capture needs some host, even when the request names none."""
    request = httpx.Request(
        "POST",
        f"https://api.example.com{ORDERS}/{EXAMPLE_ORDER_ID}/captures?a=b",
        headers={"authorization": f"Basic {KEY}"},
        json={"captured_amount": 1},
    )
    del request.headers["host"]
    response = sandbox.handle_request(request)
    assert response.headers["location"].startswith("https://api.example.com/ordermanagement/")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("refuse", httpx.ConnectError),
        ("drop", httpx.RemoteProtocolError),
        ("lose", httpx.ReadError),
    ],
)
def test_in_process_each_has_its_own_error(
    sandbox: Sandbox, api: ApiClient, kind: Any, error: type
) -> None:
    """The one that the library has for it, which holds the request."""
    sandbox.faults.add(Fault(kind))
    with pytest.raises(error, match="sandbox: ") as caught:
        api("GET")
    assert isinstance(caught.value, httpx.RequestError)
    assert caught.value.request.method == "GET"


def test_async_clients_see_the_same(sandbox: Sandbox) -> None:
    """Errors, a broken body, a delay that is waited for, and one that is not."""
    headers = {"authorization": f"Basic {KEY}"}
    sandbox.faults.add(
        Fault("drop", nth=1),
        Fault("cut", nth=2),
        Fault("delay", nth=3, seconds=0.02),
        Fault("delay", nth=4, seconds=60),
    )

    async def ask() -> list[str]:
        seen: list[str] = []
        async with httpx.AsyncClient(transport=sandbox, headers=headers, timeout=1) as client:
            for _ in range(4):
                try:
                    answer = await client.get(f"https://a.example{ORDERS}/{EXAMPLE_ORDER_ID}")
                    seen.append(str(answer.status_code))
                except httpx.TransportError as error:
                    seen.append(type(error).__name__)
        return seen

    began = time.monotonic()
    assert asyncio.run(ask()) == [
        "RemoteProtocolError",
        "RemoteProtocolError",
        "200",
        "ReadTimeout",
    ]
    assert 0.02 <= time.monotonic() - began < 5
