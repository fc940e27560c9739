"""Whatever dies, each business event takes effect exactly once;
and the harness can tell when it does not.
"""

from typing import get_args

import pytest
from chaos_run import harness
from chaos_run.workshop import CREWS, FINAL, Mode


@pytest.mark.parametrize(("mode", "jobs"), [("fresh", 120), ("forking", 250), ("asyncio", 130)])
def test_nothing_is_doubled_and_nothing_is_lost(mode: Mode, jobs: int) -> None:
    """500 captures and refunds, workers killed all the while, faults of every kind."""
    figures = harness.run(mode, "safe", jobs, seed=20261124)
    report = figures.report
    assert figures.failed == 0, figures
    assert not set(report.failures) & set(FINAL), figures
    assert {told["read"] for _, told in report.told} == {
        order["order_id"] for order in harness.new_orders()
    }
    assert report.kills > 0
    assert figures.server_kills > 0
    assert report.handed_out > jobs
    assert {"lose", "drop", "status", "delay", "stale"} <= figures.faults.keys()


@pytest.mark.parametrize("mode", get_args(Mode))
def test_a_fresh_key_per_attempt_protects_nothing(mode: Mode) -> None:
    """The same run without reading and with a new key each time must show doubles, and connections
    that a fork does not renew must show wrong answers, or the count above is blind.
    """
    figures = harness.run(mode, "unsafe", jobs=60, seed=20261124)
    assert figures.doubled > 0, figures
    assert (figures.foreign > 0) == (mode == "forking"), figures


def test_each_mode_has_a_crew() -> None:
    """The modes of the script are those of the type."""
    assert tuple(CREWS) == get_args(Mode)
