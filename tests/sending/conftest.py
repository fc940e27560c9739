"""Tests of sending make their calls once for all of them: nothing of one is left for the next."""

import pytest


@pytest.fixture(autouse=True)
def _fresh_guard(fresh_guard: None) -> None:
    """Forget what the tests before left open."""
