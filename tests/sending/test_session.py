"""The settings that the requests of one call share."""

from kustom_facade import RetryPolicy

from .playing import session


def test_the_waits_between_reads_follow_the_policy() -> None:
    """Short at first; by default two seconds in all."""
    assert session(RetryPolicy()).reread_delays == (0.0, 0.5, 1.5)
    assert session(RetryPolicy(base=30.0, cap=8.0)).reread_delays == (0.0, 8.0, 8.0)
