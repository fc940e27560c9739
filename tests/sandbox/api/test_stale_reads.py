"""Stale reads, by time and by number."""

from datetime import timedelta

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Clock, Fault, Sandbox

from ..api_client import START, ApiClient, client_of


def _captured(sandbox: Sandbox) -> int:
    amount: int = sandbox.order(EXAMPLE_ORDER_ID)["captured_amount"]
    return amount


def test_stale_reads_for_some_time(sandbox: Sandbox, clock: Clock, wire: ApiClient) -> None:
    """Reads show the order before the first write, until the last one's time is over."""
    sandbox.faults.add(Fault("stale", seconds=5, times=2))
    captured = wire.capture(100)
    assert wire("GET", f"/captures/{captured.headers['capture-id']}").status_code == 404
    clock.advance(4)
    wire.capture(10)
    clock.advance(4.5)
    assert wire.order()["captured_amount"] == 0
    assert wire("GET", "/captures").json() == []
    assert _captured(sandbox) == 110
    clock.advance(0.5)
    assert wire.order()["captured_amount"] == 110
    wire.capture(1)
    assert wire.order()["captured_amount"] == 111


def test_stale_reads_by_number(sandbox: Sandbox, wire: ApiClient) -> None:
    """So many reads of that order and no other. A write is never stale."""
    other = ApiClient(wire.client, sandbox.add_order({}))
    sandbox.faults.add(Fault("stale", reads=2, order_id=EXAMPLE_ORDER_ID.upper()))
    wire.capture(6000)
    other.capture(1)
    assert wire.capture(6000).status_code == 403
    assert [wire.order()["captured_amount"] for _ in range(3)] == [0, 0, 6000]
    assert other.order()["captured_amount"] == 1


def test_lifetimes_and_faults_share_a_clock() -> None:
    """A stale view ends when the clock is moved, not when the test has waited."""
    sandbox = Sandbox(clock=Clock(START))
    sandbox.faults.add(Fault("stale", seconds=3600))
    api = client_of(sandbox)
    api("PATCH", "/merchant-references", {"merchant_reference1": "A"})
    assert "merchant_reference1" not in api.order()
    sandbox.advance(timedelta(hours=1))
    assert api.order()["merchant_reference1"] == "A"


def test_a_stale_fault_without_an_order(sandbox: Sandbox, api: ApiClient) -> None:
    """There is nothing that reads could show."""
    sandbox.faults.add(Fault("stale"))
    api.order_id = "00000000-0000-0000-0000-000000000000"
    assert api.capture(1).status_code == 404
    assert api("GET").status_code == 404
