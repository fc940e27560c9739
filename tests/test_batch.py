"""Batches as a whole: killed at any moment, in any order, each event has one effect."""

import random
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import shared_rate
from batch_run import harness
from hypothesis import HealthCheck, given, settings, strategies as st
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError  # noqa: A004  # its name
from redis.retry import Retry
from support import AT_ONCE, CANARY

from kustom_facade import KustomClient, batch
from kustom_facade.sandbox import Fault, Sandbox


@given(
    seed=st.integers(0, 2**31 - 1),
    runs=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 400)), max_size=4),
    lost=st.sampled_from([0.0, 0.3]),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("fresh_guard")
def test_any_order_and_any_end_is_one_effect(
    tmp_path: Path, seed: int, runs: list[tuple[int, int]], lost: float
) -> None:
    """Runs end after any outcome and any bytes of the results are lost: the next one goes on."""
    dice = random.Random(seed)  # noqa: S311  # to be repeatable is the point
    ids = [str(UUID(int=seed << 64 | number)) for number in range(3)]
    events = [batch.Capture(dice.choice(ids), dice.randrange(1, 50), f"s-{n}") for n in range(12)]
    sandbox = Sandbox(orders=[{"order_id": one, "order_amount": 100_000} for one in ids])
    path = tmp_path / f"{uuid4()}.jsonl"  # the folder is that of all examples
    with KustomClient(CANARY, transport=sandbox, retry=AT_ONCE) as kustom:
        for after, cut in runs:
            sandbox.faults.clear()
            sandbox.faults.add(Fault("lose", verb="write", probability=lost, seed=seed))
            outcomes = batch.run(kustom, dice.sample(events * 2, 24), results=path, stop_after=None)
            for _ in range(after):
                next(outcomes, None)
            outcomes.close()
            content = path.read_bytes() if path.exists() else b""
            path.write_bytes(content[: max(0, len(content) - cut)])
        sandbox.faults.clear()
        last = list(batch.run(kustom, dice.sample(events, 12), results=path))
    assert all(outcome.is_done for outcome in last)
    found = {
        (one, capture["reference"]): capture["captured_amount"]
        for one in ids
        for capture in sandbox.order(one)["captures"]
    }
    assert found == {(event.order_id, event.reference): event.amount for event in events}
    assert sum(len(sandbox.order(one)["captures"]) for one in ids) == len(events)


def test_a_batch_that_is_killed_goes_on() -> None:
    """300 events in a process that is killed with SIGKILL three times, faults of every kind."""
    figures = harness.run("run", 300, seed=20261125, kills=3)
    assert (figures.doubled, figures.lost, figures.wrong) == (0, 0, 0), figures
    assert figures.kills == 3, figures
    assert figures.faults, figures


@pytest.mark.redis
def test_a_bucket_in_redis_is_one_rate_for_all(tmp_path: Path) -> None:
    """20 turns of four workers are never closer together than the rate allows, by Redis's clock."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--dir", str(tmp_path), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # in the PATH
        retry = Retry(ConstantBackoff(0.05), 200)
        redis = Redis(port=port, retry=retry, retry_on_error=[ConnectionError])
        bucket = shared_rate.Bucket(redis, rate=50)

        def turn(_: int) -> float:
            bucket.take()
            seconds, micros = redis.time()
            return float(seconds) + float(micros) / 1e6

        began = turn(0)
        with ThreadPoolExecutor(4) as workers:
            turns = sorted(workers.map(turn, range(20)))
        redis.close()
        process.kill()
    # Each is told a little after its turn, and the first one was too.
    assert turns[-1] - began >= 19 / 50
    assert len(turns) == 20


@pytest.mark.parametrize("way", [pytest.param("celery", marks=pytest.mark.redis), "dask"])
def test_an_engine_that_loses_workers_does_each_event_once(way: str) -> None:
    """The example of the documentation, with a worker killed in the middle."""
    figures = harness.run(way, 60, seed=20261125, kills=1)
    assert (figures.doubled, figures.lost, figures.wrong) == (0, 0, 0), figures
    assert figures.kills == 1, figures
    told = figures.told[-1]
    assert told.get("done", 0) + told.get("already_done", 0) == 60, figures
