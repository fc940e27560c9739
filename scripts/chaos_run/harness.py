"""The chaos run: a served sandbox with faults, workers that are killed at random, as the sandbox is
now and then, and jobs handed out more than once.

At the end each business id must have exactly one effect with the right amount, and no worker may
have been told of another order or effect than its own. The same run with a fresh key per attempt
and no reading must show doubles, so that the count is known to be able to fail.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from served_sandbox import served

from .workshop import Mode, Report, Workshop

ORDERS: Final = 20
#: Orders are large, and begin with a capture, so that no job is refused for lack of money.
AMOUNT: Final = 100_000_000
Safety: TypeAlias = Literal["safe", "unsafe"]
Json = dict[str, Any]


@dataclass
class Figures:
    """What happened in a run."""

    mode: Mode
    safety: Safety
    seed: int
    jobs: int
    report: Report = field(default_factory=Report)
    #: How often the sandbox itself was killed.
    server_kills: int = 0
    #: Faults that fired, by kind.
    faults: dict[str, int] = field(default_factory=dict)
    #: Business ids with more than one effect, with none, and with an effect of another amount.
    doubled: int = 0
    lost: int = 0
    wrong: int = 0
    #: Answers about another order or effect than was asked for.
    foreign: int = 0
    seconds: float = 0.0

    @property
    def failed(self) -> int:
        """Return how many things are wrong."""
        counts = (self.doubled, self.lost, self.wrong, self.foreign, self.report.stopped)
        return sum(counts)

    def __str__(self) -> str:
        report = self.report
        stopped = ", stopped before the end" if report.stopped else ""
        return (
            f"{self.mode}, {self.safety}, seed {self.seed}: {self.jobs} jobs handed out "
            f"{report.handed_out} times, {report.kills} workers killed, the sandbox "
            f"{self.server_kills} times; faults: {_counted(self.faults)}; "
            f"failed answers: {_counted(report.failures)}; "
            f"doubled {self.doubled}, lost {self.lost}, wrong amount {self.wrong}, "
            f"wrong answer {self.foreign}{stopped} ({self.seconds:.0f} s)"
        )


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


def run(mode: Mode, safety: Safety, jobs: int, seed: int) -> Figures:
    """Do all jobs in a mode, and count their effects."""
    began, figures = time.monotonic(), Figures(mode, safety, seed, jobs)
    dice = random.Random(f"{seed} jobs")  # noqa: S311  # to be repeatable is the point
    listed = [_job(number, dice) for number in range(jobs)]
    with served(seed, new_orders(), _faults(seed)) as server:
        figures.report = Workshop(server, mode, safety, listed, seed).run()
        server.kill()  # what is counted is what a restart has found in the file
        effects = _effects(server.orders())
        figures.faults, figures.server_kills = server.fired(), server.kills
    for job in listed:
        amounts = effects.get(_name(job), {}).values()
        figures.doubled += len(amounts) > 1
        figures.lost += not amounts
        figures.wrong += any(amount != job["amount"] for amount in amounts)
    for number, told in figures.report.told:
        job = listed[number]
        is_own = told["made"] is None or told["made"] in effects.get(_name(job), {})
        figures.foreign += told["read"] != job["order"] or not is_own
    figures.foreign += figures.report.failures["ForeignAnswer"]
    figures.seconds = time.monotonic() - began
    return figures


def _job(number: int, dice: random.Random) -> Json:
    kind = dice.choice(["capture", "capture", "refund"])
    return {
        "kind": kind,
        "order": _order_id(dice.randrange(ORDERS)),
        "amount": dice.randrange(1, 1000),
        "reference": f"{'shipment' if kind == 'capture' else 'return'}-{number}",
    }


def _name(job: Json) -> str:
    return f"{job['kind']} {job['order']} {job['reference']}"


def _order_id(number: int) -> str:
    return str(UUID(int=0xA7A6B9C452F66D0E9F2C000000000000 + number))


# --- what the sandbox is set up with, and what it holds at the end


def _faults(seed: int) -> list[Json]:
    return [
        {"kind": "lose", "verb": "write", "probability": 0.08, "seed": seed},
        {"kind": "drop", "probability": 0.03, "seed": seed + 1},
        {"kind": "cut", "probability": 0.03, "seed": seed + 2},
        {"kind": "status", "status": 503, "probability": 0.04, "seed": seed + 3},
        {
            "kind": "status",
            "status": 502,
            "effect": True,
            "verb": "write",
            "probability": 0.04,
            "seed": seed + 4,
        },
        {"kind": "delay", "seconds": 0.05, "probability": 0.10, "seed": seed + 5},
        {"kind": "stale", "seconds": 0.2, "probability": 0.15, "seed": seed + 6},
        {"kind": "duplicate", "verb": "write", "probability": 0.03, "seed": seed + 7},
    ]


def new_orders() -> list[Json]:
    """Return what the sandbox begins with."""
    return [
        {
            "order_id": _order_id(number),
            "order_amount": AMOUNT,
            "status": "PART_CAPTURED",
            "captures": [{"reference": "base", "captured_amount": AMOUNT // 2}],
        }
        for number in range(ORDERS)
    ]


def _effects(orders: list[Json]) -> dict[str, dict[str, int]]:
    """Return the amounts of all captures and refunds by their ids, by kind, order and reference."""
    effects: dict[str, dict[str, int]] = {}
    for order in orders:
        for kind in ("capture", "refund"):
            amount = "captured_amount" if kind == "capture" else "refunded_amount"
            for effect in order[f"{kind}s"]:
                name = f"{kind} {order['order_id']} {effect.get('reference', '')}"
                effects.setdefault(name, {})[effect[f"{kind}_id"]] = effect[amount]
    return effects
