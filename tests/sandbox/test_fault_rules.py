"""Rules of faults: which requests they match, when they fire, and which values they refuse."""

from collections.abc import Callable
from typing import Any

import pytest

from kustom_facade.sandbox import Fault, Sandbox

from .api_client import KEY, ApiClient

_DATE = "Mon, 02 Mar 2026 09:30:07 GMT"


def _fires(sandbox: Sandbox, act: Callable[[], Any]) -> bool:
    before = sum(sandbox.faults.counts().values())
    act()
    return sum(sandbox.faults.counts().values()) > before


_CAPTURE = ("POST", "/captures", {"captured_amount": 1})


@pytest.mark.parametrize(
    ("rule", "fires"),
    [
        ({}, "111111"),
        ({"nth": 2}, "010000"),
        ({"nth": 2, "times": 3}, "011100"),
        ({"nth": 3, "probability": 0.5, "seed": 3}, "001000"),
        ({"nth": 2, "probability": 0.5}, "000000"),
        ({"nth": 2, "times": 3, "probability": 0.5}, "000100"),
        ({"every": 2}, "010101"),
        ({"nth": 1, "every": 2}, "101010"),
        ({"every": 2, "times": 2}, "010100"),
        ({"times": 2}, "110000"),
        ({"probability": 0}, "000000"),
        ({"probability": 0.5}, "001000"),
        ({"probability": 0.5, "seed": 3}, "100010"),
    ],
)
def test_at_which_calls_a_fault_fires(
    sandbox: Sandbox, api: ApiClient, rule: dict[str, Any], fires: str
) -> None:
    """Counted from 1 over the calls that match. Chance follows from the seed."""
    sandbox.faults.add(Fault("status", "write", **rule))
    seen = ""
    for _ in fires:
        api("GET")
        seen += str(int(_fires(sandbox, lambda: api(*_CAPTURE))))
    assert seen == fires


@pytest.mark.parametrize(
    ("verb", "matches"),
    [
        ("capture", True),
        ("captureOrder", True),
        ("POST", True),
        ("POST /captures", True),
        ("write", True),
        ("read", False),
        ("GET", False),
        ("refund", False),
        ("POST /captures/*/shipping-info", False),
        (None, True),
    ],
)
def test_what_a_verb_may_be(
    sandbox: Sandbox, api: ApiClient, verb: str | None, matches: bool
) -> None:
    """The client's name, the document's, a method, a method with a path, or one of two kinds."""
    sandbox.faults.add(Fault("duplicate", verb))
    assert _fires(sandbox, lambda: api(*_CAPTURE)) is matches


def test_an_order_of_its_own(sandbox: Sandbox, api: ApiClient) -> None:
    """Only requests about that order fail, and an unknown path matches no condition."""
    other = sandbox.add_order({})
    sandbox.faults.add(Fault("status", order_id=other))
    assert [api("GET").status_code, ApiClient(api.client, other)("GET").status_code] == [200, 503]
    assert api.client.get("/nowhere", headers={"authorization": f"Basic {KEY}"}).status_code == 404
    sandbox.faults.add(Fault("status", "GET"), Fault("status", status=520), Fault("stale"))
    assert api.client.get("/nowhere").status_code == 520
    assert sandbox.faults.counts() == {"status": 2}


def test_the_first_that_is_due_fires(sandbox: Sandbox, api: ApiClient) -> None:
    """One fault at a call, in the order in which they were added. The others count it too."""
    second = Fault("status", status=502, nth=2)
    sandbox.faults.add(Fault("status", status=500, nth=1), second)
    assert [api("GET").status_code for _ in range(3)] == [500, 502, 200]
    assert sandbox.faults.list()[1] is second
    sandbox.faults.add(Fault("stale", reads=9))
    api.capture(1)
    sandbox.faults.clear()
    assert (sandbox.faults.list(), sandbox.faults.counts()) == ((), {})
    assert api.order()["captured_amount"] == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "explode"}, "kind must be one of refuse, drop, "),
        ({"verb": "steal"}, "verb must be one of .*capture"),
        ({"verb": ["capture"]}, "verb must be one of"),
        ({"body": "xml"}, "body must be one of html, json, empty, broken, not 'xml'"),
        ({"order_id": "1"}, "order_id must be a UUID, not '1'"),
        ({"order_id": 1}, "order_id must be a UUID, not 1"),
        ({"nth": 0}, "nth must be a whole number from 1"),
        ({"nth": 1.5}, "nth must be a whole number"),
        ({"every": True}, "every must be"),
        ({"times": "2"}, "times must be"),
        ({"probability": 1.1}, "probability must be a number from 0 to 1, not 1.1"),
        ({"probability": None}, "probability must be"),
        ({"seconds": -1}, "seconds must be a number"),
        ({"seconds": float("nan")}, "seconds must be a number"),
        ({"status": 200}, "status must be a whole number from 400 to 599"),
        (
            {"retry_after": "soon"},
            "retry_after must be a number of seconds or an HTTP date, not 'soon'",
        ),
        (
            {"retry_after": "2026-03-02T09:30:00Z"},
            "retry_after must be a number of seconds or an HTTP date",
        ),
        (
            {"retry_after": f"{_DATE}\r\nX: y"},
            "retry_after must be a number of seconds or an HTTP date",
        ),
        ({"retry_after": -1}, "retry_after must be a number from 0"),
        ({"effect": "yes"}, "effect must be one of True, False"),
        ({"effect": 1}, "effect must be one of True, False, not 1"),
        ({"in_progress": 1}, "in_progress must be one of True, False, not 1"),
        ({"in_progress": True}, "kind of a fault that is in_progress must be one of delay, not"),
        ({"code": ""}, "code must be like PAYMENT_METHOD_FAILED, not ''"),
        ({"code": "no\r\ncode"}, "code must be like PAYMENT_METHOD_FAILED"),
        ({"code": 403}, "code must be like PAYMENT_METHOD_FAILED, not 403"),
        (
            {"code": "A", "body": "html"},
            "body of an answer with a code must be one of None, json, not 'html'",
        ),
    ],
)
def test_a_fault_that_there_is_not(values: dict[str, Any], message: str) -> None:
    """It is refused where it is made, by name."""
    given: dict[str, Any] = {"kind": "drop", **values}
    with pytest.raises(ValueError, match=message):
        Fault(**given)
