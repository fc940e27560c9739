"""Whether ``rate_limit=`` holds, by the clock of the server: never above it in any second, and
nearly reached.

    .venv/bin/python scripts/rate_limit.py [rate] [seconds]

The server is a process of its own, and notes when each request arrives. Exit status 1 says that a
second had more, or that the rate was missed by more than five per cent. On a machine that is busy
with other things, requests arrive late, and either can happen.
"""

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from bench import ORDER_ID, serve

from kustom_facade import AsyncKustomClient, KustomClient

Json = dict[str, Any]


def _serve(port: Any, times: Any) -> None:
    serve(port, lambda: times.put(time.monotonic()))


@contextmanager
def arrivals() -> Iterator[tuple[str, Callable[[], list[float]]]]:
    """Serve, and give the address, and what returns when requests arrived since the last time."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = multiprocessing.Pipe()
    times = context.SimpleQueue()
    server = context.Process(target=_serve, args=(theirs, times), daemon=True)
    server.start()

    def taken() -> list[float]:
        found = []
        while not times.empty():
            found.append(times.get())
        return sorted(found)

    try:
        yield f"http://127.0.0.1:{ours.recv()}", taken
    finally:
        server.kill()
        server.join()


def in_threads(options: Json, requests: int) -> None:
    """Read over a blocking client, in more threads than may be in flight."""
    with KustomClient(**options) as kustom, ThreadPoolExecutor(64) as pool:
        list(pool.map(lambda _: kustom.get_order(ORDER_ID), range(requests)))


def in_tasks(options: Json, requests: int) -> None:
    """Read over an asyncio client, all at once."""

    async def gather() -> None:
        async with AsyncKustomClient(**options) as kustom:
            await asyncio.gather(*(kustom.get_order(ORDER_ID) for _ in range(requests)))

    asyncio.run(gather())


def busiest_second(times: list[float]) -> int:
    """Return how many requests arrived within one second at most."""
    most, first = 0, 0
    for last, arrived in enumerate(times):
        while arrived - times[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def main() -> int:
    """Measure each way to send, and print the figures."""
    parser = argparse.ArgumentParser(prog="rate_limit", description="Measures rate_limit=.")
    parser.add_argument("rate", type=float, nargs="?", default=200.0)
    parser.add_argument("seconds", type=float, nargs="?", default=20.0)
    options = parser.parse_args()
    wrong = 0
    with arrivals() as (url, taken):
        for way in (in_threads, in_tasks):
            client = {"api_key": "kco_test_x", "base_url": url, "rate_limit": options.rate}
            way({**client, "deadline": 600.0}, int(options.rate * options.seconds))
            time.sleep(0.2)  # the queue of the other process
            times = taken()
            rate = (len(times) - 1) / (times[-1] - times[0])
            most = busiest_second(times)
            print(
                f"{way.__name__}: {len(times)} requests, {rate:.1f} a second "
                f"({rate / options.rate:.1%}), at most {most} in a second",
                flush=True,
            )
            wrong += most > options.rate or rate < 0.95 * options.rate
    print(f"rate_limit: {f'FAILED: {wrong} of 2 ways' if wrong else 'held in both ways'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
