"""Mixed calls over 16 connections with faults on leave every order sound,
and as the clients were told.
"""

from soak_run import harness
from soak_run.harness import Ledger


def test_2500_calls_leave_the_books_in_order() -> None:
    """All kinds of faults fired, the sandbox was killed in between, most calls went through, and
    nothing is wrong at the end.
    """
    figures = harness.run(2_500, seed=20261124)
    assert not figures.wrong, figures
    assert sum(figures.outcomes.values()) == figures.calls
    assert figures.kills == harness.KILLS + 1
    assert figures.faults.keys() == {
        "lose",
        "drop",
        "cut",
        "status",
        "delay",
        "stale",
        "duplicate",
        "refuse",
    }
    assert figures.outcomes["done"] > figures.calls / 2


def test_what_the_orders_contradict_is_found() -> None:
    """Each kind of lie, so that the check above is known to be able to fail."""
    order = {
        "captures": [
            {"reference": "a", "captured_amount": 1},
            {"reference": "b", "captured_amount": 2},
            {"reference": "b", "captured_amount": 2},
        ],
        "refunds": [{"reference": "c", "refunded_amount": 3}],
        "shipping_info": [{"tracking_number": "d"}],
    }
    ledger = Ledger(
        made={"capture a": 1, "capture b": 2, "refund c": 4, "refund e": 5},
        unknown={"capture f": 1},
        refused={"shipment d"},
    )
    assert list(harness.contradictions(ledger, [order])) == [
        "capture b is there 2 times",
        "refund c has another amount",
        "shipment d was refused, and is there",
        "refund e was done, and is not there",
    ]
    assert list(
        harness.contradictions(
            Ledger(), [{"captures": [], "shipping_info": order["shipping_info"]}]
        )
    ) == ["shipment d is there, and nobody made it"]
