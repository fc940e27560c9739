"""The chaos run: a served sandbox with faults, workers that are killed at random, as the sandbox is
now and then, and jobs handed out more than once.

At the end each business id must have exactly one effect with the right amount. The same run with a
fresh key per attempt and no reading must show doubles, so that the count is known to be able to
fail.
"""

import json
import logging
import queue
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from served_sandbox import Server, served

WORKER: Final = Path(__file__).parent / "worker.py"
WORKERS: Final = 4
ORDERS: Final = 20
#: Orders are large, and begin with a capture, so that no job is refused for lack of money.
AMOUNT: Final = 100_000_000
#: Seconds between two kills, on average.
KILL_EVERY: Final = 0.1
#: One in so many kills is followed by one of the sandbox.
SERVER_EVERY: Final = 20
#: How likely a job is handed out once more although it was done, or to two workers at once.
REDELIVERY_RATE: Final = 0.15
#: Answers after which a queue would not hand the job out again: a person has to look. In a sound
#: run there are none.
FINAL: Final = (
    "CaptureNotAllowed",
    "DuplicateReference",
    "IdempotencyKeyReused",
    "InvalidRequest",
    "NoSuchOrder",
    "ReferenceConflict",
    "RefundNotAllowed",
)
#: Seconds for each job, and for a run at least, after which it is counted as it is: a run that
#: cannot end has failed.
JOB_TIMEOUT: Final = 0.5
RUN_TIMEOUT: Final = 60.0

Json = dict[str, Any]


@dataclass
class Figures:
    """What happened in a run."""

    mode: str
    seed: int
    jobs: int
    handed_out: int = 0
    kills: int = 0
    #: How often the sandbox itself was killed.
    server_kills: int = 0
    #: Answers of the workers that were no success, by the error's name.
    failures: Counter[str] = field(default_factory=Counter)
    #: Faults that fired, by kind.
    faults: dict[str, int] = field(default_factory=dict)
    #: Business ids with more than one effect, with none, and with an effect of another amount.
    doubled: int = 0
    lost: int = 0
    wrong: int = 0
    #: Whether it was stopped before all jobs were done.
    stopped: bool = False
    seconds: float = 0.0

    def __str__(self) -> str:
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        failures = ", ".join(f"{name} {count}" for name, count in sorted(self.failures.items()))
        stopped = ", stopped before the end" if self.stopped else ""
        return (
            f"{self.mode}, seed {self.seed}: {self.jobs} jobs handed out {self.handed_out} times, "
            f"{self.kills} workers killed, the sandbox {self.server_kills} times; "
            f"faults: {faults}; failed answers: {failures or 'none'}; "
            f"doubled {self.doubled}, lost {self.lost}, wrong amount {self.wrong}{stopped} "
            f"({self.seconds:.0f} s)"
        )


def run(mode: str, jobs: int, seed: int) -> Figures:
    """Do all jobs in a mode, and count their effects."""
    began, figures = time.monotonic(), Figures(mode, seed, jobs)
    dice = random.Random(f"{seed} jobs")  # noqa: S311  # to be repeatable is the point
    listed = [_job(number, dice) for number in range(jobs)]
    with served(seed, _orders(), _faults(seed)) as server:
        _work(server, listed, figures)
        server.kill()  # what is counted is what a restart has found in the file
        effects = _effects(server.orders())
        figures.faults, figures.server_kills = server.fired(), server.kills
    for job in listed:
        amounts = effects.get(f"{job['kind']} {job['order']} {job['reference']}", [])
        figures.doubled += len(amounts) > 1
        figures.lost += not amounts
        figures.wrong += any(amount != job["amount"] for amount in amounts)
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


def _orders() -> list[Json]:
    return [
        {
            "order_id": _order_id(number),
            "order_amount": AMOUNT,
            "status": "PART_CAPTURED",
            "captures": [{"reference": "base", "captured_amount": AMOUNT // 2}],
        }
        for number in range(ORDERS)
    ]


def _effects(orders: list[Json]) -> dict[str, list[int]]:
    """Return the amounts of all captures and refunds, by kind, order and reference."""
    effects: dict[str, list[int]] = {}
    for order in orders:
        for kind in ("capture", "refund"):
            amount = "captured_amount" if kind == "capture" else "refunded_amount"
            for effect in order[f"{kind}s"]:
                name = f"{kind} {order['order_id']} {effect.get('reference', '')}"
                effects.setdefault(name, []).append(effect[amount])
    return effects


# --- the workers


class _Hand:
    """A worker process that is started again when it dies."""

    def __init__(self, url: str, mode: str) -> None:
        self._command = [sys.executable, str(WORKER), url, mode]
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(  # our own worker
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def give(self, job: Json) -> str:
        """Return the worker's answer to a job, empty if it was killed over it."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline().strip()
        except OSError:  # the pipe of a process that is gone
            answer = ""
        if not answer:
            self.end()
            self._process = self._start()
        return answer

    def kill(self) -> bool:
        """Kill it with SIGKILL in the middle of its work, and return whether it was alive."""
        alive = self._process.poll() is None
        self._process.kill()
        return alive

    def end(self) -> None:
        """Take away the process and its pipes."""
        process = self._process
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except BrokenPipeError:
                logging.getLogger(__name__).debug("a line was still to be written to a dead worker")


class _Jobs:
    """A queue that hands out every job at least once,
    and some of them more often, as real ones do.
    """

    def __init__(self, number: int, seed: int) -> None:
        self._dice = random.Random(f"{seed} hands")  # noqa: S311  # to be repeatable is the point
        self._todo: queue.Queue[int] = queue.Queue()
        self._open = set(range(number))
        self._lock = threading.Lock()
        for job in range(number):
            self._todo.put(job)
            if self._dice.random() < REDELIVERY_RATE:
                self._todo.put(job)

    def next(self) -> int | None:
        """Return a job, or ``None`` if there is none just now."""
        try:
            return self._todo.get(timeout=0.05)
        except queue.Empty:
            return None

    def finish(self, job: int, *, done: bool) -> None:
        """Take back a job: what failed is handed out again, and now and then what did not."""
        with self._lock:
            if not done or (job in self._open and self._dice.random() < REDELIVERY_RATE):
                self._todo.put(job)
            if done:
                self._open.discard(job)

    @property
    def over(self) -> bool:
        """Whether all is done, and nothing handed out again."""
        return not self._open and self._todo.empty()


@dataclass
class _Floor:
    """Where the hands work on the jobs, until all is done."""

    server: Server
    listed: list[Json]
    figures: Figures
    jobs: _Jobs
    hands: list[_Hand]
    over: threading.Event = field(default_factory=threading.Event)
    #: Set while the sandbox answers. Without it all jobs would be handed out in vain meanwhile.
    is_up: threading.Event = field(default_factory=threading.Event)
    counting: threading.Lock = field(default_factory=threading.Lock)
    answered: int = 0

    def labour(self, hand: _Hand) -> None:
        """Give one hand one job after the other."""
        while not self.over.is_set():
            self.is_up.wait()
            job = self.jobs.next()
            if job is None:
                continue
            answer = hand.give(self.listed[job])
            self.jobs.finish(job, done=answer == "done" or answer in FINAL)
            with self.counting:
                self.figures.handed_out += 1
                self.answered += answer != ""
                if answer != "done":
                    self.figures.failures[answer or "killed"] += 1

    def kill(self) -> None:
        """Kill a hand now and then, but only as fast as work gets done:
        a busy machine needs long to start one.
        """
        dice = random.Random(f"{self.figures.seed} kills")  # noqa: S311  # to be repeatable is the point
        answered = 0
        while not self.over.wait(dice.expovariate(1 / KILL_EVERY)):
            if self.answered > answered:
                answered = self.answered
                if self.figures.kills % SERVER_EVERY == SERVER_EVERY - 1:
                    self.is_up.clear()
                    self.server.kill()
                    self.is_up.set()
                self.figures.kills += dice.choice(self.hands).kill()

    def close(self, threads: list[threading.Thread]) -> None:
        """End everything."""
        self.over.set()
        for hand in self.hands:
            hand.kill()
        for thread in threads:
            thread.join()
        for hand in self.hands:
            hand.end()


def _work(server: Server, listed: list[Json], figures: Figures) -> None:
    hands = [_Hand(server.url, figures.mode) for _ in range(WORKERS)]
    floor = _Floor(server, listed, figures, _Jobs(len(listed), figures.seed), hands)
    floor.is_up.set()
    threads = [threading.Thread(target=floor.labour, args=(hand,)) for hand in hands]
    threads.append(threading.Thread(target=floor.kill))
    for thread in threads:
        thread.start()
    last = time.monotonic() + max(RUN_TIMEOUT, JOB_TIMEOUT * len(listed))
    try:
        while not floor.jobs.over and not figures.stopped:
            time.sleep(0.02)
            figures.stopped = time.monotonic() > last
    finally:
        floor.close(threads)
