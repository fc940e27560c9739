"""Events and outcomes for tests of batches."""

from typing import Any

from hypothesis import strategies as st
from support import ORDER

from kustom_facade import Created, KustomError, Money, Voided, errors
from kustom_facade.batch import Capture, Event, Outcome, Refund, Void

#: Where the events of tests go: what a key of the playground chooses.
SERVER = "https://api.playground.kustom.co"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
AMOUNTS = st.none() | st.integers() | st.builds(Money, st.integers(), st.just("SEK"))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
PARTS = st.none() | st.lists(st.dictionaries(TEXT, JSON, max_size=3), max_size=2)
MOVED = {
    "order_id": st.uuids().map(str) | TEXT,
    "amount": AMOUNTS,
    "reference": TEXT,
    "attempt": st.integers(),
    "verified_absent": st.booleans(),
    "description": st.none() | TEXT,
    "order_lines": PARTS,
}
EVENTS: st.SearchStrategy[Event] = (
    st.builds(Capture, **MOVED, shipping_info=PARTS, shipping_delay=st.none() | st.integers())
    | st.builds(Refund, **MOVED)
    | st.builds(Void, order_id=MOVED["order_id"], reference=st.none() | TEXT)
)


def classes() -> list[type[KustomError]]:
    """All classes of the tree."""
    found = [KustomError]
    for kind in found:
        found += kind.__subclasses__()
    return [kind for kind in found if kind.__name__ in str(errors.__doc__)]


ERRORS = st.builds(
    lambda kind, text, unknown: kind(text, outcome_unknown=unknown),
    st.sampled_from(classes()),
    TEXT,
    st.booleans(),
)


def receipt(event: Event, note: str) -> Created | Voided:
    """A success of an event's kind."""
    facts: dict[str, Any] = {"correlation_id": "c-1", "attempts": 1, "headers": {"a": "b"}}
    if event.kind == "void":
        return Voided(**facts, idempotency_key=None, action="cancelled", note=note)
    return Created(**facts, idempotency_key="k", id=None, location=None, note=note)


OUTCOMES = st.one_of(
    st.builds(
        lambda event, status, note: Outcome(event, status, receipt(event, note)),
        EVENTS,
        st.sampled_from(["done", "already_done"]),
        TEXT,
    ),
    st.builds(
        Outcome,
        EVENTS,
        st.sampled_from(["refused", "retry", "invalid"]),
        st.none(),
        ERRORS,
        st.none() | st.floats(0, 1000),
    ),
)


def capture(reference: str, amount: int = 100, order: str = ORDER) -> Capture:
    """A capture of the example order."""
    return Capture(order, amount, reference)
