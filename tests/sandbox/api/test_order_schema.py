"""The schema of orders, by whichever way they are given."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Clock, Sandbox, serve
from kustom_facade.sandbox.__main__ import main
from kustom_facade.sandbox.api import core
from kustom_facade.sandbox.api.order_schema import DEEPEST, LARGEST

from ..api_client import START, ApiClient, line

_ID = "00000000-0000-0000-0000-00000000000a"
_WRONG: list[tuple[dict[str, Any], str]] = [
    ({"customer": 7}, "customer: must be an object"),
    (
        {"customer": {"date_of_birth": "19410321"}},
        "customer.date_of_birth: must be a date like 1941-03-21",
    ),
    ({"customer": {"date_of_birth": ""}}, "customer.date_of_birth: must be a date like 1941-03-21"),
    ({"merchant_reference1": 5}, "merchant_reference1: must be a string"),
    ({"merchant_data": None}, "merchant_data: must be a string"),
    ({"purchase_country": 5}, "purchase_country: must be a string"),
    ({"billing_address": "x"}, "billing_address: must be an object"),
    (
        {"shipping_address": {"postal_code": 12345}},
        "shipping_address.postal_code: must be a string",
    ),
    (
        {"shipping_address": {"country": "Sweden"}},
        "shipping_address.country: must be the two letters",
    ),
    (
        {"shipping_info": [{"shipping_method": "Pigeon"}]},
        "shipping_info[0].shipping_method: must be one of",
    ),
    (
        {"initial_payment_method": {"number_of_installments": 2**31}},
        "number_of_installments: must be at most",
    ),
    (
        {"selected_shipping_option": {"price": "1"}},
        "selected_shipping_option.price: must be an integer",
    ),
    (
        {"selected_shipping_option": {"selected_addons": [{"price": 1}]}},
        "selected_addons[0].type: is required",
    ),
    ({"order_lines": [{"total_amount": 1}]}, "order_lines[0].name: is required"),
    ({"order_lines": [line(1, type="gift")]}, "order_lines[0].type: must be one of digital, "),
    ({"order_lines": [line(-1)]}, "order_amount: must be at least 0"),
    ({"order_amount": True}, "order_amount: must be an integer"),
    ({"created_at": "0999-01-01"}, "created_at: must be a date like 2020-09-29T14:39:58.000Z"),
    ({"captures": ["x"]}, "captures[0]: must be an object"),
    ({"captures": [{}]}, "captures[0].captured_amount: must be at least 1"),
    (
        {"captures": [{"captured_at": "soon", "captured_amount": 1}]},
        "captures[0].captured_at: must be a date",
    ),
    (
        {"captures": [{"order_lines": [line(1) | {"reference": ["x"]}]}]},
        "captures[0].order_lines[0].reference: must be a string",
    ),
    ({"refunds": [{"credit_invoice": "yes"}]}, "refunds[0].credit_invoice: must be true or false"),
    ({"refunds": {}}, "refunds: must be a list"),
]


@pytest.mark.parametrize(("order", "message"), _WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_order_is_refused_wherever_it_comes_from(
    order: dict[str, Any],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    taken_port: str,
) -> None:
    """From Python, over HTTP and from a file, with the field's name and without a trace."""
    sandbox = Sandbox()
    with pytest.raises(ValueError, match=r"orders\[1\]") as caught:
        sandbox.add_orders([{"order_id": _ID}, order])
    assert message in str(caught.value)
    with pytest.raises(ValueError, match=r"orders\[0\]"):
        Sandbox(orders=[order])
    with serve(sandbox) as url:
        answer = httpx.post(f"{url}/_sandbox/orders", json=order, trust_env=False)
    assert answer.status_code == 400
    assert message in answer.json()["error_messages"][0]
    assert sandbox.order_ids == (EXAMPLE_ORDER_ID,)
    path = tmp_path / "orders.json"
    path.write_text(json.dumps([{}, order]))
    assert main(["--port", taken_port, "--orders", str(path)]) == 2
    assert message in capsys.readouterr().err


def test_everything_that_the_document_has_is_taken_and_given_back(
    sandbox: Sandbox, api: ApiClient
) -> None:
    """And what it does not have is kept as well: the API has such fields itself."""
    order: dict[str, Any] = {
        "merchant_data": "basket 7",
        "service_version": {"any": [None, 1.5]},
        "customer": {
            "date_of_birth": "1941-03-21",
            "vat_id": "SE1",
            "organization_entity_type": "OTHER",
        },
        "initial_payment_method": {
            "type": "APPLE_PAY_CARD",
            "description": "",
            "number_of_installments": 3,
        },
        "selected_shipping_option": {
            "carrier": "PostNord",
            "carrier_product": {"identifier": "17", "name": "MyPack"},
            "location": {
                "address": {"country": "SE", "street_address": "x"},
                "id": "1",
                "price": 0,
            },
            "price": 4900,
            "selected_addons": [{"price": 100, "type": "sms"}],
            "timeslot": {"id": "1", "start": "10:00"},
        },
        "shipping_info": [{"shipping_method": "", "tracking_number": "0042"}],
        "captures": [{"captured_amount": 100, "reference": "ship-1"}],
        "refunds": [{"refunded_amount": 50, "reference": "r", "credit_invoice": True}],
    }
    api.order_id = sandbox.add_order(order)
    got = api.order()
    for name in set(order) - {"captures", "refunds"}:
        assert got[name] == order[name]
    assert got["refunds"][0]["credit_invoice"] is True
    assert got["captures"][0]["reference"] == "ship-1"


def test_dates_are_given_out_as_on_the_wire(sandbox: Sandbox, api: ApiClient) -> None:
    """A form of the wire stays as it is. Another one, as a bare day, becomes the usual one."""
    api.order_id = sandbox.add_order(
        {
            "created_at": "2026-03-01",
            "expires_at": "2026-04-01T12:00:00+02:00",
            "captures": [{"captured_amount": 1, "captured_at": "20260302T101112+0100"}],
            "refunds": [{"refunded_amount": 1, "refunded_at": "2026-03-02T10:11:12Z"}],
        }
    )
    order = api.order()
    assert (order["created_at"], order["expires_at"]) == (
        "2026-03-01T00:00:00.000Z",
        "2026-04-01T12:00:00+02:00",
    )
    assert order["captures"][0]["captured_at"] == "2026-03-02T09:11:12.000Z"
    assert order["refunds"][0]["refunded_at"] == "2026-03-02T10:11:12Z"


def test_more_may_be_captured_than_was_ordered(sandbox: Sandbox) -> None:
    """Amounts need not add up. What is left is nothing then, not less than that."""
    order = sandbox.order(
        sandbox.add_order({"order_amount": 5, "captures": [{"captured_amount": 9}]})
    )
    assert (order["remaining_authorized_amount"], order["status"]) == (0, "CAPTURED")


def _dump(sandbox: Sandbox) -> list[dict[str, Any]]:
    with serve(sandbox) as url:
        dump: list[dict[str, Any]] = httpx.get(f"{url}/_sandbox/orders", trust_env=False).json()
    return dump


def test_a_dump_can_be_loaded_again(sandbox: Sandbox, api: ApiClient) -> None:
    """`orders=` takes what `GET /_sandbox/orders` gives, and a reset keeps it."""
    api.capture(4000, reference="ship-1")
    api.refund(1000)
    sandbox.add_order({"order_id": _ID})
    dump = _dump(sandbox)
    again = Sandbox(orders=dump, clock=Clock(START))
    assert _dump(again) == dump
    again.reset()
    assert _dump(again) == dump


def _nested(levels: int) -> Any:
    value: Any = 1
    for level in range(levels):
        value = {"x": value} if level % 2 else [value]
    return value


def test_an_order_has_a_depth_and_a_size(sandbox: Sandbox) -> None:
    """Up to its bounds it is read like any other. Beyond them it is refused, also by number."""
    for field, fits, is_too_much in (
        ("note", _nested(DEEPEST - 2), _nested(DEEPEST - 1)),
        ("merchant_data", "x" * (LARGEST - 3000), "x" * LARGEST),
    ):
        order_id = sandbox.add_order({field: fits})
        assert sandbox.order(order_id)[field] == fits
        with pytest.raises(ValueError, match=r"orders\[1\]: must (not be nested|have at most)"):
            sandbox.add_orders([{}, {field: is_too_much}])
    cycle: dict[str, Any] = {}
    cycle["self"] = cycle
    with pytest.raises(ValueError, match="must not be nested deeper than 32 levels"):
        sandbox.add_order(cycle)
    assert len(sandbox.order_ids) == 3


def test_a_sandbox_holds_a_number_of_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of too many are refused, and none is added."""
    monkeypatch.setattr(core, "MOST_ORDERS", 4)
    sandbox = Sandbox(orders=[{}])
    with pytest.raises(ValueError, match="there can be 4 orders at most"):
        sandbox.add_orders({} for _ in range(3))
    sandbox.add_orders({} for _ in range(2))
    with pytest.raises(ValueError, match="there can be 4 orders at most"):
        sandbox.add_order({})
    assert len(sandbox.order_ids) == 4


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"order_amont": 5}, "orders[1].order_amont: is not a field; did you mean order_amount?"),
        ({"orderAmount": 5}, "orders[1].orderAmount: is not a field; did you mean order_amount?"),
        (
            {"billing_address": {"street_adress": "x"}},
            "orders[1].billing_address.street_adress: is not a field; did you mean street_address?",
        ),
        (
            {"captures": [{"captured_amount": 1, "refrence": "x"}]},
            "orders[1].captures[0].refrence: is not a field; did you mean reference?",
        ),
        (
            {"order_lines": [line(1) | {"tax_rates": 1, "quantity_units": "x"}]},
            (
                "orders[1].order_lines[0].tax_rates: is not a field; did you mean tax_rate?; "
                "orders[1].order_lines[0].quantity_units: is not a field; "
                "did you mean quantity_unit?"
            ),
        ),
    ],
)
def test_a_misspelt_field_is_named(sandbox: Sandbox, order: dict[str, Any], message: str) -> None:
    """Its value would be made up otherwise, and the test built on it be wrong."""
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        sandbox.add_orders([{}, order])
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "order",
    [
        {"customer_id": "x"},
        {"merchant_reference1": "a", "merchant_reference2": "b", "merchant_reference3": "c"},
        {"order_amount": 5, "order_amounts": 5},
        {"x": {"order_amont": 5}, "disputes": []},
    ],
)
def test_other_fields_that_nobody_declares_are_kept(
    sandbox: Sandbox, order: dict[str, Any]
) -> None:
    """The API has some, and what is like a field that is given is something else."""
    read = sandbox.order(sandbox.add_order(order))
    assert {name: read[name] for name in order} == order
