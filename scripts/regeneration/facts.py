"""What the document says beyond models and endpoints, as data for the facade: ``document.py`` of the bindings.

For every operation its method, path, body, response headers and whether it takes an idempotency key; for every schema that a
request can hold its limits. So a limit stands in the vendor's document and nowhere else.
"""

from collections.abc import Mapping
from pprint import pformat
from typing import Any

from .reading import Document, resolve
from .walking import operations

KEY_HEADER = "klarna-idempotency-key"
#: Rules that the facade checks; the document's other keywords are left to the API.
_LIMITS = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
_INTEGERS = {"int32": 31, "int64": 63}

_HEADER = '''"""Facts of the vendor's document for the facade; written by scripts/regenerate.py, never edited by hand."""

from typing import Any, Final

#: The version that the document gives itself.
VERSION: Final = {version!r}

#: Every operation by its operationId; ``responses`` has the headers of each declared status.
OPERATIONS: Final[dict[str, dict[str, Any]]] = {operations}

#: What holds for every schema that a request can hold; ``{{"schema": name}}`` refers to another one.
SCHEMAS: Final[dict[str, dict[str, Any]]] = {schemas}
'''


def module(document: Document) -> str:
    """The text of ``document.py``."""
    schemas: dict[str, Any] = {}
    facts = {}
    for path, method, operation, item in operations(document):
        parameters = [
            resolve(document, one) for one in [*item.get("parameters", []), *operation.get("parameters", [])]
        ]
        body = _body_schema(document, operation)
        rule = None if body is None else _rule(document, body, schemas)
        if rule is not None and set(rule) != {"schema"}:
            name = f"{operation['operationId']} body"
            schemas[name], rule = rule, {"schema": name}
        facts[operation["operationId"]] = {
            "method": method.upper(),
            "path": path,
            "body": None if rule is None else rule["schema"],
            "idempotency_key": any(
                one["in"] == "header" and one["name"].lower() == KEY_HEADER for one in parameters
            ),
            "responses": {
                str(status): sorted(resolve(document, response).get("headers", {}))
                for status, response in operation.get("responses", {}).items()
            },
        }
    return _HEADER.format(
        version=str(document["info"]["version"]),
        operations=pformat(facts, width=100, sort_dicts=True),
        schemas=pformat(schemas, width=100, sort_dicts=True),
    )


def _body_schema(document: Document, operation: Mapping[str, Any]) -> Any:
    body = resolve(document, operation.get("requestBody"))
    media = (body or {}).get("content", {})
    return next((part["schema"] for kind, part in media.items() if "json" in kind and "schema" in part), None)


def _rule(document: Document, schema: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """One schema as a rule; named schemas it refers to are added to ``schemas``."""
    if not isinstance(schema, Mapping):  # `true` in OpenAPI 3.1
        return {}
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in schemas:
            schemas[name] = {}  # stands in while a recursive schema is being read
            schemas[name].update(_rule(document, resolve(document, schema), schemas))
        return {"schema": name}
    parts = schema.get("allOf", [])
    if len(parts) == 1 and "properties" not in schema:
        return _rule(document, parts[0], schemas)
    rule: dict[str, Any] = {name: schema[name] for name in _LIMITS if name in schema}
    kinds = schema.get("type", "object" if "properties" in schema else None)
    kinds = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind not in (None, "null")]
    if len(kinds) == 1:
        rule["type"] = kinds[0]
    if schema.get("format") in _INTEGERS and rule.get("type") == "integer":
        bits = _INTEGERS[schema["format"]]
        rule.setdefault("minimum", -(2**bits))
        rule.setdefault("maximum", 2**bits - 1)
    if "items" in schema:
        rule["items"] = _rule(document, schema["items"], schemas)
    if "properties" in schema:
        rule["properties"] = {
            name: _rule(document, part, schemas) for name, part in schema["properties"].items()
        }
        rule["required"] = [name for name in schema.get("required", []) if name in schema["properties"]]
    return rule
