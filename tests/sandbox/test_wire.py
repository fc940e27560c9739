"""What the answers look like on the wire: statuses, headers, shapes; in process and served alike."""

import asyncio
import base64
import re
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox, serve

from .talking import KEY, ORDERS, Talk, line, problem

_SHIPPING: dict[str, Any] = {"shipping_info": [{"tracking_number": "0042", "shipping_method": ""}]}

_EMPTY_ANSWERS: list[tuple[str, str, Any]] = [
    ("POST", "/acknowledge", None),
    ("POST", "/cancel", None),
    ("POST", "/extend-authorization-time", None),
    ("PATCH", "/authorization", {"order_amount": 500, "order_lines": []}),
    ("PATCH", "/customer-details", {"shipping_address": {"city": "Luleå"}}),
    ("PATCH", "/merchant-references", {"merchant_reference1": "A-1001"}),
    ("POST", "/shipping-info", _SHIPPING),
]


def _assert_empty_204(response: httpx.Response) -> None:
    assert response.status_code == 204
    assert response.content == b""
    assert "content-length" not in response.headers
    assert "content-type" not in response.headers
    assert "transfer-encoding" not in response.headers
    assert response.headers["klarna-correlation-id"]


@pytest.mark.parametrize(("method", "path", "body"), _EMPTY_ANSWERS, ids=lambda value: str(value)[:20])
def test_a_write_without_a_result_is_an_empty_204(wire: Talk, method: str, path: str, body: Any) -> None:
    """A write that makes nothing answers with nothing but its correlation id."""
    _assert_empty_204(wire(method, path, body))


def test_writes_about_a_capture_are_empty_204s(wire: Talk) -> None:
    """The two writes that need a capture answer likewise."""
    capture_id = wire.capture(100).headers["capture-id"]
    _assert_empty_204(wire("POST", f"/captures/{capture_id}/shipping-info", _SHIPPING))
    _assert_empty_204(wire("POST", "/release-remaining-authorization"))


def test_the_example_order_has_the_recorded_shape(wire: Talk) -> None:
    """The order of the documentation is there, authorized, and its lines obey the tax rule."""
    response = wire("GET")
    order = response.json()
    assert response.headers["content-type"] == "application/json"
    assert "content-length" not in response.headers
    assert response.headers["klarna-correlation-id"]
    assert order["order_id"] == EXAMPLE_ORDER_ID
    assert (order["status"], order["fraud_status"]) == ("AUTHORIZED", "ACCEPTED")
    assert order["order_amount"] == order["original_order_amount"] == 10000
    assert (order["captured_amount"], order["refunded_amount"]) == (0, 0)
    assert order["remaining_authorized_amount"] == 10000
    assert order["created_at"] == "2026-03-02T09:30:00.000Z"
    assert order["expires_at"] == "2026-03-30T00:00:00.000Z"
    assert re.fullmatch(r"[A-Z0-9]{8}", order["klarna_reference"])
    assert order["captures"] == order["refunds"] == []
    assert "merchant_reference1" not in order
    lines = order["order_lines"]
    assert len(lines) >= 3
    assert "shipping_fee" in {entry["type"] for entry in lines}
    assert sum(entry["total_amount"] for entry in lines) == 10000
    for entry in lines:
        assert (
            entry["total_amount"] == entry["quantity"] * entry["unit_price"] - entry["total_discount_amount"]
        )
        tax = entry["total_amount"] - entry["total_amount"] * 10000 / (10000 + entry["tax_rate"])
        assert abs(entry["total_tax_amount"] - tax) <= 1


def test_a_capture_is_named_by_its_headers(wire: Talk) -> None:
    """201 without a body or a type; id and absolute URL are in lower-case headers."""
    response = wire.capture(4000, order_lines=[line(4000)])
    assert (response.status_code, response.content) == (201, b"")
    assert response.headers["content-length"] == "0"
    assert "content-type" not in response.headers
    capture_id = response.headers["capture-id"]
    base = str(wire.client.base_url).rstrip("/")
    assert response.headers["location"] == f"{base}{ORDERS}/{EXAMPLE_ORDER_ID}/captures/{capture_id}"
    assert response.headers["klarna-order-validation"] == "Valid"
    assert {b"capture-id", b"location", b"transaction-id"} <= {name for name, _ in response.headers.raw}
    assert wire("GET", f"/captures/{capture_id}").json()["captured_amount"] == 4000


def test_a_refund_is_named_by_its_headers(wire: Talk) -> None:
    """201 likewise; without lines nothing says that they are valid."""
    assert "klarna-order-validation" not in wire.capture(4000).headers
    response = wire.refund(1500, description="Returned", reference="r-1")
    assert (response.status_code, response.content) == (201, b"")
    assert "klarna-order-validation" not in response.headers
    assert "transaction-id" not in response.headers
    refund_id = response.headers["refund-id"]
    assert response.headers["location"].endswith(f"/refunds/{refund_id}")
    assert wire("GET", f"/refunds/{refund_id.upper()}").json() == {
        "refund_id": refund_id,
        "refunded_at": "2026-03-02T09:30:00.000Z",
        "refunded_amount": 1500,
        "description": "Returned",
        "reference": "r-1",
        "order_lines": [],
    }


def test_a_capture_keeps_what_it_was_given(wire: Talk) -> None:
    """Reference, description, lines, shipments and the addresses of the moment are echoed."""
    lines = [line(2500, product_identifiers={"brand": "Mugs & Co"}, tax_rate=2500, total_tax_amount=500)]
    shipments = [{"shipping_company": "PostNord", "shipping_method": "PickUpPoint", "tracking_number": "007"}]
    wire.capture(2500, reference="ship-1", description="Å", order_lines=lines, shipping_info=shipments)
    wire("PATCH", "/customer-details", {"shipping_address": {"city": "Kiruna"}})
    wire.capture(100)
    first, second = wire("GET", "/captures").json()
    order = wire.order()
    assert [first, second] == order["captures"]
    assert (first["reference"], first["description"]) == ("ship-1", "Å")
    assert (first["order_lines"], first["shipping_info"]) == (lines, shipments)
    assert first["captured_at"] == "2026-03-02T09:30:00.000Z"
    assert first["klarna_reference"] == f"{order['klarna_reference']}-1"
    assert first["billing_address"] == order["billing_address"]
    assert (first["shipping_address"]["city"], second["shipping_address"]["city"]) == ("Vetlanda", "Kiruna")
    assert second["klarna_reference"] == f"{order['klarna_reference']}-2"
    assert (second["description"], second["order_lines"], second["shipping_info"]) == ("", [], [])
    assert "reference" not in second


@pytest.mark.parametrize(
    "header", ["", "Bearer kco_test_x", "Basic kco_other_api_x", "Basic !", "Basic /w=="]
)
@pytest.mark.parametrize("path", [f"{ORDERS}/{EXAMPLE_ORDER_ID}", "/nowhere"])
def test_a_stranger_meets_the_gateway(wire: Talk, header: str, path: str) -> None:
    """401 is an HTML page with a realm, and the API behind it has never heard of it."""
    response = wire.client.get(path, headers={"authorization": header} if header else {})
    assert response.status_code == 401
    assert response.headers["content-type"] == "text/html"
    assert response.headers["www-authenticate"].startswith("Basic realm=")
    assert "klarna-correlation-id" not in response.headers
    assert response.text.startswith("<html>")


def test_both_published_forms_of_credentials_are_accepted(wire: Talk) -> None:
    """The key as it is, and username and key in base64."""
    url = f"{ORDERS}/{EXAMPLE_ORDER_ID}"
    assert wire.client.get(url, headers={"authorization": f"basic  {KEY}"}).status_code == 200
    assert wire.client.get(url, auth=("K123-suffix", KEY)).status_code == 200
    assert wire.client.get(url, auth=("K123-suffix", "kco_other_x")).status_code == 401


@pytest.mark.parametrize("header", ["kco_live_api_x", base64.b64encode(b"K1-a:kco_live_x").decode()])
def test_a_live_key_is_an_error_at_once(sandbox: Sandbox, header: str) -> None:
    """In a test it was not meant, and is never sent; served, it is one more wrong key. Nothing is remembered of it."""
    headers = {"authorization": f"Basic {header}"}
    url = f"{ORDERS}/{EXAMPLE_ORDER_ID}/cancel"
    with (
        httpx.Client(transport=sandbox, base_url="https://api.example.com") as client,
        pytest.raises(httpx.ConnectError, match=r"a live key \(kco_live_...\) was sent to the sandbox"),
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


@pytest.mark.parametrize("path", ["", "/captures", "/refunds/x"])
def test_a_head_is_a_read_without_a_body(sandbox: Sandbox, wire: Talk, path: str) -> None:
    """Status and headers are those of a GET; a key on it means nothing, and a fault for reads is for it too."""
    whole, head = wire("GET", path), wire("HEAD", path, key="k")
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert set(head.headers) == set(whole.headers)
    assert wire("HEAD", "/cancel").status_code == 405
    sandbox.faults.add(Fault("status", "read", nth=1), Fault("cut", "read", nth=2))
    assert wire("HEAD", path).status_code == 503
    with pytest.raises(httpx.RemoteProtocolError):
        wire("HEAD", path)


def test_sync_and_async_clients_share_a_sandbox(sandbox: Sandbox) -> None:
    """One sandbox serves clients of both kinds, before and after one of them is closed."""
    headers = {"authorization": f"Basic {KEY}"}
    url = f"https://api.example.com{ORDERS}/{EXAMPLE_ORDER_ID}"

    async def capture() -> httpx.Response:
        async with httpx.AsyncClient(transport=sandbox, headers=headers) as client:
            made = await client.post(f"{url}/captures", json={"captured_amount": 100})
            assert (await client.get(made.headers["location"])).json()["captured_amount"] == 100
            return made

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
    assert b"AUTHORIZED" in sandbox.handle_request(httpx.Request("GET", url, headers=headers)).read()

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


def test_the_last_calls_are_remembered_without_credentials() -> None:
    """A bounded record of exchanges holds everything but the secrets."""
    sandbox = Sandbox(remembered_calls=2)
    with httpx.Client(transport=sandbox, base_url="https://api.example.com") as client:
        talk = Talk(client)
        talk("GET")
        talk("POST", "/acknowledge", key="k-1")
        talk.capture(700)
    first, last = sandbox.calls
    assert last.response is not None
    assert (first.request.path.rpartition("/")[2], first.status) == ("acknowledge", 204)
    assert first.request.headers["klarna-idempotency-key"] == "k-1"
    assert (last.request.method, last.request.body) == ("POST", b'{"captured_amount":700}')
    assert dict(last.response.headers)["capture-id"]
    assert KEY not in repr(sandbox.calls)


def test_errors_name_themselves(wire: Talk) -> None:
    """An error has the one published shape, with the header's correlation id in it."""
    wire.order_id = "00000000-0000-0000-0000-000000000000"
    assert problem(wire("GET")) == (404, "NO_SUCH_ORDER", ["No such order"])
