"""Run it at length. The exit status is 1 if something grows."""

import argparse
import sys

from . import harness


def main() -> int:
    """Run it, and print the figures."""
    parser = argparse.ArgumentParser(
        prog="flatness", description="Makes calls in a row, and gathers them."
    )
    parser.add_argument("calls", type=int, nargs="?", default=200_000)
    parser.add_argument("gathered", type=int, nargs="?", default=10_000)
    options = parser.parse_args()
    figures = harness.run(options.calls, options.gathered, print)
    wrong = [*harness.growing(figures), *harness.slowing(figures)]
    for line in wrong:
        print(f"  {line}")
    print(f"flatness: {f'FAILED: {len(wrong)} things grow' if wrong else 'all of it is flat'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
