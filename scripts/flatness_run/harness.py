"""Very many calls in one process: in a row over each client, and all at once with asyncio.

Half of them read and half of them capture, each with a key of its own. The server answers with
canned bytes, in a process of its own.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench import ORDER_ID, serve

from kustom_facade import AsyncKustomClient, KustomClient

#: So many times a run is measured.
PARTS: Final = 10
#: Parts until all that is bounded (the keys that are remembered, the allocator's pools) is full.
WARM: Final = 4
#: Bytes that memory may differ by after that: what an allocator keeps, and no call's remains.
NOISE: Final = 8_000_000
#: A part of a run may cost so many times what the first ones cost. The machine may be shared.
SLOWER: Final = 1.5
IN_FLIGHT: Final = 50
GATHERS: Final = 6


@dataclass
class Run:
    """What a run was like at the end of each of its parts."""

    name: str
    calls: int
    memory: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    #: CPU for each call of the part.
    seconds: list[float] = field(default_factory=list)
    #: Calls a second of the whole run.
    rate: float = 0.0

    def __str__(self) -> str:
        memory = " ".join(f"{size / 1e6:.0f}" for size in self.memory)
        cpu = " ".join(f"{1e6 * spent:.0f}" for spent in self.seconds)
        return (
            f"{self.name}: {self.calls} calls, {self.rate:.0f}/s; MB {memory}; "
            f"files {' '.join(map(str, self.files))}; microseconds of CPU a call {cpu}"
        )

    def part(self, calls: int) -> "Part":
        """Return what measures a part."""
        return Part(self, calls)


class Part:
    """Measures a part of a run."""

    def __init__(self, run: Run, calls: int) -> None:
        self._run = run
        self._calls = calls

    def __enter__(self) -> None:
        self._cpu = time.process_time()

    def __exit__(self, *_: object) -> None:
        run = self._run
        run.seconds.append((time.process_time() - self._cpu) / self._calls)
        run.memory.append(resident())
        run.files.append(len(list(Path("/proc/self/fd").iterdir())))


def resident() -> int:
    """Return the bytes of memory of this process."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def run(calls: int, gathered: int, tell: Callable[[Run], object]) -> list[Run]:
    """Carry out all runs over one server."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        options = {"api_key": "kco_test_x", "base_url": f"http://127.0.0.1:{ours.recv()}"}
        runs = [in_a_row(options, calls)]
        tell(runs[-1])
        runs.append(asyncio.run(in_tasks(options, calls)))
        tell(runs[-1])
        runs.append(asyncio.run(at_once(options, gathered)))
        tell(runs[-1])
        return runs
    finally:
        server.kill()
        server.join()


def in_a_row(options: dict[str, Any], calls: int) -> Run:
    """One call after the other, blocking."""
    told, began = Run("blocking, in a row", calls), time.monotonic()
    with KustomClient(**options) as kustom:
        for _ in range(PARTS):
            with told.part(calls // PARTS):
                for number in range(calls // PARTS):
                    if number % 2:
                        kustom.get_order(ORDER_ID)
                    else:
                        kustom.capture(ORDER_ID, 100)
    told.rate = calls / (time.monotonic() - began)
    return told


def _calls(kustom: AsyncKustomClient, count: int) -> Iterator[Awaitable[object]]:
    for number in range(count):
        yield kustom.get_order(ORDER_ID) if number % 2 else kustom.capture(ORDER_ID, 100)


async def in_tasks(options: dict[str, Any], calls: int) -> Run:
    """As many tasks as may be in flight, each of which takes the next call."""
    told, began = Run(f"asyncio, {IN_FLIGHT} tasks", calls), time.monotonic()
    async with AsyncKustomClient(**options) as kustom:
        for _ in range(PARTS):
            with told.part(calls // PARTS):
                waiting = _calls(kustom, calls // PARTS)

                async def work(waiting: Iterator[Awaitable[object]] = waiting) -> None:
                    for call in waiting:
                        await call

                await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    told.rate = calls / (time.monotonic() - began)
    return told


async def at_once(options: dict[str, Any], gathered: int) -> Run:
    """All calls given to asyncio.gather, again and again."""
    told, began = Run(f"asyncio, gather of {gathered}", gathered * GATHERS), time.monotonic()
    async with AsyncKustomClient(**options, deadline=600.0) as kustom:
        for _ in range(GATHERS):
            with told.part(gathered):
                await asyncio.gather(*_calls(kustom, gathered))
    told.rate = told.calls / (time.monotonic() - began)
    return told


def growing(runs: list[Run]) -> Iterator[str]:
    """Yield where memory or file descriptors grow."""
    for one in runs:
        warm = WARM if len(one.memory) > WARM else 1
        if one.memory[-1] - one.memory[warm - 1] > NOISE:
            yield f"{one.name}: memory grows: {one.memory}"
        if one.files[-1] > max(one.files[:warm]):
            yield f"{one.name}: file descriptors grow: {one.files}"


def slowing(runs: list[Run]) -> Iterator[str]:
    """Yield where a call costs more and more, or more when all are given at once."""
    for one in runs:
        if one.seconds[-1] > SLOWER * min(one.seconds[:-1]):
            yield f"{one.name}: calls become slower: {one.seconds}"
    _, tasks, gather = runs
    if gather.rate * SLOWER < tasks.rate:
        yield f"gather makes {gather.rate:.0f} calls a second, and tasks make {tasks.rate:.0f}"
