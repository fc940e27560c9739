"""Paths, methods, ids and sizes that are refused before a key or a body is read."""

from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox

from ..api_client import KEY, ORDERS, ApiClient, problem

_NOBODY = "00000000-0000-0000-0000-000000000000"
_AUTHORIZATION = {"order_amount": 1, "order_lines": []}
_SHIPPING: dict[str, Any] = {"shipping_info": [{}]}


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "", None, "NO_SUCH_ORDER"),
        ("POST", "/acknowledge", None, "NO_SUCH_ORDER"),
        ("POST", "/cancel", None, "NO_SUCH_ORDER"),
        ("POST", "/extend-authorization-time", None, "NO_SUCH_ORDER"),
        ("POST", "/release-remaining-authorization", None, "NO_SUCH_ORDER"),
        ("PATCH", "/authorization", _AUTHORIZATION, "NO_SUCH_ORDER"),
        ("PATCH", "/customer-details", {}, "NO_SUCH_ORDER"),
        ("PATCH", "/merchant-references", {}, "NO_SUCH_ORDER"),
        ("POST", "/shipping-info", _SHIPPING, "NO_SUCH_ORDER"),
        ("GET", "/captures", None, "NO_SUCH_ORDER"),
        ("POST", "/captures", {"captured_amount": 1}, "NO_SUCH_ORDER"),
        ("GET", f"/captures/{_NOBODY}", None, "NO_SUCH_ORDER"),
        ("POST", f"/captures/{_NOBODY}/shipping-info", _SHIPPING, "NO_SUCH_ORDER"),
        ("POST", "/refunds", {"refunded_amount": 1}, "NOT_FOUND"),
        ("GET", f"/refunds/{_NOBODY}", None, "NOT_FOUND"),
    ],
)
def test_an_unknown_order_is_a_404(
    api: ApiClient, method: str, path: str, body: Any, code: str
) -> None:
    """Each operation has its documented code for an order that there is not."""
    api.order_id = _NOBODY
    assert problem(api(method, path, body))[:2] == (404, code)


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", f"/captures/{_NOBODY}", None, "NO_SUCH_CAPTURE"),
        ("POST", f"/captures/{_NOBODY}/shipping-info", _SHIPPING, "NO_SUCH_CAPTURE"),
        ("GET", f"/refunds/{_NOBODY}", None, "NOT_FOUND"),
    ],
)
def test_an_unknown_capture_or_refund_is_a_404(
    api: ApiClient, method: str, path: str, body: Any, code: str
) -> None:
    """They have codes of their own, also when there are others."""
    api.capture(100)
    api.refund(50)
    assert problem(api(method, path, body))[:2] == (404, code)


def test_an_order_id_has_to_be_a_uuid(api: ApiClient) -> None:
    """Any version will do, in either case. What is none is a 400."""
    api.order_id = "1VHSHK1Q"
    assert problem(api("GET")) == (400, "INVALID_ORDER_ID", ["Order id must be a UUID"])
    api.order_id = EXAMPLE_ORDER_ID.upper()
    assert api.order()["order_id"] == EXAMPLE_ORDER_ID


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ordermanagement/v1/orders",
        "/ordermanagement/v1/orders/",
        f"/ordermanagement/v2/orders/{EXAMPLE_ORDER_ID}",
        f"{ORDERS}/{EXAMPLE_ORDER_ID}/",
        f"{ORDERS}/{EXAMPLE_ORDER_ID}/extend-due-date",
        f"{ORDERS}/{EXAMPLE_ORDER_ID}/captures/",
        f"{ORDERS}/{EXAMPLE_ORDER_ID}/captures/a/b",
        f"{ORDERS}/{EXAMPLE_ORDER_ID}%2Fcaptures/a/b",
    ],
)
def test_an_unknown_path_is_a_404(api: ApiClient, path: str) -> None:
    """What is no place of the API, or no longer one, is not found."""
    response = api.client.get(path, headers={"authorization": f"Basic {KEY}"})
    assert problem(response)[:2] == (404, "RESOURCE_NOT_FOUND")


def _at(api: ApiClient, method: str, path: str, body: Any = None) -> httpx.Response:
    """Send to a path as it is written, from the first slash on."""
    url = str(api.client.base_url).rstrip("/") + path
    return api.client.request(method, url, json=body, headers={"authorization": f"Basic {KEY}"})


def test_a_doubled_slash_is_a_single_one(sandbox: Sandbox, wire: ApiClient) -> None:
    """Recorded as 201 for captures and refunds. Reads, and slashes elsewhere, are alike."""
    order = f"//ordermanagement///v1//orders//{EXAMPLE_ORDER_ID}"
    captured = _at(wire, "POST", f"{order}//captures", {"captured_amount": 700})
    refunded = _at(wire, "POST", f"{order}//refunds", {"refunded_amount": 300})
    assert (captured.status_code, refunded.status_code) == (201, 201)
    assert f"{ORDERS}/{EXAMPLE_ORDER_ID}/captures/" in captured.headers["location"]
    read = _at(wire, "GET", f"{order}//captures//{captured.headers['capture-id']}")
    assert read.json()["captured_amount"] == 700
    assert _at(wire, "GET", order).json() == sandbox.order(EXAMPLE_ORDER_ID)
    assert sandbox.order(EXAMPLE_ORDER_ID)["refunded_amount"] == 300


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{ORDERS}/{EXAMPLE_ORDER_ID}//", 404),
        (f"{ORDERS}/{EXAMPLE_ORDER_ID}//captures//", 404),
        (f"{ORDERS}/{EXAMPLE_ORDER_ID}/%2F/captures", 404),
        (f"{ORDERS}/{EXAMPLE_ORDER_ID}%2F%2Fcaptures", 400),
        (f"{ORDERS}/{EXAMPLE_ORDER_ID}//%2E%2E//captures", 404),
        (f"{ORDERS}//captures", 400),
        (f"{ORDERS}/{EXAMPLE_ORDER_ID}//captures//..%2F..", 404),
    ],
)
def test_only_doubled_slashes_are_dropped(wire: ApiClient, path: str, status: int) -> None:
    """A last slash, an encoded one, dots and a missing id are what they were."""
    assert _at(wire, "GET", path).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "", "GET, HEAD"),
        ("PUT", "/captures", "GET, HEAD, POST"),
        ("GET", "/cancel", "POST"),
    ],
)
def test_a_wrong_method_is_a_405(api: ApiClient, method: str, path: str, allowed: str) -> None:
    """The answer says which methods there are."""
    response = api(method, path)
    assert problem(response)[0] == 405
    assert response.headers["allow"] == allowed


def _send(api: ApiClient, content: bytes, **headers: str) -> httpx.Response:
    return api.client.post(
        f"{ORDERS}/{EXAMPLE_ORDER_ID}/captures",
        content=content,
        headers={
            "authorization": f"Basic {KEY}",
            **{name.replace("_", "-"): headers[name] for name in headers},
        },
    )


def test_a_megabyte_is_the_most(wire: ApiClient) -> None:
    """A larger body is a 413, and the connection can be used afterwards."""
    limit = 1024 * 1024
    start = b'{"captured_amount": 1'
    fits = start + b" " * (limit - len(start) - 1) + b"}"
    assert _send(wire, fits, content_type="application/json").status_code == 201
    assert problem(_send(wire, fits * 3, content_type="application/json"))[:2] == (
        413,
        "PAYLOAD_TOO_LARGE",
    )
    assert wire.order()["captured_amount"] == 1
