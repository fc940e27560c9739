"""What shops on this API family met: each case once, with the right value.

The number of a test is that of the row in the list of field cases, whose sources are public issues,
recordings, documentation and the code of integrations. Sources stand at the tests that need them.
"""

import asyncio
import base64
import contextlib
import gc
import json
import logging
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import httpx
import pytest
from support import CANARY, ORDER, Client, Wire, answer, json_answer

from kustom_facade import (
    ApiError,
    AsyncKustomClient,
    AuthenticationFailed,
    BadRequest,
    CancelNotAllowed,
    CaptureNotAllowed,
    ConfigurationError,
    Conflict,
    ConnectionFailed,
    Forbidden,
    InvalidRequest,
    Money,
    NoSuchOrder,
    NotAllowed,
    RefundNotAllowed,
    lines,
    orders,
)
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox

Json = dict[str, Any]
Connect = Callable[..., Client]
PATH: Final = f"/ordermanagement/v1/orders/{EXAMPLE_ORDER_ID}"


@pytest.fixture
def sandbox() -> Sandbox:
    """Return a sandbox that counts refunds in their captures."""
    return Sandbox(refunds_on_captures=True)


@pytest.fixture
def kustom(connect: Connect, sandbox: Sandbox) -> Client:
    """Return either client over the sandbox, with its default checks."""
    return connect(transport=sandbox)


@pytest.fixture
def strict(connect: Connect, sandbox: Sandbox) -> Client:
    """Return either client over the sandbox, which refuses what it would warn about."""
    return connect(transport=sandbox, check="error")


@pytest.fixture
def _left_sockets() -> Iterator[None]:
    """Collect what an ended event loop left open; that it warns is the loop's affair."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def remarks(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Give the warnings of the library since the last call."""

    def heard() -> list[str]:
        texts = [
            record.getMessage()
            for record in caplog.records
            if record.name == "kustom_facade" and record.levelno == logging.WARNING
        ]
        caplog.clear()
        return texts

    return heard


def line(total: int, **fields: Any) -> Json:
    """Return a line of one piece without tax, but for what is given."""
    return {
        "type": "physical",
        "reference": "T-1",
        "name": "Shirt",
        "quantity": 1,
        "unit_price": total,
        "total_amount": total,
        **fields,
    }


#: 2 pieces for 10.01 together: no unit price multiplies back.
NET_PRICED: Final = line(1001, quantity=2, unit_price=501, tax_rate=2500, total_tax_amount=200)


# --- cases that failed when they were tried


@pytest.mark.parametrize("verb", ["capture", "ensure_capture", "refund"])
def test_case_01_a_net_priced_line_goes_through_without_a_word(
    strict: Client, sandbox: Sandbox, verb: str
) -> None:
    """Within plus or minus the quantity a line adds up: even the strictest client sends it."""
    order_id = sandbox.add_order({"order_lines": [NET_PRICED]})
    if verb == "refund":
        strict.capture(order_id, 1001)
    getattr(strict, verb)(order_id, 1001, reference="shipment-1", order_lines=[NET_PRICED])
    done = sandbox.order(order_id)["refunds" if verb == "refund" else "captures"][-1]
    assert done["order_lines"] == [NET_PRICED]


def test_case_02_parts_of_a_net_priced_line(kustom: Client, sandbox: Sandbox) -> None:
    """A piece of it can be shipped and returned, and all pieces are the line."""
    order_id = sandbox.add_order({"order_lines": [NET_PRICED]})
    (whole,) = kustom.get_order(order_id).order_lines
    pieces = lines.split(whole, [1, 1])
    assert sorted(piece.total_amount for piece in pieces) == [500, 501]
    assert lines.take(whole, 1, after=1) == pieces[1]
    assert lines.total_tax(pieces) == 200
    kustom.capture(order_id, 1001, order_lines=[whole])
    (capture,) = kustom.list_captures(order_id)
    first = lines.for_refund(capture, {"T-1": 1})
    second = lines.for_refund(capture, {"T-1": 1}, refunded={"T-1": 1})
    assert lines.total([*first, *second]) == 1001


@pytest.mark.parametrize("check_lines", [False, True])
def test_case_03_the_sandbox_has_the_tolerance_too(connect: Connect, check_lines: bool) -> None:
    """Neither the default nor a sandbox that checks lines refuses a net-priced line."""
    sandbox = Sandbox(check_lines=check_lines)
    kustom = connect(transport=sandbox, check="off")
    order_id = sandbox.add_order({"order_lines": [NET_PRICED]})
    assert kustom.capture(order_id, 1001, order_lines=[NET_PRICED]).id


@pytest.mark.parametrize(("quantity", "unit_price"), [(3, 333), (2, 1000)])
def test_case_05_a_refund_whose_lines_are_another_sum(
    kustom: Client, remarks: Callable[[], list[str]], quantity: int, unit_price: int
) -> None:
    """It is carried out, with a warning; shops sent such refunds for years."""
    kustom.capture(EXAMPLE_ORDER_ID, 1000)
    total = quantity * unit_price
    back = line(total, quantity=quantity, unit_price=unit_price)
    assert kustom.refund(EXAMPLE_ORDER_ID, 1000, order_lines=[back]).id
    (remark,) = remarks()
    assert f"sum up to 1000 (refunded_amount), got {total}" in remark


def test_case_08_goods_in_the_us_before_their_coupon(
    kustom: Client, sandbox: Sandbox, remarks: Callable[[], list[str]]
) -> None:
    """Far beyond the tolerance, and sent with a warning; parts of the line add up to it too."""
    goods = line(1000, quantity=2, unit_price=500, total_discount_amount=100)
    sent = [
        goods,
        line(0, type="discount", reference="Cart discount", total_discount_amount=0),
        line(80, type="sales_tax", reference="Sales Tax", tax_rate=0, total_tax_amount=0),
    ]
    order_id = sandbox.add_order({"order_amount": 980, "order_lines": sent})
    kustom.capture(order_id, 980, order_lines=kustom.get_order(order_id).order_lines)
    assert sandbox.order(order_id)["captures"][0]["order_lines"] == sent
    heard = "\n".join(remarks())
    assert "order_lines[0] (reference 'T-1').total_amount: expected 900" in heard
    assert "sum up to 980 (captured_amount), got 1080" in heard
    pieces = lines.split(goods, [1, 1])
    assert [piece.total_amount for piece in pieces] == [500, 500]
    assert [piece.total_discount_amount for piece in pieces] == [50, 50]


def test_case_09_a_return_fee_belongs_to_no_capture(kustom: Client, sandbox: Sandbox) -> None:
    """The refund counts in the shirt's capture, where 5.00 are left of 100.00."""
    order_id = sandbox.add_order(
        {"order_lines": [line(10_000), line(10_000, reference="T-2", name="Trousers")]}
    )
    for goods in kustom.get_order(order_id).order_lines:
        kustom.capture(order_id, 10_000, order_lines=[goods])
    fee = lines.return_fee("Return", Money(500, "SEK"), tax_rate="0")
    kustom.refund(order_id, 9_500, order_lines=[line(10_000), fee])
    order = kustom.get_order(order_id)
    shirt, trousers = (capture.capture_id for capture in order.captures)
    remaining = orders.refundable_by_capture(order)
    assert remaining == {shirt: Money(500, "SEK"), trousers: Money(10_000, "SEK")}
    assert orders.refundable(order) == Money(10_500, "SEK")
    captures = sandbox.order(order_id)["captures"]
    assert [capture["refunded_amount"] for capture in captures] == [9_500, 0]


def test_case_11_a_currency_that_was_withdrawn(kustom: Client, sandbox: Sandbox) -> None:
    """Bulgaria left the lev on 2026-01-01; orders of December are refunded for months after."""
    order_id = sandbox.add_order({"purchase_currency": "BGN", "order_amount": 10_000})
    assert orders.capturable(kustom.get_order(order_id)) == Money.of("100.00", "BGN")
    done = kustom.capture(order_id, Money(10_000, "BGN"))
    kustom.refund(order_id, Money(1, "BGN"))
    order = kustom.get_order(order_id)
    assert orders.refundable(order) == Money(9_999, "BGN")
    assert orders.refundable_by_capture(order) == {done.id: Money(9_999, "BGN")}


@pytest.mark.usefixtures("_left_sockets")
def test_case_13_one_async_client_in_two_event_loops(server: Wire) -> None:
    """The second loop is refused before anything is sent, not after the money has moved."""
    server.will(json_answer(200, json.dumps({"order_id": ORDER})), answer(201))
    kustom = AsyncKustomClient(CANARY, base_url=server.url)
    asyncio.run(kustom.get_order(ORDER))
    with pytest.raises(ConfigurationError, match="event loop"):
        asyncio.run(kustom.capture(ORDER, 100))
    assert [request.method for request in server.received] == ["GET"]


@pytest.mark.usefixtures("_left_sockets")
def test_case_14_an_async_client_is_closed_after_its_loop(server: Wire) -> None:
    """Closing at the end of the process raises nothing, and the client is closed."""
    server.will(json_answer(200, json.dumps({"order_id": ORDER})))
    kustom = AsyncKustomClient(CANARY, base_url=server.url)
    asyncio.run(kustom.get_order(ORDER))
    asyncio.run(kustom.aclose())
    with pytest.raises(ConfigurationError):
        asyncio.run(kustom.get_order(ORDER))


@pytest.mark.parametrize("path", [f"/{PATH}/captures", f"{PATH}//captures"])
def test_case_16_a_doubled_slash_in_a_path(sandbox: Sandbox, path: str) -> None:
    """The recordings show 201, and so does the sandbox."""
    with httpx.Client(transport=sandbox) as api:
        created = api.post(
            f"http://sandbox.example{path}",
            json={"captured_amount": 100},
            headers={"authorization": f"Basic {CANARY}"},
        )
    assert created.status_code == 201
    assert sandbox.order(EXAMPLE_ORDER_ID)["captured_amount"] == 100


# --- cases that nothing covered


def test_case_17_a_discount_above_zero(kustom: Client, remarks: Callable[[], list[str]]) -> None:
    """Checkout refuses it; what order management does is unknown, so it is sent with a warning."""
    sent = [line(998), line(2, type="discount", reference="swap")]
    assert kustom.capture(EXAMPLE_ORDER_ID, 1000, order_lines=sent).id
    (remark,) = remarks()
    assert "expected 0 or less for a line of type discount, got 2" in remark


def test_case_19_a_reference_of_255_characters(strict: Client, sandbox: Sandbox) -> None:
    """Checkout takes 64, order management documents 255: those are sent, one more is not."""
    goods = [line(1000, reference="r" * 255)]
    strict.capture(EXAMPLE_ORDER_ID, 1000, order_lines=goods)
    assert sandbox.order(EXAMPLE_ORDER_ID)["captures"][0]["order_lines"] == goods
    with pytest.raises(InvalidRequest, match="reference: 256 characters, at most 255"):
        strict.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[line(1000, reference="r" * 256)])


def test_case_20_a_name_of_255_emoji(strict: Client, sandbox: Sandbox) -> None:
    """Java may count each as two; we count characters, and a 422 of the API is a BadRequest."""
    goods = [line(1000, name="\N{GRINNING FACE}" * 255)]
    strict.capture(EXAMPLE_ORDER_ID, 1000, order_lines=goods)
    assert sandbox.order(EXAMPLE_ORDER_ID)["captures"][0]["order_lines"] == goods
    sandbox.faults.add(Fault("status", status=422, code="INVALID_REQUEST_PARAMETERS"))
    with pytest.raises(BadRequest) as caught:
        strict.capture(EXAMPLE_ORDER_ID, 1000, order_lines=goods)
    assert (caught.value.status, caught.value.outcome_unknown) == (422, False)


@pytest.mark.parametrize("value", [None, 1001])
def test_case_21_a_reference_that_is_no_text(kustom: Client, sandbox: Sandbox, value: Any) -> None:
    """Other clients send null and numbers; ours never does, and the sandbox assumes a 400."""
    with httpx.Client(transport=sandbox) as api:
        raw = api.patch(
            f"http://sandbox.example{PATH}/merchant-references",
            json={"merchant_reference1": "A-1", "merchant_reference2": value},
            headers={"authorization": f"Basic {CANARY}"},
        )
    assert raw.status_code == 400
    if value is None:
        kustom.update_merchant_references(
            EXAMPLE_ORDER_ID, merchant_reference1="A-1", merchant_reference2=value
        )
        assert "merchant_reference2" not in sandbox.order(EXAMPLE_ORDER_ID)
    else:
        with pytest.raises(InvalidRequest, match="merchant_reference2"):
            kustom.update_merchant_references(EXAMPLE_ORDER_ID, merchant_reference2=value)
    kustom.capture(EXAMPLE_ORDER_ID, 100, order_lines=[line(100, reference=None)])
    assert b"null" not in sandbox.calls[-1].request.body


def test_case_22_what_an_ensure_verb_reads(kustom: Client, sandbox: Sandbox) -> None:
    """The order before and after the write: the answer to a key that is known says nothing new."""
    for times in (1, 2):
        done = kustom.ensure_capture(EXAMPLE_ORDER_ID, 1000, reference="shipment-1")
        assert done.already_done is (times == 2)
    methods = [call.request.method for call in sandbox.calls]
    assert methods == ["GET", "POST", "GET", "GET"]
    assert len(sandbox.order(EXAMPLE_ORDER_ID)["captures"]) == 1


@pytest.mark.parametrize("verb", ["capture", "refund"])
def test_case_23_too_many_operations(kustom: Client, sandbox: Sandbox, verb: str) -> None:
    """The family allows 200 refunds and 500 operations; a 403 with a code is a refusal."""
    kustom.capture(EXAMPLE_ORDER_ID, 1000)
    sandbox.faults.add(Fault("status", verb=verb, status=403, code="TOO_MANY_OPERATIONS"))
    with pytest.raises(NotAllowed) as caught:
        getattr(kustom, verb)(EXAMPLE_ORDER_ID, 1)
    assert (caught.value.code, caught.value.attempts) == ("TOO_MANY_OPERATIONS", 1)
    assert not caught.value.outcome_unknown


# --- cases that held, and must go on holding


@pytest.mark.parametrize(
    ("total", "rate", "tax", "expected"), [(495, 700, 41, 32), (50_000, 1000, 5000, 4545)]
)
def test_case_25_a_tax_on_top_where_it_is_inside(
    connect: Connect,
    total: int,
    rate: int,
    tax: int,
    expected: int,
    remarks: Callable[[], list[str]],
) -> None:
    """Checkout refuses it; a capture is sent, and the warning names the right tax."""
    sandbox = Sandbox(orders=[{"order_id": ORDER, "order_amount": 2 * total}])
    kustom, strict = connect(transport=sandbox), connect(transport=sandbox, check="error")
    wrong = line(total, tax_rate=rate, total_tax_amount=tax)
    with pytest.raises(InvalidRequest, match=f"total_tax_amount: expected {expected} .*got {tax}"):
        strict.capture(ORDER, total, order_lines=[wrong])
    kustom.capture(ORDER, total, order_lines=[wrong])
    (remark,) = remarks()
    assert f"total_tax_amount: expected {expected} " in remark
    strict.capture(ORDER, total, order_lines=[{**wrong, "total_tax_amount": expected}])
    assert remarks() == []


def test_case_26_a_discount_that_was_not_subtracted(
    kustom: Client, strict: Client, remarks: Callable[[], list[str]]
) -> None:
    """Recorded as refused by checkout; a capture is sent with a warning that names 8900."""
    goods = [line(9900, total_discount_amount=1000)]
    with pytest.raises(InvalidRequest, match=r"total_amount: expected 8900 .* got 9900"):
        strict.capture(EXAMPLE_ORDER_ID, 9900, order_lines=goods)
    kustom.capture(EXAMPLE_ORDER_ID, 9900, order_lines=goods)
    (remark,) = remarks()
    assert "total_amount: expected 8900 " in remark


#: From the vendor's page on discounts.
DISCOUNTS: Final = (
    line(-1000, tax_rate=2500, total_tax_amount=-200),
    line(-300, type="gift_card", tax_rate=1000, total_tax_amount=-27),
    line(-300, type="store_credit"),
    line(25_000, unit_price=30_000, total_discount_amount=5_000),
)


@pytest.mark.parametrize("discount", DISCOUNTS, ids=["goods", "gift card", "credit", "on a line"])
def test_case_28_discounts_of_every_form(
    kustom: Client, sandbox: Sandbox, remarks: Callable[[], list[str]], discount: Json
) -> None:
    """Each is sent as it is; goods below 0 are odd, and said to be."""
    sent = [line(50_000, reference="T-2"), discount]
    amount = sum(each["total_amount"] for each in sent)
    order_id = sandbox.add_order({"order_lines": sent})
    kustom.capture(order_id, amount, order_lines=sent)
    assert sandbox.order(order_id)["captures"][0]["order_lines"] == sent
    assert len(remarks()) == (discount is DISCOUNTS[0])


#: Lines that public issues show as accepted; all but the last without any remark.
ACCEPTED: Final = (
    line(1000, tax_rate=1900, total_tax_amount=160),
    line(13_800, tax_rate=1900, total_tax_amount=2203),
    line(79_200, quantity=8, unit_price=9900, tax_rate=0, total_tax_amount=0),
    line(1800, tax_rate=2100, total_tax_amount=312),
    line(0, type="shipping_fee", tax_rate=0, total_tax_amount=0),
    line(9880, tax_rate=2506, total_tax_amount=1980),
    line(503_341, unit_price=603_341, total_discount_amount=100_000),
    line(1135, tax_rate=1350, total_tax_amount=135),
    line(1255, tax_rate=2550, total_tax_amount=255),
    line(4900, type="shipping_fee", tax_rate=2500, total_tax_amount=980),
    line(-300, type="gift_card", tax_rate=0, total_tax_amount=0),
    line(-1, type="surcharge", reference="added-surcharge", tax_rate=0, total_tax_amount=0),
)


@pytest.mark.parametrize("accepted", ACCEPTED, ids=lambda each: str(each["total_amount"]))
def test_case_29_odd_lines_that_were_accepted(
    kustom: Client, sandbox: Sandbox, remarks: Callable[[], list[str]], accepted: Json
) -> None:
    """Odd rates, zero and small lines are sent silently, a surcharge below 0 with a warning."""
    sent = [accepted]
    if accepted["total_amount"] <= 0:
        sent.append(line(1000, reference="T-2"))
    order_id = sandbox.add_order({"order_lines": sent})
    kustom.capture(order_id, sum(each["total_amount"] for each in sent), order_lines=sent)
    assert sandbox.order(order_id)["captures"][0]["order_lines"] == sent
    assert len(remarks()) == (accepted["type"] == "surcharge")


def test_case_31_a_refund_without_id_and_lines(connect: Connect, server: Wire) -> None:
    """What is left of the order and its capture is right, and a new refund is made once."""
    order: Json = {
        "order_id": ORDER,
        "status": "CAPTURED",
        "purchase_currency": "EUR",
        "order_amount": 20_000,
        "captured_amount": 20_000,
        "refunded_amount": 8_900,
        "captures": [{"capture_id": "c-1", "captured_amount": 20_000, "refunded_amount": 0}],
        "refunds": [{"refunded_amount": 8_900, "description": ""}],
    }
    new = {"refund_id": "r-2", "refunded_amount": 11_100, "reference": "return-1"}
    after = {**order, "refunded_amount": 20_000, "refunds": [*order["refunds"], new]}
    before = json_answer(200, json.dumps(order))
    server.will(before, before, answer(201, Refund_Id="r-2"), json_answer(200, json.dumps(after)))
    kustom = connect(base_url=server.url)
    read = kustom.get_order(ORDER)
    assert orders.refundable(read) == Money(11_100, "EUR")
    assert orders.refundable_by_capture(read) == {"c-1": Money(11_100, "EUR")}
    assert not read.refunds[0].refund_id
    done = kustom.ensure_refund(ORDER, reference="return-1")
    assert (done.id, done.already_done) == ("r-2", False)
    sent = [json.loads(request.body) for request in server.received if request.method == "POST"]
    assert [body["refunded_amount"] for body in sent] == [11_100]


def test_case_32_odd_ids_and_little_data(connect: Connect, server: Wire) -> None:
    """The vendor's sample: a line without reference, a capture without lines and UUID."""
    goods = line(10_000, reference="", tax_rate=2300, total_tax_amount=1870)
    order = {
        "order_id": ORDER,
        "status": "PART_CAPTURED",
        "fraud_status": "ACCEPTED",
        "purchase_country": "PL",
        "purchase_currency": "PLN",
        "order_amount": 10_000,
        "captured_amount": 4_000,
        "remaining_authorized_amount": 6_000,
        "order_lines": [goods],
        "captures": [{"capture_id": "4ba29b50", "captured_amount": 4_000}],
    }
    server.will(json_answer(200, json.dumps(order)), answer(201), answer(201))
    kustom = connect(base_url=server.url)
    read = kustom.get_order(ORDER)
    assert orders.capturable(read) == Money(6_000, "PLN")
    assert orders.refundable_by_capture(read) == {"4ba29b50": Money(4_000, "PLN")}
    assert not read.customer
    kustom.capture(ORDER, 10_000, order_lines=read.order_lines)
    kustom.refund(ORDER, 10_000, order_lines=read.order_lines)
    sent = [json.loads(request.body)["order_lines"] for request in server.received[1:]]
    assert sent == [[goods], [goods]]


ANALYSIS: Final = line(
    9900, type="digital", reference="1", name="Analysis", tax_rate=2500, total_tax_amount=1980
)
CAPTURE: Final = {
    "capture_id": "7d8f63ee-2c67-4d6e-b760-5142d4fa948d",
    "captured_amount": 9900,
    "refunded_amount": 0,
    "order_lines": [ANALYSIS],
}
REFUND: Final = {
    "refund_id": "de222f60-1ddf-48b7-b5cd-0b11e8e19550",
    "refunded_amount": 9900,
    "order_lines": [ANALYSIS],
}
#: States, amounts and lines as in recordings of allabrf/klarna-checkout-v3 at 46efc52, without any
#: person; and what they mean: what can be captured and refunded, and what void does. The order
#: whose lines are another sum is a real one, too.
RECORDED: Final[Mapping[str, tuple[Json, int, int, str]]] = {
    "authorized": ({"status": "AUTHORIZED", "order_lines": [ANALYSIS]}, 9900, 0, "cancelled"),
    "another sum": (
        {
            "status": "AUTHORIZED",
            "order_amount": 19,
            "order_lines": [line(20, quantity=19, unit_price=1)],
        },
        19,
        0,
        "cancelled",
    ),
    "captured": (
        {"status": "CAPTURED", "order_lines": [ANALYSIS], "captures": [CAPTURE]},
        0,
        9900,
        "nothing",
    ),
    "refunded in full": (
        {
            "status": "CAPTURED",
            "order_lines": [ANALYSIS],
            "captures": [CAPTURE],
            "refunds": [REFUND],
        },
        0,
        0,
        "nothing",
    ),
    "cancelled with its full amount": (
        {
            "status": "CANCELLED",
            "order_lines": [ANALYSIS],
            "remaining_authorized_amount": 9900,
        },
        0,
        0,
        "nothing",
    ),
}


@pytest.fixture(params=RECORDED)
def recorded(request: pytest.FixtureRequest, sandbox: Sandbox) -> tuple[str, int, int, str]:
    """Add an order as it was recorded, and return it with what it means."""
    body, capturable, refundable, voided = RECORDED[request.param]
    return sandbox.add_order(body), capturable, refundable, voided


def test_case_33_what_can_be_done_with_recorded_orders(
    kustom: Client, recorded: tuple[str, int, int, str]
) -> None:
    """The status decides with the amounts: a cancelled order shows its amount, and has nothing."""
    order_id, capturable, refundable, voided = recorded
    order = kustom.get_order(order_id)
    assert orders.capturable(order) == Money(capturable, "SEK")
    assert orders.refundable(order) == Money(refundable, "SEK")
    shown = [remaining.minor for remaining in orders.refundable_by_capture(order).values()]
    assert sum(shown) == refundable
    assert kustom.void(order_id).action == voided


def test_case_33_own_lines_of_recorded_orders_go_back(
    kustom: Client, sandbox: Sandbox, recorded: tuple[str, int, int, str]
) -> None:
    """In an update, a capture and a refund, where the order allows one at all."""
    order_id, capturable, refundable, _ = recorded
    order = kustom.get_order(order_id)
    if capturable:
        kustom.update_authorization(order_id, order.order_amount, order.order_lines)
        kustom.capture(order_id, capturable, order_lines=order.order_lines)
    if amount := capturable or refundable:
        kustom.refund(order_id, amount, order_lines=order.order_lines)
    else:
        with pytest.raises(RefundNotAllowed):
            kustom.refund(order_id, 1, order_lines=order.order_lines)
    there = sandbox.order(order_id)
    assert there["captured_amount"] == there["refunded_amount"]


def test_case_33_ensuring_on_recorded_orders(
    kustom: Client, sandbox: Sandbox, recorded: tuple[str, int, int, str]
) -> None:
    """All that is left is taken once, and what is not left is refused."""
    order_id, capturable, refundable, _ = recorded
    if capturable:
        first = kustom.ensure_capture(order_id, reference="shipment-1")
        again = kustom.ensure_capture(order_id, reference="shipment-1")
        assert (first.already_done, again.already_done) == (False, True)
    else:
        with pytest.raises(CaptureNotAllowed):
            kustom.ensure_capture(order_id, 9900, reference="shipment-1")
    if capturable or refundable:
        kustom.ensure_refund(order_id, reference="return-1")
        kustom.ensure_refund(order_id, reference="return-1")
    else:
        with pytest.raises(RefundNotAllowed):
            kustom.ensure_refund(order_id, 9900, reference="return-1")
    there = sandbox.order(order_id)
    assert there["captured_amount"] == there["refunded_amount"]


@pytest.mark.parametrize("no_proxy", ["fd00::/8", "[::1]", "::1,fe80::/10", "[fd00::1]:8080"])
@pytest.mark.parametrize("password", ["", "user:p@ss@"])
def test_case_35_proxies_of_the_environment(
    connect: Connect, server: Wire, monkeypatch: pytest.MonkeyPatch, no_proxy: str, password: str
) -> None:
    """IPv6 in NO_PROXY kills no client; a proxy needs no scheme, and its password may hold an @."""
    monkeypatch.setenv("NO_PROXY", no_proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    address = server.url.removeprefix("http://")
    monkeypatch.setenv("HTTPS_PROXY", f"http://{password}{address}" if password else address)
    server.will(answer(502))
    with pytest.raises(ConnectionFailed) as caught:
        connect().get_order(ORDER, max_attempts=1)
    assert "p@ss" not in str(caught.value)
    (asked,) = server.received
    assert asked.method == "CONNECT"
    secret = asked.headers.get("proxy-authorization", "").removeprefix("Basic ")
    assert base64.b64decode(secret).decode() == password.removesuffix("@")


ODD_DATES: Final = (
    None,
    "",
    "2020-09-29",
    "0000-00-00T00:00:00Z",
    "2020-09-29 14:39:58",
    "yesterday",
    1601390398,
)
#: What was seen where the document has an object, a list or a date.
ODD_VALUES: Final[tuple[Json, ...]] = (
    {"customer": None, "billing_address": None, "captures": None, "order_lines": None},
    {"customer": [], "shipping_address": [], "initial_payment_method": []},
    *({"created_at": date, "expires_at": date} for date in ODD_DATES),
    {"customer": {"date_of_birth": "1941-02-31"}},
    {"order_lines": [{"name": None, "quantity": "1", "product_identifiers": None}]},
)


@pytest.mark.parametrize("odd", ODD_VALUES, ids=str)
def test_case_37_odd_values_are_read(connect: Connect, server: Wire, odd: Json) -> None:
    """Nothing that stands in an odd place hides the rest of the order."""
    order = {
        "order_id": ORDER,
        "status": "AUTHORIZED",
        "purchase_currency": "SEK",
        "remaining_authorized_amount": 100,
        **odd,
    }
    server.will(json_answer(200, json.dumps(order)))
    read = connect(base_url=server.url).get_order(ORDER)
    assert (read.order_id, read.status) == (ORDER, "AUTHORIZED")
    assert orders.capturable(read) == Money(100, "SEK")


def test_case_37_an_amount_that_is_no_number_is_named(connect: Connect, server: Wire) -> None:
    """It is read as it is, and a helper that needs it says which one it is."""
    order = {
        "order_id": ORDER,
        "status": "AUTHORIZED",
        "purchase_currency": "SEK",
        "remaining_authorized_amount": "100",
    }
    server.will(json_answer(200, json.dumps(order)))
    read = connect(base_url=server.url).get_order(ORDER)
    assert read.remaining_authorized_amount == "100"
    with pytest.raises(ValueError, match="remaining_authorized_amount"):
        orders.capturable(read)


def test_case_38_calls_cancelled_in_a_handshake_leave_no_connection() -> None:
    """More of them than the pool holds: all connections end, and the next call gets one."""
    calls = 120

    seen: Counter[str] = Counter()

    async def story() -> None:
        progress = asyncio.Condition()

        async def note(event: str) -> None:
            async with progress:
                seen[event] += 1
                progress.notify_all()

        async def reach(event: str, count: int) -> None:
            async with progress:
                await progress.wait_for(lambda: seen[event] == count)

        async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await note("opened")
            with contextlib.suppress(ConnectionError):  # a reset is an end as well
                await reader.read()
            writer.close()
            await note("ended")

        server = await asyncio.start_server(hold, "127.0.0.1")
        url = "https://127.0.0.1:{1}".format(*server.sockets[0].getsockname())
        async with server, AsyncKustomClient(CANARY, base_url=url, max_in_flight=calls) as kustom:
            for count in (calls // 2, calls, calls + 1):
                more = range(count - seen["opened"])
                begun = [asyncio.create_task(kustom.get_order(ORDER)) for _ in more]
                await reach("opened", count)
                for task in begun:
                    task.cancel()
                await asyncio.gather(*begun, return_exceptions=True)
                assert all(task.cancelled() for task in begun)
                await reach("ended", count)

    asyncio.run(asyncio.wait_for(story(), 60))


def _refusal(status: int, code: str, *messages: str) -> Callable[[], tuple[bytes, bool]]:
    body = {"error_code": code, "error_messages": messages, "correlation_id": "c-1"}
    return json_answer(status, json.dumps(body))


EXPIRED: Final = "Order is expired"
TOO_MUCH: Final = "Refunded amount is higher than the captured amount that is not refunded yet"
#: Answers that were seen or are documented, with what each is.
REFUSALS: Final[Mapping[str, tuple[Any, type[ApiError], tuple[str, ...]]]] = {
    "expired": (_refusal(403, "CAPTURE_NOT_ALLOWED", EXPIRED), CaptureNotAllowed, (EXPIRED,)),
    "over-refund": (_refusal(403, "REFUND_NOT_ALLOWED", TOO_MUCH), RefundNotAllowed, (TOO_MUCH,)),
    "captured": (
        _refusal(403, "CANCEL_NOT_ALLOWED", "Order has previous captures"),
        CancelNotAllowed,
        ("Order has previous captures",),
    ),
    "not allowed": (_refusal(403, "NOT_ALLOWED", ""), NotAllowed, ()),
    "no order": (_refusal(404, "NO_SUCH_ORDER", "No such order"), NoSuchOrder, ("No such order",)),
    "bad": (_refusal(400, "BAD_REQUEST", "Bad value: amount"), BadRequest, ("Bad value: amount",)),
    "conflict": (_refusal(409, "CONFLICT"), Conflict, ()),
    "firewall": (answer(403), Forbidden, ()),
    "gateway": (
        answer(401, "<html>401 Authorization Required</html>", Content_Type="text/html"),
        AuthenticationFailed,
        (),
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize(("verb", "amounts"), [("capture", (1,)), ("refund", (1,)), ("cancel", ())])
def test_case_41_refusals_as_the_field_saw_them(
    connect: Connect, server: Wire, name: str, verb: str, amounts: tuple[int, ...]
) -> None:
    """The class follows from status and code, messages are kept, and nothing is repeated."""
    refusal, kind, messages = REFUSALS[name]
    server.will(refusal)
    with pytest.raises(kind) as caught:
        getattr(connect(base_url=server.url), verb)(ORDER, *amounts)
    assert type(caught.value) is kind
    assert caught.value.messages == messages
    assert (caught.value.attempts, len(server.received)) == (1, 1)
