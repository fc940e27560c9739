"""Nothing of the document is lost in the output."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from codegen import locations
from codegen.counterparts import require_counterparts
from codegen.document import RegenerationError
from codegen_support import PARTS, TEXT, built, small_document


def test_the_output_is_complete(normalized: dict[str, Any], built_bindings: Path) -> None:
    """Nothing to refuse in what the generator makes of the document today."""
    require_counterparts(normalized, built_bindings)
    assert len(list(locations.operations(normalized))) == len(
        [path for path in (built_bindings / "api").glob("*/*.py") if path.name != "__init__.py"]
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
    normalized: dict[str, Any], build_copy: Path, module: str, operation: str
) -> None:
    """An operation without a module is missed, also where another one has its path."""
    (build_copy / "api" / module).unlink()
    with pytest.raises(
        RegenerationError, match=rf"^the generator dropped operation {operation}; fix"
    ):
        require_counterparts(normalized, build_copy)


def test_an_operation_without_id_is_named_by_its_path(
    normalized: dict[str, Any], built_bindings: Path
) -> None:
    """What has no operationId is named by method and path."""
    more = deepcopy(normalized)
    more["paths"]["/more/{id}"] = {"delete": {"responses": {}}}
    with pytest.raises(RegenerationError, match=r"operation DELETE /more/\{id\};"):
        require_counterparts(more, built_bindings)


def test_an_operation_with_another_method_is_not_the_same(
    normalized: dict[str, Any], built_bindings: Path
) -> None:
    """A module for GET is no counterpart of a PUT on the same path."""
    more = deepcopy(normalized)
    more["paths"]["/ordermanagement/v1/orders/{order_id}"]["put"] = {"operationId": "putOrder"}
    with pytest.raises(RegenerationError, match="operation putOrder;"):
        require_counterparts(more, built_bindings)


@pytest.mark.parametrize(
    ("schema", "model"),
    [
        ("AddressDto", "Address"),
        ("NoSuchCapture", "NoSuchCapture"),
        ("UpdateConsumerDto", "UpdateConsumer"),
    ],
)
def test_a_dropped_schema_is_named(
    normalized: dict[str, Any], build_copy: Path, schema: str, model: str
) -> None:
    """A schema without a class refuses the output, also if nothing refers to it."""
    for module in (build_copy / "models").glob("*.py"):
        text = module.read_text(encoding="utf-8")
        module.write_text(text.replace(f"class {model}(", "class Other("), encoding="utf-8")
    with pytest.raises(RegenerationError, match=f"^the generator dropped schema {schema}; fix"):
        require_counterparts(normalized, build_copy)


@pytest.mark.parametrize("name", ["addressDto", "Address Dto", "address_dto"])
def test_of_two_names_that_become_one_the_second_is_missed(
    normalized: dict[str, Any], built_bindings: Path, name: str
) -> None:
    """One class is not the counterpart of two schemas whose names differ in case or spaces only."""
    more = deepcopy(normalized)
    more["components"]["schemas"][name] = {
        "type": "object",
        "properties": {"x": {"type": "string"}},
    }
    with pytest.raises(RegenerationError, match=f"dropped schema ({name};|AddressDto, field x)"):
        require_counterparts(more, built_bindings)


def test_enums_need_a_class_and_plain_strings_do_not(
    normalized: dict[str, Any], built_bindings: Path
) -> None:
    """Schemas that become no class of their own are not missed."""
    more = deepcopy(normalized)
    more["components"]["schemas"] |= {
        "Text": {"type": "string"},
        "Many": {"type": "array", "items": {}},
    }
    require_counterparts(more, built_bindings)
    more["components"]["schemas"]["Kind"] = {"type": "string", "enum": ["a"]}
    with pytest.raises(RegenerationError, match="dropped schema Kind;"):
        require_counterparts(more, built_bindings)


def test_all_that_is_missing_is_named_at_once(normalized: dict[str, Any], build_copy: Path) -> None:
    """One run tells of everything that is to be normalized."""
    (build_copy / "api" / "refunds" / "get_refund.py").unlink()
    (build_copy / "models" / "refund.py").unlink()
    with pytest.raises(RegenerationError, match="dropped operation getRefund, schema RefundDto;"):
        require_counterparts(normalized, build_copy)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("patternProperties", {"^x": PARTS}),
        ("if", PARTS),
        ("then", PARTS),
        ("else", {"anyOf": [PARTS, TEXT]}),
        ("dependentSchemas", {"a": PARTS}),
        ("contains", PARTS),
        ("unevaluatedProperties", PARTS),
        ("unevaluatedItems", {"type": "string", "enum": ["a"]}),
        ("$defs", {"Inner": PARTS}),
    ],
)
def test_a_class_where_the_generator_does_not_look_refuses_the_run(
    tmp_path: Path, key: str, value: Any
) -> None:
    """Keywords of OpenAPI 3.1 that bindings cannot express are named, not dropped."""
    schema = {"type": "object", "properties": {"a": TEXT}, key: value}
    with pytest.raises(RegenerationError, match=rf"what stands in {key.replace('$', '.')} of M"):
        built(small_document({"M": schema}), tmp_path)


def test_limits_in_such_places_are_no_classes(tmp_path: Path) -> None:
    """A pattern for names is nothing that could be lost."""
    schema = {"type": "object", "properties": {"a": TEXT}, "propertyNames": {"pattern": "^[a-z]+$"}}
    assert built(small_document({"M": schema}), tmp_path)


def test_the_content_of_a_header_is_a_schema_like_any_other(tmp_path: Path) -> None:
    """It has a class of its own."""
    headers = {"X-Part": {"content": {"application/json": {"schema": PARTS}}}}
    document = small_document(
        responses={"200": {"description": "", "headers": headers}}, version="3.0.3"
    )
    package = built(document, tmp_path)
    assert [path.stem for path in (package / "models").glob("*part*.py")]
