"""The clock of the sandbox."""

from datetime import UTC, datetime, timedelta

import pytest

from kustom_facade.sandbox import Clock

from .api_client import START


def test_a_clock_only_moves_forward() -> None:
    """It needs a time zone, stands still when it was given a start, and runs along otherwise."""
    with pytest.raises(ValueError, match="time zone"):
        Clock(START.replace(tzinfo=None))
    clock = Clock(START)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-0.5)
    clock.advance(0.5)
    assert clock.now() == START + timedelta(seconds=0.5)
    running = Clock()
    running.advance(timedelta(days=1))
    assert abs(running.now() - datetime.now(UTC) - timedelta(days=1)) < timedelta(minutes=1)
