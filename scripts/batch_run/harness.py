"""Batches against a served sandbox with faults on, killed with SIGKILL and run again.

At the end each event must have exactly one effect with the right amount.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from served_sandbox import served

from kustom_facade.batch import Capture

FOLDER: Final = Path(__file__).parent
EXAMPLES: Final = FOLDER.parent.parent / "examples"
#: What is run, and killed, in each way.
WAYS: Final = {
    "run": FOLDER / "worker.py",
    "celery": EXAMPLES / "celery_batch" / "run.py",
    "dask": EXAMPLES / "dask_batch.py",
}
KILLS: Final = 10
#: Events of each order.
PER_ORDER: Final = 5
#: Runs after the last kill, at most.
RUNS: Final = 20

Json = dict[str, Any]


@dataclass
class Figures:
    """What happened."""

    way: str
    seed: int
    events: int
    kills: int = 0
    runs: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    doubled: int = 0
    lost: int = 0
    wrong: int = 0
    seconds: float = 0.0
    #: What the last run told of itself: CPU seconds, megabytes, events.
    told: list[Json] = field(default_factory=list)

    def __str__(self) -> str:
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        told = "".join(f"\n  {json.dumps(one)}" for one in self.told)
        return (
            f"{self.way}, seed {self.seed}: {self.events} events in {self.seconds:.0f} s "
            f"({self.events / self.seconds:.0f}/s), {self.kills} kills, {self.runs} runs; faults: "
            f"{faults}; doubled {self.doubled}, lost {self.lost}, wrong amount {self.wrong}{told}"
        )


def events(count: int, seed: int) -> Iterator[Capture]:
    """Yield the events of a run: the same in each process."""
    dice = random.Random(seed)  # noqa: S311  # to be repeatable is the point
    orders = max(1, count // PER_ORDER)
    for number in range(count):
        amount = dice.randrange(1, 1000)
        yield Capture(order_id(dice.randrange(orders)), amount, f"s-{number}")


def order_id(number: int) -> str:
    """Return the id of an order."""
    return str(UUID(int=0xA7A6B9C452F66D0E9F2C000000000000 + number))


def run(way: str, count: int, seed: int, kills: int = KILLS) -> Figures:
    """Carry out all events, killed so many times, and count the effects."""
    figures = Figures(way, seed, count)
    orders = [
        {"order_id": order_id(number), "order_amount": 100_000_000}
        for number in range(max(1, count // PER_ORDER))
    ]
    with served(seed, orders, _faults(seed)) as server, TemporaryDirectory() as folder:
        results = Path(folder) / "results.jsonl"
        command = [sys.executable, WAYS[way], server.url, results, str(count), str(seed)]
        began = time.monotonic()
        if way != "run":  # an engine loses workers, and goes on by itself
            engine = [sys.executable, WAYS[way], server.url, str(count), str(seed), str(kills)]
            _run(engine, results, None, figures)
            figures.runs, figures.kills = 1, figures.told[-1]["kills"]
        while way == "run" and figures.runs < kills + RUNS:
            goal = count * (figures.kills + 1) // (kills + 1) if figures.kills < kills else None
            figures.runs += 1
            figures.kills += _run(command, results, goal, figures)
            if figures.told and figures.told[-1].get("complete") and figures.kills >= kills:
                break
        figures.seconds = time.monotonic() - began
        figures.faults = server.fired()
        effects = _effects(server.orders())
    for event in events(count, seed):
        amounts = effects.get((event.order_id, event.reference), [])
        figures.doubled += len(amounts) > 1
        figures.lost += not amounts
        figures.wrong += any(amount != event.amount for amount in amounts)
    return figures


def _run(command: list[Any], results: Path, goal: int | None, figures: Figures) -> bool:
    """Run once, kill it once it has so many results, and return whether it was killed."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        while goal is not None and process.poll() is None:
            if _lines(results) >= goal:
                process.kill()
                process.communicate()
                return True
            time.sleep(0.02)
        told, _ = process.communicate()
    figures.told += [json.loads(line) for line in told.splitlines()]
    return False


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _faults(seed: int) -> list[Json]:
    return [
        {"kind": "lose", "verb": "write", "probability": 0.02, "seed": seed},
        {"kind": "drop", "probability": 0.01, "seed": seed + 1},
        {"kind": "cut", "probability": 0.01, "seed": seed + 2},
        {"kind": "status", "status": 503, "probability": 0.01, "seed": seed + 3},
        {"kind": "delay", "seconds": 0.05, "probability": 0.02, "seed": seed + 5},
        {"kind": "stale", "seconds": 0.2, "probability": 0.02, "seed": seed + 6},
        {"kind": "duplicate", "verb": "write", "probability": 0.02, "seed": seed + 7},
    ]


def _effects(orders: list[Json]) -> dict[tuple[str, str], list[int]]:
    effects: dict[tuple[str, str], list[int]] = {}
    for order in orders:
        for capture in order["captures"]:
            name = order["order_id"], capture["reference"]
            effects.setdefault(name, []).append(capture["captured_amount"])
    return effects
