"""Run the chaos at length, in both modes. The exit status is 1 if anything went wrong."""

import argparse
import sys

from . import harness


def main() -> int:
    """Run safe and unsafe, print the figures."""
    parser = argparse.ArgumentParser(
        prog="chaos", description="Kills workers while they capture and refund."
    )
    parser.add_argument("jobs", type=int, nargs="?", default=10_000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    options = parser.parse_args()
    safe = harness.run("safe", options.jobs, options.seed)
    print(safe)
    unsafe = harness.run("unsafe", max(options.jobs // 10, 100), options.seed)
    print(unsafe)
    failed = safe.doubled + safe.lost + safe.wrong + safe.stopped
    if failed or not unsafe.doubled:
        print(
            f"chaos: FAILED: {failed} of {safe.jobs} wrong, and the unsafe run "
            f"showed {unsafe.doubled} doubles"
        )
        return 1
    print(
        f"chaos: {safe.jobs} events took effect exactly once; without keys and "
        f"reading {unsafe.doubled} of {unsafe.jobs} doubled"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
