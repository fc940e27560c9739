"""Run events through Celery: ``python run.py URL EVENTS SEED KILLS``, with a Redis of its own.

A worker is killed with SIGKILL now and then, and started again. The last line is what became of
the events, as JSON. It needs ``redis-server`` in the PATH.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from kustom_facade.batch import Capture

FOLDER = Path(__file__).parent
QUEUES = 2
PER_ORDER = 5


def main(url: str, count: int, seed: int, kills: int) -> int:
    """Carry out the events, and print what became of them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ |= {
        "REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "KUSTOM_API_KEY": "kco_test_celery",
        "KUSTOM_BASE_URL": url,
        "BATCH_QUEUES": str(QUEUES),
        "BATCH_LONGEST_WAIT": "1",
        "BATCH_HASTY": "1",
    }
    with TemporaryDirectory() as folder:
        redis = subprocess.Popen(
            [
                "redis-server",
                "--port",
                str(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder,
                "--save",
                "",
            ],
            stdout=subprocess.DEVNULL,
        )
        workers: list[subprocess.Popen[bytes]] = []
        try:
            _wait_for(port)
            workers += [_worker(number) for number in range(QUEUES)]
            print(json.dumps(_work(workers, count, seed, kills)))
        finally:
            for worker in workers:
                _kill(worker)
            redis.kill()
            redis.wait()
    return 0


def _work(
    workers: list[subprocess.Popen[bytes]], count: int, seed: int, kills: int
) -> dict[str, int]:
    sys.path.insert(0, str(FOLDER))
    import tasks  # noqa: PLC0415  # it reads the environment that was just set

    dice = random.Random(seed)  # noqa: S311  # to be repeatable is the point
    waiting = [tasks.send(event) for event in _events(count, seed)]
    counts: Counter[str] = Counter(kills=0)
    while waiting:
        still = []
        for result in waiting:
            if result.ready():
                counts[result.get()["status"]] += 1
                result.forget()
            else:
                still.append(result)
        waiting = still
        if counts["kills"] < kills and count - len(waiting) > count * counts["kills"] // kills:
            number = dice.randrange(QUEUES)
            _kill(workers[number])
            tasks.give_back(f"kustom-{number}")
            workers[number] = _worker(number)
            counts["kills"] += 1
        time.sleep(0.1)
    return counts


def _events(count: int, seed: int) -> list[Capture]:
    dice = random.Random(seed)  # noqa: S311  # as above
    orders = max(1, count // PER_ORDER)
    events = []
    for number in range(count):
        amount = dice.randrange(1, 1000)
        order = str(UUID(int=0xA7A6B9C452F66D0E9F2C000000000000 + dice.randrange(orders)))
        events.append(Capture(order, amount, f"s-{number}"))
    return events


def _worker(number: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--pool", "prefork"]
    options = ["-Q", f"kustom-{number}", "-n", f"w{number}-{time.monotonic_ns()}", "-c", "1"]
    return subprocess.Popen(
        [*command, *options, "--without-gossip", "--without-mingle", "-l", "ERROR"],
        cwd=FOLDER,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _kill(worker: subprocess.Popen[bytes]) -> None:
    """Kill a worker and its processes, as a machine that goes down does."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("redis-server did not start")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:5])))
