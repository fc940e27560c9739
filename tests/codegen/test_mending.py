"""Formal faults are mended by rule, each is listed, and the bindings are whole."""

from pathlib import Path
from typing import Any

import pytest
from codegen import document as documents
from codegen.document import RegenerationError
from codegen.mending import mend
from codegen.pipeline import prepare
from codegen_support import TEXT, build, small_document

FAULTS = Path(__file__).parent / "fixtures" / "faults.yaml"


def test_each_fault_is_mended_and_listed(tmp_path: Path) -> None:
    """What comes out is valid, and is built with all of its counterparts."""
    given = documents.load(FAULTS)
    normalized = prepare(given, [])
    assert normalized.fixes == [
        "openapi: the number 3.1 is read as text",
        "version: the number 1.0 is read as text",
        "x- extensions in 3 places: are for other tools, and left out",
        "A.text: its maxLength 1000.0 is the whole number 1000",
        "A.count: its minimum '5' is a number",
        "A.count: its maximum 1000.0 is the whole number 1000",
        "GET /a/{id}, parameter id: is required, as every parameter in a path",
        "GET /a/{id}, parameter id: has no schema; it is text",
        "GET /a/{id}, 200: has no description",
        "GET /a/{id}, 200: the media type */* is read as application/json",
        "GET /a/{id}, 200: application/pdf is not read; the answer's content holds it as it came",
        "GET /a/{id}, 200, header X-A: has no schema; it is text",
        "GET /a/{id}, 204: has no body, by RFC 9110, section 15",
        "POST /a/{id}: declares no response; any is taken",
        "POST /a/{id}, body: is sent as application/json; multipart/form-data is left out",
        "GET /b: declares no response; any is taken",
        "GET /a/{id}: has no usable operationId; get_a_id is given to it",
        "POST /a/{id}: has no usable operationId; post_a_id is given to it",
        "GET /b: the operationId 'get_a_id' is taken in Python; it becomes 'get_a_id2'",
        "A.kind: one literal with pipes becomes the values a, b",
        "A.none: its enum [None] holds no value; any value of its type is allowed",
    ]
    assert given == documents.load(FAULTS)
    assert build(normalized, tmp_path)


def test_what_is_mended_needs_no_mending() -> None:
    """A second time there is nothing to do."""
    fixes: list[str] = []
    mended = mend(documents.load(FAULTS), [])
    assert (mend(mended, fixes), fixes) == (mended, [])


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ({"type": "string", "const": "a"}, {"type": "string", "enum": ["a"]}),
        (
            {"type": "number", "exclusiveMinimum": 5},
            {"type": "number", "exclusiveMinimum": True, "minimum": 5},
        ),
        ({"type": "string", "examples": ["a"], "$comment": "b"}, TEXT),
        ({"type": "object", "required": []}, {"type": "object"}),
    ],
)
def test_spellings_of_3_1_are_taken_in_3_0(spelling: Any, expected: Any) -> None:
    """Each is spelled as OpenAPI 3.0 has it, and told."""
    fixes: list[str] = []
    document = small_document({"A": spelling}, version="3.0.3")
    assert mend(document, fixes)["components"]["schemas"]["A"] == expected
    assert all(line.startswith("A: ") for line in fixes)
    assert fixes
    assert prepare(document, []).fixes == fixes


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/octet-stream", "text/csv"])
def test_a_body_that_cannot_be_sent_is_refused(kind: str) -> None:
    """The bindings would take it and not send it."""
    body = {"content": {kind: {"schema": {"type": "string", "format": "binary"}}}}
    with pytest.raises(RegenerationError, match=f"POST /a, body: the bindings cannot send {kind}"):
        prepare(small_document(requestBody=body), [])


def _mended(schema: dict[str, Any]) -> dict[str, Any]:
    document = small_document({"A": schema}, version="3.0.3")
    mended: dict[str, Any] = mend(document, [])["components"]["schemas"]["A"]
    return mended


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"minimum": 10, "exclusiveMinimum": 0},
            {"minimum": 10},
        ),
        (
            {"minimum": 0, "exclusiveMinimum": 10},
            {"minimum": 10, "exclusiveMinimum": True},
        ),
        (
            {"maximum": 10, "exclusiveMaximum": 10},
            {"maximum": 10, "exclusiveMaximum": True},
        ),
        ({"maximum": 5, "exclusiveMaximum": 10}, {"maximum": 5}),
        ({"exclusiveMaximum": 10}, {"maximum": 10, "exclusiveMaximum": True}),
    ],
)
def test_of_two_limits_the_tighter_one_stays(
    given: dict[str, Any], expected: dict[str, Any]
) -> None:
    """OpenAPI 3.0 has one number for both."""
    assert _mended({"type": "integer", **given}) == {"type": "integer", **expected}


def test_several_types_beside_a_union_are_one_more_condition() -> None:
    """The union, and the limits in it, stay."""
    union = [{"maxLength": 5}, {"minimum": 1}]
    mended = _mended({"type": ["string", "integer"], "anyOf": union})
    assert mended["anyOf"] == union
    assert mended["allOf"] == [{"anyOf": [{"type": "string"}, {"type": "integer"}]}]


def test_plain_json_comes_before_other_types_of_it() -> None:
    """Whatever the order of the document; and the lines come in one order."""
    content: dict[str, Any] = {"application/problem+json": {}, "application/json": {}}
    post = {"requestBody": {"content": content}, "responses": {}}
    document = {"openapi": "3.0.3", "paths": {"/a": {"post": post}}}
    mended = mend(document, [])["paths"]["/a"]["post"]["requestBody"]
    assert list(mended["content"]) == ["application/json"]
