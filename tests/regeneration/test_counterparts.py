"""Nothing of the document is lost in the output, and the facts in document.py are those of the document."""

import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from kustom_order_management import document as facts_of_the_document
from regeneration import building, checking, facts, mending, reading, walking
from regeneration.reading import Refused

LIMITS = {"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"}


def test_the_output_is_complete(mended: dict[str, Any], built: Path) -> None:
    """Nothing to refuse in what the generator makes of the document today."""
    checking.counterparts(mended, built)
    assert len(list(walking.operations(mended))) == len(
        [path for path in (built / "api").glob("*/*.py") if path.name != "__init__.py"]
    )


@pytest.mark.parametrize(
    ("module", "operation"),
    [
        ("refunds/refund_order.py", "refundOrder"),
        ("captures/append_shipping_info.py", "appendShippingInfo"),
        ("captures/capture_order.py", "captureOrder"),
    ],
)
def test_a_dropped_operation_is_named(
    mended: dict[str, Any], build_copy: Path, module: str, operation: str
) -> None:
    """An operation without a module refuses the output, also where another one has the same path."""
    (build_copy / "api" / module).unlink()
    with pytest.raises(Refused, match=rf"^the generator dropped operation {operation}; mend"):
        checking.counterparts(mended, build_copy)


def test_an_operation_without_id_is_named_by_its_path(mended: dict[str, Any], built: Path) -> None:
    """What has no operationId is named by method and path."""
    more = deepcopy(mended)
    more["paths"]["/more/{id}"] = {"delete": {"responses": {}}}
    with pytest.raises(Refused, match=r"operation DELETE /more/\{id\};"):
        checking.counterparts(more, built)


def test_an_operation_with_another_method_is_not_the_same(mended: dict[str, Any], built: Path) -> None:
    """A module for GET is no counterpart of a PUT on the same path."""
    more = deepcopy(mended)
    more["paths"]["/ordermanagement/v1/orders/{order_id}"]["put"] = {"operationId": "putOrder"}
    with pytest.raises(Refused, match="operation putOrder;"):
        checking.counterparts(more, built)


@pytest.mark.parametrize("schema", ["AddressDto", "NoSuchCapture", "UpdateConsumerDto"])
def test_a_dropped_schema_is_named(mended: dict[str, Any], build_copy: Path, schema: str) -> None:
    """A schema without a class refuses the output, also if nothing refers to it."""
    for module in (build_copy / "models").glob("*.py"):
        text = module.read_text(encoding="utf-8")
        module.write_text(text.replace(f"class {schema}(", "class Other("), encoding="utf-8")
    with pytest.raises(Refused, match=f"^the generator dropped schema {schema}; mend"):
        checking.counterparts(mended, build_copy)


@pytest.mark.parametrize("name", ["addressDto", "Address Dto", "address_dto"])
def test_of_two_names_that_become_one_the_second_is_missed(
    mended: dict[str, Any], built: Path, name: str
) -> None:
    """One class is not the counterpart of two schemas whose names differ in case or spaces only."""
    more = deepcopy(mended)
    more["components"]["schemas"][name] = {"type": "object", "properties": {"x": {"type": "string"}}}
    with pytest.raises(Refused, match=f"dropped schema {name};"):
        checking.counterparts(more, built)


def test_enums_need_a_class_and_plain_strings_do_not(mended: dict[str, Any], built: Path) -> None:
    """Schemas that become no class of their own are not missed."""
    more = deepcopy(mended)
    more["components"]["schemas"] |= {"Text": {"type": "string"}, "Many": {"type": "array", "items": {}}}
    checking.counterparts(more, built)
    more["components"]["schemas"]["Kind"] = {"type": "string", "enum": ["a"]}
    with pytest.raises(Refused, match="dropped schema Kind;"):
        checking.counterparts(more, built)


def test_all_that_is_missing_is_named_at_once(mended: dict[str, Any], build_copy: Path) -> None:
    """One run tells of everything that is to be mended."""
    (build_copy / "api" / "refunds" / "get_refund.py").unlink()
    (build_copy / "models" / "refund_dto.py").unlink()
    with pytest.raises(Refused, match="dropped operation getRefund, schema RefundDto;"):
        checking.counterparts(mended, build_copy)


def test_differences_go_both_ways_and_ignore_caches(built: Path, build_copy: Path) -> None:
    """What is on one side only is named as missing or extra; Python's caches are no difference."""
    cache = build_copy / "models" / "__pycache__"
    cache.mkdir()
    (cache / "x.pyc").write_bytes(b"x")
    assert list(checking.differences(built, build_copy)) == []
    shutil.move(build_copy / "types.py", build_copy / "kinds.py")
    assert list(checking.differences(built, build_copy)) == ["extra: kinds.py", "missing: types.py"]
    assert list(checking.differences(build_copy, built)) == ["missing: kinds.py", "extra: types.py"]


def test_a_second_build_is_the_same(mended: dict[str, Any], built: Path, tmp_path: Path) -> None:
    """In the same process, into another folder, the same bytes come out."""
    again = building.build(mending.Mended(deepcopy(mended)), tmp_path)
    assert list(checking.differences(built, again)) == []


def test_every_operation_has_its_facts(mended: dict[str, Any]) -> None:
    """Method, path, body and key of each operation are those of the document, read here another way."""
    expected = {}
    for path, item in mended["paths"].items():
        for method, operation in item.items():
            headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            expected[operation["operationId"]] = {
                "method": method.upper(),
                "path": path,
                "body": body and body["schema"]["$ref"].split("/")[-1],
                "idempotency_key": "Klarna-Idempotency-Key" in headers,
                "responses": {
                    status: sorted(answer.get("headers", {}))
                    for status, answer in operation["responses"].items()
                },
            }
    assert expected == facts_of_the_document.OPERATIONS
    assert mended["info"]["version"] == facts_of_the_document.VERSION


def test_exactly_the_writes_take_a_key() -> None:
    """Every POST and PATCH takes an idempotency key, no GET does."""
    for operation in facts_of_the_document.OPERATIONS.values():
        assert operation["idempotency_key"] == (operation["method"] in {"POST", "PATCH"})


def _limited(schema: dict[str, Any], place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every limit below a schema or a rule with its place."""
    for name, value in schema.items():
        if name == "properties":
            for field, part in value.items():
                yield from _limited(part, (*place, field))
        elif name == "items":
            yield from _limited(value, (*place, "[]"))
        elif name in LIMITS:
            yield (*place, name), value


def test_every_limit_of_a_request_is_in_the_facts(mended: dict[str, Any]) -> None:
    """The limits of every schema that a request can hold are those of the document, none lost, none added."""
    schemas = mended["components"]["schemas"]
    held = facts_of_the_document.SCHEMAS
    bodies = {one["body"] for one in facts_of_the_document.OPERATIONS.values()} - {None}
    assert set(held) == bodies | {
        "OrderLineDto",
        "OrderLineDtoType",
        "ShippingInfoDto",
        "AddressDto",
        "ProductIdentifiersDto",
    }
    for name, rule in held.items():
        declared = dict(_limited(schemas[name], (name,)))
        found = dict(_limited(rule, (name,)))
        assert {place: found.get(place) for place in declared} == declared
        # What the document does not limit has the range of its format, and nothing else.
        assert {found[place] for place in found.keys() - declared.keys()} <= {
            *(2**31 - 1, -(2**31)),
            *(2**63 - 1, -(2**63)),
        }
        fields = schemas[name].get("properties", {})  # an enum has none
        assert rule.get("required", []) == schemas[name].get("required", [])
        assert rule.get("properties", {}).keys() == fields.keys()


def test_limits_that_matter_by_value() -> None:
    """A few of them written out, so that reading both sides wrongly in the same way is noticed."""
    held = facts_of_the_document.SCHEMAS
    assert held["RefundObjectDto"]["properties"]["refunded_amount"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 200000000,
    }
    lines = held["CaptureObjectDto"]["properties"]["order_lines"]
    assert lines == {"type": "array", "minItems": 0, "maxItems": 1000, "items": {"schema": "OrderLineDto"}}
    assert held["UpdateShippingInfoDto"]["properties"]["shipping_info"]["minItems"] == 1
    assert held["UpdateAuthorizationDto"]["required"] == ["order_amount", "order_lines"]
    assert held["OrderLineDto"]["properties"]["unit_price"]["minimum"] == -(2**63)
    assert held["OrderLineDto"]["properties"]["tax_rate"]["maximum"] == 2**31 - 1


def _document(**schemas: Any) -> dict[str, Any]:
    """A document with one operation, whose body is the schema Body."""
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
    found = _facts(_document(Body=body))["SCHEMAS"]
    assert found == {"Body": {"type": "object", "properties": {"inner": {"schema": "Body"}}, "required": []}}


def test_a_body_without_a_name_gets_one() -> None:
    """A schema that stands in the operation itself is held under the operation's name."""
    document = _document()
    content = {"application/json; charset=utf-8": {"schema": {"type": "string", "maxLength": 3}}}
    document["paths"]["/x"]["post"]["requestBody"]["content"] = content
    found = _facts(document)
    assert found["OPERATIONS"]["x"]["body"] == "x body"
    assert found["SCHEMAS"] == {"x body": {"type": "string", "maxLength": 3}}


def test_shared_parameters_and_references_are_followed() -> None:
    """A key header that stands with the path, or in the components, in any case, is found."""
    document = _document(Body={"type": "object"})
    document["components"]["parameters"] = {"Key": {"in": "header", "name": "KLARNA-idempotency-key"}}
    document["paths"]["/x"]["parameters"] = [{"$ref": "#/components/parameters/Key"}]
    assert _facts(document)["OPERATIONS"]["x"]["idempotency_key"] is True
    document["components"]["parameters"]["Key"]["in"] = "query"
    assert _facts(document)["OPERATIONS"]["x"]["idempotency_key"] is False


def test_a_wrapped_reference_and_a_nullable_type_are_read() -> None:
    """``allOf`` around one reference is that schema; null among the types does not hide the other one."""
    kind = {"type": ["string", "null"], "maxLength": 5}
    body = {"properties": {"kind": {"allOf": [{"$ref": "#/components/schemas/Kind"}]}, "any": True}}
    found = _facts(_document(Body=body, Kind=kind))["SCHEMAS"]
    assert found["Kind"] == {"type": "string", "maxLength": 5}
    assert found["Body"]["properties"] == {"kind": {"schema": "Kind"}, "any": {}}


@pytest.mark.parametrize(
    ("ref", "why"),
    [
        ("#/components/schemas/Gone", "leads nowhere"),
        ("#/components/schemas/Body/type/deeper", "leads nowhere"),
        ("https://example.com/schemas.yaml", "is not one into this document"),
        ("#/components/schemas/Round", "runs in a circle"),
        (5, "is not one into this document"),
    ],
)
def test_a_reference_that_cannot_be_followed_is_refused(ref: object, why: str) -> None:
    """Nothing is fetched, and nothing runs in circles."""
    document = _document(Body={"type": "object"}, Round={"$ref": "#/components/schemas/Round"})
    with pytest.raises(Refused, match=why):
        reading.resolve(document, {"$ref": ref})


def test_references_with_escapes_are_followed() -> None:
    """A slash and a tilde in a name are written as in JSON Pointer."""
    document = {"a/b": {"c~d": 1}}
    assert reading.resolve(document, {"$ref": "#/a~1b/c~0d"}) == 1
