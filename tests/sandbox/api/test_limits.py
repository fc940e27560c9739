"""The limits of single fields in request bodies."""

import httpx
import pytest

from ..api_client import ApiClient, line, problem


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        ("attention", 255),
        ("city", 200),
        ("email", 100),
        ("family_name", 100),
        ("given_name", 100),
        ("organization_name", 255),
        ("phone", 100),
        ("postal_code", 10),
        ("region", 200),
        ("street_address", 100),
        ("street_address2", 100),
        ("title", 20),
    ],
)
def test_the_limits_of_an_address(api: ApiClient, field: str, longest: int) -> None:
    """The longest value is taken, and one character more is refused and changes nothing."""

    def change(text: str) -> httpx.Response:
        return api("PATCH", "/customer-details", {"shipping_address": {field: text}})

    assert change("å" * longest).status_code == 204
    message = f"shipping_address.{field}: must be at most {longest} characters"
    assert problem(change("å" * (longest + 1))) == (422, "INVALID_REQUEST_PARAMETERS", [message])
    assert api.order()["shipping_address"][field] == "å" * longest


@pytest.mark.parametrize(
    ("country", "status"),
    [("SE", 204), ("se", 204), ("", 204), ("SWE", 400), ("S", 400), ("SE\n", 400)],
)
def test_a_country_has_two_letters(api: ApiClient, country: str, status: int) -> None:
    """In either case, as wire and documents differ. Empty clears it."""
    answer = api("PATCH", "/customer-details", {"shipping_address": {"country": country}})
    assert answer.status_code == status
    if status == 400:
        message = "shipping_address.country: must be the two letters of a country"
        assert problem(answer) == (400, "INVALID_REQUEST_PARAMETERS", [message])


@pytest.mark.parametrize(
    ("method", "status"),
    [("Home", 204), ("", 204), ("to my Home", 204), ("home", 400), ("Pigeon", 400)],
)
def test_a_shipping_method_is_a_published_one(api: ApiClient, method: str, status: int) -> None:
    """Or empty. A name may have something around it, as the published pattern is not anchored."""
    answer = api("POST", "/shipping-info", {"shipping_info": [{"shipping_method": method}]})
    assert answer.status_code == status
    if status == 400:
        field = "shipping_info[0].shipping_method"
        message = f"{field}: must be one of the published shipping methods, or empty"
        assert problem(answer) == (400, "INVALID_REQUEST_PARAMETERS", [message])


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        ("name", 255),
        ("reference", 255),
        ("image_url", 1024),
        ("merchant_data", 1024),
        ("product_url", 1024),
        ("quantity_unit", 10),
    ],
)
def test_the_limits_of_a_line(api: ApiClient, field: str, longest: int) -> None:
    """The same for the texts of an order line."""

    def change(text: str) -> int:
        body = {"order_amount": 1, "order_lines": [{**line(1), field: text}]}
        return api("PATCH", "/authorization", body).status_code

    assert (change("x" * longest), change("x" * (longest + 1))) == (204, 422)


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("quantity", 0, 2**63 - 1),
        ("tax_rate", 0, 2**31 - 1),
        ("total_amount", -(2**63), 200_000_000),
        ("total_discount_amount", 0, 200_000_000),
        ("total_tax_amount", -(2**63), 200_000_000),
        ("unit_price", -(2**63), 200_000_000),
    ],
)
def test_the_ranges_of_a_line(api: ApiClient, field: str, least: int, most: int) -> None:
    """Both ends of a range are inside it. Whether such a line adds up is another question."""

    def change(number: int) -> int:
        body = {"order_amount": 1, "order_lines": [{**line(1), field: number}]}
        return api("PATCH", "/authorization", body).status_code

    assert [change(number) for number in (least - 1, least, most, most + 1)] == [422, 204, 204, 422]
