"""Interrupted calls by the thousand, and what they leave behind: nothing.

asyncio calls are cancelled at random moments, blocking ones are struck by a signal, plain and over
TLS. After that, all requests that a client may have under way get their own answer, and no file
descriptor stays open.
"""

import asyncio
import gc
import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

import trustme

from kustom_facade import AsyncKustomClient, KustomClient, KustomError

from .server import SLOWEST, serving

KEY: Final = "kco_test_interrupted"
#: Requests under way at the same time; all of them are needed at the end.
IN_FLIGHT: Final = 20
#: Calls that are begun at the same time: some of them wait for their turn.
BATCH: Final = 2 * IN_FLIGHT
#: File descriptors that may come and go by themselves: a selector, a pipe.
SPARE: Final = 8


@dataclass
class Figures:
    """What happened."""

    seed: int
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counted = ", ".join(f"{name} {count}" for name, count in sorted(self.outcomes.items()))
        return f"interruptions, seed {self.seed}: {counted}; wrong: {len(self.wrong)}"


class Struck(Exception):
    """What the signal's handler raises: a job's own deadline."""


def run(calls: int, seed: int) -> Figures:
    """Interrupt so many calls, a quarter of them each way."""
    figures, rng = Figures(seed), random.Random(seed)  # noqa: S311  # no secret
    with tempfile.TemporaryDirectory() as folder:
        authority = trustme.CA()
        certificate, trusted = Path(folder, "server.pem"), Path(folder, "ca.pem")
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
        authority.cert_pem.write_to_path(trusted)
        with serving(certificate) as urls, _environment(SSL_CERT_FILE=str(trusted)):
            for url in urls:
                asyncio.run(_cancel(url, calls // 4, rng, figures))
                _strike(url, calls // 4, rng, figures)
    return figures


async def _cancel(url: str, calls: int, rng: random.Random, figures: Figures) -> None:
    async with AsyncKustomClient(KEY, base_url=url, max_in_flight=IN_FLIGHT) as kustom:
        await _read_all(kustom, figures)
        before = _descriptors()

        async def interrupted() -> None:
            order_id, longest = str(uuid4()), rng.random() * 12 * SLOWEST
            try:
                async with asyncio.timeout(longest):
                    order = await kustom.get_order(order_id)
            except TimeoutError:
                figures.outcomes["cancelled"] += 1
            except KustomError as error:
                figures.wrong.append(f"cancelled calls made another one fail: {error}")
            else:
                figures.outcomes["answered"] += 1
                _compare(order.order_id, order_id, figures)

        for begun in range(0, calls, BATCH):
            await asyncio.gather(*(interrupted() for _ in range(min(BATCH, calls - begun))))
        await _read_all(kustom, figures)
        await asyncio.sleep(0.1)
        _compare_descriptors(before, figures)


async def _read_all(kustom: AsyncKustomClient, figures: Figures) -> None:
    """Read as many orders at once as there may be requests under way."""
    ids = [str(uuid4()) for _ in range(IN_FLIGHT)]
    try:
        orders = await asyncio.gather(
            *(kustom.get_order(order_id, deadline=20) for order_id in ids)
        )
    except KustomError as error:
        figures.wrong.append(f"no call is possible after the interruptions: {error}")
    else:
        for order, order_id in zip(orders, ids, strict=True):
            _compare(order.order_id, order_id, figures)


def _strike(url: str, calls: int, rng: random.Random, figures: Figures) -> None:
    def strike(*_: object) -> None:
        raise Struck

    before_handler = signal.signal(signal.SIGALRM, strike)
    try:
        with KustomClient(KEY, base_url=url, max_in_flight=IN_FLIGHT) as kustom:
            _read_all_in_threads(kustom, figures)
            before = _descriptors()
            for _ in range(calls):
                order_id = str(uuid4())
                try:
                    signal.setitimer(signal.ITIMER_REAL, max(1e-6, rng.random() * 3 * SLOWEST))
                    order = kustom.get_order(order_id)
                    signal.setitimer(signal.ITIMER_REAL, 0)
                except Struck:
                    figures.outcomes["struck"] += 1
                except KustomError as error:
                    figures.wrong.append(f"a signal became another error: {error!r}")
                else:
                    figures.outcomes["answered"] += 1
                    _compare(order.order_id, order_id, figures)
            _read_all_in_threads(kustom, figures)
            _compare_descriptors(before, figures)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before_handler)


def _read_all_in_threads(kustom: KustomClient, figures: Figures) -> None:
    """Read as many orders at once as there may be requests under way."""

    def read(order_id: str) -> None:
        try:
            _compare(kustom.get_order(order_id, deadline=20).order_id, order_id, figures)
        except KustomError as error:
            figures.wrong.append(f"no call is possible after the interruptions: {error}")

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        list(pool.map(read, (str(uuid4()) for _ in range(IN_FLIGHT))))


def _compare(answered: str | None, asked: str, figures: Figures) -> None:
    if answered != asked:
        figures.wrong.append(f"asked for {asked}, and was answered {answered}")


def _descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def _compare_descriptors(before: int, figures: Figures) -> None:
    now = _descriptors()
    if now > before + SPARE:
        figures.wrong.append(f"{now - before} file descriptors stayed open")


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
