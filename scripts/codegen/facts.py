"""Facts of the document for the facade: the module ``document.py`` of the bindings.

Schemas go by the names of their classes. Every operation has its method, path, body, response
headers, and whether it takes an idempotency key. Every schema that a request can hold has its
limits. So a limit stands in the vendor's document and nowhere else.
"""

from collections.abc import Mapping
from pprint import pformat
from typing import Any, Final

from .document import Document
from .locations import named, operations, types
from .names import bindings_names
from .references import resolve

_KEY_HEADER: Final = "klarna-idempotency-key"
#: The limits that the facade checks; the API checks the others.
_LIMITS: Final = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
_INTEGERS: Final = {"int32": 31, "int64": 63}

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
    for path, method, operation, item in operations(document):
        given = [*item.get("parameters", []), *operation.get("parameters", [])]
        parameters = [resolve(document, parameter) for parameter in given]
        headers = {header["name"].lower() for header in parameters if header["in"] == "header"}
        facts[operation["operationId"]] = {
            "method": method.upper(),
            "path": path,
            "body": rules.body(operation),
            "idempotency_key": _KEY_HEADER in headers,
            "responses": {
                str(status): sorted(resolve(document, response).get("headers", {}))
                for status, response in operation.get("responses", {}).items()
            },
        }
    return _TEXT.format(
        version=str(document["info"]["version"]),
        operations=pformat(facts, width=100, sort_dicts=True),
        schemas=pformat(rules.schemas, width=100, sort_dicts=True),
    )


class _Rules:
    """The limits of the schemas that requests hold, by the names of their classes."""

    def __init__(self, document: Document) -> None:
        self.schemas: dict[str, Any] = {}
        self._document = document
        self._classes = bindings_names(named(document))

    def body(self, operation: Mapping[str, Any]) -> str | None:
        """Return the name of the schema of an operation's JSON body."""
        body = resolve(self._document, operation.get("requestBody")) or {}
        for kind, part in body.get("content", {}).items():
            if "json" in kind and "schema" in part:
                rule = self._rule(part["schema"])
                if set(rule) == {"schema"}:
                    return str(rule["schema"])
                name = f"{operation['operationId']} body"
                self.schemas[name] = rule
                return name
        return None

    def _rule(self, schema: Any) -> dict[str, Any]:
        """Return one schema as a rule, and keep those of the named schemas it refers to."""
        if not isinstance(schema, Mapping):  # `true` in OpenAPI 3.1
            return {}
        if "$ref" in schema:
            name = self._classes[schema["$ref"].rpartition("/")[2]]
            if name not in self.schemas:
                self.schemas[name] = {}  # stands in while a recursive schema is being read
                self.schemas[name].update(self._rule(resolve(self._document, schema)))
            return {"schema": name}
        parts = schema.get("allOf", [])
        if len(parts) == 1 and "properties" not in schema:
            return self._rule(parts[0])
        rule: dict[str, Any] = {name: schema[name] for name in _LIMITS if name in schema}
        if len(types(schema)) == 1:
            rule["type"] = types(schema)[0]
        if schema.get("format") in _INTEGERS and rule.get("type") == "integer":
            bits = _INTEGERS[schema["format"]]
            rule.setdefault("minimum", -(2**bits))
            rule.setdefault("maximum", 2**bits - 1)
        if "items" in schema:
            rule["items"] = self._rule(schema["items"])
        if "properties" in schema:
            fields = schema["properties"]
            rule["properties"] = {name: self._rule(part) for name, part in fields.items()}
            rule["required"] = [name for name in schema.get("required", []) if name in fields]
        return rule
