"""Run the soak at length. The exit status is 1 if anything is wrong at the end."""

import argparse
import logging
import sys

from . import harness


def main() -> int:
    """Run it, and print the figures."""
    parser = argparse.ArgumentParser(
        prog="soak", description="Calls everything at random, with faults on."
    )
    parser.add_argument("calls", type=int, nargs="?", default=50_000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    options = parser.parse_args()
    logging.getLogger("kustom_facade").addHandler(
        logging.NullHandler()
    )  # thousands of repeats are the point
    figures = harness.run(options.calls, options.seed)
    print(figures)
    for line in figures.wrong[:20]:
        print(f"  {line}")
    if figures.wrong:
        print(f"soak: FAILED: {len(figures.wrong)} things are wrong")
        return 1
    print(
        f"soak: {figures.calls} calls, every order adds up, and is what the "
        f"clients were told (seed {figures.seed})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
