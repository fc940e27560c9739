"""Rules that make any document one that the generator takes whole, each fix listed.

The overlay fixes the defects of *this* document. The rules hold for any. They never change what
goes over the wire: names of schemas, operations and enum members are Python's business.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from . import enums, locations, names
from .document import Document
from .locations import SchemaLocation
from .names import UniqueNames, class_name
from .references import resolve

_PREFIX: Final = "#/components/schemas/"


@dataclass
class Normalized:
    """A document that the generator can take, and what was done to it."""

    document: Document
    #: One line each: where, what and why.
    fixes: list[str] = field(default_factory=list)


def normalize(document: Document) -> Normalized:
    """Return a copy of a document in which every class is a schema with a name of its own."""
    result = Normalized(deepcopy(document))
    copy, fixes = result.document, result.fixes
    for location in list(locations.every_schema(copy)):
        if location.schema is True:
            location.holder[location.key] = {}  # the only spelling that the generator takes
    _inline_path_items(copy, fixes)
    _drop_incoming(copy, fixes)
    _name_media_types(copy, fixes)
    names.name_operations(copy, fixes)
    enums.normalize(copy, fixes)
    _forbid_null(copy, fixes)
    taken = names.name_schemas(copy, fixes)
    _join_own_fields(copy, fixes)
    _name_inline_classes(copy, fixes, taken)
    enums.name_members(copy, fixes)
    return result


def makes_class(schema: dict[str, Any]) -> bool:
    """Return whether the generator makes a class of a schema: of objects and enums it does."""
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key) or ()]
    if "$ref" in schema or (len(parts) == 1 and "$ref" in parts[0]):
        return False
    kinds = locations.types(schema)
    if kinds == ["boolean"] or len(kinds) > 1:
        return False
    if schema.get("enum"):
        return True
    if schema.get("anyOf") or schema.get("oneOf") or "const" in schema:
        return False
    return kinds == ["object"] or (not kinds and bool(schema.get("allOf")))


# --- paths and media types


def _inline_path_items(document: Document, fixes: list[str]) -> None:
    for path, item in document.get("paths", {}).items():
        if "$ref" in item:
            own = {key: value for key, value in item.items() if key != "$ref"}
            document["paths"][path] = {**deepcopy(resolve(document, item)), **own}
            fixes.append(f"{path}: what it refers to is put in its place")


def _drop_incoming(document: Document, fixes: list[str]) -> None:
    """Drop webhooks and callbacks, which are no requests of a client."""
    webhooks = document.pop("webhooks", None) or {}
    fixes.extend(f"webhook {name}: is no request of a client, and left out" for name in webhooks)
    for path, method, operation, _ in locations.operations(document):
        if operation.pop("callbacks", None):
            where = f"{method.upper()} {path}"
            fixes.append(f"{where}: its callbacks are no requests of a client, and left out")


def _name_media_types(document: Document, fixes: list[str]) -> None:
    """Read ``*/*``, which says nothing, as JSON, which this API sends."""
    for where, content in locations.media_types(document):
        if "*/*" in content and "application/json" not in content:
            content["application/json"] = content.pop("*/*")
            fixes.append(f"{where}: the media type */* is read as application/json")


# --- null


def _forbid_null(document: Document, fixes: list[str]) -> None:
    """Take null from path parameters and whole bodies, of which the generator makes bad code."""
    for location in list(locations.every_schema(document)):
        holder, where = location.holder, location.where
        if location.key != "schema" or "type" in holder:  # a field may be called "schema"
            continue
        if holder.get("in") == "path" or where.endswith(", body") or where.startswith("body "):
            schema = resolve(document, location.schema)
            if not makes_class(schema):
                schema = deepcopy(schema)  # others may refer to it
            elif "$ref" in location.schema:
                continue
            if _drop_null(schema):
                holder["schema"] = schema
                fixes.append(f"{where}: is never null, whatever its schema says")


def _drop_null(schema: dict[str, Any]) -> bool:
    """Take the mark for null off a schema, and return whether there was one."""
    listed = isinstance(schema.get("type"), list) and "null" in schema["type"]
    if listed:
        schema["type"] = next((kind for kind in schema["type"] if kind != "null"), "object")
    return bool(schema.pop("nullable", False)) or listed


# --- classes


def _join_own_fields(document: Document, fixes: list[str]) -> None:
    """Put fields beside a reference into a part of their own, or the generator drops them."""
    for location in list(locations.every_schema(document)):
        schema = location.schema
        if not isinstance(schema, dict) or not schema.get("properties"):
            continue
        # OpenAPI 3.0 ignores what stands beside a reference.
        if "$ref" in schema and not str(document["openapi"]).startswith("3.0"):
            schema["allOf"] = [{"$ref": schema.pop("$ref")}, *(schema.get("allOf") or ())]
        inherited: list[Any] = schema.get("allOf") or []
        if len(inherited) == 1 and "$ref" in inherited[0]:
            own = {key: schema.pop(key) for key in ("properties", "required") if key in schema}
            schema["allOf"] = [*inherited, {"type": "object", **own}]
            fixes.append(f"{location.where}: its own fields are put beside those that it refers to")


def _name_inline_classes(document: Document, fixes: list[str], taken: UniqueNames) -> None:
    """Move every inline class to the named schemas, and refer to it in its place.

    The names are those that the generator would make up, and here it is seen when two are the same.
    """
    schemas = locations.named(document)
    for location in list(locations.every_schema(document)):
        schema = location.schema
        if not isinstance(schema, dict) or not makes_class(schema):
            continue
        if location.holder is schemas:
            _drop_null(schema)
        elif not location.merged:
            wanted = class_name(location.words)
            name = taken.take(wanted)
            if name != wanted:
                fixes.append(
                    f"{location.where}: the name {wanted} is taken; its class becomes {name}"
                )
            # The same object moves, so that what stands in it is still found where it was.
            document.setdefault("components", {}).setdefault("schemas", schemas)[name] = schema
            _refer(location, name, document)


def _refer(location: SchemaLocation, name: str, document: Document) -> None:
    """Put a reference in the place of a class that has moved, with what belongs to the place."""
    schema, ref = location.schema, {"$ref": _PREFIX + name}
    beside = {key: schema.pop(key) for key in ("default", "readOnly", "writeOnly") if key in schema}
    replacement: dict[str, Any] = {"allOf": [ref], **beside} if beside else ref
    if _drop_null(schema):
        if str(document.get("openapi")).startswith("3.0"):
            replacement = {"allOf": [ref], "nullable": True, **beside}
        else:
            replacement = {"oneOf": [ref, {"type": "null"}], **beside}
    location.holder[location.key] = replacement
