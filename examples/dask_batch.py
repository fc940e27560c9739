"""Run events through Dask: ``python dask_batch.py URL EVENTS SEED KILLS``.

A local cluster of processes. Each has one client, with its share of the rate. A worker is killed
with SIGKILL now and then: its events are run again elsewhere, and done once. The last line is what
became of the events, as JSON.
"""

import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from distributed import Client, LocalCluster, as_completed

from kustom_facade import KustomClient, RetryPolicy, batch

WORKERS = 2
#: Requests a second of all workers together.
RATE = 1000.0
#: Events of one task. A task that is run again reads its orders again, and does nothing twice.
CHUNK = 50
PER_ORDER = 5


@cache
def client(url: str) -> KustomClient:
    """Return the one client of a worker process."""
    policy = RetryPolicy(base=0.02, cap=0.3)
    return KustomClient("kco_test_dask", base_url=url, rate_limit=RATE / WORKERS, retry=policy)


def perform_all(url: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Carry out some events, one after the other, and return their outcomes.

    After one that has to run again, the later ones of its order wait for it: a void must not take
    away what a capture still needs.
    """
    kustom, waiting, told = client(url), set[str](), []
    for event in map(batch.Event.from_dict, events):
        if event.order in waiting:
            told.append(batch.Outcome(event, "retry", retry_after=0.0).to_dict())
            continue
        outcome = batch.perform(kustom, event)
        if not outcome.is_final:
            waiting.add(event.order)
        told.append(outcome.to_dict())
    return told


def main(url: str, count: int, seed: int, kills: int) -> None:
    """Carry out the events, and print what became of them."""
    counts: Counter[str] = Counter(kills=0)
    dice = random.Random(seed)  # noqa: S311  # to be repeatable is the point
    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=4, dashboard_address=None) as cluster,
        Client(cluster) as dask,
    ):
        # A worker that dies often is no reason to give up on an event.
        dask.run_on_scheduler(
            lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 99)
        )
        todo: list[dict[str, Any]] = [event.to_dict() for event in _events(count, seed)]
        while todo:
            chunks = list(_chunks(todo))
            futures = dask.map(perform_all, [url] * len(chunks), chunks, pure=False)
            todo = []
            for number, future in enumerate(as_completed(futures)):
                for outcome in map(batch.Outcome.from_dict, future.result()):
                    if outcome.is_final:
                        counts[outcome.status] += 1
                    else:
                        todo.append(outcome.event.to_dict())  # run again with the next round
                if counts["kills"] < kills and number >= len(chunks) * counts["kills"] // kills:
                    worker = dice.choice(list(cluster.workers.values()))
                    os.kill(worker.pid, signal.SIGKILL)
                    counts["kills"] += 1
    print(json.dumps(counts))


def _chunks(events: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield events by the chunk: all of an order are in one, in sequence."""
    chunk: list[dict[str, Any]] = []
    for _, of_order in groupby(sorted(events, key=_order), key=_order):
        chunk += of_order
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _order(event: dict[str, Any]) -> str:
    return str(event["order_id"])


def _events(count: int, seed: int) -> Iterator[batch.Event]:
    dice = random.Random(seed)  # noqa: S311  # as above
    orders = max(1, count // PER_ORDER)
    for number in range(count):
        amount = dice.randrange(1, 1000)
        order = UUID(int=0xA7A6B9C452F66D0E9F2C000000000000 + dice.randrange(orders))
        yield batch.Capture(str(order), amount, f"s-{number}")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
