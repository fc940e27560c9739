"""Effective schemas: what a document says of a value, in the one form that all other steps read.

In that form a schema is one of these, with ``nullable`` and its annotations beside it:

- ``$ref`` to a class: an object or an enum, the only schemas that keep a name
- ``type``, one and never null, with its limits, ``properties`` or ``items``
- ``anyOf`` of such schemas, with nothing beside it that limits a value
- nothing, which any value fits

References, ``allOf``, lists of types, ``const`` and null are resolved. A limit that several parts
set is the tightest one.
"""

from collections.abc import Mapping
from typing import Any, Final

from .document import Document, RegenerationError
from .keywords import combined, for_type, is_annotation, is_limit, is_null, one_type, typed
from .locations import named, walk
from .references import SCHEMAS, resolve, schema_name, steps

#: What is read at its own place, and not as a part of the schema that holds it.
_INNER: Final = ("items", "additionalProperties")
#: What the generator does not read. The effective schema only names it, in ``x-unread``.
_UNREAD: Final = (
    "not", "if", "then", "else", "contains", "propertyNames", "prefixItems", "patternProperties",
    "dependentSchemas", "dependentRequired", "unevaluatedItems", "unevaluatedProperties", "$defs",
)  # fmt: skip


def resolve_schemas(document: Document, fixes: list[str]) -> None:
    """Put the effective schema in the place of each one. Add a line for what is left out."""
    reader = _Reader(document, fixes)
    classes = {name: reader.read_class(name) for name in named(document) if reader.is_class(name)}
    for location in list(walk(document)):
        if location.kind == "schema" and location.inside not in ("schema", "components"):
            location.holder[location.key] = reader.read(location.part, location.where)
    if named(document):
        document["components"]["schemas"] = classes


def makes_class(schema: Mapping[str, Any]) -> bool:
    """Return whether an effective schema is a class by itself: an object or an enum."""
    return "$ref" not in schema and (schema.get("type") == "object" or "enum" in schema)


class _Reader:
    def __init__(self, document: Document, fixes: list[str]) -> None:
        self._document = document
        self._fixes = fixes
        self._is_3_0 = str(document["openapi"]).startswith("3.0")
        self._classes: dict[str, bool] = {}
        #: The references that are being followed, to see one that runs in a circle.
        self._following: list[str] = []

    def is_class(self, name: str) -> bool:
        if name not in self._classes:
            target, _ = self._target(named(self._document)[name])
            self._classes[name] = target is None and makes_class(self._merged({"$ref": _ref(name)}))
        return self._classes[name]

    def read_class(self, name: str) -> dict[str, Any]:
        schema = self._inner(self._merged({"$ref": _ref(name)}), name, frozenset())
        schema.pop("nullable", None)  # said where it is used
        return schema

    def read(self, schema: Any, where: str, inside: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Return the effective schema of a place.

        Args:
            schema: what stands there.
            where: the place, for people.
            inside: the references to schemas without a class that lead there.
        """
        name, annotations = self._target(schema)
        if name is not None:
            return {"$ref": _ref(name), **annotations}
        followed: list[str] = []
        merged = self._merged(schema, followed)
        if inside.intersection(followed):
            self._fixes.append(f"{where}: holds itself and is no class; any value is taken there")
            return {}
        return self._inner(merged, where, inside.union(followed))

    def _inner(self, schema: dict[str, Any], where: str, inside: frozenset[str]) -> dict[str, Any]:
        """Return a schema with what it holds as effective schemas."""
        result = {key: value for key, value in schema.items() if key not in _UNREAD}
        unread = [key for key in _UNREAD if key in schema and key != "$defs"]
        if unread:
            result["x-unread"] = sorted({*unread, *schema.get("x-unread", ())})
            self._fixes.append(f"{where}: {', '.join(unread)} is not read; any value is taken")
        if schema.get("type") == "array" and not isinstance(schema.get("items"), dict):
            schema = {**schema, "items": {}}
        if "properties" in schema:
            result["properties"] = {
                field: self.read(part, f"{where}.{field}", inside)
                for field, part in schema["properties"].items()
            }
        for key in _INNER:
            if isinstance(schema.get(key), dict):
                result[key] = self.read(schema[key], f"{where}.{key}", inside)
        if "anyOf" in schema:
            del result["anyOf"]
            options = list[dict[str, Any]]()
            for number, part in enumerate(schema["anyOf"]):
                option = self.read(part, f"{where}.anyOf[{number}]", inside)
                if option.pop("nullable", False):
                    result["nullable"] = True
                if "discriminator" in option:
                    result.setdefault("discriminator", option["discriminator"])
                options += [
                    inner for inner in option.get("anyOf", [option]) if inner not in options
                ]
            result |= options[0] if len(options) == 1 else {"anyOf": options}
        return result

    def _target(self, schema: Any) -> tuple[str | None, dict[str, Any]]:
        """Return the class that a schema only refers to, and the annotations beside it."""
        if not isinstance(schema, dict):
            return None, {}
        notes = {key: schema[key] for key in schema if is_annotation(key)}
        rest = {key: schema[key] for key in schema if key not in notes}
        if "$ref" in rest and self._is_3_0:  # which ignores what stands beside a reference
            rest = {"$ref": rest["$ref"]}
        if rest.get("type") == "object" and len(rest) == 2:
            del rest["type"]  # says nothing beside a class
        if len(rest) != 1:
            return None, {}
        ((key, value),) = rest.items()
        if key in ("allOf", "anyOf", "oneOf"):
            options = value if key == "allOf" else [part for part in value if not is_null(part)]
            if len(options) < len(value):
                notes["nullable"] = True
            name, inner = self._target(options[0]) if len(options) == 1 else (None, {})
            return name, {**inner, **notes}
        name = schema_name(value) if key == "$ref" else None
        if name is None or value in self._following:
            return None, {}
        self._following.append(value)
        try:
            definition = resolve(self._document, {"$ref": value})
            if self._classes.get(name) or (name not in self._classes and self.is_class(name)):
                nullable = self._merged(definition).get("nullable")
                return name, {**({"nullable": True} if nullable else {}), **notes}
            name, inner = self._target(definition)
        finally:
            self._following.pop()
        return name, {**inner, **notes}

    def _merged(self, schema: Any, followed: list[str] | None = None) -> dict[str, Any]:
        """Return a schema in one piece, in which only what it holds is still to be read."""
        if not isinstance(schema, dict):
            return {} if schema is not False else {"not": {}}
        own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
        parts = list(schema.get("allOf") or ())
        ref = schema.get("$ref")
        if isinstance(ref, str):
            if self._is_3_0:
                own = {key: value for key, value in own.items() if is_annotation(key)}
            if followed is not None:
                followed.append(ref)
        result = one_type(own)
        if isinstance(ref, str):
            result = combined(result, self._followed(ref, followed))
        for part in parts:
            result = combined(result, self._merged(part, followed))
        return self._without_options(typed(result), followed)

    def _followed(self, ref: str, followed: list[str] | None) -> dict[str, Any]:
        if self._following.count(ref) > 1:  # once by _target, which asks what the class is
            raise RegenerationError(f"the schema {steps(ref)[-1]!r:.80} is a part of itself")
        self._following.append(ref)
        try:
            target = resolve(self._document, {"$ref": ref})
            return self._merged(target, followed)
        finally:
            self._following.pop()

    def _without_options(
        self, schema: dict[str, Any], followed: list[str] | None
    ) -> dict[str, Any]:
        """Take null and idle options out of a union, and put what stands beside it into each."""
        options = schema.get("anyOf")
        if options is None:
            return schema
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        values = [part for part in options if not is_null(part)]
        if len(values) < len(options):
            rest["nullable"] = True
        limits = {key: rest[key] for key in rest if is_limit(key)}
        mere = all(isinstance(part, dict) and set(part) <= {"required", "not"} for part in values)
        unread = {"x-unread": ["anyOf"]} if values else {}
        if len(values) == 1:
            return combined(rest, self._merged(values[0], followed))
        if not values or (limits and mere):
            return {**rest, **unread}  # "one of these two is required", say: no class says that
        if set(limits) - {"type"}:
            values = [
                combined(for_type(limits, part), part)
                for part in (self._merged(value, followed) for value in values)
            ]
        kept = {key: value for key, value in rest.items() if key not in limits}
        if isinstance(kept.get("discriminator"), dict):
            refs = [
                value["$ref"] for value in values if isinstance(value, dict) and "$ref" in value
            ]
            given = kept["discriminator"].get("mapping") or {}
            mapping = {
                **{steps(ref)[-1]: ref for ref in refs if ref not in given.values()},
                **given,
            }
            kept["discriminator"] = {**kept["discriminator"], "mapping": mapping}
        return {**kept, "anyOf": values}


def _ref(name: str) -> str:
    return SCHEMAS + name.replace("~", "~0").replace("/", "~1").replace("%", "%25")
