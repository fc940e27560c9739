"""What only the operations on captures have."""

import pytest
from kustom_order_management import models
from support import ORDER

from kustom_facade import IdempotencyKeyReused
from kustom_facade._operations import captures
from kustom_facade._operations.call import Answer


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"capture-id": "c-1", "location": "https://api.example/captures/c-2"}, "c-1"),
        (
            {"location": f"https://api.example/ordermanagement/v1/orders/{ORDER}/captures/c-2"},
            "c-2",
        ),
        ({"location": f"/ordermanagement/v1/orders/{ORDER}/captures/c-2/"}, "c-2"),
        ({"location": "https://api.example/captures/c-2?x=1#y"}, "c-2"),
        ({"capture-id": "", "location": "https://api.example/captures/c-2"}, "c-2"),
        ({"location": f"https://api.example/ordermanagement/v1/orders/{ORDER}/captures"}, None),
        ({"location": ""}, None),
        ({"location": "http://[broken"}, None),
        ({"capture-id": " c-1 "}, "c-1"),
        ({"capture-id": "c-1, c-1"}, "c-1"),
        ({"capture-id": " ", "location": " https://api.example/captures/c-2 "}, "c-2"),
        ({"capture-id": "../x"}, None),
        ({"location": f"https://api.example/ordermanagement/v1/orders/{ORDER}"}, None),
        ({"location": "https://api.example/refunds/r-1"}, None),
        ({"location": "https://api.example/Captures"}, None),
        ({"location": "https://api.example/captures/.."}, None),
        ({"location": "https://api.example/captures/a%2Fb"}, None),
        ({}, None),
    ],
)
def test_the_id_of_a_capture(headers: dict[str, str], expected: str | None) -> None:
    """From the header, then from Location;
    without both the money moved all the same, and the note says so.
    """
    done = captures.capture(ORDER, 1).read(Answer(headers, b"", 1))
    assert done.id == expected
    assert done.location == headers.get("location")
    assert bool(done.note) == (expected is None)


@pytest.mark.parametrize("content", [b"{}", b"[1]", b"[[]]", b"{"])
def test_a_list_of_captures_must_be_a_list_of_objects(content: bytes) -> None:
    """An error body with a 200 must not read as 'no captures': a shop would capture again."""
    with pytest.raises(ValueError):  # noqa: PT011  # as above
        captures.list_captures(ORDER).read(Answer({}, content, 1))


def test_captures_are_read_as_models() -> None:
    """In the order they came in."""
    read = captures.list_captures(ORDER).read(
        Answer({}, b'[{"capture_id": "a"}, {"capture_id": "b"}]', 1)
    )
    assert all(isinstance(capture, models.Capture) for capture in read)
    assert [capture.capture_id for capture in read] == ["a", "b"]


def test_a_capture_that_its_own_path_names_is_no_other_request() -> None:
    """A 204 about a capture's shipments may name that capture."""
    call = captures.add_capture_shipping_info(ORDER, "c-1", [{}], idempotency_key="k")
    assert call.read(Answer({"capture-id": "c-1"}, b"", 1, 204)).attempts == 1
    with pytest.raises(IdempotencyKeyReused):
        call.read(Answer({"capture-id": "c-2"}, b"", 1, 204))
