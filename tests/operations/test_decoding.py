"""From bytes to JSON data, as deep as Python can handle it."""

import copy
import json
import pickle
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, strategies as st
from support import ORDER

from kustom_facade._operations import decoding, orders as operations
from kustom_facade._operations.call import Answer


def nested(levels: int, opening: bytes, closing: bytes, rest: bytes) -> bytes:
    """Return an object with so many levels in it, in a field that may hold anything."""
    return b'{"x": ' + opening * levels + b"1" + closing * levels + rest + b"}"


@pytest.mark.parametrize("rest", [b"", b', "y": "\\ud800"'], ids=["", "for the slower reader"])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a": ', b"}")])
@pytest.mark.parametrize("levels", [1, 253])
def test_what_can_be_read_can_be_shown_copied_and_pickled(
    levels: int, opening: bytes, closing: bytes, rest: bytes
) -> None:
    """However deep what nobody declared is, up to the limit."""
    content = nested(levels, opening, closing, rest)
    order = operations.get_order(ORDER).read(Answer({}, content, 1))
    assert repr(order) == "MerchantOrder()"
    assert copy.copy(order) == copy.deepcopy(order) == order
    assert pickle.loads(pickle.dumps(order)) == order  # noqa: S301  # our own bytes
    assert order.to_dict() == json.loads(content)


@pytest.mark.parametrize("rest", [b"", b', "y": "\\ud800"'], ids=["", "for the slower reader"])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a": ', b"}")])
@pytest.mark.parametrize("levels", [254, 900, 1_100, 100_000])
def test_what_is_nested_deeper_is_unreadable(
    levels: int, opening: bytes, closing: bytes, rest: bytes
) -> None:
    """It could not be copied or pickled, and is none of the API's."""
    content = nested(levels, opening, closing, rest)
    with pytest.raises(ValueError, match="nested more than 254 levels deep"):
        operations.get_order(ORDER).read(Answer({}, content, 1))


@pytest.mark.parametrize("rest", [{}, {"text": "\ud800"}], ids=["", "for the slower reader"])
def test_what_is_wide_is_not_deep(rest: dict[str, str]) -> None:
    """A thousand lines with identifiers have more brackets than levels are allowed."""
    data = {"lines": [{"product_identifiers": {"brand": "a"}, **rest}] * 1_000}
    assert decoding.loads(json.dumps(data).encode()) == data


def _levels(data: Any) -> int:
    parts = list(data.values()) if isinstance(data, dict) else data
    return 1 + max(map(_levels, parts), default=0) if isinstance(data, dict | list) else 0


@given(
    data=st.recursive(
        st.text(alphabet='{}[], a"\\'),
        lambda part: st.lists(part) | st.dictionaries(st.text(alphabet='{}, "\\'), part),
    ),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]),
    limit=st.integers(0, 8),
)
def test_what_is_said_to_be_flat_is_flat(
    data: Any, separators: tuple[str, str], limit: int
) -> None:
    """Counting brackets overlooks no depth, whatever texts hold."""
    content = json.dumps(data, separators=separators).encode()
    with patch.object(decoding, "_MOST_LEVELS", limit):
        assert decoding._may_be_deep(content) or _levels(data) <= limit
