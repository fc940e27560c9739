"""Lines that do not add up: accepted by default, refused where they are checked."""

from typing import Any

import httpx
import pytest

from ..api_client import ApiClient, line, problem

_AMOUNTS = {
    "/captures": "captured_amount",
    "/refunds": "refunded_amount",
    "/authorization": "order_amount",
}


_TOTAL, _TAX = "order_lines[1].total_amount", "order_lines[1].total_tax_amount"


def _send_lines(api: ApiClient, path: str, amount: int, *lines: dict[str, Any]) -> httpx.Response:
    method = "PATCH" if path == "/authorization" else "POST"
    return api(method, path, {_AMOUNTS[path]: amount, "order_lines": lines})


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
    strict: ApiClient,
    path: str,
    change: dict[str, Any],
    field: str | None,
) -> None:
    """Refused by name where they are checked. A total may be off by its quantity, a tax by 1."""
    strict.capture(5000)
    answer = _send_lines(strict, path, 5000, line(4900), {**line(100), **change})
    if field is None:
        assert answer.is_success
    else:
        assert problem(answer) == (400, "BAD_REQUEST", [f"Bad value: {field}"])


def test_a_new_total_must_be_the_sum_of_its_lines(strict: ApiClient) -> None:
    """Where lines are checked. A capture or a refund need not be that sum even then."""
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
    api: ApiClient, amount: int, lines: list[dict[str, Any]]
) -> None:
    """By default nothing has to add up in captures, refunds and updates, and all is kept."""
    assert _send_lines(api, "/authorization", 10000, *lines).status_code == 204
    for path in ("/captures", "/refunds"):
        assert _send_lines(api, path, amount, *lines).status_code == 201
    order = api.order()
    for kept in (order, order["captures"][0], order["refunds"][0]):
        assert kept["order_lines"] == lines
