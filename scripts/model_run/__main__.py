"""The model at length; exit status 1 if the judge finds anything at all."""

import argparse
import sys

from . import harness


def main() -> int:
    """Play it, and print the figures."""
    parser = argparse.ArgumentParser(
        prog="model", description="Plays the exactly-once workflows against a model of the API."
    )
    parser.add_argument("interleavings", type=int, nargs="?", default=200_000)
    parser.add_argument("seed", type=int, nargs="?", default=0, help="the first one")
    options = parser.parse_args()
    findings = harness.run(options.interleavings, options.seed)
    verdict = "FAILED: " if findings.wrong else ""
    print(f"model: {verdict}{findings} (from seed {options.seed})")
    for kind, seed, what in findings.wrong[:20]:
        print(f"  {kind}, seed {seed}: {what}")
    return 1 if findings.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
