"""Whatever dies, each business event takes effect exactly once;
and the harness can tell when it does not.
"""

from chaos_run import harness


def test_nothing_is_doubled_and_nothing_is_lost() -> None:
    """500 captures and refunds, workers killed all the while, faults of every kind."""
    figures = harness.run("safe", jobs=500, seed=20261124)
    assert (figures.doubled, figures.lost, figures.wrong, figures.stopped) == (0, 0, 0, False), (
        figures
    )
    assert not set(figures.failures) & set(harness.FINAL), figures
    assert figures.kills > 0
    assert figures.server_kills > 0
    assert figures.handed_out > figures.jobs
    assert {"lose", "drop", "status", "delay", "stale"} <= figures.faults.keys()


def test_a_fresh_key_per_attempt_protects_nothing() -> None:
    """The same run without reading and with a new key each time must show doubles,
    or the count above is blind.
    """
    figures = harness.run("unsafe", jobs=150, seed=20261124)
    assert figures.doubled > 0, figures
