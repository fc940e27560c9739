"""The judge itself: it lets good answers pass, and each kind of bad one is found."""

import json

import pytest

from congruence.validator import problems

ORDER = "/ordermanagement/v1/orders/f3392f8b-6116-4073-ab96-e330819e2c07"
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "status", "headers", "body", "expected"),
    [
        ("GET", ORDER, 200, JSON, {"order_amount": 1}, ""),
        ("GET", ORDER, 200, JSON, {"order_amount": "1"}, "is not of type"),
        ("GET", ORDER, 200, JSON, {"status": "FROZEN"}, "is not one of"),
        (
            "GET",
            ORDER,
            200,
            {"content-type": "text/plain"},
            {},
            "media type 'text/plain' is not declared",
        ),
        ("GET", ORDER, 299, JSON, {}, "status 299 is not declared"),
        ("GET", ORDER, 404, JSON, {"error_code": "NO_SUCH_ORDER", "error_messages": ["x"]}, ""),
        ("GET", ORDER, 404, JSON, {"error_messages": "x"}, "is not of type"),
        ("POST", f"{ORDER}/cancel", 204, {}, None, ""),
        ("POST", f"{ORDER}/cancel", 204, {}, {}, "body where none is declared"),
        ("POST", f"{ORDER}/captures", 201, {"location": "x", "capture-id": "y"}, None, ""),
        ("POST", f"{ORDER}/captures", 201, {"location": "x"}, None, "header Capture-Id is missing"),
        ("POST", f"/{ORDER}//captures", 201, {"location": "x"}, None, "Capture-Id is missing"),
        ("POST", f"{ORDER}/captures", 422, JSON, {"error_code": "BAD_REQUEST"}, ""),
        ("GET", ORDER, 200, JSON, {"created_at": "2020-09-29T14:39:58.000Z"}, ""),
        ("GET", ORDER, 200, JSON, {"created_at": "2020-09-29T14:39:58+00:00"}, ""),
        ("GET", ORDER, 200, JSON, {"created_at": "2020-09-29"}, "is not a 'date-time'"),
        ("GET", ORDER, 200, JSON, {"created_at": "2020-13-29T14:39:58Z"}, "is not a 'date-time'"),
        ("GET", ORDER, 200, JSON, {"customer": {"date_of_birth": "1941-03-21"}}, ""),
        ("GET", ORDER, 200, JSON, {"customer": {"date_of_birth": "19410321"}}, "is not a 'date'"),
        ("GET", ORDER, 200, JSON, {"order_amount": 2**63}, "is not a 'int64'"),
        ("GET", ORDER, 200, JSON, {"order_lines": [{"tax_rate": 2**31}]}, "is not a 'int32'"),
        ("HEAD", ORDER, 200, JSON, {"order_amount": 1}, ""),
        ("GET", f"{ORDER}/nothing", 404, JSON, {"error_code": "RESOURCE_NOT_FOUND"}, ""),
        ("PUT", ORDER, 405, JSON, {"error_code": "BAD_REQUEST"}, ""),
        ("PUT", ORDER, 405, JSON, {"error_code": "OH_NO"}, "is not one of"),
        ("GET", f"{ORDER}/nothing", 404, JSON, [], "is not of type"),
        ("GET", f"{ORDER}/nothing", 404, {}, None, "media type '' is not declared"),
        ("GET", f"{ORDER}/nothing", 401, {"content-type": "text/html"}, "<html>", ""),
        ("GET", f"{ORDER}/nothing", 200, JSON, {}, "the status 200 is not declared"),
    ],
)
def test_the_judge(
    method: str, path: str, status: int, headers: dict[str, str], body: object, expected: str
) -> None:
    """One line for each thing that the document does not allow."""
    found = problems(
        method, path, status, headers, b"" if body is None else json.dumps(body).encode()
    )
    assert bool(found) == bool(expected)
    assert expected in " ".join(found)
