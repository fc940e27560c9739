"""Request bodies: JSON, media types, and every problem of a body at once."""

from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox

from ..api_client import KEY, ORDERS, ApiClient, line, problem


def _send(api: ApiClient, content: bytes, **headers: str) -> httpx.Response:
    return api.client.post(
        f"{ORDERS}/{EXAMPLE_ORDER_ID}/captures",
        content=content,
        headers={
            "authorization": f"Basic {KEY}",
            **{name.replace("_", "-"): headers[name] for name in headers},
        },
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"captured_amount": NaN}',
        b'"\\ud800"',
        b"\xff",
        '{"captured_amount": 1}'.encode("utf-16"),
        b"[" * 100_000,
    ],
    ids=["empty", "cut", "NaN", "half a pair", "bytes", "UTF-16", "deep"],
)
def test_what_is_no_json_is_a_400(api: ApiClient, content: bytes) -> None:
    """A body has to be JSON in UTF-8."""
    response = _send(api, content, content_type="application/json")
    assert problem(response) == (400, "BAD_REQUEST", ["Body is not valid JSON"])


def test_a_missing_body_is_a_400(api: ApiClient) -> None:
    """Without a body there is no media type to complain about."""
    assert problem(_send(api, b""))[:2] == (400, "BAD_REQUEST")


def test_only_json_is_a_supported_media_type(api: ApiClient) -> None:
    """Its parameters and letter case do not matter. Another type, or none, is a 415."""
    body = b'{"captured_amount": 1}'
    assert _send(api, body, content_type="Application/JSON; charset=utf-8").status_code == 201
    assert problem(_send(api, body))[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert problem(_send(api, b"", content_type="text/plain"))[:2] == (
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    )


_LINE_TYPES = (
    "digital, discount, gift_card, package, physical, "
    "return_fee, sales_tax, shipping_fee, store_credit, surcharge"
)
_TOO_LONG = "x" * 256
_NO_TEXT = "reference: must be a string"


@pytest.mark.parametrize(
    ("path", "body", "status", "messages"),
    [
        ("/captures", {}, 400, ["captured_amount: is required"]),
        ("/captures", [], 400, ["body: must be an object"]),
        ("/captures", {"captured_amount": None}, 400, ["captured_amount: must be an integer"]),
        ("/captures", {"captured_amount": "1"}, 400, ["captured_amount: must be an integer"]),
        ("/captures", {"captured_amount": 1.0}, 400, ["captured_amount: must be an integer"]),
        ("/captures", {"captured_amount": True}, 400, ["captured_amount: must be an integer"]),
        ("/captures", {"captured_amount": -1}, 422, ["captured_amount: must be at least 0"]),
        (
            "/captures",
            {"captured_amount": 200_000_001},
            422,
            ["captured_amount: must be at most 200000000"],
        ),
        (
            "/captures",
            {"captured_amount": 1, "order_lines": {}},
            400,
            ["order_lines: must be a list"],
        ),
        (
            "/captures",
            {"captured_amount": 1, "shipping_info": [{}] * 501},
            422,
            ["shipping_info: must have 0 to 500 items"],
        ),
        (
            "/captures",
            {"captured_amount": 1, "shipping_info": [{"tracking_number": 63456415674545680000}]},
            400,
            ["shipping_info[0].tracking_number: must be a string"],
        ),
        ("/refunds", {"refunded_amount": 1, "reference": None}, 400, [_NO_TEXT]),
        ("/refunds", {"refunded_amount": 1, "reference": 42}, 400, [_NO_TEXT]),
        (
            "/captures",
            {"captured_amount": 1, "shipping_delay": -1},
            422,
            ["shipping_delay: must be at least 0"],
        ),
        (
            "/refunds",
            {
                "reference": _TOO_LONG,
                "order_lines": [line(1), {"name": "x", "type": "gift", "tax_rate": 2**31}],
            },
            400,
            [
                "refunded_amount: is required",
                "order_lines[1].quantity: is required",
                "order_lines[1].total_amount: is required",
                "order_lines[1].unit_price: is required",
                f"order_lines[1].type: must be one of {_LINE_TYPES}",
                "order_lines[1].tax_rate: must be at most 2147483647",
                "reference: must be at most 255 characters",
            ],
        ),
        ("/shipping-info", {"shipping_info": []}, 422, ["shipping_info: must have 1 to 500 items"]),
    ],
)
def test_every_problem_of_a_body_is_listed(
    api: ApiClient, path: str, body: Any, status: int, messages: list[str]
) -> None:
    """Wrong types and missing fields are a 400, values out of range a 422, all named at once."""
    got_status, code, got_messages = problem(api("POST", path, body))
    assert (got_status, code, sorted(got_messages)) == (
        status,
        "INVALID_REQUEST_PARAMETERS",
        sorted(messages),
    )


def test_fields_that_the_api_does_not_know_are_not_kept(sandbox: Sandbox, api: ApiClient) -> None:
    """They are no error, and they do not come back."""
    assert api.capture(1, colour="red", order_lines=[line(1, weight=3)]).status_code == 201
    (capture,) = sandbox.order(EXAMPLE_ORDER_ID)["captures"]
    assert "colour" not in capture
    assert capture["order_lines"] == [line(1)]
