"""Run batches at size. The exit status is 1 if anything went wrong."""

import argparse
import sys

from . import harness


def main() -> int:
    """Run in one way, print the figures."""
    parser = argparse.ArgumentParser(prog="batch-at-size", description="Kills batches, and counts.")
    parser.add_argument("way", choices=harness.WAYS, nargs="?", default="run")
    parser.add_argument("events", type=int, nargs="?", default=100_000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    options = parser.parse_args()
    figures = harness.run(options.way, options.events, options.seed)
    print(figures)
    return 1 if figures.doubled or figures.lost or figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
