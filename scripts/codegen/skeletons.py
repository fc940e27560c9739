"""Skeletons of verbs: the one function that a new operation needs, to complete by hand."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from .counterparts import Bindings
from .document import Document
from .facts import body_schema, integer_range
from .locations import named, operations, shape
from .names import argument_name, bindings_names, operation_name
from .references import resolve, schema_name
from .verb_coverage import used_endpoints

_TYPES: Final[Mapping[str, str]] = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "array": "list[Any]",
}  # fmt: skip


def of_uncovered(root: Path, document: Document, bindings: Bindings) -> Iterator[str]:
    """Yield a function for each operation that no verb covers."""
    covered = set(used_endpoints(root).values())
    for name, endpoint in bindings["endpoints"].items():
        for path, method, operation in operations(document):
            same = (method, shape(path)) == (endpoint["method"], shape(endpoint["path"]))
            if same and name not in covered:
                yield _function(document, name, method, operation)


def _function(document: Document, endpoint: str, method: str, operation: Mapping[str, Any]) -> str:
    tag, _, module = endpoint.partition(".")
    alias, identifier = f"{module}_endpoint", f'"{operation["operationId"]}"'
    imports = [f"from kustom_order_management.api.{tag} import {module} as {alias}"]
    given, documented, path = list[str](), list[str](), list[str]()
    for part in operation["parameters"]:
        name = argument_name(part["name"])
        if part["in"] == "path":
            is_order = name == "order_id"
            given.append(f"{name}: {'OrderId' if is_order else 'PartId'}")
            path.append("order_uuid(order_id)" if is_order else f'path_segment("{name}", {name})')
            documented.append(f"{name}: the id in the path.")
    if method == "get":
        result, read = _reading(document, operation)
        call = f"request.reading({', '.join([identifier, alias, read, *path])})"
        model = result.removeprefix("list[").removesuffix("]")
        imports.append(f"from kustom_order_management.models import {model}")
    else:
        result, schema, body = "Done", body_schema(operation), list[str]()
        fields = dict(_fields(document, schema)) if schema else {}
        given += ["*", *(f"{name}: {kind}" for name, (kind, _) in fields.items())]
        given.append("idempotency_key: str | None = None")
        documented += (f"{name}: {limits}" for name, (_, limits) in fields.items())
        documented.append(
            "idempotency_key: your own key, used as it is. By default a new UUID version 4."
        )
        if schema:
            model = bindings_names(named(document))[schema_name(schema["$ref"]) or ""]
            passed = ", ".join([model, *(f"{name}={name}" for name in fields)])
            body = [f"body=request.body_of({passed})"]
            imports.append(f"from kustom_order_management.models import {model}")
        start = [identifier, alias, "idempotency_key"]
        call = f"request.writing({', '.join([*start, *path, *body])})"
    return "\n".join(
        [
            *imports,
            "",
            "",
            f"def {operation_name(operation['operationId'])}(",
            *(f"    {argument}," for argument in given),
            f") -> Call[{result}]:",
            f'    """{_sentence(operation)}',
            "",
            "    Args:",
            *(f"        {line}" for line in documented),
            "",
            "    Raises:",
            "        KustomError: see :mod:`kustom_facade.errors`.",
            '    """',
            f"    return {call}",
            "",
        ]
    )


def _reading(document: Document, operation: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a reading verb returns, and its reader."""
    for status, response in operation["responses"].items():
        for part in (response.get("content") or {}).values() if status.startswith("2") else ():
            schema = part.get("schema") or {}
            item = schema.get("items", schema)
            if "$ref" in item:
                model = bindings_names(named(document))[schema_name(item["$ref"]) or ""]
                many = "items" in schema
                return (f"list[{model}]", f"response.many({model})") if many else (
                    model, f"response.one({model})"
                )  # fmt: skip
    return "Any", "lambda answer: response.loads(answer.content)"


def _fields(document: Document, schema: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the fields of a body with their types, the required ones first, and their limits."""
    body = resolve(document, schema)
    required = body.get("required") or ()
    fields = body.get("properties") or {}
    for name in sorted(fields, key=lambda name: name not in required):
        part = resolve(document, fields[name])
        kind = _TYPES.get(part.get("type", ""), "Any")
        if name not in required:
            kind += " | None = None"
        limits = {**integer_range(part), **part}
        told = [
            f"{key} {limits[key]}" for key in ("minimum", "maximum", "maxLength") if key in limits
        ]
        yield argument_name(name), (kind, f"{', '.join(told) or 'see the document'}.")


def _sentence(operation: Mapping[str, Any]) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", operation["operationId"]).replace("_", " ").lower()
    return f"{words.capitalize()} (say what it does, with units and the source of each rule)."
