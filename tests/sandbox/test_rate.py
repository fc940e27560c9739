"""The served sandbox under load: every answer is checked; how many come per second is for measure.py to say."""

from pathlib import Path

import pytest

from .measure import measured


@pytest.mark.parametrize("is_kept", [False, True], ids=["in memory", "with a state"])
def test_nothing_is_lost_or_mixed_up_over_64_connections(tmp_path: Path, is_kept: bool) -> None:
    """As fast as both sides can for half a second: each reader finds its own answer, each write is taken."""
    assert measured(64, 0.5, str(tmp_path / "state") if is_kept else "") > 0
