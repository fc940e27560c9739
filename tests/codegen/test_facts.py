"""The facts in document.py of the bindings are those of the document."""

from collections.abc import Iterator
from typing import Any, Final

from codegen import facts
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


def _document(**schemas: Any) -> dict[str, Any]:
    """Return a document with one operation, whose body is the schema Body."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}
    return {
        "info": {"version": "1"},
        "paths": {"/x": {"post": {"operationId": "x", "requestBody": {"content": content}}}},
        "components": {"schemas": schemas},
    }


def _facts(document: dict[str, Any]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(facts.module(document), names)  # noqa: S102  # the module as Python reads it, from a document written here
    return names


def test_a_schema_that_holds_itself_has_facts() -> None:
    """A recursive schema refers to itself by name."""
    body = {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/Body"}}}
    schemas = _facts(_document(Body=body))["SCHEMAS"]
    assert schemas == {
        "Body": {"type": "object", "properties": {"inner": {"schema": "Body"}}, "required": []}
    }


def test_a_body_without_a_name_gets_one() -> None:
    """A schema that stands in the operation itself is held under the operation's name."""
    document = _document()
    content = {"application/json; charset=utf-8": {"schema": {"type": "string", "maxLength": 3}}}
    document["paths"]["/x"]["post"]["requestBody"]["content"] = content
    facts = _facts(document)
    assert facts["OPERATIONS"]["x"]["body"] == "x body"
    assert facts["SCHEMAS"] == {"x body": {"type": "string", "maxLength": 3}}


def test_shared_parameters_and_references_are_followed() -> None:
    """A key header that stands with the path, or in the components, in any case, is found."""
    document = _document(Body={"type": "object"})
    document["components"]["parameters"] = {
        "Key": {"in": "header", "name": "KLARNA-idempotency-key"}
    }
    document["paths"]["/x"]["parameters"] = [{"$ref": "#/components/parameters/Key"}]
    assert _facts(document)["OPERATIONS"]["x"]["idempotency_key"] is True
    document["components"]["parameters"]["Key"]["in"] = "query"
    assert _facts(document)["OPERATIONS"]["x"]["idempotency_key"] is False


def test_a_wrapped_reference_and_a_nullable_type_are_read() -> None:
    """``allOf`` around one reference is that schema, and null hides no other type."""
    kind = {"type": ["string", "null"], "maxLength": 5}
    body = {"properties": {"kind": {"allOf": [{"$ref": "#/components/schemas/Kind"}]}, "any": True}}
    schemas = _facts(_document(Body=body, Kind=kind))["SCHEMAS"]
    assert schemas["Kind"] == {"type": "string", "maxLength": 5}
    assert schemas["Body"]["properties"] == {"kind": {"schema": "Kind"}, "any": {}}
