"""The served sandbox under load, where every response is checked."""

from pathlib import Path

import pytest
from request_rate import measured


@pytest.mark.parametrize("is_kept", [False, True], ids=["in memory", "with a state"])
def test_nothing_is_lost_or_mixed_up_over_64_connections(tmp_path: Path, is_kept: bool) -> None:
    """Each reader gets its own answer and each write is taken, as fast as both sides can."""
    assert measured(64, 0.5, str(tmp_path / "state") if is_kept else "") > 0
