"""The control paths, which set a served sandbox over HTTP."""

import json
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox

from ..api_client import ApiClient, problem

_ID = "00000000-0000-0000-0000-00000000000a"


def test_faults_are_set_listed_and_lifted(sandbox: Sandbox, client: httpx.Client) -> None:
    """POST adds, PUT replaces, DELETE lifts all. Each answers with what is set and what fired."""
    where = "/_sandbox/faults"
    lose = {"kind": "lose", "verb": "capture", "nth": 1}
    assert client.get(where).json() == {"faults": [], "counts": {}}
    assert client.post(where, json=lose).json()["faults"] == [lose]
    late = {"kind": "status", "status": 429, "retry_after": 2}
    assert client.post(where, json=[late]).json()["faults"] == [lose, late]
    with pytest.raises(httpx.TransportError):
        ApiClient(client).capture(5)
    assert client.get(where).json()["counts"] == {"lose": 1}
    assert client.put(where, json=[late]).json() == {"faults": [late], "counts": {}}
    assert ApiClient(client)("GET").headers["retry-after"] == "2"
    failed = {"kind": "status", "status": 403, "code": "PAYMENT_METHOD_FAILED"}
    assert client.put(where, json=failed).json()["faults"] == [failed]
    assert problem(ApiClient(client).capture(5)) == (403, "PAYMENT_METHOD_FAILED", [])
    assert client.delete(where).json() == {"faults": [], "counts": {}}
    assert sandbox.faults.list() == ()


def test_one_fault_is_lifted(sandbox: Sandbox, client: httpx.Client) -> None:
    """By what it is. The counts and the other faults stay."""
    drop, delay = {"kind": "drop", "nth": 9}, {"kind": "delay", "seconds": 0.01}
    client.post("/_sandbox/faults", json=[drop, delay, drop])
    assert ApiClient(client)("GET").status_code == 200
    lifted = client.post("/_sandbox/faults/lift", json=drop).json()
    assert lifted == {"faults": [delay, drop], "counts": {"delay": 1}}
    assert client.post("/_sandbox/faults/lift", json=delay).json()["faults"] == [drop]
    answer = client.post("/_sandbox/faults/lift", json=delay)
    assert problem(answer) == (400, "BAD_REQUEST", ["there is no such fault"])
    assert sandbox.faults.list() == (Fault("drop", nth=9),)


def test_the_clock_is_moved(client: httpx.Client) -> None:
    """By seconds, and only forward."""
    assert client.get("/_sandbox/clock").json() == {"now": "2026-03-02T09:30:00+00:00"}
    answer = client.post("/_sandbox/clock", json={"advance": 28 * 86400})
    assert answer.json() == {"now": "2026-03-30T09:30:00+00:00"}
    assert ApiClient(client).order()["status"] == "EXPIRED"


def test_orders_are_added_and_read(client: httpx.Client) -> None:
    """One, or a list of them, all or none."""
    where = "/_sandbox/orders"
    assert client.post(where, json={"order_id": _ID, "order_amount": 700}).json() == {
        "order_ids": [_ID]
    }
    assert len(client.post(where, json=[{}, {}]).json()["order_ids"]) == 2
    assert client.post(where, json=[{}, {"order_id": _ID}]).status_code == 400
    listed = client.get(where).json()
    assert [order["order_id"] for order in listed][:2] == [EXAMPLE_ORDER_ID, _ID]
    assert len(listed) == 4
    assert (
        client.get(f"{where}/{_ID.upper()}").json() == listed[1] == ApiClient(client, _ID).order()
    )


def test_everything_begins_anew(sandbox: Sandbox, client: httpx.Client) -> None:
    """Orders, keys, faults, calls and the clock are as they were, and so are the ids that come."""
    ApiClient(client)("POST", "/captures", {"captured_amount": 1}, key="k")
    capture_id = sandbox.order(EXAMPLE_ORDER_ID)["captures"][0]["capture_id"]
    client.post("/_sandbox/orders", json={})
    client.post("/_sandbox/clock", json={"advance": 60})
    sandbox.faults.add(Fault("drop"))
    assert client.post("/_sandbox/reset").json() == {}
    assert (sandbox.order_ids, sandbox.calls, sandbox.faults.list()) == (
        (EXAMPLE_ORDER_ID,),
        (),
        (),
    )
    assert client.get("/_sandbox/clock").json() == {"now": "2026-03-02T09:30:00+00:00"}
    again = ApiClient(client)("POST", "/captures", {"captured_amount": 2}, key="k")
    assert again.headers["capture-id"] == capture_id
    assert ApiClient(client).order()["captured_amount"] == 2


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "nothing", None, 404, "There are faults, faults/lift, clock, orders"),
        ("GET", "faults/1", None, 404, "There are faults"),
        ("GET", "orders/1", None, 404, "No such order"),
        ("POST", f"orders/{_ID}", {}, 405, "Method must be GET, HEAD"),
        ("PATCH", "faults", {}, 405, "Method must be DELETE, GET, POST, PUT, HEAD"),
        ("GET", "reset", None, 405, "Method must be POST"),
        ("POST", "faults", "{", 400, "Body is not valid JSON"),
        ("POST", "faults", [1], 400, "a fault must be an object"),
        ("POST", "faults", {}, 400, "kind is required"),
        ("GET", "faults/lift", None, 405, "Method must be POST"),
        ("POST", "faults/lift", [], 400, "a fault must be an object"),
        ("POST", "faults", {"kind": "drop", "name": 1}, 400, "a fault has no name"),
        ("POST", "faults", {"kind": "drop", "nth": "1"}, 400, "nth must be a whole number"),
        ("POST", "faults", {"kind": []}, 400, "kind must be one of"),
        ("POST", "clock", {}, 400, "the body must be like"),
        ("POST", "clock", [], 400, "the body must be like"),
        ("POST", "clock", {"advance": True}, 400, "the body must be like"),
        ("POST", "clock", {"advance": -1}, 400, "a clock only moves forward"),
        ("POST", "clock", {"advance": 1e11}, 400, "a clock moves by 365000 days at most"),
        ("POST", "clock", {"advance": 1e300}, 400, "too large"),
        ("POST", "orders", [1], 400, "orders[0]: must be an object"),
        (
            "POST",
            "orders",
            {"order_lines": [{}]},
            400,
            "orders[0].order_lines[0].total_amount: is required",
        ),
        ("POST", "orders", {"order_amount": -1}, 400, "orders[0].order_amount: must be at least 0"),
        ("POST", "orders", "[" * 900 + "]" * 900, 400, "orders[0]: must not be nested deeper than"),
        ("POST", "orders", "[" * 99_999 + "]" * 99_999, 400, "Body is not valid JSON"),
        ("POST", "orders", [{}] * 10_000, 400, "there can be 10000 orders at most"),
        ("POST", "faults", [{"kind": "drop"}] * 1001, 400, "there can be 1000 faults at most"),
        ("POST", "orders", {"order_id": "1"}, 400, "orders[0].order_id: must be a UUID"),
        (
            "POST",
            "orders",
            {"created_at": "9999-12-31"},
            400,
            "orders[0].created_at: must be a date",
        ),
        ("POST", "orders", "[" + " " * 2**20 + "]", 413, "Body must be at most"),
    ],
)
def test_bad_input_is_refused(
    client: httpx.Client, method: str, path: str, body: Any, status: int, message: str
) -> None:
    """4xx in the API's own shape of errors, and nothing is changed."""
    content = None if body is None else body if isinstance(body, str) else json.dumps(body)
    answer = client.request(method, f"/_sandbox/{path}", content=content)
    assert answer.status_code == status
    assert message in answer.json()["error_messages"][0]
    assert [len(client.get(f"/_sandbox/{name}").json()) for name in ("orders", "faults")] == [1, 2]
