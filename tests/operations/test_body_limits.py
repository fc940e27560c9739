"""The check of a body against the document's limits, with rules of the tests' own."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from kustom_facade._operations.body_limits import problems

SCHEMAS: dict[str, Any] = {
    "Order": {
        "type": "object",
        "required": ["lines"],
        "properties": {
            "lines": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"schema": "Line"}},
            "paid": {"type": "boolean"},
            "rate": {"type": "number", "minimum": 0, "maximum": 1},
            "tags": {"type": "array"},
            "anything": {},
        },
    },
    "Line": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 2, "maxLength": 3},
            "amount": {"type": "integer", "minimum": -5, "maximum": 5},
            "parts": {"schema": "Order"},
        },
    },
    "Alias": {"schema": "Order"},
    "Bare": {"type": "object"},
}


def check(value: Any, name: str = "Alias") -> list[str]:
    """The problems of a value, by a rule that refers twice."""
    return list(problems(value, {"schema": name}, SCHEMAS))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"lines": [{}]}, []),
        ({"lines": [{}], "anything": object(), "unknown": object(), "tags": [1, {}]}, []),
        ({}, ["lines: is required"]),
        ([], ["the body: must be an object, not list"]),
        ({"lines": {}}, ["lines: must be a list, not dict"]),
        ({"lines": []}, ["lines: 0 items, at least 1 must be there"]),
        ({"lines": [{}, {}, {}]}, ["lines: 3 items, at most 2 are allowed"]),
        ({"lines": [{"name": "a"}]}, ["lines[0].name: 1 characters, at least 2 must be there"]),
        ({"lines": [{"name": "abcd"}]}, ["lines[0].name: 4 characters, at most 3 are allowed"]),
        ({"lines": [{"amount": 6}]}, ["lines[0].amount: 6 is more than 5"]),
        ({"lines": [{"amount": -6}]}, ["lines[0].amount: -6 is less than -5"]),
        ({"lines": [{"amount": True}]}, ["lines[0].amount: must be a whole number, not bool"]),
        ({"lines": [{"amount": 1.0}]}, ["lines[0].amount: must be a whole number, not float"]),
        ({"lines": [{"amount": None}]}, ["lines[0].amount: must be a whole number, not NoneType"]),
        ({"lines": [{}], "paid": 1}, ["paid: must be true or false, not int"]),
        ({"lines": [{}], "paid": True}, []),
        ({"lines": [{}], "rate": 0.5}, []),
        ({"lines": [{}], "rate": 1}, []),
        ({"lines": [{}], "rate": 1.5}, ["rate: 1.5 is more than 1"]),
        ({"lines": [{}], "rate": True}, ["rate: must be a number, not bool"]),
        (
            {"lines": [{"parts": {"lines": [{"parts": 1}]}}]},
            ["lines[0].parts.lines[0].parts: must be an object, not int"],
        ),
    ],
)
def test_each_kind_of_limit(value: Any, expected: list[str]) -> None:
    """With the path of the field and the limit, through references and recursion."""
    assert check(value) == expected


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.dictionaries(st.sampled_from(["lines", "name", "amount", "parts", "paid"]), inner)
            | st.lists(inner)
        ),
    )
)
def test_no_data_breaks_the_check(value: Any) -> None:
    """It finds problems, it never raises; and the same again."""
    assert check(value) == check(value)


def test_an_object_without_declared_fields_takes_all() -> None:
    """Nothing is known, so nothing is refused."""
    assert check({"a": 1}, "Bare") == []
