"""A batch that may be killed at any moment: ``python worker.py URL RESULTS EVENTS SEED``."""

import asyncio
import json
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # run as a file

from batch_run import harness  # found by the line above
from kustom_facade import AsyncKustomClient, RetryPolicy, batch  # as above


async def main(url: str, results: str, count: int, seed: int) -> None:
    """Carry out the events, and print what it cost."""
    # Short waits: the run is about what happens, not about how long it takes.
    policy = RetryPolicy(base=0.02, cap=0.3)
    last: list[batch.Progress] = []

    def note(progress: batch.Progress) -> None:
        last[:] = [progress]
        if progress.told == 10_000 < count:
            print(_costs(progress, count))

    async with AsyncKustomClient("kco_test_batch", base_url=url, retry=policy) as kustom:
        events = harness.events(count, seed)
        async for _ in batch.run_async(
            kustom, events, results=results, stop_after=None, on_progress=note
        ):
            pass
    print(_costs(last[0], count))


def _costs(progress: batch.Progress, count: int) -> str:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    done = progress.counts["done"] + progress.counts["already_done"]
    return json.dumps(
        {
            "told": progress.told,
            "carried out": progress.told - progress.skipped,
            "CPU seconds": round(usage.ru_utime + usage.ru_stime, 1),
            "largest MB": usage.ru_maxrss // 1024,
            "complete": done == count,
        }
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
