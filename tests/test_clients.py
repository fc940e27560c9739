"""Every verb in both modes over real HTTP against the sandbox:
what it does there, and what it gives back.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given, strategies as st
from odd_values import ANYTHING, ODD
from support import CANARY, ENSURING, VERBS, Client

from kustom_facade import (
    CancelNotAllowed,
    CaptureNotAllowed,
    Created,
    Done,
    IdempotencyKeyReused,
    KustomClient,
    KustomError,
    Money,
    NoSuchCapture,
    NoSuchOrder,
    NotAllowed,
    NotFound,
    RefundNotAllowed,
    RetryPolicy,
)
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox, serve

OTHER = "00000000-0000-4000-8000-000000000000"
SHIPMENT = {"shipping_company": "PostNord", "tracking_number": "63456415674545679874"}

#: Which verbs the tests of this module have called; a test at the end holds that it is all of them.
called: set[tuple[str, str]] = set()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, str]]:
    """A sandbox behind real HTTP."""
    sandbox = Sandbox(remembered_calls=10_000)
    with serve(sandbox) as url:
        yield sandbox, url


class Shop:
    """A client and a fresh order in the sandbox behind it."""

    def __init__(self, client: Client, sandbox: Sandbox) -> None:
        self.client = client
        order = Sandbox().order(EXAMPLE_ORDER_ID)
        self.id = sandbox.add_order({**order, "order_id": str(uuid4())})
        self._sandbox = sandbox

    def __getattr__(self, verb: str) -> Any:
        called.add((self.client.mode, verb))

        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(self.client, verb)(self.id, *args, **kwargs)

        return call

    @property
    def state(self) -> dict[str, Any]:
        """The order as the sandbox holds it."""
        return self._sandbox.order(self.id)


@pytest.fixture
def shop(connect: Callable[..., Client], served: tuple[Sandbox, str]) -> Shop:
    """A client of the served sandbox, with an order of its own."""
    sandbox, url = served
    return Shop(connect(base_url=url), sandbox)


def done(result: Any) -> Any:
    """Holds what every result of a write has."""
    assert isinstance(result, Done)
    assert UUID(result.idempotency_key).version == 4
    assert result.correlation_id
    assert result.headers["klarna-correlation-id"] == result.correlation_id
    assert result.attempts == 1
    return result


def test_get_order(shop: Shop) -> None:
    """The whole order as a model, amounts in minor units."""
    order = shop.get_order()
    assert (order.order_id, order.status, order.fraud_status) == (shop.id, "AUTHORIZED", "ACCEPTED")
    assert (order.order_amount, order.purchase_currency) == (10000, "SEK")
    assert sum(line.total_amount for line in order.order_lines) == 10000
    dates = {"created_at", "expires_at"}  # the same moments, spelled in another way
    assert {name: value for name, value in order.to_dict().items() if name not in dates} == {
        name: value for name, value in shop.state.items() if name not in dates
    }
    assert (
        order.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        == shop.state["created_at"]
    )


def test_acknowledge(shop: Shop) -> None:
    """Once and again: it is harmless."""
    assert type(done(shop.acknowledge())) is Done
    done(shop.acknowledge())


def test_cancel(shop: Shop) -> None:
    """The whole order; and after a capture the friendly error."""
    done(shop.cancel())
    assert shop.state["status"] == "CANCELLED"
    with pytest.raises(CaptureNotAllowed) as caught:
        shop.capture(1)
    assert caught.value.status == 403
    assert not caught.value.outcome_unknown


def test_a_captured_order_cannot_be_cancelled(shop: Shop) -> None:
    """The error says what to do instead."""
    shop.capture(4000)
    with pytest.raises(CancelNotAllowed, match="the remaining authorization released") as caught:
        shop.cancel()
    assert caught.value.code == "CANCEL_NOT_ALLOWED"
    assert caught.value.correlation_id


def test_extend_authorization_time(shop: Shop) -> None:
    """The expiry does not move back."""
    before = shop.state["expires_at"]
    done(shop.extend_authorization_time())
    assert shop.state["expires_at"] >= before


def test_release_remaining_authorization(shop: Shop) -> None:
    """Only after a partial capture."""
    with pytest.raises(NotAllowed):
        shop.release_remaining_authorization()
    shop.capture(4000)
    done(shop.release_remaining_authorization())
    assert (shop.state["status"], shop.state["remaining_authorized_amount"]) == ("CAPTURED", 0)


def test_update_authorization(shop: Shop) -> None:
    """New total, new lines, and the original amount kept."""
    line = {
        "name": "Pears",
        "quantity": 2,
        "unit_price": 600,
        "total_amount": 1200,
        "tax_rate": 2500,
        "total_tax_amount": 240,
    }
    done(shop.update_authorization(Money.of("12.00", "SEK"), [line], description="one item less"))
    state = shop.state
    assert (state["order_amount"], state["original_order_amount"]) == (1200, 10000)
    assert [line["name"] for line in state["order_lines"]] == ["Pears"]


def test_update_customer_details(shop: Shop) -> None:
    """A new shipping address."""
    done(shop.update_customer_details(shipping_address={"city": "Lund", "region": ""}))
    assert shop.state["shipping_address"]["city"] == "Lund"


def test_update_merchant_references(shop: Shop) -> None:
    """One stays when the other is set; "" clears."""
    done(shop.update_merchant_references(merchant_reference1="A-1001", merchant_reference2="B"))
    shop.update_merchant_references(merchant_reference2="")
    assert shop.get_order().merchant_reference1 == "A-1001"
    assert not shop.get_order().merchant_reference2


def test_add_shipping_info(shop: Shop) -> None:
    """Appended to the order."""
    done(shop.add_shipping_info([SHIPMENT]))
    assert shop.get_order().shipping_info[0].tracking_number == SHIPMENT["tracking_number"]


def test_capture_and_read_it(shop: Shop) -> None:
    """A part with lines and shipping info, found again by its id and in the list."""
    lines = shop.get_order().order_lines[:1]
    amount = lines[0].total_amount
    created = done(
        shop.capture(
            amount,
            reference="shipment-1",
            description="first",
            order_lines=lines,
            shipping_info=[SHIPMENT],
        )
    )
    assert isinstance(created, Created)
    assert created.note == ""
    assert created.location is not None
    assert created.location.endswith(f"/orders/{shop.id}/captures/{created.id}")
    capture = shop.get_capture(created.id)
    assert (capture.capture_id, capture.captured_amount) == (created.id, amount)
    assert (capture.reference, capture.description) == ("shipment-1", "first")
    assert capture.order_lines[0].to_dict() == lines[0].to_dict()
    assert [each.to_dict() for each in shop.list_captures()] == [capture.to_dict()]
    assert (shop.state["status"], shop.state["captured_amount"]) == ("PART_CAPTURED", amount)


def test_add_capture_shipping_info(shop: Shop) -> None:
    """Appended to the capture."""
    created = shop.capture(Money(10000, "SEK"))
    done(shop.add_capture_shipping_info(created.id, [SHIPMENT, {}]))
    assert len(shop.get_capture(created.id).shipping_info) == 2
    assert shop.state["status"] == "CAPTURED"


def test_refund_and_read_it(shop: Shop) -> None:
    """A part of what was captured, found again by its id."""
    with pytest.raises(RefundNotAllowed):
        shop.refund(1)
    shop.capture(10000)
    created = done(shop.refund(2500, reference="return-1", description="too small"))
    assert isinstance(created, Created)
    assert shop.get_refund(created.id).refunded_amount == 2500
    assert shop.state["refunded_amount"] == 2500


def test_more_than_there_is(shop: Shop) -> None:
    """Refused by the API, with its code, for a capture as for a refund; nothing moved."""
    with pytest.raises(CaptureNotAllowed):
        shop.capture(10001)
    shop.capture(4000)
    with pytest.raises(RefundNotAllowed):
        shop.refund(4001)
    assert (shop.state["captured_amount"], shop.state["refunded_amount"]) == (4000, 0)


def test_one_key_is_one_effect(shop: Shop) -> None:
    """The same key again gives the first answer, whatever is asked, and moves no money."""
    key = f"shipment-1 of {shop.id}"
    first = shop.capture(1000, idempotency_key=key)
    again = shop.capture(1000, idempotency_key=key)
    with pytest.raises(IdempotencyKeyReused, match="Nothing was sent"):
        shop.capture(2000, idempotency_key=key)
    shop.client.client._guard_keys = False
    other = shop.capture(2000, idempotency_key=key)
    assert (first.id, first.idempotency_key) == (again.id, key) == (other.id, key)
    assert shop.state["captured_amount"] == 1000
    assert shop.capture(1000).id != first.id


def test_what_is_not_there(shop: Shop) -> None:
    """An order, a capture, a refund: each with its class."""
    with pytest.raises(NoSuchOrder):
        shop.client.get_order(OTHER)
    with pytest.raises(NotFound) as capture:
        shop.get_capture(OTHER)
    assert isinstance(capture.value, NoSuchCapture | NotFound)
    with pytest.raises(NotFound):
        shop.get_refund(OTHER)


def test_both_credentials_are_taken_and_wrong_ones_refused(
    connect: Callable[..., Client], served: tuple[Sandbox, str]
) -> None:
    """The key raw, and with its username; another key is a 401."""
    sandbox, url = served
    assert Shop(connect(base_url=url, username="M1-a"), sandbox).get_order().order_amount == 10000
    with pytest.raises(KustomError, match="KUSTOM_API_KEY"):
        Shop(connect(base_url=url, api_key="kco_live_x"), sandbox).get_order()


def test_the_sandbox_is_a_transport_too(connect: Callable[..., Client]) -> None:
    """Without a socket: the whole of a small story."""
    sandbox = Sandbox()
    client = connect(transport=sandbox)
    created = client.capture(EXAMPLE_ORDER_ID, 10000)
    client.refund(EXAMPLE_ORDER_ID, 10000)
    assert client.get_capture(EXAMPLE_ORDER_ID, created.id).captured_amount == 10000
    assert sandbox.order(EXAMPLE_ORDER_ID)["refunded_amount"] == 10000
    assert CANARY not in repr(sandbox.calls)


def test_every_answer_is_judged(
    connect: Callable[..., Client], schema_violations: list[str]
) -> None:
    """By an independent judge, see conftest.py:
    one that the document does not allow is noticed at once.
    """
    sandbox = Sandbox()
    client = connect(transport=sandbox)
    client.get_order(EXAMPLE_ORDER_ID)
    assert schema_violations == []
    sandbox._orders[EXAMPLE_ORDER_ID]["merchant_data"] = 7
    client.get_order(EXAMPLE_ORDER_ID)
    assert len(schema_violations) == 1
    assert "7 is not of type" in schema_violations[0]
    schema_violations.clear()


def test_every_verb_was_called_in_both_modes() -> None:
    """The tests above speak for all 15 verbs; this fails alone when run alone."""
    assert called >= {(mode, verb) for mode in ("sync", "async") for verb in VERBS}


#: The least that each verb needs, by the names of its arguments.
LEAST: dict[str, Any] = {
    "order_id": EXAMPLE_ORDER_ID,
    "capture_id": "c-1",
    "refund_id": "r-1",
    "amount": 1,
    "order_amount": 0,
    "order_lines": [],
    "shipping_info": [SHIPMENT],
    "shipping_address": {},
    "merchant_reference1": "1",
    "reference": "e-1",
}
#: Every argument of every verb.
ARGUMENTS = [
    (verb, name)
    for verb in (*VERBS, *ENSURING)
    for name in inspect.signature(getattr(KustomClient, verb)).parameters
    if name != "self"
]


def call_with(verb: str, name: str, value: Any) -> None:
    """Call a verb with the least that it needs, and this value. Anything may come of it but
    an error that is none of ours, and no misuse.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        order = {"order_id": EXAMPLE_ORDER_ID, "status": "AUTHORIZED"}
        return httpx.Response(200, json=[] if request.url.path.endswith("/captures") else order)

    with KustomClient(CANARY, transport=httpx.MockTransport(answer)) as kustom:
        once = kustom.with_options(retry=RetryPolicy(attempts=1, base=0))
        method = getattr(once, verb)
        parameters = inspect.signature(method).parameters
        needed = [one for one in parameters if parameters[one].default is inspect.Parameter.empty]
        least = {one: LEAST[one] for one in needed}
        if verb == "update_merchant_references":
            least["merchant_reference1"] = "1"
        with suppress(KustomError, TypeError, ValueError):
            method(**{**least, name: value})


@pytest.mark.usefixtures("fresh_guard")
@pytest.mark.parametrize(("verb", "name"), ARGUMENTS)
def test_an_odd_argument_raises_nothing_foreign(verb: str, name: str) -> None:
    """Whichever verb takes it, and whatever it cannot be compared, counted or shown as."""
    for odd in ODD.values():
        call_with(verb, name, odd())


@given(argument=st.sampled_from(ARGUMENTS), value=ANYTHING)
def test_no_argument_raises_anything_foreign(argument: tuple[str, str], value: Any) -> None:
    """The same for values of all types."""
    call_with(*argument, value)
