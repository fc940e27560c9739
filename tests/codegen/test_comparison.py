"""What a newer document changes for users: each rule's mark."""

from copy import deepcopy
from typing import Any

import pytest
from codegen.report import Change
from codegen_support import TEXT, compared, ref, small_document


def _document() -> dict[str, Any]:
    """One operation that sends the schema In and receives the schema Out."""
    limited = {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "a"}
    fields = {
        "name": limited,
        "count": {"type": "integer", "minimum": 0, "maximum": 9},
        "kind": ref("Kind"),
        "list": {"type": "array", "items": TEXT, "maxItems": 3},
    }
    media = {"application/json": {"schema": ref("In")}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/x/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
                "post": {
                    "operationId": "send",
                    "parameters": [
                        {"name": "q", "in": "query", "schema": deepcopy(limited)},
                        {"name": "X-A", "in": "header", "schema": TEXT},
                    ],
                    "requestBody": {"content": media},
                    "responses": {
                        "200": {
                            "description": "",
                            "headers": {"X-R": {"schema": TEXT}},
                            "content": {"application/json": {"schema": ref("Out")}},
                        },
                        "404": {"description": ""},
                    },
                },
            }
        },
        "components": {
            "schemas": {
                "In": {"type": "object", "properties": deepcopy(fields), "required": ["name"]},
                "Out": {"type": "object", "properties": deepcopy(fields), "required": ["name"]},
                "Kind": {"type": "string", "enum": ["a", "b"]},
                "Loose": {"type": "object", "properties": {"x": TEXT}},
            }
        },
    }


OPERATION = "paths./x/{id}.post"


IN, OUT = "components.schemas.In.properties", "components.schemas.Out.properties"


POST, ANSWER = "POST /x/{id}", "POST /x/{id}, response 200"


GONE = object()


def _at(document: dict[str, Any], place: str, value: Any) -> None:
    *way, last = place.split(".")
    node: Any = document
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if value is GONE:
        del node[last]
    elif isinstance(node, list):
        node.append(value)
    else:
        node[last] = value


#: Where, what stands there in the newer document, and the one change that is told.
RULES: list[tuple[str, Any, tuple[str, str, str]]] = [
    (
        "paths./y",
        {"get": {"operationId": "y", "responses": {}}},
        ("compatible", "GET /y", "operation added"),
    ),
    (OPERATION, GONE, ("breaking", POST, "operation removed")),
    (f"{OPERATION}.operationId", "go", ("breaking", POST, "operationId send becomes go")),
    (
        f"{OPERATION}.parameters.+",
        {"name": "n", "in": "query", "schema": TEXT},
        ("compatible", POST, "optional query parameter n added"),
    ),
    (
        f"{OPERATION}.parameters.+",
        {"name": "n", "in": "query", "required": True, "schema": TEXT},
        ("breaking", POST, "required query parameter n added"),
    ),
    (f"{OPERATION}.parameters.0.name", "r", ("breaking", POST, "query parameter q removed")),
    (
        f"{OPERATION}.parameters.0.required",
        True,
        ("breaking", f"{POST}, query parameter q", "is required now"),
    ),
    (
        f"{OPERATION}.parameters.0.schema.maxLength",
        4,
        ("breaking", f"{POST}, query parameter q", "maxLength 5 becomes 4"),
    ),
    (
        f"{OPERATION}.parameters.0.schema.type",
        "integer",
        ("breaking", f"{POST}, query parameter q", "string becomes integer"),
    ),
    (f"{OPERATION}.requestBody", GONE, ("breaking", POST, "body removed")),
    (f"{OPERATION}.requestBody.required", True, ("breaking", f"{POST}, body", "is required now")),
    (
        f"{OPERATION}.requestBody.content",
        {"application/x-www-form-urlencoded": {"schema": ref("In")}},
        ("breaking", f"{POST}, body", "media type application/json removed"),
    ),
    (f"{OPERATION}.responses.409", {"description": ""}, ("behaviour", POST, "response 409 added")),
    (f"{OPERATION}.responses.404", GONE, ("behaviour", POST, "response 404 removed")),
    (
        f"{OPERATION}.responses.200.headers.X-N",
        {"schema": TEXT},
        ("compatible", ANSWER, "header X-N added"),
    ),
    (f"{OPERATION}.responses.200.headers.X-R", GONE, ("behaviour", ANSWER, "header X-R removed")),
    (
        f"{OPERATION}.responses.200.headers.X-R.schema",
        {"type": "integer"},
        ("breaking", f"{ANSWER}, header X-R", "string becomes integer"),
    ),
    (
        f"{OPERATION}.responses.200.content.text/plain",
        {},
        ("behaviour", ANSWER, "media type text/plain added"),
    ),
    ("components.schemas.New", {"type": "object"}, ("compatible", "New", "schema added")),
    ("components.schemas.Loose", GONE, ("breaking", "Loose", "schema removed")),
    (f"{IN}.more", TEXT, ("compatible", "In.more", "optional field added")),
    (f"{IN}.count", GONE, ("breaking", "In.count", "field removed")),
    (f"{OUT}.count", GONE, ("breaking", "Out.count", "field removed")),
    (
        "components.schemas.In.required",
        ["name", "count"],
        ("breaking", "In.count", "is required now"),
    ),
    ("components.schemas.In.required", [], ("compatible", "In.name", "is optional now")),
    (
        "components.schemas.Out.required",
        ["name", "count"],
        ("compatible", "Out.count", "is required now"),
    ),
    ("components.schemas.Out.required", [], ("behaviour", "Out.name", "is optional now")),
    (f"{IN}.name.maxLength", 4, ("breaking", "In.name", "maxLength 5 becomes 4")),
    (f"{IN}.name.maxLength", 6, ("compatible", "In.name", "maxLength 5 becomes 6")),
    (f"{IN}.name.maxLength", GONE, ("compatible", "In.name", "maxLength 5 becomes none")),
    (f"{IN}.name.minLength", 2, ("breaking", "In.name", "minLength 1 becomes 2")),
    (f"{IN}.name.minLength", 0, ("compatible", "In.name", "minLength 1 becomes 0")),
    (f"{IN}.name.pattern", "b", ("breaking", "In.name", "pattern a becomes b")),
    (f"{IN}.count.multipleOf", 2, ("breaking", "In.count", "multipleOf none becomes 2")),
    (
        f"{IN}.count.exclusiveMinimum",
        True,
        ("breaking", "In.count", "minimum 0 becomes 1"),
    ),
    (f"{IN}.list.maxItems", 2, ("breaking", "In.list", "maxItems 3 becomes 2")),
    (f"{OUT}.name.maxLength", 4, ("compatible", "Out.name", "maxLength 5 becomes 4")),
    (f"{OUT}.name.maxLength", 6, ("compatible", "Out.name", "maxLength 5 becomes 6")),
    (f"{IN}.count.type", "string", ("breaking", "In.count", "integer becomes string")),
    (f"{IN}.count.format", "int64", ("compatible", "In.count", "integer becomes integer (int64)")),
    (f"{IN}.count.format", "int32", ("breaking", "In.count", "integer becomes integer (int32)")),
    (f"{IN}.kind", TEXT, ("behaviour", "In.kind", "any value is allowed now")),
    (f"{IN}.kind", {"type": "integer"}, ("breaking", "In.kind", "Kind becomes integer")),
    (f"{IN}.list.items", {"type": "integer"}, ("breaking", "In.list[]", "string becomes integer")),
    ("components.schemas.Kind.enum", ["a", "b", "c"], ("behaviour", "Kind", "enum value c added")),
    ("components.schemas.Kind.enum", ["a"], ("breaking", "Kind", "enum value b removed")),
    ("components.schemas.Kind.enum", GONE, ("behaviour", "In.kind", "any value is allowed now")),
    (f"{IN}.count.enum", [1], ("breaking", "In.count", "limited to the values 1")),
    (f"{OUT}.count.enum", [1], ("behaviour", "Out.count", "limited to the values 1")),
    (f"{IN}.name.nullable", True, ("compatible", "In.name", "may be null now")),
    (f"{OUT}.name.nullable", True, ("behaviour", "Out.name", "may be null now")),
    (f"{IN}.name.default", "x", ("behaviour", "In.name", "default none becomes x")),
    (f"{IN}.name.deprecated", True, ("behaviour", "In.name", "deprecated none becomes True")),
    (f"{IN}.name.readOnly", True, ("behaviour", "In.name", "readOnly none becomes True")),
    (f"{OPERATION}.deprecated", True, ("behaviour", POST, "deprecated False becomes True")),
    (
        f"{OPERATION}.parameters.0.deprecated",
        True,
        ("behaviour", f"{POST}, query parameter q", "deprecated becomes True"),
    ),
    ("servers", [{"url": "https://b"}], ("behaviour", "servers", "https://b added")),
    (
        "components.securitySchemes",
        {"b": {"type": "http", "scheme": "basic"}},
        ("behaviour", "security scheme b", "added"),
    ),
    (
        f"{IN}.count",
        {"anyOf": [{"type": "integer", "maximum": 9}, TEXT]},
        ("breaking", "In.count", "maximum 9 is not checked before sending"),
    ),
    (
        f"{OUT}.count",
        {"anyOf": [TEXT, ref("Loose")]},
        ("breaking", "Out.count", "may be Loose now"),
    ),
    (
        "components.schemas.In.additionalProperties",
        False,
        ("behaviour", "In", "what it allows besides its declared fields changed"),
    ),
]


@pytest.mark.parametrize(("place", "value", "change"), RULES)
def test_each_change_has_its_mark(place: str, value: Any, change: tuple[str, str, str]) -> None:
    """One change of the document is told with its mark, at its place."""
    newer = _document()
    _at(newer, place, deepcopy(value) if value is not GONE else GONE)
    assert Change(*change) in compared(_document(), newer)  # type: ignore[arg-type]


def test_a_new_required_field_breaks_what_is_sent_only() -> None:
    """In a request it is breaking, in an answer compatible."""
    for name, mark in (("In", "breaking"), ("Out", "compatible")):
        newer = _document()
        schema = newer["components"]["schemas"][name]
        schema["properties"]["more"], schema["required"] = TEXT, ["name", "more"]
        changes = compared(_document(), newer)
        assert [(change.mark, change.where, change.what) for change in changes] == [
            (mark, f"{name}.more", "required field added")
        ]


def test_nothing_changed_tells_nothing() -> None:
    """Neither do the order of keys, names of path parameters, nor the case of headers."""
    newer = _document()
    newer["components"]["schemas"] = dict(reversed(newer["components"]["schemas"].items()))
    newer["paths"]["/x/{ident}"] = newer["paths"].pop("/x/{id}")
    newer["paths"]["/x/{ident}"]["parameters"][0]["name"] = "ident"
    newer["paths"]["/x/{ident}"]["post"]["parameters"][1]["name"] = "x-a"
    assert compared(_document(), newer) == []


@pytest.mark.parametrize(
    "place",
    [{"example": {"$ref": "http://e/x"}}, {"x-q": {"$ref": "#/no"}}, {"default": {"$ref": "#/no"}}],
)
def test_data_that_looks_like_a_reference_is_data(place: dict[str, Any]) -> None:
    """The report follows none of it."""
    document = small_document({"A": {"type": "object", "properties": {"a": {**TEXT, **place}}}})
    document["paths"]["/a"]["post"]["requestBody"] = {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}, **place}}
    }
    assert compared(document, document) == []


@pytest.mark.parametrize(
    ("was", "now", "marks"),
    [
        ({"minLength": None}, {"minLength": 0}, []),
        ({"uniqueItems": True}, {"uniqueItems": False}, ["compatible"]),
        (
            {"type": "integer", "format": "int32"},
            {"type": "integer", "format": "int64"},
            ["behaviour"],
        ),
        ({}, {"enum": ["a"]}, ["behaviour"]),
        ({"enum": ["a"]}, {}, ["behaviour"]),
    ],
)
def test_marks_of_changes_that_look_worse_than_they_are(
    was: Any, now: Any, marks: list[str]
) -> None:
    """Of a field that is received: nothing said is no limit, and wider is wider."""

    def answered(field: dict[str, Any]) -> dict[str, Any]:
        schema = {"type": "object", "properties": {"f": {"type": "string", **field}}}
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/M"}}}
        return small_document(
            {"M": schema}, responses={"200": {"description": "", "content": content}}
        )

    old, new = answered({k: v for k, v in was.items() if v is not None}), answered(now)
    changes = compared(old, new)
    changes = [change for change in changes if change.where == "M.f"]
    assert [change.mark for change in changes] == marks
    if "enum" in now:
        assert changes[0] == Change("behaviour", "M.f", "limited to the values a")


def test_inherited_fields_are_fields() -> None:
    """A field that is added to a part of an allOf is told as what it is."""

    def document(more: dict[str, Any]) -> dict[str, Any]:
        base = {"type": "object", "properties": {"a": TEXT, **more}}
        child = {
            "allOf": [
                {"$ref": "#/components/schemas/B"},
                {"type": "object", "properties": {"c": TEXT}},
            ]
        }
        return small_document({"B": base, "C": child})

    changes = compared(document({}), document({"new": TEXT}))
    assert {(change.where, change.what) for change in changes} == {
        ("B.new", "optional field added"),
        ("C.new", "optional field added"),
    }
    assert {change.mark for change in changes} == {"compatible"}


def test_names_of_path_parameters_and_the_case_of_headers_are_no_change() -> None:
    """Neither is anything that goes over the wire, or that a verb depends on."""
    parameter = {"in": "path", "required": True, "schema": TEXT}
    old = small_document(
        path="/a/{order_id}",
        parameters=[{**parameter, "name": "order_id"}],
        responses={"200": {"description": "", "headers": {"Capture-Id": {"schema": TEXT}}}},
    )
    new = small_document(
        path="/a/{id}",
        parameters=[{**parameter, "name": "id"}],
        responses={"200": {"description": "", "headers": {"capture-id": {"schema": TEXT}}}},
    )
    assert compared(old, new) == []


def test_another_beginning_of_many_paths_is_the_same_change() -> None:
    """A new prefix is told in the same words for each operation, so that the report counts them."""
    old, new = _document(), _document()
    for document, prefix in ((old, "/v1"), (new, "/v2")):
        item = document["paths"].pop("/x/{id}")
        document["paths"] = {f"{prefix}/x/{{id}}": item, f"{prefix}/y/{{id}}": deepcopy(item)}
        document["paths"][f"{prefix}/y/{{id}}"]["post"]["operationId"] = "other"
    assert {(change.mark, change.what) for change in compared(old, new)} == {
        ("breaking", "its path begins with /v2, not /v1")
    }
