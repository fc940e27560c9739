"""Responses of the operations: statuses, headers and bodies, in process and served alike."""

import re
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox

from ..api_client import ORDERS, ApiClient, line

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


@pytest.mark.parametrize(
    ("method", "path", "body"), _EMPTY_ANSWERS, ids=lambda value: str(value)[:20]
)
def test_a_write_without_a_result_is_an_empty_204(
    wire: ApiClient, method: str, path: str, body: Any
) -> None:
    """A write that makes nothing answers with nothing but its correlation id."""
    _assert_empty_204(wire(method, path, body))


def test_writes_about_a_capture_are_empty_204s(wire: ApiClient) -> None:
    """The two writes that need a capture answer likewise."""
    capture_id = wire.capture(100).headers["capture-id"]
    _assert_empty_204(wire("POST", f"/captures/{capture_id}/shipping-info", _SHIPPING))
    _assert_empty_204(wire("POST", "/release-remaining-authorization"))


def test_the_example_order_has_the_recorded_shape(wire: ApiClient) -> None:
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
            entry["total_amount"]
            == entry["quantity"] * entry["unit_price"] - entry["total_discount_amount"]
        )
        tax = entry["total_amount"] - entry["total_amount"] * 10000 / (10000 + entry["tax_rate"])
        assert abs(entry["total_tax_amount"] - tax) <= 1


def test_a_capture_is_named_by_its_headers(wire: ApiClient) -> None:
    """201 without a body or a type. Id and absolute URL are in lower-case headers."""
    response = wire.capture(4000, order_lines=[line(4000)])
    assert (response.status_code, response.content) == (201, b"")
    assert response.headers["content-length"] == "0"
    assert "content-type" not in response.headers
    capture_id = response.headers["capture-id"]
    base = str(wire.client.base_url).rstrip("/")
    assert (
        response.headers["location"] == f"{base}{ORDERS}/{EXAMPLE_ORDER_ID}/captures/{capture_id}"
    )
    assert response.headers["klarna-order-validation"] == "Valid"
    assert {b"capture-id", b"location", b"transaction-id"} <= {
        name for name, _ in response.headers.raw
    }
    assert wire("GET", f"/captures/{capture_id}").json()["captured_amount"] == 4000


def test_a_refund_is_named_by_its_headers(wire: ApiClient) -> None:
    """201 likewise. Without lines nothing says that they are valid."""
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


def test_a_capture_keeps_what_it_was_given(wire: ApiClient) -> None:
    """Reference, description, lines, shipments and the addresses of the moment are echoed."""
    lines = [
        line(2500, product_identifiers={"brand": "Mugs & Co"}, tax_rate=2500, total_tax_amount=500)
    ]
    shipments = [
        {"shipping_company": "PostNord", "shipping_method": "PickUpPoint", "tracking_number": "007"}
    ]
    wire.capture(
        2500, reference="ship-1", description="Å", order_lines=lines, shipping_info=shipments
    )
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
    assert (first["shipping_address"]["city"], second["shipping_address"]["city"]) == (
        "Vetlanda",
        "Kiruna",
    )
    assert second["klarna_reference"] == f"{order['klarna_reference']}-2"
    assert (second["description"], second["order_lines"], second["shipping_info"]) == ("", [], [])
    assert "reference" not in second


@pytest.mark.parametrize("path", ["", "/captures", "/refunds/x"])
def test_a_head_is_a_read_without_a_body(sandbox: Sandbox, wire: ApiClient, path: str) -> None:
    """Status and headers are those of a GET, a key means nothing, and faults for reads apply."""
    whole, head = wire("GET", path), wire("HEAD", path, key="k")
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert set(head.headers) == set(whole.headers)
    assert wire("HEAD", "/cancel").status_code == 405
    sandbox.faults.add(Fault("status", "read", nth=1), Fault("cut", "read", nth=2))
    assert wire("HEAD", path).status_code == 503
    with pytest.raises(httpx.RemoteProtocolError):
        wire("HEAD", path)
