"""Events: values that cross processes as JSON, and say what is wrong with them."""

import json
import pickle
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from support import ORDER

from batch.values import EVENTS
from kustom_facade import InvalidRequest, Money, OrderLine
from kustom_facade.batch import Capture, Event, Refund, Void


@given(event=EVENTS)
def test_an_event_crosses_as_json_and_as_pickle(event: Event) -> None:
    """Whatever is in it, what comes back is equal, of the same identity, and hashes alike."""
    for back in (
        Event.from_dict(json.loads(json.dumps(event.to_dict()))),
        pickle.loads(pickle.dumps(event)),  # noqa: S301  # pickled a moment ago
    ):
        assert back == event
        assert (hash(back), back.identity, back.terms) == (
            hash(event),
            event.identity,
            event.terms,
        )


def test_an_event_is_frozen_and_its_data_its_own() -> None:
    """Neither a field nor a line that the caller changes later changes it."""
    line = {"name": "Tomatoes", "quantity": 1, "unit_price": 100, "total_amount": 100}
    event = Capture(UUID(ORDER), 100, "s-1", order_lines=iter([line, OrderLine(**line)]))  # type: ignore[arg-type]  # plain values
    line["quantity"] = 2
    assert event.order_id == ORDER
    assert [one["quantity"] for one in event.order_lines or ()] == [1, 1]
    with pytest.raises(AttributeError):
        event.amount = 5  # type: ignore[misc]  # that is the point
    event.check()


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (Capture, {"order_id": 5}),
        (Capture, {"amount": 1.5}),
        (Capture, {"amount": True}),
        (Capture, {"reference": None}),
        (Refund, {"attempt": "2"}),
        (Refund, {"verified_absent": 1}),
        (Refund, {"description": 5}),
        (Refund, {"order_lines": "abc"}),
        (Refund, {"order_lines": 5}),
        (Refund, {"order_lines": [5]}),
        (Refund, {"order_lines": [{"name": object()}]}),
        (Refund, {"order_lines": [{5: "name"}]}),
    ],
)
def test_another_type_is_refused_at_once(kind: type, arguments: dict[str, Any]) -> None:
    """A mistake of the program is told where it is made."""
    with pytest.raises(TypeError):
        kind(**{"order_id": ORDER, "amount": 1, "reference": "s-1"} | arguments)


@pytest.mark.parametrize(
    "event",
    [
        Capture("no", 1, "s-1"),
        Capture(ORDER, 0, "s-1"),
        Capture(ORDER, -1, "s-1"),
        Capture(ORDER, 200_000_001, "s-1"),
        Capture(ORDER, 1, ""),
        Capture(ORDER, 1, " s-1"),
        Capture(ORDER, 1, "s" * 256),
        Capture(ORDER, 1, "s-1", attempt=0),
        Capture(ORDER, None, "s-1", description="d" * 256),
        Refund(ORDER, 1, "s-1", order_lines=[{"name": 5}]),
        Refund(ORDER, 1, "s-1", order_lines=[{"quantity": 1.5}]),
        Void("no"),
    ],
)
def test_a_value_that_breaks_a_limit_is_told_without_sending(event: Event) -> None:
    """The same limits that the verbs have."""
    with pytest.raises(InvalidRequest) as told:
        event.check()
    assert told.value.problems


def test_a_sound_event_passes() -> None:
    """Also one whose amount the order will say."""
    for event in (Capture(ORDER, None, "s-1"), Refund(ORDER, Money(5, "SEK"), "r"), Void(ORDER)):
        event.check()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, ValueError),
        ({"kind": ["capture"]}, ValueError),
        ({"kind": "captured"}, ValueError),
        ({"kind": "capture", "order_id": ORDER, "reference": "s-1"}, ValueError),
        ({"kind": "void", "order_id": ORDER, "amount": 1}, ValueError),
        (
            {"kind": "capture", "order_id": ORDER, "amount": {"minor": 1}, "reference": "s"},
            ValueError,
        ),
        ([], TypeError),
    ],
)
def test_data_of_no_event_is_refused(data: Any, error: type[Exception]) -> None:
    """A field that is missing or misspelt is named, and never left out."""
    with pytest.raises(error):
        Event.from_dict(data)


def test_what_an_event_is_known_by() -> None:
    """One spelling of the order, and the reference; a void by its order alone."""
    upper = Capture(ORDER.upper(), Money(5, "SEK"), "s-1")
    assert upper.identity == Capture(ORDER, 5, "s-1").identity
    assert upper.terms == Capture(ORDER, 5, "s-1").terms
    assert upper.identity != Refund(ORDER, 5, "s-1").identity
    assert Void(ORDER, "a").identity == Void(ORDER, "b").identity
    assert Void(ORDER).terms == ()
