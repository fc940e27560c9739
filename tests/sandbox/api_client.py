"""A plain HTTP client of the sandbox, for requests about one order."""

from datetime import UTC, datetime
from typing import Any

import httpx

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox

KEY = "kco_test_api_made-up"
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ORDERS = "/ordermanagement/v1/orders"


class ApiClient:
    """Send requests about one order with an httpx client."""

    def __init__(self, client: httpx.Client, order_id: str = EXAMPLE_ORDER_ID) -> None:
        self.client = client
        self.order_id = order_id

    def __call__(
        self, method: str, path: str = "", body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        """Send one request to a path below the order."""
        headers = {"authorization": f"Basic {KEY}"}
        if key is not None:
            headers["klarna-idempotency-key"] = key
        url = f"{ORDERS}/{self.order_id}{path}"
        return self.client.request(method, url, json=body, headers=headers)

    def order(self) -> dict[str, Any]:
        """Read the order."""
        order: dict[str, Any] = self("GET").json()
        return order

    def capture(self, amount: int, **more: Any) -> httpx.Response:
        """Capture an amount."""
        return self("POST", "/captures", {"captured_amount": amount, **more})

    def refund(self, amount: int, **more: Any) -> httpx.Response:
        """Refund an amount."""
        return self("POST", "/refunds", {"refunded_amount": amount, **more})


def client_of(sandbox: Sandbox) -> ApiClient:
    """Return a client of a sandbox in the same process."""
    return ApiClient(httpx.Client(transport=sandbox, base_url="https://api.example.com"))


def line(total: int, reference: str = "A-1", **more: Any) -> dict[str, Any]:
    """Return the smallest order line of a total."""
    return {
        "name": "Thing",
        "reference": reference,
        "quantity": 1,
        "unit_price": total,
        "total_amount": total,
        **more,
    }


def problem(response: httpx.Response) -> tuple[int, str, list[str]]:
    """Return status, code and messages of an error, and check its shape and correlation id."""
    body = response.json()
    assert set(body) == {"correlation_id", "error_code", "error_messages"}
    assert body["correlation_id"] == response.headers["klarna-correlation-id"]
    assert response.headers["content-type"] == "application/json"
    return response.status_code, body["error_code"], body["error_messages"]
