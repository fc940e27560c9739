"""Keys that are derived are the same everywhere."""

import os
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies as st
from support import ORDER

from kustom_facade.idempotency import key_for


@pytest.mark.parametrize(
    ("operation", "reference", "attempt", "key"),
    [
        ("capture", "shipment-42", 1, "0bf0abad-651b-5a08-99d7-a56949513601"),
        ("capture", "shipment-42", 2, "1f1c3024-3a20-50a6-bbd8-1e71bece2d26"),
        ("refund", "shipment-42", 1, "29ad7a2c-a3a9-5069-8d85-f77a49edab40"),
        ("capture", "Sändning 42 ✓", 1, "fa82636c-7ec9-5b95-ad2c-989d74d0d5a8"),
    ],
)
def test_keys_are_the_same_for_ever(operation: str, reference: str, attempt: int, key: str) -> None:
    """Golden values: a job that was queued before an upgrade must find its key again after it."""
    assert key_for(operation, ORDER, reference, attempt=attempt) == key
    assert UUID(key).version == 5


def test_a_key_does_not_depend_on_the_process() -> None:
    """Not on hash seeds, locales or anything that a worker has of its own."""
    code = (
        f"from kustom_facade.idempotency import key_for; "
        f"print(key_for('capture', {ORDER!r}, 'Sändning'))"
    )
    bare = {"LC_ALL": "C", "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    keys = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**bare, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "1")
    }
    assert keys == {key_for("capture", ORDER, "Sändning")}


def test_the_order_counts_in_any_spelling() -> None:
    """Upper case, and as a UUID."""
    assert (
        key_for("capture", ORDER.upper(), "r")
        == key_for("capture", UUID(ORDER), "r")
        == key_for("capture", ORDER, "r")
    )


PARTS = st.tuples(
    st.text(min_size=1, max_size=8), st.uuids(), st.text(min_size=1, max_size=8), st.integers(1, 99)
)


@given(PARTS, PARTS)
def test_two_events_never_share_a_key(left: Any, right: Any) -> None:
    """Operation, order, reference and attempt each count, and cannot run into each other."""
    first, second = (
        key_for(parts[0], parts[1], parts[2], attempt=parts[3]) for parts in (left, right)
    )
    assert (first == second) == (left == right)


def test_parts_cannot_run_into_each_other() -> None:
    """Whatever stands between them."""
    assert key_for("capture", ORDER, 'a", "b') != key_for('capture", "a', ORDER, "b")


@pytest.mark.parametrize(
    ("operation", "order", "reference", "attempt", "kind"),
    [
        ("", ORDER, "r", 1, ValueError),
        ("capture", ORDER, "", 1, ValueError),
        ("capture", "123", "r", 1, ValueError),
        ("capture", ORDER, "r", 0, ValueError),
        ("capture", ORDER, 42, 1, TypeError),
        (None, ORDER, "r", 1, TypeError),
        ("capture", 5, "r", 1, TypeError),
        ("capture", None, "r", 1, TypeError),
        ("capture", ORDER, "r", "2", TypeError),
        ("capture", ORDER, "r", True, TypeError),
    ],
)
def test_what_makes_no_key(
    operation: Any, order: Any, reference: Any, attempt: Any, kind: type[Exception]
) -> None:
    """Nothing is filled in: an empty reference would be every event's."""
    with pytest.raises(kind):
        key_for(operation, order, reference, attempt=attempt)
