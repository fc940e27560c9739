"""The facts in document.py of the bindings are those of the document."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from codegen import facts
from codegen.pipeline import prepare
from codegen_support import TEXT, ref, small_document
from kustom_order_management import document as facts_of_the_document

LIMITS: Final = {"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"}


def test_every_operation_has_its_facts(normalized: dict[str, Any]) -> None:
    """They are those of the document, read here in another way."""
    expected = {}
    for path, item in normalized["paths"].items():
        for method, operation in item.items():
            headers = {
                parameter["name"]
                for parameter in operation["parameters"]
                if parameter["in"] == "header"
            }
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            expected[operation["operationId"]] = {
                "method": method.upper(),
                "path": path,
                "body": body and body["schema"]["$ref"].split("/")[-1].removesuffix("Dto"),
                "idempotency_key": "Klarna-Idempotency-Key" in headers,
                "responses": {
                    status: sorted(answer.get("headers", {}))
                    for status, answer in operation["responses"].items()
                },
            }
    assert expected == facts_of_the_document.OPERATIONS
    assert normalized["info"]["version"] == facts_of_the_document.VERSION


def test_exactly_the_writes_take_a_key() -> None:
    """Every POST and PATCH takes an idempotency key, no GET does."""
    for operation in facts_of_the_document.OPERATIONS.values():
        assert operation["idempotency_key"] == (operation["method"] in {"POST", "PATCH"})


def _limited(
    schema: dict[str, Any], place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every limit below a schema or a rule with its place."""
    for name, value in schema.items():
        if name == "properties":
            for field, part in value.items():
                yield from _limited(part, (*place, field))
        elif name == "items":
            yield from _limited(value, (*place, "[]"))
        elif name in LIMITS:
            yield (*place, name), value


def test_every_limit_of_a_request_is_in_the_facts(normalized: dict[str, Any]) -> None:
    """Those of every schema that a request can hold: none is lost, none is added."""
    schemas = {
        name.replace("Dto", ""): schema
        for name, schema in normalized["components"]["schemas"].items()
    }
    held = facts_of_the_document.SCHEMAS
    bodies = {operation["body"] for operation in facts_of_the_document.OPERATIONS.values()} - {None}
    assert set(held) == bodies | {
        "OrderLine",
        "OrderLineType",
        "ShippingInfo",
        "Address",
        "ProductIdentifiers",
    }
    for name, rule in held.items():
        declared = dict(_limited(schemas[name], (name,)))
        limits = dict(_limited(rule, (name,)))
        assert {place: limits.get(place) for place in declared} == declared
        # What the document does not limit has the range of its format, and nothing else.
        assert {limits[place] for place in limits.keys() - declared.keys()} <= {
            *(2**31 - 1, -(2**31)),
            *(2**63 - 1, -(2**63)),
        }
        fields = schemas[name].get("properties", {})  # an enum has none
        assert rule.get("required", []) == schemas[name].get("required", [])
        assert rule.get("properties", {}).keys() == fields.keys()


def test_limits_that_matter_by_value() -> None:
    """A few of them written out, so that reading both sides wrongly in the same way is noticed."""
    held = facts_of_the_document.SCHEMAS
    assert held["RefundObject"]["properties"]["refunded_amount"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 200000000,
    }
    lines = held["CaptureObject"]["properties"]["order_lines"]
    assert lines == {
        "type": "array",
        "minItems": 0,
        "maxItems": 1000,
        "items": {"schema": "OrderLine"},
    }
    assert held["UpdateShippingInfo"]["properties"]["shipping_info"]["minItems"] == 1
    assert held["UpdateAuthorization"]["required"] == ["order_amount", "order_lines"]
    assert held["OrderLine"]["properties"]["unit_price"]["minimum"] == -(2**63)
    assert held["OrderLine"]["properties"]["tax_rate"]["maximum"] == 2**31 - 1


def _facts(operation: dict[str, Any], /, **schemas: Any) -> dict[str, Any]:
    """Return the facts of one operation, as Python reads them."""
    document = small_document(schemas, **operation)
    document["components"]["parameters"] = {
        "Key": {"in": "header", "name": "KLARNA-idempotency-key"}
    }
    names: dict[str, Any] = {}
    text = facts.module(prepare(document, []).document)
    exec(text, names)  # noqa: S102  # the module as Python reads it, from a document written here
    return names


def _body(schema: Any, kind: str = "application/json") -> dict[str, Any]:
    return {"requestBody": {"content": {kind: {"schema": schema}}}}


def test_a_schema_that_holds_itself_has_facts() -> None:
    """A recursive schema refers to itself by name."""
    body = {"type": "object", "properties": {"inner": ref("Body")}}
    assert _facts(_body(ref("Body")), Body=body)["SCHEMAS"] == {
        "Body": {"type": "object", "properties": {"inner": {"schema": "Body"}}, "required": []}
    }


def test_a_body_without_a_name_gets_one() -> None:
    """A schema that stands in the operation itself is held under the operation's name."""
    schema = {"type": "string", "maxLength": 3}
    facts = _facts(_body(schema, "application/json; charset=utf-8"))
    assert facts["OPERATIONS"]["a"]["body"] == "a body"
    assert facts["SCHEMAS"] == {"a body": {"type": "string", "maxLength": 3}}


def test_shared_parameters_are_followed() -> None:
    """A key header that stands in the components, in any case, is found."""
    given = {"parameters": [{"$ref": "#/components/parameters/Key"}]}
    assert _facts(given)["OPERATIONS"]["a"]["idempotency_key"] is True
    assert _facts({})["OPERATIONS"]["a"]["idempotency_key"] is False


#: One limit, moved to where the rules must find it.
SPELLINGS: dict[str, Any] = {
    "inline": {"type": "string", "maxLength": 5},
    "a component": ref("Text"),
    "allOf around it": {"allOf": [ref("Text")]},
    "a part of allOf": {"allOf": [ref("Loose"), {"maxLength": 5}]},
    "the tightest of two": {"allOf": [{"type": "string", "maxLength": 9}, {"maxLength": 5}]},
    "beside a reference": {"$ref": "#/components/schemas/Loose", "maxLength": 5},
    "a list with null": {"type": ["string", "null"], "maxLength": 5},
    "anyOf with null": {"anyOf": [ref("Text"), {"type": "null"}]},
    "oneOf with null": {"oneOf": [{"type": "null"}, {"type": "string", "maxLength": 5}]},
    "beside anyOf": {"maxLength": 5, "anyOf": [ref("Loose"), {"type": "null"}]},
    "without its type": {"maxLength": 5},
    "as a fraction": {"type": "string", "maxLength": 5.0},
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_limit_is_found_in_every_spelling(spelling: str) -> None:
    """Where it stands is the vendor's business, and it never vanishes."""
    text = {"type": "string", "maxLength": 5}
    body = {"type": "object", "properties": {"f": SPELLINGS[spelling]}}
    held = _facts(_body(ref("Body")), Body=body, Text=text, Loose=TEXT)["SCHEMAS"]
    assert held["Body"]["properties"] == {"f": {"type": "string", "maxLength": 5}}


def test_limits_that_no_rule_can_hold_are_named() -> None:
    """Those of unions and maps, of fractions, and of keywords that are not read."""
    fraction = {"type": "number", "exclusiveMinimum": 0}
    fields = {
        "union": {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "integer"}]},
        "map": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
        "fraction": fraction,
        "strange": {"type": "object", "patternProperties": {"a": TEXT}},
        "list": {"type": "array", "items": TEXT, "minItems": 0},
        "both": {"type": ["string", "integer"], "oneOf": [{"maxLength": 7}, {"const": 5}]},
        "twice": {"allOf": [{"type": ["string", "integer"]}, {"anyOf": [{"maxLength": 7}, {}]}]},
    }
    body = {"type": "object", "properties": fields}
    document = small_document({"Body": body}, **_body(ref("Body")))
    unchecked = facts.unchecked_limits(prepare(document, []).document)
    assert set(unchecked) == {
        "Body.union: maxLength 5",
        "BodyMap: minLength 1",
        "Body.fraction: exclusiveMinimum 0",
        "BodyStrange: patternProperties",
        "Body.both: type",
        "Body.both: maxLength 7",
        "Body.twice: anyOf",
    }
