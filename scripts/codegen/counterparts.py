"""Counterparts in the bindings of everything that the document holds.

The generator's exit status says nothing about them: it drops what it does not understand, and what
refers to that.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from . import bindings
from .document import Document, RegenerationError
from .locations import every_schema, named, operations, shape
from .names import TAKEN_ARGUMENTS, argument_name, bindings_names
from .normalization import makes_class
from .references import resolve

#: Keywords below which the generator does not look for schemas.
_UNREAD: Final = (
    "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
#: The same, for keywords that hold several schemas by name.
_UNREAD_BY_NAME: Final = ("patternProperties", "dependentSchemas", "$defs", "definitions")


def require_counterparts(document: Document, package: Path) -> None:
    """Refuse output that lacks an operation, parameter, schema, field or enum value."""
    missing = [
        *_missing_operations(document, package),
        *_missing_schemas(document, package),
        *_unread(document),
    ]
    if missing:
        more = f" and {len(missing) - 20} more" if len(missing) > 20 else ""
        raise RegenerationError(
            f"the generator dropped {', '.join(missing[:20])}{more}; "
            "fix the document in scripts/overlay.yaml"
        )


# --- operations


def _missing_operations(document: Document, package: Path) -> Iterator[str]:
    builders = {_sent(node): node for _, node in bindings.endpoints(package)}
    for path, method, operation, item in operations(document):
        where = f"{method.upper()} {path}"
        builder = builders.get((method, shape(path)))
        if builder is None:
            yield f"operation {operation.get('operationId', where)}"
            continue
        texts = {node.value for node in ast.walk(builder) if isinstance(node, ast.Constant)}
        for given in [*item.get("parameters", ()), *operation.get("parameters", ())]:
            parameter = resolve(document, given)
            taken = argument_name(parameter["name"]) in TAKEN_ARGUMENTS
            if taken or (parameter["in"] != "path" and parameter["name"] not in texts):
                yield f"parameter {parameter['name']} of {where}"
        if operation.get("requestBody") and "body" not in bindings.arguments(builder):
            yield f"body of {where}"


def _sent(builder: ast.FunctionDef) -> tuple[str, str]:
    """Return the method and the path that an endpoint's function builds."""
    constants = {}
    for node in ast.walk(builder):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in ("method", "url"):
                    texts = [
                        part.value for part in ast.walk(value) if isinstance(part, ast.Constant)
                    ]
                    constants[key.value] = str(texts[0]) if texts else ""
    return constants.get("method", ""), shape(constants.get("url", ""))


# --- schemas


def _missing_schemas(document: Document, package: Path) -> Iterator[str]:
    classes = {node.name: (node, module) for _, node, module in bindings.models(package)}
    names = bindings_names(named(document))
    for name, schema in named(document).items():
        if not isinstance(schema, dict) or not makes_class(schema):
            continue
        model = classes.pop(names[name], None)  # a class is the counterpart of one schema
        if model is None:
            yield f"schema {name}"
            continue
        kind, wanted = "field", list(_fields(document, schema))
        held: Any = _wire_names(*model)
        if schema.get("enum"):
            kind, wanted, held = "value", schema["enum"], bindings.members(model[0]).values()
        for member in wanted:
            if member not in held:
                shown = member if kind == "field" else repr(member)
                yield f"{kind} {shown} of schema {name}"


def _unread(document: Document) -> Iterator[str]:
    """Yield classes and fields that stand where the generator does not look."""
    for location in every_schema(document):
        schema = location.schema if isinstance(location.schema, dict) else {}
        inner = [(key, schema.get(key)) for key in _UNREAD]
        for key in _UNREAD_BY_NAME:
            inner += [(key, part) for part in (schema.get(key) or {}).values()]
        for key in ("oneOf", "anyOf"):
            if schema.get(key) and schema.get("properties"):
                yield f"the fields beside {key} of {location.where}"
        for key, part in inner:
            if _holds_class(part):
                yield f"what stands in {key} of {location.where}"


def _holds_class(schema: Any) -> bool:
    if isinstance(schema, dict):
        return makes_class(schema) or any(map(_holds_class, schema.values()))
    return isinstance(schema, list) and any(map(_holds_class, schema))


def _fields(document: Document, schema: Any) -> dict[str, None]:
    """Return the fields of a schema and of its parts, in their order."""
    fields: dict[str, None] = {}
    for part in schema.get("allOf") or ():
        fields |= _fields(document, resolve(document, part))
    return fields | dict.fromkeys(schema.get("properties") or ())


def _wire_names(model: ast.ClassDef, module: ast.Module) -> set[Any]:
    """Return the fields that a model reads and writes, by their names on the wire."""
    renamed: dict[str, Any] = {}
    for node in module.body:
        if isinstance(node, ast.Assign | ast.Expr) and isinstance(node.value, ast.Call):
            # The one call there is that of register_fields(…).
            renamed = {
                str(keyword.arg): ast.literal_eval(keyword.value) for keyword in node.value.keywords
            }
    return {renamed.get(name, name) for name in bindings.fields(model)}
