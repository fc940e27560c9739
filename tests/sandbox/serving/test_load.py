"""The served sandbox under load, where every response is checked."""

from pathlib import Path

import pytest
from request_rate import Load, measured


@pytest.mark.parametrize("is_kept", [False, True], ids=["in memory", "with a state"])
@pytest.mark.parametrize("writes_only", [False, True], ids=["both", "writes"])
def test_nothing_is_lost_or_mixed_up_over_64_connections(
    tmp_path: Path, is_kept: bool, writes_only: bool
) -> None:
    """Each reader gets its own answer, each write is taken, and kept although it is killed."""
    state = tmp_path / "state" if is_kept else None
    figures = measured(Load(seconds=0.3, writes_only=writes_only, state=state))
    assert figures.writes >= 64
    assert figures.reads == (0 if writes_only else figures.writes)


def test_a_write_that_is_not_kept_is_found(tmp_path: Path) -> None:
    """The count can fail: here the file holds what an earlier load has left."""
    load = Load(connections=3, seconds=0, state=tmp_path / "state")
    measured(load)
    with pytest.raises(AssertionError, match="2 writes were answered, 3 are kept"):
        measured(Load(connections=2, seconds=0, state=load.state))
