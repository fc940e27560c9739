"""Captures, refunds and voids by the hundred thousand, exactly once, that can be gone on with.

::

    from kustom_facade import KustomClient, batch

    events = (batch.Capture(row.order_id, row.amount, row.shipment) for row in shipped)
    with KustomClient(rate_limit=50) as kustom:
        for outcome in batch.run(kustom, events, results="shipped.jsonl"):
            if not outcome.is_done:
                print(outcome)

An event is a frozen value. :func:`perform` carries out one of them, and is what a job queue or an
engine calls. :func:`run` carries out many. Each has a twin for asyncio.
"""

from ._batch.async_runs import run_async
from ._batch.events import Capture, Event, Refund, Void
from ._batch.execution import perform, perform_async
from ._batch.outcomes import Outcome, Status
from ._batch.runs import run
from ._batch.schedule import Progress

__all__ = [
    "Capture",
    "Event",
    "Outcome",
    "Progress",
    "Refund",
    "Status",
    "Void",
    "perform",
    "perform_async",
    "run",
    "run_async",
]
