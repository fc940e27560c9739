"""What only the operations on refunds have."""

import pytest
from support import ORDER

from kustom_facade._operations import refunds
from kustom_facade._operations.call import Answer


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"refund-id": "r-1", "location": "https://api.example/refunds/r-2"}, "r-1"),
        ({"location": f"https://api.example/ordermanagement/v1/orders/{ORDER}/refunds/r-2"}, "r-2"),
        ({"location": "https://api.example/captures/c-1"}, None),
        ({}, None),
    ],
)
def test_the_id_of_a_refund(headers: dict[str, str], expected: str | None) -> None:
    """As that of a capture, from the header or from Location."""
    done = refunds.refund(ORDER, 1).read(Answer(headers, b"", 1, 201))
    assert done.id == expected
    assert bool(done.note) == (expected is None)
