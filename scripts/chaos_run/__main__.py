"""Run the chaos at length, safe and unsafe. The exit status is 1 if anything went wrong."""

import argparse
import sys

from . import harness
from .workshop import CREWS, Mode


def main() -> int:
    """Run each mode safe and unsafe, and print the figures."""
    parser = argparse.ArgumentParser(
        prog="chaos", description="Kills workers while they capture and refund."
    )
    parser.add_argument("jobs", type=int, nargs="?", default=10_000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--mode", choices=[*CREWS, "all"], default="all")
    options = parser.parse_args()
    modes = CREWS if options.mode == "all" else [options.mode]
    return max([_run(mode, options.jobs, options.seed) for mode in modes])


def _run(mode: Mode, jobs: int, seed: int) -> int:
    safe = harness.run(mode, "safe", jobs, seed)
    print(safe, flush=True)
    unsafe = harness.run(mode, "unsafe", max(jobs // 10, 100), seed)
    print(unsafe, flush=True)
    if safe.failed or not unsafe.doubled:
        print(
            f"chaos, {mode}: FAILED: {safe.failed} of {safe.jobs} wrong, and the unsafe run "
            f"showed {unsafe.doubled} doubles"
        )
        return 1
    print(
        f"chaos, {mode}: {safe.jobs} events took effect exactly once; without keys and "
        f"reading {unsafe.doubled} of {unsafe.jobs} doubled"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
