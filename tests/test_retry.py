"""The retry policy: a frozen value, one pure function, and the reading of Retry-After."""

import math
import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from kustom_facade import KustomClient, RetryPolicy
from kustom_facade.retry import parse_retry_after

SECONDS = st.floats(0, 1e6)
WAITS = st.floats(0, 86_400)
POLICIES = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 2000),
    base=WAITS,
    cap=WAITS,
    max_retry_after=WAITS,
)


def test_the_defaults_are_the_published_ones() -> None:
    """Users read them in the documentation."""
    assert RetryPolicy() == RetryPolicy(attempts=3, base=0.5, cap=8.0, max_retry_after=30.0)


@pytest.mark.parametrize(
    ("attempt", "seconds_left", "retry_after", "expected"),
    [
        (1, 60.0, None, 0.5),
        (2, 60.0, None, 1.0),
        (3, 60.0, None, 2.0),
        (5, 60.0, None, 8.0),
        (9, 60.0, None, 8.0),
        (10, math.inf, None, None),  # the attempts are used up
        (1, 0.6, None, 0.5),
        (1, 0.5, None, None),  # the next would begin at the deadline
        (1, 60.0, 30.0, 30.0),
        (1, 60.0, 30.1, None),  # above the cap: fail at once
        (1, 20.0, 30.0, None),
        (1, 60.0, 0.2, 0.2),
        (1, 60.0, 0.0, 0.05),  # none is asked for: five attempts must not be made at once
        (3, 60.0, 0.0, 0.2),
    ],
)
def test_the_decision(
    attempt: int, seconds_left: float, retry_after: float | None, expected: float | None
) -> None:
    """The truth table of a policy with ten attempts and no jitter."""
    assert RetryPolicy(attempts=10).wait(attempt, seconds_left, retry_after=retry_after) == expected


@given(
    policy=POLICIES,
    attempt=st.integers(1, 3000),
    left=SECONDS,
    after=st.none() | SECONDS,
    jitter=st.floats(0, 1),
)
def test_a_wait_is_never_outside_its_bounds(
    policy: RetryPolicy, attempt: int, left: float, after: float | None, jitter: float
) -> None:
    """Never after the last attempt, never past the deadline,
    never above the cap, exactly what was asked for.
    """
    wait = policy.wait(attempt, left, retry_after=after, jitter=jitter)
    if wait is None:
        return
    assert attempt < policy.attempts
    assert wait < left
    longest = min(policy.cap, policy.base * 2.0 ** min(attempt - 1, 60))
    if after is None:
        assert 0.1 * longest <= wait <= longest
    else:
        assert wait == max(after, 0.1 * longest)
        assert after <= policy.max_retry_after


@pytest.mark.parametrize("attempts", [0, -1, 1.5, True, "3", None])
def test_attempts_that_make_no_sense_are_refused(attempts: Any) -> None:
    """At least one send, and a whole number of them."""
    with pytest.raises(ValueError, match="attempts must be a whole number from 1"):
        RetryPolicy(attempts=attempts)
    if attempts is not None:
        with pytest.raises(ValueError, match="attempts"):
            RetryPolicy().limited_to(attempts)


@pytest.mark.parametrize("name", ["base", "cap", "max_retry_after"])
@pytest.mark.parametrize("value", [-0.1, math.nan, "1", None, True])
def test_seconds_that_make_no_sense_are_refused(name: str, value: Any) -> None:
    """Not below 0, and a number."""
    with pytest.raises(ValueError, match=f"{name} must be a number of seconds"):
        RetryPolicy(**{name: value})


def test_a_policy_is_a_value() -> None:
    """Equal, hashable, frozen, picklable; another number of attempts makes another one."""
    policy = RetryPolicy(attempts=5)
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301  # our own bytes
    assert len({policy, RetryPolicy(attempts=5)}) == 1
    assert policy.limited_to(None) is policy
    assert policy.limited_to(2) == RetryPolicy(attempts=2)
    with pytest.raises(AttributeError):
        policy.attempts = 1  # type: ignore[misc]  # what the test is about


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("5", 5.0),
        (" 5 ", 5.0),
        ("0.5", 0.5),
        ("-1", 0.0),
        ("0", 0.0),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("", None),
        ("soon", None),
        ("Thu, 01 Jan 1970 00:16:45 GMT", 5.0),
        ("Thu, 01 Jan 1970 00:16:00 GMT", 0.0),
        ("Thu, 99 Foo 1970", None),
        ("Sun, 06 Nov 99999999999 08:49:37 GMT", None),
    ],
)
def test_retry_after(value: str | None, expected: float | None) -> None:
    """Seconds or a date, read at the second 1000; what cannot be read counts as absent."""
    assert parse_retry_after(value, now=1000.0) == expected


@given(st.text(max_size=60))
def test_no_retry_after_header_breaks_the_call(value: str) -> None:
    """Whatever a gateway writes there: seconds from 0, or nothing."""
    seconds = parse_retry_after(value, now=0.0)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


@pytest.mark.parametrize("name", ["base", "cap", "max_retry_after"])
@pytest.mark.parametrize("value", [math.inf, 86_401, 1e300])
def test_a_wait_longer_than_a_key_lives_is_refused(name: str, value: float) -> None:
    """When the policy is built, and not after a Retry-After of some years."""
    numbers: Any = {name: value}
    with pytest.raises(ValueError, match=f"{name} must be at most 86,400 seconds"):
        RetryPolicy(**numbers)


def test_no_other_thing_passes_for_a_policy() -> None:
    """When it is given, and not at the first failure."""
    wrong: Any = 3
    with pytest.raises(TypeError, match="retry must be a RetryPolicy, not int"):
        KustomClient("kco_test_x", retry=wrong)
    with KustomClient("kco_test_x") as kustom, pytest.raises(TypeError, match="RetryPolicy"):
        kustom.with_options(retry=wrong)
