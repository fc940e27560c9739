"""Which operations an order allows in which status, and what they change."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kustom_facade.sandbox import Clock, Sandbox

from ..api_client import ApiClient, client_of, line, problem

Situation = Callable[[ApiClient, Clock], None]


def _authorized(_api: ApiClient, _clock: Clock) -> None: ...


def _part_captured(api: ApiClient, _clock: Clock) -> None:
    assert api.capture(4000).status_code == 201


def _captured(api: ApiClient, _clock: Clock) -> None:
    assert api.capture(10000).status_code == 201


def _released(api: ApiClient, _clock: Clock) -> None:
    assert api.capture(4000).status_code == 201
    assert api("POST", "/release-remaining-authorization").status_code == 204


def _refunded(api: ApiClient, _clock: Clock) -> None:
    assert api.capture(10000).status_code == 201
    assert api.refund(10000).status_code == 201


def _cancelled(api: ApiClient, _clock: Clock) -> None:
    assert api("POST", "/cancel").status_code == 204


def _expired(_api: ApiClient, clock: Clock) -> None:
    clock.advance(timedelta(days=28))


def _part_captured_and_expired(api: ApiClient, clock: Clock) -> None:
    assert api.capture(4000).status_code == 201
    clock.advance(timedelta(days=28))


_SITUATIONS: list[tuple[Situation, str]] = [
    (_authorized, "AUTHORIZED"),
    (_part_captured, "PART_CAPTURED"),
    (_captured, "CAPTURED"),
    (_released, "CAPTURED"),
    (_refunded, "CAPTURED"),
    (_cancelled, "CANCELLED"),
    (_expired, "EXPIRED"),
    (_part_captured_and_expired, "EXPIRED"),
]
_CAPTURE = ("POST", "/captures", {"captured_amount": 10})
_CANCEL = ("POST", "/cancel", None)
_RELEASE = ("POST", "/release-remaining-authorization", None)
_REFUND = ("POST", "/refunds", {"refunded_amount": 10})
_AUTHORIZATION = ("PATCH", "/authorization", {"order_amount": 12000, "order_lines": [line(12000)]})
_CUSTOMER = ("PATCH", "/customer-details", {"shipping_address": {"city": "Umeå"}})
_REFERENCES = ("PATCH", "/merchant-references", {"merchant_reference1": "A-1"})
_EXTEND = ("POST", "/extend-authorization-time", None)
_ACKNOWLEDGE = ("POST", "/acknowledge", None)
_SHIPPING = ("POST", "/shipping-info", {"shipping_info": [{"tracking_number": "1"}]})


# One row per operation; one column per situation above; "" is a success, the rest are messages.
_EXPIRED, _NO, _NONE = "Order is expired", "Update not allowed", "Order has no captures"


_BEFORE, _GONE = "Order has previous captures", "Order is cancelled"


_HIGH = "Captured amount is higher than the remaining authorized amount"
_MUCH = "Refunded amount is higher than the captured amount that is not refunded yet"
_TRUTH: list[tuple[tuple[str, str, Any], str, list[str]]] = [
    (_CAPTURE, "CAPTURE_NOT_ALLOWED", ["", "", _HIGH, _HIGH, _HIGH, _GONE, _EXPIRED, _EXPIRED]),
    (
        _CANCEL,
        "CANCEL_NOT_ALLOWED",
        ["", _BEFORE, _BEFORE, _BEFORE, _BEFORE, _GONE, _EXPIRED, _BEFORE],
    ),
    (_RELEASE, "NOT_ALLOWED", [_NONE, "", _NO, _NO, _NO, _NONE, _EXPIRED, _EXPIRED]),
    (_REFUND, "REFUND_NOT_ALLOWED", [_NONE, "", "", "", _MUCH, _NONE, _NONE, ""]),
    (_AUTHORIZATION, "NOT_ALLOWED", ["", "", _NO, _NO, _NO, _NO, _EXPIRED, _EXPIRED]),
    (_CUSTOMER, "NOT_ALLOWED", ["", "", "", "", "", _NO, _EXPIRED, _EXPIRED]),
    (_REFERENCES, "NOT_ALLOWED", ["", "", "", "", "", _NO, _EXPIRED, _EXPIRED]),
    (_EXTEND, "NOT_ALLOWED", ["", "", _NO, _NO, _NO, _NO, _EXPIRED, _EXPIRED]),
    (_ACKNOWLEDGE, "", [""] * 8),
    (_SHIPPING, "", [""] * 8),
]


@pytest.mark.parametrize(
    ("situation", "status", "operation", "code", "message"),
    [
        pytest.param(
            situation, status, operation, code, message, id=f"{situation.__name__}-{operation[1]}"
        )
        for operation, code, messages in _TRUTH
        for (situation, status), message in zip(_SITUATIONS, messages, strict=True)
    ],
)
def test_the_truth_table(
    api: ApiClient,
    clock: Clock,
    situation: Situation,
    status: str,
    operation: tuple[str, str, Any],
    code: str,
    message: str,
) -> None:
    """Each operation succeeds or is refused as documented, and a refusal changes nothing."""
    situation(api, clock)
    before = api.order()
    assert before["status"] == status
    response = api(*operation)
    if message:
        assert problem(response) == (403, code, [message])
        assert api.order() == before
    else:
        assert response.status_code in {201, 204}


def test_an_order_is_captured_in_parts(api: ApiClient) -> None:
    """Amounts and statuses follow each capture, up to the last öre and not further."""
    seen: list[tuple[Any, ...]] = []
    for amount in (4000, 6001, 6000):
        status = api.capture(amount).status_code
        order = api.order()
        seen.append(
            (
                status,
                order["status"],
                order["captured_amount"],
                order["remaining_authorized_amount"],
            )
        )
    assert seen == [
        (201, "PART_CAPTURED", 4000, 6000),
        (403, "PART_CAPTURED", 4000, 6000),
        (201, "CAPTURED", 10000, 0),
    ]


def test_a_capture_of_nothing_is_refused(api: ApiClient) -> None:
    """A capture holds at least one unit, whatever its request may say."""
    assert problem(api.capture(0)) == (
        403,
        "CAPTURE_NOT_ALLOWED",
        ["Captured amount must be at least 1"],
    )


@pytest.mark.parametrize("fraud_status", ["PENDING", "REJECTED"])
def test_fraud_has_to_be_ruled_out(sandbox: Sandbox, api: ApiClient, fraud_status: str) -> None:
    """Only an accepted order can be captured."""
    api.order_id = sandbox.add_order({"fraud_status": fraud_status})
    message = f"Fraud status of the order is {fraud_status}"
    assert problem(api.capture(1)) == (403, "CAPTURE_NOT_ALLOWED", [message])


def test_a_release_gives_up_the_rest(api: ApiClient) -> None:
    """What was left is gone, what was captured stays."""
    api.capture(4000)
    assert api("POST", "/release-remaining-authorization").status_code == 204
    order = api.order()
    assert (order["status"], order["captured_amount"]) == ("CAPTURED", 4000)
    assert (order["remaining_authorized_amount"], order["order_amount"]) == (0, 10000)


def test_a_cancelled_order_still_shows_its_amounts(api: ApiClient) -> None:
    """As recorded: the status alone tells."""
    api("POST", "/cancel")
    order = api.order()
    assert (order["status"], order["remaining_authorized_amount"]) == ("CANCELLED", 10000)


def test_refunds_are_limited_by_captures(api: ApiClient) -> None:
    """All refunds together are at most all captures together. The status stays, as recorded."""
    api.capture(5000)
    api.capture(5000)
    assert [api.refund(amount).status_code for amount in (7000, 3001, 3000, 1)] == [
        201,
        403,
        201,
        403,
    ]
    order = api.order()
    assert (order["status"], order["refunded_amount"]) == ("CAPTURED", 10000)
    assert [capture["refunded_amount"] for capture in order["captures"]] == [0, 0]
    assert [refund["refunded_amount"] for refund in order["refunds"]] == [7000, 3000]


def test_a_full_refund_can_close_an_order() -> None:
    """The documented status, by a switch. A release, too, may leave nothing unrefunded."""
    api = client_of(Sandbox(status_after_full_refund="CLOSED"))
    api.capture(4000)
    api.refund(4000)
    assert api.order()["status"] == "PART_CAPTURED"
    api("POST", "/release-remaining-authorization")
    assert api.order()["status"] == "CLOSED"
    assert problem(api.capture(1)) == (403, "CAPTURE_NOT_ALLOWED", ["Order is closed"])


_GOODS = ("physical", "digital", "package")
_NO_GOODS = ("surcharge", "discount", "gift_card", "store_credit", "sales_tax", "shipping_fee")


def _nameless(total: int, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in line(total, **more).items() if key != "reference"}


@pytest.mark.parametrize(
    ("lines", "amount", "refunded"),
    [
        ([line(300, "B-2")], 300, [0, 300]),
        ([line(100, "A-1"), line(-10, "A-1", type="return_fee")], 90, [90, 0]),
        ([line(100, "A-1"), line(100, "B-2")], 200, [0, 0]),
        ([line(100, "A-1")], 99, [0, 0]),
        ([_nameless(50)], 50, [0, 0]),
        ([line(50, "")], 50, [0, 0]),
        ([line(100), _nameless(50)], 150, [0, 0]),
        ([line(100, "X-9")], 100, [0, 0]),
        ([], 0, [0, 0]),
        ([line(1001, "A-1")], 1001, [0, 0]),
        ([line(1000), _nameless(-50, type="return_fee")], 950, [950, 0]),
        ([line(1000), line(-50, "B-2", type="return_fee")], 950, [950, 0]),
        ([line(1000), _nameless(-50, type="return_fee")], 1000, [0, 0]),
        ([line(100), _nameless(-50, type="return_fee"), line(1, "B-2")], 51, [0, 0]),
        ([line(50, type="return_fee")], 50, [0, 0]),
        *(([line(100), _nameless(9, type=kind)], 109, [109, 0]) for kind in _NO_GOODS),
        *(([line(100), line(9, "X-9", type=kind)], 109, [109, 0]) for kind in _NO_GOODS),
        *(([line(100), line(9, "B-2", type=kind)], 109, [0, 0]) for kind in _NO_GOODS),
        *(([line(100), line(9, "A-2", type=kind)], 109, [109, 0]) for kind in _NO_GOODS),
        *(([line(9, "A-2", type=kind)], 9, [9, 0]) for kind in _NO_GOODS),
        *(([_nameless(9, type=kind)], 9, [0, 0]) for kind in _NO_GOODS),
        *(([line(100), line(9, "X-9", type=kind)], 109, [0, 0]) for kind in _GOODS),
    ],
)
def test_a_refund_is_matched_to_its_capture(
    lines: list[dict[str, Any]], amount: int, refunded: list[int]
) -> None:
    """By a switch: goods name the capture, other lines where they can. All are the amount."""
    api = client_of(Sandbox(refunds_on_captures=True))
    api.capture(1000, order_lines=[line(900, "A-1"), line(100, "A-2"), line(0, "")])
    api.capture(2000, order_lines=[line(2000, "B-2")])
    assert api.refund(amount, order_lines=lines).status_code == 201
    order = api.order()
    assert [capture["refunded_amount"] for capture in order["captures"]] == refunded
    assert order["refunds"][0]["order_lines"] == lines


def test_a_return_less_a_fee_is_its_captures() -> None:
    """9500 for a shirt of 10000: the fee is in no capture, and the shirt's has the 9500."""
    sandbox = Sandbox(refunds_on_captures=True)
    api = client_of(sandbox)
    api.order_id = sandbox.add_order({"order_amount": 20000})
    api.capture(10000, order_lines=[line(10000, "T-1")])
    api.capture(10000, order_lines=[line(10000, "T-2")])
    api.refund(9500, order_lines=[line(10000, "T-1"), _nameless(-500, type="return_fee")])
    order = api.order()
    assert [capture["refunded_amount"] for capture in order["captures"]] == [9500, 0]


def test_a_refund_that_fits_two_captures_is_that_of_the_first_with_enough_left() -> None:
    """The same goods in two shipments: one refund after the other fills them up."""
    api = client_of(Sandbox(refunds_on_captures=True))
    for _ in range(2):
        api.capture(1000, order_lines=[line(1000)])
    for amount in (600, 500, 400):
        api.refund(amount, order_lines=[line(amount)])
    assert [capture["refunded_amount"] for capture in api.order()["captures"]] == [1000, 500]


def test_an_authorization_is_updated(api: ApiClient) -> None:
    """Amount and lines are replaced, the first amount is kept, and the captured part is fixed."""
    api.capture(4000)
    lines = [line(15000)]
    assert (
        api("PATCH", "/authorization", {"order_amount": 15000, "order_lines": lines}).status_code
        == 204
    )
    order = api.order()
    assert (order["order_amount"], order["original_order_amount"]) == (15000, 10000)
    assert (order["remaining_authorized_amount"], order["order_lines"]) == (11000, lines)
    message = "Resulting authorization amount 3999 cannot be less than the captured amount 4000"
    too_little = {"order_amount": 3999, "order_lines": []}
    assert problem(api("PATCH", "/authorization", too_little)) == (403, "NOT_ALLOWED", [message])
    api("PATCH", "/authorization", {"order_amount": 4000, "order_lines": []})
    order = api.order()
    assert (order["status"], order["remaining_authorized_amount"]) == ("CAPTURED", 0)


def test_texts_are_overwritten_and_cleared(api: ApiClient) -> None:
    """What is present overwrites, an empty string clears, and what is absent stays."""
    api(
        "PATCH",
        "/merchant-references",
        {"merchant_reference1": "A-1", "merchant_reference2": "B-2"},
    )
    api("PATCH", "/merchant-references", {"merchant_reference1": ""})
    api("PATCH", "/customer-details", {"shipping_address": {"phone": "", "city": "Boden"}})
    api("PATCH", "/customer-details", {})
    order = api.order()
    assert (order["merchant_reference1"], order["merchant_reference2"]) == ("", "B-2")
    address = order["shipping_address"]
    assert (address["phone"], address["city"], address["given_name"]) == ("", "Boden", "Test")
    assert order["billing_address"]["city"] == "Vetlanda"


def test_shipments_are_appended(api: ApiClient) -> None:
    """To the order and to a capture, after those that were there."""
    first, second = {"tracking_number": "01"}, {"tracking_number": "02", "shipping_method": ""}
    capture_id = api.capture(100, shipping_info=[first]).headers["capture-id"]
    assert "shipping_info" not in api.order()
    for path in ("/shipping-info", f"/captures/{capture_id}/shipping-info"):
        api("POST", path, {"shipping_info": [first]})
        api("POST", path, {"shipping_info": [second]})
    order = api.order()
    assert order["shipping_info"] == [first, second]
    assert order["captures"][0]["shipping_info"] == [first, first, second]


def test_an_extension_is_28_days_from_today_and_90_at_most(api: ApiClient, clock: Clock) -> None:
    """Each one moves the expiry on, until the order is 90 days old."""
    seen: list[str] = []
    for days in (0, 20, 27, 27, 15):
        clock.advance(timedelta(days=days))
        assert api("POST", "/extend-authorization-time").status_code == 204
        seen.append(api.order()["expires_at"][:10])
    assert seen == ["2026-03-30", "2026-04-19", "2026-05-16", "2026-05-31", "2026-05-31"]
    clock.advance(timedelta(days=1, hours=14, minutes=30))
    assert api.order()["status"] == "EXPIRED"


def test_a_merchant_may_have_another_time(clock: Clock) -> None:
    """Then an authorization lasts that long, at first and from each extension on."""
    sandbox = Sandbox(clock=clock, authorization_days=14)
    api = client_of(sandbox)
    assert api.order()["expires_at"] == "2026-03-16T00:00:00.000Z"
    clock.advance(timedelta(days=10))
    api("POST", "/extend-authorization-time")
    assert api.order()["expires_at"] == "2026-03-26T00:00:00.000Z"
    for days in (0, 91):
        with pytest.raises(ValueError, match="authorization_days must be from 1 to 90"):
            Sandbox(authorization_days=days)


@pytest.mark.parametrize(
    ("created_at", "is_extended"),
    [
        ("2025-09-24T23:59:59Z", False),
        ("2025-09-25T01:59:59+02:00", False),
        ("2025-09-25T00:00:00Z", True),
    ],
)
def test_older_orders_are_not_extended(created_at: str, is_extended: bool) -> None:
    """Those from before the day on which extensions came."""
    clock = Clock(datetime(2025, 10, 1, tzinfo=UTC))
    sandbox = Sandbox(clock=clock)
    api = client_of(sandbox)
    api.order_id = sandbox.add_order({"created_at": created_at})
    answer = api("POST", "/extend-authorization-time")
    if is_extended:
        assert answer.status_code == 204
    else:
        message = "Authorization time cannot be extended for orders made before 2025-09-25"
        assert problem(answer) == (403, "NOT_ALLOWED", [message])


@pytest.mark.parametrize("country", ["ES", "fr", "IT", "PT"])
def test_there_is_no_extension_in_some_countries(
    sandbox: Sandbox, api: ApiClient, country: str
) -> None:
    """Whichever case the country is written in."""
    api.order_id = sandbox.add_order({"purchase_country": country})
    message = f"Authorization time cannot be extended in {country.upper()}"
    assert problem(api("POST", "/extend-authorization-time")) == (403, "NOT_ALLOWED", [message])


def test_only_orders_paid_with_klarna_are_extended(sandbox: Sandbox, api: ApiClient) -> None:
    """A card is not Klarna's to extend."""
    api.order_id = sandbox.add_order({"initial_payment_method": {"type": "APPLE_PAY_CARD"}})
    message = "Order is not paid with Klarna"
    assert problem(api("POST", "/extend-authorization-time")) == (403, "NOT_ALLOWED", [message])


def test_an_order_expires_at_its_moment(sandbox: Sandbox, api: ApiClient, clock: Clock) -> None:
    """Not a second earlier, and only if it is not captured in full."""
    captured = ApiClient(api.client, sandbox.add_order({"expires_at": "2026-03-02T10:30:00Z"}))
    captured.capture(10000)
    api.order_id = sandbox.add_order({"expires_at": "2026-03-02T10:30:00+00:00"})
    clock.advance(3599)
    assert sandbox.order(api.order_id)["status"] == "AUTHORIZED"
    clock.advance(1)
    assert sandbox.order(api.order_id)["status"] == "EXPIRED"
    assert captured.order()["status"] == "CAPTURED"
