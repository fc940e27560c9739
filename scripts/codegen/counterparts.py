"""Counterparts in the bindings of everything that the document holds, and nothing else.

The generator's exit status says nothing about them: it drops what it does not understand, and what
refers to that.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .document import Document, RegenerationError
from .facts import LIMITS, body_schema, integer_range
from .locations import named, operations, shape
from .names import bindings_names
from .references import resolve, schema_name

#: What codegen.trial found.
Bindings = Mapping[str, Any]


def require_counterparts(document: Document, bindings: Bindings) -> None:
    """Refuse output that lacks, or adds, an operation, parameter, schema, field, value or limit."""
    wrong = [
        *bindings["problems"],
        *_operation_problems(document, bindings),
        *_schema_problems(document, bindings),
        *_limit_problems(document, bindings),
    ]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise RegenerationError(
            f"the generator's output is not the document: {'; '.join(wrong[:5])}{more}"
        )


def _operation_problems(document: Document, bindings: Bindings) -> Iterator[str]:
    built = {
        (part["method"], shape(part["path"])): part
        for part in bindings.get("endpoints", {}).values()
    }
    for path, method, operation in operations(document):
        where, part = f"{method.upper()} {path}", built.get((method, shape(path)))
        if part is None:
            yield f"operation {operation['operationId']} is not there"
            continue
        for place, sent in part["sent"].items():
            declared = {item["name"] for item in operation["parameters"] if item["in"] == place}
            for name in declared ^ ({*sent} - ({"Content-Type"} - declared)):
                yield f"parameter {name} of {where} is declared or sent, and not both"
        if bool(operation.get("requestBody")) != bool(part["body"]):
            yield f"the body of {where} is declared or sent, and not both"


def _schema_problems(document: Document, bindings: Bindings) -> Iterator[str]:
    names = bindings_names(named(document))
    for name, schema in named(document).items():
        model = bindings.get("models", {}).get(names[name])
        if model is None:
            yield f"schema {name} is not there"
            continue
        kind, wanted, held = "field", {*schema.get("properties", ())}, {*model.get("wire", ())}
        if "enum" in schema:
            kind, wanted, held = "value", {*schema["enum"]}, {*model.get("members", {}).values()}
        for member in wanted ^ held:
            yield f"{kind} {member!r} of schema {name} is declared or built, and not both"


# --- limits


def _limit_problems(document: Document, bindings: Bindings) -> Iterator[str]:
    """Yield limits of requests that are in the document or in the facts, and not in both."""
    classes = bindings_names(named(document))
    for _, _, operation in operations(document):
        schema = body_schema(operation)
        facts = bindings.get("operations", {}).get(operation["operationId"], {})
        if schema is None or not facts:
            continue
        declared = _declared(document, schema, classes, "", frozenset())
        rule = {"schema": facts["body"]}
        checked = _checked(bindings["limits"], rule, "", frozenset())
        for place, limit in {*declared} ^ {*checked}:
            yield f"{operation['operationId']}{place}: {limit} is declared or checked, and not both"


def _declared(
    document: Document, schema: Any, classes: Mapping[str, str], place: str, seen: frozenset[str]
) -> Iterator[tuple[str, str]]:
    if "$ref" in schema:
        name = classes[schema_name(schema["$ref"]) or ""]
        if name in seen:
            return
        schema, seen = resolve(document, schema), seen | {name}
    for key, value in {**integer_range(schema), **schema}.items():
        if key in ("type", *LIMITS):
            yield place, f"{key} {value}"
    for name in schema.get("required", ()) if "properties" in schema else ():
        if name in schema["properties"]:
            yield place, f"required {name}"
    for name, part in schema.get("properties", {}).items():
        yield from _declared(document, part, classes, f"{place}.{name}", seen)
    if "items" in schema:
        yield from _declared(document, schema["items"], classes, f"{place}[]", seen)


def _checked(
    rules: Mapping[str, Any], rule: Any, place: str, seen: frozenset[str]
) -> Iterator[tuple[str, str]]:
    if "schema" in rule:
        if rule["schema"] in seen:
            return
        seen, rule = seen | {rule["schema"]}, rules[rule["schema"]]
    for key, value in rule.items():
        if key in ("type", *LIMITS):
            yield place, f"{key} {value}"
    yield from ((place, f"required {name}") for name in rule.get("required", ()))
    for name, part in rule.get("properties", {}).items():
        yield from _checked(rules, part, f"{place}.{name}", seen)
    if "items" in rule:
        yield from _checked(rules, rule["items"], f"{place}[]", seen)
