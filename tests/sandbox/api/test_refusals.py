"""Refusals: the one shape of errors, and the HTML page of the gateway."""

import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID

from ..api_client import ORDERS, ApiClient, problem


def test_errors_name_themselves(wire: ApiClient) -> None:
    """An error has the one published shape, with the header's correlation id in it."""
    wire.order_id = "00000000-0000-0000-0000-000000000000"
    assert problem(wire("GET")) == (404, "NO_SUCH_ORDER", ["No such order"])


@pytest.mark.parametrize(
    "header", ["", "Bearer kco_test_x", "Basic kco_other_api_x", "Basic !", "Basic /w=="]
)
@pytest.mark.parametrize("path", [f"{ORDERS}/{EXAMPLE_ORDER_ID}", "/nowhere"])
def test_a_stranger_meets_the_gateway(wire: ApiClient, header: str, path: str) -> None:
    """401 is an HTML page with a realm, and the API behind it has never heard of it."""
    response = wire.client.get(path, headers={"authorization": header} if header else {})
    assert response.status_code == 401
    assert response.headers["content-type"] == "text/html"
    assert response.headers["www-authenticate"].startswith("Basic realm=")
    assert "klarna-correlation-id" not in response.headers
    assert response.text.startswith("<html>")
