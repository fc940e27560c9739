"""Where the chaos run's workers work: they are handed jobs, killed, and started again."""

import json
import os
import queue
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from served_sandbox import Server

WORKER: Final = Path(__file__).parent / "worker.py"
Mode: TypeAlias = Literal["fresh", "forking", "asyncio"]
Json = dict[str, Any]


class Crew(NamedTuple):
    """The processes that work at the same time."""

    processes: int
    #: How many jobs each of them has in hand at once.
    hands: int
    #: Answers between two kills, at least: a busy machine needs long to start a process.
    answers: int


CREWS: Final[dict[Mode, Crew]] = {
    "fresh": Crew(processes=4, hands=1, answers=3),
    "forking": Crew(processes=4, hands=1, answers=3),  # children of one that is not killed
    "asyncio": Crew(processes=2, hands=16, answers=24),
}
#: Seconds between two kills, on average, while there are answers enough.
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
JOB_TIMEOUT: Final = 1.0
RUN_TIMEOUT: Final = 240.0


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
class Report:
    """What happened while the jobs were done."""

    handed_out: int = 0
    kills: int = 0
    #: Answers of the workers that were no success, by the error's name.
    failures: Counter[str] = field(default_factory=Counter)
    #: What was read and made, as the workers were told, by the number of the job.
    told: list[tuple[int, Json]] = field(default_factory=list)
    #: Whether it was stopped before all jobs were done.
    stopped: bool = False


class Workshop:
    """Workers of one mode, and a thread for each hand that gives it one job after the other."""

    def __init__(
        self, server: Server, mode: Mode, safety: str, listed: list[Json], seed: int
    ) -> None:
        self._server, self._listed = server, listed
        self._crew = CREWS[mode]
        self._jobs = _Jobs(len(listed), seed)
        self._dice = random.Random(f"{seed} kills")  # noqa: S311  # to be repeatable is the point
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._listener.settimeout(0.05)
        #: Processes that are started here, and hands that each of them has or forks.
        self._started = 1 if mode == "forking" else self._crew.processes
        self._hands = self._crew.processes * self._crew.hands
        port, each = self._listener.getsockname()[1], self._hands // self._started
        arguments = (server.url, port, mode, safety, each, listed[0]["order"])
        self._command = [sys.executable, str(WORKER), *map(str, arguments)]
        self._over = threading.Event()
        #: Set while the sandbox answers. Without it all jobs would be handed out in vain meanwhile.
        self._is_up = threading.Event()
        self._is_up.set()
        self._counting = threading.Lock()
        #: The process of each hand that is at work.
        self._at_work: dict[int, int] = {}
        self._answered = 0
        self._report = Report()

    def run(self) -> Report:
        """Do all jobs, and return what happened."""
        threads = [
            *(threading.Thread(target=self._keep_alive) for _ in range(self._started)),
            *(threading.Thread(target=self._hand) for _ in range(self._hands)),
            threading.Thread(target=self._kill),
        ]
        for thread in threads:
            thread.start()
        last = time.monotonic() + max(RUN_TIMEOUT, JOB_TIMEOUT * len(self._listed))
        try:
            while not self._jobs.over and not self._report.stopped:
                time.sleep(0.02)
                self._report.stopped = time.monotonic() > last
        finally:
            self._over.set()
            self._listener.close()  # whoever is started from now on ends by itself
            for process in set(self._at_work.values()):
                _kill(process)
            for thread in threads:
                thread.join()
        return self._report

    def _keep_alive(self) -> None:
        """Start a worker again whenever it has died."""
        while not self._over.is_set():
            subprocess.run(self._command, check=False)  # our own worker

    def _hand(self) -> None:
        """Work with one worker after the other."""
        while not self._over.is_set():
            with suppress(OSError), self._worker() as (connection, lines):
                while not self._over.is_set() and self._give(connection, lines):
                    pass

    @contextmanager
    def _worker(self) -> Iterator[tuple[socket.socket, Iterator[str]]]:
        connection, _ = self._listener.accept()
        with connection, connection.makefile() as lines:
            greeting = next(lines, "")
            if not greeting:
                raise ConnectionError("it died before it had said which process it is")
            self._at_work[threading.get_ident()] = int(greeting)
            try:
                yield connection, lines
            finally:
                del self._at_work[threading.get_ident()]

    def _give(self, connection: socket.socket, lines: Iterator[str]) -> bool:
        """Give a worker a job, and return whether it lived to answer."""
        self._is_up.wait()
        job = self._jobs.next()
        if job is None:
            return True
        try:
            connection.sendall(f"{json.dumps(self._listed[job])}\n".encode())
            line = next(lines, "")
        except OSError:  # the connection of a process that is gone
            line = ""
        answer: Json = json.loads(line) if line.endswith("\n") else {"outcome": "killed"}
        outcome: str = answer["outcome"]
        with self._counting:
            self._report.handed_out += 1
            self._answered += outcome != "killed"
            if outcome == "done":
                self._report.told.append((job, answer))
            else:
                self._report.failures[outcome] += 1
        self._jobs.finish(job, done=outcome == "done" or outcome in FINAL)
        return outcome != "killed"

    def _kill(self) -> None:
        """Kill a worker in the middle of its work now and then."""
        answered = 0
        while not self._over.wait(self._dice.expovariate(1 / KILL_EVERY)):
            processes = sorted(set(self._at_work.values()))
            if processes and self._answered >= answered + self._crew.answers:
                answered = self._answered
                if self._report.kills % SERVER_EVERY == SERVER_EVERY - 1:
                    self._is_up.clear()
                    self._server.kill()
                    self._is_up.set()
                self._report.kills += _kill(self._dice.choice(processes))


def _kill(process: int) -> bool:
    """Kill a process with SIGKILL, and return whether there was one."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
