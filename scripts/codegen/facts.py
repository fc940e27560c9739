"""Facts of the document for the facade: the module ``document.py`` of the bindings.

Schemas go by the names of their classes. Every operation has its method, path, body, response
headers, and whether it takes an idempotency key. Every schema that a request can hold has its
limits. So a limit stands in the vendor's document and nowhere else.
"""

from collections.abc import Iterator, Mapping
from pprint import pformat
from typing import Any, Final

from .document import Document
from .locations import named, operations
from .mending import is_json
from .names import bindings_names
from .references import resolve, schema_name

_KEY_HEADER: Final = "klarna-idempotency-key"
#: The limits that the facade checks; the API checks the others.
LIMITS: Final = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
_BITS: Final = {"int32": 31, "int64": 63}

_TEXT: Final = '''"""Facts of the vendor's document for the facade.

Written by scripts/regenerate.py, never edited by hand.
"""

from typing import Any, Final

#: The version that the document gives itself.
VERSION: Final = {version!r}

#: Every operation by its operationId; ``responses`` has the headers of each declared status.
OPERATIONS: Final[dict[str, dict[str, Any]]] = {operations}

#: The limits of every schema that a request can hold; ``{{"schema": name}}`` refers to another one.
SCHEMAS: Final[dict[str, dict[str, Any]]] = {schemas}
'''


def module(document: Document) -> str:
    """Return the text of ``document.py``."""
    rules = _Rules(document)
    facts = {}
    for path, method, operation in operations(document):
        headers = {
            part["name"].lower() for part in operation["parameters"] if part["in"] == "header"
        }
        facts[operation["operationId"]] = {
            "method": method.upper(),
            "path": path,
            "body": rules.body(operation),
            "idempotency_key": _KEY_HEADER in headers,
            "responses": {
                status: sorted(response.get("headers") or {})
                for status, response in operation["responses"].items()
            },
        }
    return _TEXT.format(
        version=str(document["info"]["version"]),
        operations=pformat(facts, width=100, sort_dicts=True),
        schemas=pformat(rules.schemas, width=100, sort_dicts=True),
    )


def body_schema(operation: Mapping[str, Any]) -> Any:
    """Return the schema of an operation's JSON body, ``None`` for an operation without one."""
    content = (operation.get("requestBody") or {}).get("content") or {}
    return next((part.get("schema") for kind, part in content.items() if is_json(kind)), None)


def integer_range(schema: Mapping[str, Any]) -> dict[str, int]:
    """Return the bounds that the format of an integer sets (OpenAPI, data types)."""
    bits = _BITS.get(schema.get("format", "")) if schema.get("type") == "integer" else None
    return {"minimum": -(2**bits), "maximum": 2**bits - 1} if bits else {}


class _Rules:
    """The limits of the schemas that requests hold, by the names of their classes."""

    def __init__(self, document: Document) -> None:
        self.schemas: dict[str, Any] = {}
        self._document = document
        self._classes = bindings_names(named(document))

    def body(self, operation: Mapping[str, Any]) -> str | None:
        """Return the name of the schema of an operation's JSON body."""
        schema = body_schema(operation)
        if schema is None:
            return None
        rule = self._rule(schema)
        if set(rule) == {"schema"}:
            return str(rule["schema"])
        name = f"{operation['operationId']} body"
        self.schemas[name] = rule
        return name

    def _rule(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return one schema as a rule, and keep those of the classes it refers to."""
        if "$ref" in schema:
            name = self._classes[schema_name(schema["$ref"]) or ""]
            if name not in self.schemas:
                self.schemas[name] = {}  # stands in while a recursive schema is being read
                self.schemas[name].update(self._rule(resolve(self._document, schema)))
            return {"schema": name}
        limited = {**integer_range(schema), **schema}
        rule: dict[str, Any] = {
            name: limited[name] for name in ("type", *LIMITS) if name in limited
        }
        if "items" in schema:
            rule["items"] = self._rule(schema["items"])
        if "properties" in schema:
            fields = schema["properties"]
            rule["properties"] = {name: self._rule(part) for name, part in fields.items()}
            rule["required"] = [name for name in schema.get("required", []) if name in fields]
        return rule


def unchecked_limits(document: Document) -> Iterator[str]:
    """Yield each limit of a request that the facade cannot check, with its place.

    Its rules know no unions and no maps, and no exclusive bounds of fractions.
    """
    for _, _, operation in operations(document):
        schema = body_schema(operation)
        if schema is not None:
            yield from _unchecked(document, schema, operation["operationId"], frozenset())


def _unchecked(
    document: Document, schema: Any, where: str, seen: frozenset[str], *, lost: bool = False
) -> Iterator[str]:
    if not isinstance(schema, Mapping) or schema.get("$ref") in seen:
        return
    if "$ref" in schema:
        name, seen = schema_name(schema["$ref"]) or "", seen | {schema["$ref"]}
        schema, where = resolve(document, schema), name
    for key in (*LIMITS, "exclusiveMinimum", "exclusiveMaximum"):
        idle = key in ("minLength", "minItems") and not schema.get(key)
        if key in schema and not idle and (lost or key not in LIMITS):
            yield f"{where}: {key} {schema[key]}"
    for key in schema.get("x-unread", ()):
        yield f"{where}: {key}"
    if lost and schema.get("required"):
        yield f"{where}: required {', '.join(schema['required'])}"
    for name, part in (schema.get("properties") or {}).items():
        yield from _unchecked(document, part, f"{where}.{name}", seen, lost=lost)
    yield from _unchecked(document, schema.get("items"), f"{where}[]", seen, lost=lost)
    for part in (*schema.get("anyOf", ()), schema.get("additionalProperties")):
        yield from _unchecked(document, part, where, seen, lost=True)
