"""The model of the tests at length: portions of seeds, played on all cores."""

import logging
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from exactly_once.schedule import Findings, explore

#: Interleavings that a process plays in one go.
PORTION = 500


def run(interleavings: int, seed: int) -> Findings:
    """Play so many interleavings, from a seed on, and return what the judge found."""
    end = seed + interleavings
    portions = [range(first, min(first + PORTION, end)) for first in range(seed, end, PORTION)]
    findings = Findings()
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _be_quiet) as processes:
        for part in processes.map(explore, portions):
            findings.add(part)
    return findings


def _be_quiet() -> None:
    """Log nothing: thousands of lost answers are the point."""
    logging.getLogger("kustom_facade").disabled = True
