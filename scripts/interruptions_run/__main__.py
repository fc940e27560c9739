"""Interrupt calls at length. The exit status is 1 if anything was left behind."""

import argparse
import logging
import sys

from . import harness


def main() -> int:
    """Run it, and print the figures."""
    parser = argparse.ArgumentParser(
        prog="interruptions", description="Cancels calls, and strikes them with signals."
    )
    parser.add_argument("calls", type=int, nargs="?", default=20_000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    options = parser.parse_args()
    logging.getLogger("kustom_facade").addHandler(logging.NullHandler())  # they are the point
    figures = harness.run(options.calls, options.seed)
    print(figures)
    for line in figures.wrong[:20]:
        print(f"  {line}")
    if figures.wrong:
        print(f"interruptions: FAILED: {len(figures.wrong)} wrong")
        return 1
    print("interruptions: no connection, no turn and no file descriptor was lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())
