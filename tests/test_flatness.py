"""Very many calls leave nothing behind: the short run of scripts/flatness."""

import pytest
from flatness_run import harness
from flatness_run.harness import Run


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    """A short run."""
    return harness.run(2_000, 500, str)


def test_nothing_grows(runs: list[Run]) -> None:
    """Neither memory nor file descriptors, in a row and all at once."""
    assert list(harness.growing(runs)) == []
    assert [one.calls for one in runs] == [2_000, 2_000, 3_000]


@pytest.mark.parametrize("what", ["memory", "files", "seconds", "rate"])
def test_what_grows_is_seen(what: str) -> None:
    """A check that cannot fail would hold nothing."""
    flat = [1] * 10
    told = [Run(f"{n}", 10, list(flat), list(flat), [1.0] * 10, rate=1.0) for n in range(3)]
    assert [*harness.growing(told), *harness.slowing(told)] == []
    grows = {"memory": 10**8, "files": 5, "seconds": 2.0}
    if what == "rate":
        told[1].rate = 2.0
    else:
        getattr(told[2], what)[-1] = grows[what]
    assert len([*harness.growing(told), *harness.slowing(told)]) == 1


def test_a_runs_line_has_its_figures(runs: list[Run]) -> None:
    """For whoever reads them."""
    assert str(runs[0]).startswith("blocking, in a row: 2000 calls, ")
