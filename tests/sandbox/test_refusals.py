"""What is refused before any rule of the lifecycle is asked: places, methods, media types, shapes, limits."""

from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox

from .talking import KEY, ORDERS, Talk, line, problem

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
def test_an_unknown_order_is_a_404(talk: Talk, method: str, path: str, body: Any, code: str) -> None:
    """Each operation has its documented code for an order that there is not."""
    talk.order_id = _NOBODY
    assert problem(talk(method, path, body))[:2] == (404, code)


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", f"/captures/{_NOBODY}", None, "NO_SUCH_CAPTURE"),
        ("POST", f"/captures/{_NOBODY}/shipping-info", _SHIPPING, "NO_SUCH_CAPTURE"),
        ("GET", f"/refunds/{_NOBODY}", None, "NOT_FOUND"),
    ],
)
def test_an_unknown_capture_or_refund_is_a_404(
    talk: Talk, method: str, path: str, body: Any, code: str
) -> None:
    """They have codes of their own, also when there are others."""
    talk.capture(100)
    talk.refund(50)
    assert problem(talk(method, path, body))[:2] == (404, code)


def test_an_order_id_has_to_be_a_uuid(talk: Talk) -> None:
    """Any version will do, in either case; what is none is a 400."""
    talk.order_id = "1VHSHK1Q"
    assert problem(talk("GET")) == (400, "INVALID_ORDER_ID", ["Order id must be a UUID"])
    talk.order_id = EXAMPLE_ORDER_ID.upper()
    assert talk.order()["order_id"] == EXAMPLE_ORDER_ID


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
def test_an_unknown_path_is_a_404(talk: Talk, path: str) -> None:
    """What is no place of the API, or no longer one, is not found."""
    response = talk.client.get(path, headers={"authorization": f"Basic {KEY}"})
    assert problem(response)[:2] == (404, "RESOURCE_NOT_FOUND")


def _at(talk: Talk, method: str, path: str, body: Any = None) -> httpx.Response:
    """Send to a path as it is written, from the first slash on."""
    url = str(talk.client.base_url).rstrip("/") + path
    return talk.client.request(method, url, json=body, headers={"authorization": f"Basic {KEY}"})


def test_a_doubled_slash_is_a_single_one(sandbox: Sandbox, wire: Talk) -> None:
    """Recorded as 201 for captures and refunds; reads, and slashes elsewhere, are alike."""
    order = f"//ordermanagement///v1//orders//{EXAMPLE_ORDER_ID}"
    made = _at(wire, "POST", f"{order}//captures", {"captured_amount": 700})
    back = _at(wire, "POST", f"{order}//refunds", {"refunded_amount": 300})
    assert (made.status_code, back.status_code) == (201, 201)
    assert f"{ORDERS}/{EXAMPLE_ORDER_ID}/captures/" in made.headers["location"]
    read = _at(wire, "GET", f"{order}//captures//{made.headers['capture-id']}")
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
def test_only_doubled_slashes_are_dropped(wire: Talk, path: str, status: int) -> None:
    """A last slash, an encoded one, dots and a missing id are what they were."""
    assert _at(wire, "GET", path).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "", "GET, HEAD"), ("PUT", "/captures", "GET, HEAD, POST"), ("GET", "/cancel", "POST")],
)
def test_a_wrong_method_is_a_405(talk: Talk, method: str, path: str, allowed: str) -> None:
    """The answer says which methods there are."""
    response = talk(method, path)
    assert problem(response)[0] == 405
    assert response.headers["allow"] == allowed


def _send(talk: Talk, content: bytes, **headers: str) -> httpx.Response:
    return talk.client.post(
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
def test_what_is_no_json_is_a_400(talk: Talk, content: bytes) -> None:
    """A body has to be JSON in UTF-8."""
    response = _send(talk, content, content_type="application/json")
    assert problem(response) == (400, "BAD_REQUEST", ["Body is not valid JSON"])


def test_a_missing_body_is_a_400(talk: Talk) -> None:
    """Without a body there is no media type to complain about."""
    assert problem(_send(talk, b""))[:2] == (400, "BAD_REQUEST")


def test_only_json_is_a_supported_media_type(talk: Talk) -> None:
    """Its parameters and letter case do not matter; another type, or none, is a 415."""
    body = b'{"captured_amount": 1}'
    assert _send(talk, body, content_type="Application/JSON; charset=utf-8").status_code == 201
    assert problem(_send(talk, body))[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert problem(_send(talk, b"", content_type="text/plain"))[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_megabyte_is_the_most(wire: Talk) -> None:
    """A larger body is a 413, and the connection can be used afterwards."""
    limit = 1024 * 1024
    start = b'{"captured_amount": 1'
    fits = start + b" " * (limit - len(start) - 1) + b"}"
    assert _send(wire, fits, content_type="application/json").status_code == 201
    assert problem(_send(wire, fits * 3, content_type="application/json"))[:2] == (413, "PAYLOAD_TOO_LARGE")
    assert wire.order()["captured_amount"] == 1


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
        ("/captures", {"captured_amount": 200_000_001}, 422, ["captured_amount: must be at most 200000000"]),
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
    talk: Talk, path: str, body: Any, status: int, messages: list[str]
) -> None:
    """Wrong types and missing fields are a 400, values beyond their limits a 422, and all are named at once."""
    got_status, code, got_messages = problem(talk("POST", path, body))
    assert (got_status, code, sorted(got_messages)) == (
        status,
        "INVALID_REQUEST_PARAMETERS",
        sorted(messages),
    )


_AMOUNTS = {
    "/captures": "captured_amount",
    "/refunds": "refunded_amount",
    "/authorization": "order_amount",
}
_TOTAL, _TAX = "order_lines[1].total_amount", "order_lines[1].total_tax_amount"


def _send_lines(talk: Talk, path: str, amount: int, *lines: dict[str, Any]) -> httpx.Response:
    method = "PATCH" if path == "/authorization" else "POST"
    return talk(method, path, {_AMOUNTS[path]: amount, "order_lines": lines})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": 2}, _TOTAL),
        ({"quantity": 0}, _TOTAL),
        ({"unit_price": 98}, _TOTAL),
        ({"unit_price": 99}, None),
        ({"unit_price": 101}, None),
        ({"unit_price": 102}, _TOTAL),
        ({"total_discount_amount": 1}, None),
        ({"total_discount_amount": 2}, _TOTAL),
        ({"unit_price": 102, "total_discount_amount": 2}, None),
        ({"quantity": 3, "unit_price": 32}, _TOTAL),
        ({"quantity": 3, "unit_price": 34}, None),
        ({"quantity": 3, "unit_price": 36, "total_discount_amount": 5}, None),
        ({"tax_rate": 2500, "total_tax_amount": 22}, _TAX),
        ({"tax_rate": 2500, "total_tax_amount": 18}, _TAX),
        ({"tax_rate": 2500, "total_tax_amount": 19}, None),
        ({"tax_rate": 2500, "total_tax_amount": 21}, None),
        ({"quantity": 3, "unit_price": 33, "tax_rate": 2500, "total_tax_amount": 22}, _TAX),
        ({"tax_rate": 2500}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("path", _AMOUNTS)
def test_lines_that_do_not_add_up(
    strict: Talk,
    path: str,
    change: dict[str, Any],
    field: str | None,
) -> None:
    """Refused by name where they are checked; a total may be off by its quantity, a tax by 1."""
    strict.capture(5000)
    answer = _send_lines(strict, path, 5000, line(4900), {**line(100), **change})
    if field is None:
        assert answer.is_success
    else:
        assert problem(answer) == (400, "BAD_REQUEST", [f"Bad value: {field}"])


def test_a_new_total_must_be_the_sum_of_its_lines(strict: Talk) -> None:
    """Where lines are checked; a capture or a refund need not be that sum even then."""
    answer = _send_lines(strict, "/authorization", 101, line(100))
    assert problem(answer) == (400, "BAD_REQUEST", ["Bad value: order_amount"])
    assert _send_lines(strict, "/captures", 101, line(100)).status_code == 201
    assert _send_lines(strict, "/refunds", 101, line(200)).status_code == 201


@pytest.mark.parametrize(
    ("amount", "lines"),
    [
        (1001, [line(1001, quantity=2, unit_price=501)]),
        (1000, [line(2000, quantity=2, unit_price=1000)]),
        (1000, [line(999, quantity=3, unit_price=333)]),
        (900, [line(1000, total_discount_amount=100), line(0, type="discount")]),
        (495, [line(495, tax_rate=700, total_tax_amount=41)]),
        (9900, [line(9900, total_discount_amount=1000)]),
        (19, [line(20, unit_price=19)]),
    ],
    ids=["rounded", "twice", "thirds", "before the coupon", "tax", "discount", "as it was read"],
)
def test_lines_are_taken_as_the_field_sends_them(
    talk: Talk, amount: int, lines: list[dict[str, Any]]
) -> None:
    """By default nothing has to add up in captures, refunds and updates, and all is kept."""
    assert _send_lines(talk, "/authorization", 10000, *lines).status_code == 204
    for path in ("/captures", "/refunds"):
        assert _send_lines(talk, path, amount, *lines).status_code == 201
    order = talk.order()
    for kept in (order, order["captures"][0], order["refunds"][0]):
        assert kept["order_lines"] == lines


def test_fields_that_the_api_does_not_know_are_not_kept(sandbox: Sandbox, talk: Talk) -> None:
    """They are no error, and they do not come back."""
    assert talk.capture(1, colour="red", order_lines=[line(1, weight=3)]).status_code == 201
    (made,) = sandbox.order(EXAMPLE_ORDER_ID)["captures"]
    assert "colour" not in made
    assert made["order_lines"] == [line(1)]
