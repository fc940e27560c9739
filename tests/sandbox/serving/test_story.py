"""An order's story: what clients were told, and what has really happened."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox
from kustom_facade.sandbox.serving.story import Event, event_of, events

from ..api_client import ApiClient


def _story(sandbox: Sandbox) -> list[Event]:
    return events(sandbox.order(EXAMPLE_ORDER_ID), sandbox.calls)


def _latest(sandbox: Sandbox) -> tuple[str, str, str, tuple[str, ...]]:
    event = _story(sandbox)[0]
    return event.title, event.told, event.tone, event.notes


@pytest.mark.parametrize(
    ("fault", "told", "notes"),
    [
        (Fault("lose"), "lost", ("the answer was lost on the way", "it was done: 201")),
        (Fault("cut"), "cut off", ("the answer ended in the middle", "it was done: 201")),
        (Fault("drop"), "dropped", ("the connection ended early", "nothing was done")),
        (Fault("refuse"), "no connection", ("the connection was refused", "nothing was done")),
        (Fault("delay", seconds=0), "201", ("the answer took its time", "it was done: 201")),
        (
            Fault("status", status=520, effect=True),
            "520",
            ("another answer was put in its place", "it was done: 201"),
        ),
        (
            Fault("status", status=403, code="PAYMENT_METHOD_FAILED"),
            "403 PAYMENT_METHOD_FAILED",
            ("another answer was put in its place", "nothing was done"),
        ),
        (Fault("stale"), "201", ("reads do not show it for a while", "it was done: 201")),
        (Fault("duplicate"), "201", ("the request arrived once more", "it was done: 201")),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
def test_a_fault_says_what_was_told_and_what_was_done(
    sandbox: Sandbox, api: ApiClient, fault: Fault, told: str, notes: tuple[str, ...]
) -> None:
    """The two differ, which is what a fault is for."""
    sandbox.faults.add(fault)
    with suppress(httpx.TransportError):
        api.capture(4321)
    assert _latest(sandbox) == ("Capture 43.21 SEK", told, "broken", notes)


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda api: api.capture(4321), ("Capture 43.21 SEK", "201", "done", ())),
        (lambda api: api("GET"), ("Read the order", "200", "quiet", ())),
        (lambda api: api("POST", "/cancel"), ("Cancel", "204", "done", ())),
        (
            lambda api: api.capture(99999),
            (
                "Capture 999.99 SEK",
                "403 CAPTURE_NOT_ALLOWED",
                "refused",
                ("Captured amount is higher than the remaining authorized amount",),
            ),
        ),
        (
            lambda api: api("PATCH", "/authorization", {"order_amount": "x"}),
            (
                "Update the authorization",
                "400 INVALID_REQUEST_PARAMETERS",
                "refused",
                ("order_lines: is required", "order_amount: must be an integer"),
            ),
        ),
        (
            lambda api: [api("POST", "/acknowledge", key="k") for _ in range(2)],
            (
                "Acknowledge",
                "204",
                "known",
                ("a known key: the first answer again, and nothing new was done",),
            ),
        ),
        (
            lambda api: api("POST", "/captures", ["no object"]),
            ("Capture", "400 INVALID_REQUEST_PARAMETERS", "refused", ("body: must be an object",)),
        ),
    ],
)
def test_a_call_says_how_it_went(
    sandbox: Sandbox,
    api: ApiClient,
    ask: Callable[[ApiClient], object],
    expected: tuple[str, str, str, tuple[str, ...]],
) -> None:
    """With the error's code and messages."""
    ask(api)
    assert _latest(sandbox) == expected


def test_a_refusal_whose_answer_is_lost_is_one(sandbox: Sandbox, api: ApiClient) -> None:
    """Nothing was done, and the client does not know."""
    sandbox.faults.add(Fault("lose"))
    with pytest.raises(httpx.ReadError):
        api.refund(1)
    assert _latest(sandbox)[1:] == (
        "lost",
        "broken",
        (
            "the answer was lost on the way",
            "it was refused: 403 REFUND_NOT_ALLOWED",
            "Order has no captures",
        ),
    )
    with pytest.raises(httpx.ReadError):
        api("GET")
    assert _latest(sandbox)[3] == ("the answer was lost on the way",)


def test_ids_keys_and_references_are_there_to_copy(sandbox: Sandbox, api: ApiClient) -> None:
    """Those of the request and those of the answer."""
    body: dict[str, Any] = {"captured_amount": 5, "reference": "ship-1"}
    answer = api("POST", "/captures", body, key="k-1")
    assert _story(sandbox)[0].labels == (
        ("key", "k-1"),
        ("reference", "ship-1"),
        ("capture id", answer.headers["capture-id"]),
        ("correlation id", answer.headers["klarna-correlation-id"]),
    )


def test_a_story_has_everything_once_and_the_newest_first(sandbox: Sandbox, api: ApiClient) -> None:
    """What the order shows beyond the calls that are remembered, and reads in a row as one."""
    order_id = sandbox.add_order(
        {
            "created_at": "2026-03-01T09:00:00Z",
            "captures": [{"captured_amount": 700, "captured_at": "2026-03-01T10:00:00Z"}],
            "refunds": [
                {"refunded_amount": 7, "reference": "r", "refunded_at": "2026-03-01T11:00:00Z"}
            ],
        }
    )
    api.order_id = order_id
    api.capture(100)
    api.order()
    api.order()
    api.refund(50)
    api.order()
    story = events(sandbox.order(order_id), sandbox.calls)
    assert [(event.title, event.told, event.times) for event in story] == [
        ("Read the order", "200", 1),
        ("Refund 0.50 SEK", "201", 1),
        ("Read the order", "200", 2),
        ("Capture 1.00 SEK", "201", 1),
        ("Refund 0.07 SEK", "", 1),
        ("Capture 7.00 SEK", "", 1),
        ("Order of 100.00 SEK", "", 1),
    ]
    assert [name for name, _ in story[4].labels] == ["reference", "refund id"]
    assert story[-1].notes == ("authorized until 2026-03-29",)


def test_a_call_about_no_order_has_its_path(sandbox: Sandbox, api: ApiClient) -> None:
    """It is about nothing that there is."""
    api("POST", "/nothing")
    (call,) = sandbox.calls
    event = event_of(call, "")
    assert (event.title, event.told) == (
        f"POST {call.request.path}",
        "404 RESOURCE_NOT_FOUND",
    )
