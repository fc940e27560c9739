"""What the generator cannot take, or would drop without a word, is mended by rule, and every mend listed.

The overlay mends what is wrong in *this* document; the rules here hold for any. They never change what goes over
the wire: names of schemas, operations and enum members are Python's business, and fields keep theirs (``fields``).
"""

import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from . import enums, walking
from .naming import Names, class_name, operation_name
from .reading import Document, parts, resolve

_REF = "#/components/schemas/"
_KEY = re.compile(r"[A-Za-z0-9._-]+")


@dataclass
class Mended:
    """A document that the generator can take, and what was done to it."""

    document: Document
    #: One line each: where, what and why.
    mends: list[str] = field(default_factory=list)


def mend(document: Document) -> Mended:
    """A mended copy of a document, in which every class that will be generated is a schema with a name of its own."""
    mended = Mended(deepcopy(document))
    for spot in list(walking.everything(mended.document)):
        if spot.schema is True:
            spot.holder[spot.key] = {}  # the same, in the only spelling that the generator takes
    _path_items(mended)
    _media_types(mended)
    _operation_ids(mended)
    enums.mend(mended.document, mended.mends)
    _never_null(mended)
    names = _schema_names(mended)
    _own_fields(mended)
    _alternatives(mended)
    _hoist(mended, names)
    enums.name_members(mended.document, mended.mends)
    return mended


# --- paths, media types, operations


def _path_items(mended: Mended) -> None:
    """A path that refers to its item elsewhere holds it itself; what is no request of a client is told about."""
    for path, item in mended.document.get("paths", {}).items():
        if "$ref" in item:
            own = {key: value for key, value in item.items() if key != "$ref"}
            mended.document["paths"][path] = {**deepcopy(resolve(mended.document, item)), **own}
            mended.mends.append(f"{path}: what it refers to is put in its place")
    webhooks = mended.document.pop("webhooks", None) or {}
    mended.mends.extend(f"webhook {name}: is no request of a client, and left out" for name in webhooks)
    for path, method, operation, _ in walking.operations(mended.document):
        if operation.pop("callbacks", None):
            mended.mends.append(
                f"{method.upper()} {path}: its callbacks are no requests of a client, and left out"
            )


def _media_types(mended: Mended) -> None:
    """``*/*`` says nothing; what this API sends is JSON."""
    for where, content in walking.contents(mended.document):
        if "*/*" in content and "application/json" not in content:
            content["application/json"] = content.pop("*/*")
            mended.mends.append(f"{where}: the media type */* is read as application/json")


def _operation_ids(mended: Mended) -> None:
    """Every operation has an id, and no two the same module."""
    names = Names(operation_name, "operation")
    wanted = []
    for path, method, operation, _ in walking.operations(mended.document):
        where, given = f"{method.upper()} {path}", operation.get("operationId")
        if not given or not operation_name(str(given)):
            given = "_".join([method, *re.findall(r"\w+", path)])
            mended.mends.append(f"{where}: has no usable operationId; {given} is given to it")
        wanted.append((operation, where, str(given)))
    # An id that is in its final form already keeps it, whatever comes before it in the document.
    for operation, where, given in sorted(wanted, key=lambda one: operation_name(one[2]) != one[2]):
        operation["operationId"] = unique = names.take(given)
        if unique != given:
            mended.mends.append(
                f"{where}: the operationId {given!r} is taken in Python; it becomes {unique!r}"
            )


def _never_null(mended: Mended) -> None:
    """A part of a path and a whole body are there or not; the generator makes no sound code of ones that may be null."""
    places = [(where, one) for where, one in walking.parameters(mended.document) if one.get("in") == "path"]
    for where, content in walking.contents(mended.document):
        places += [
            (where, one) for one in content.values() if where.endswith(", body") or where.startswith("body ")
        ]
    for where, holder in places:
        schema = resolve(mended.document, holder.get("schema"))
        if (
            isinstance(schema, dict)
            and (schema.get("nullable") or "null" in _kinds(schema))
            and not makes_class(schema)
        ):
            holder["schema"] = plain = deepcopy(schema)
            _without_null(plain)
            mended.mends.append(f"{where}: is never null, whatever its schema says")
        elif (
            isinstance(holder.get("schema"), dict)
            and makes_class(holder["schema"])
            and _without_null(holder["schema"])
        ):
            mended.mends.append(f"{where}: is never null, whatever its schema says")


# --- names of schemas


def _schema_names(mended: Mended) -> Names:
    """No two schemas the same class or module, no class the place of what its module imports."""
    schemas = walking.named(mended.document)
    names = Names(class_name, "class")
    renamed = {}
    for name in sorted(schemas, key=lambda one: (class_name(one) != one, one)):
        unique = names.take(class_name(name))
        if unique != class_name(name) or not _KEY.fullmatch(name):
            renamed[name] = unique
            why = "is taken in Python" if unique != class_name(name) else "cannot be a name in a reference"
            mended.mends.append(f"schema {name!r}: the name {why}; it becomes {unique}")
    if renamed:
        mended.document["components"]["schemas"] = {
            renamed.get(name, name): schema for name, schema in schemas.items()
        }
    _rename_references(mended.document, renamed)
    return names


def _rename_references(node: Any, renamed: dict[str, str]) -> None:
    """Every reference to a renamed schema, those of discriminators too."""
    if isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str):
            node["$ref"] = _renamed(ref, renamed)
        mapping = node.get("mapping")
        if isinstance(mapping, dict) and "propertyName" in node:
            node["mapping"] = {key: renamed.get(to, _renamed(to, renamed)) for key, to in mapping.items()}
    children = node.values() if isinstance(node, dict) else node
    for child in children if isinstance(node, dict | list) else ():
        _rename_references(child, renamed)


def _renamed(ref: str, renamed: dict[str, str]) -> str:
    steps = parts(ref)
    if ref.startswith("#/") and steps[:2] == ["components", "schemas"] and len(steps) > 2:
        # Also spelled plainly where it is escaped without need: the generator compares letters.
        rest = [step.replace("~", "~0").replace("/", "~1") for step in steps[3:]]
        return "/".join([_REF + renamed.get(steps[2], steps[2]), *rest])
    return ref


def _own_fields(mended: Mended) -> None:
    """Fields beside a reference stand in a part of their own; the generator would take the reference alone."""
    for spot in list(walking.everything(mended.document)):
        schema = spot.schema
        if not isinstance(schema, dict) or not schema.get("properties"):
            continue
        # OpenAPI 3.0 ignores what stands beside a reference.
        if "$ref" in schema and not str(mended.document["openapi"]).startswith("3.0"):
            schema["allOf"] = [{"$ref": schema.pop("$ref")}, *(schema.get("allOf") or ())]
        inherited: list[Any] = schema.get("allOf") or []
        if len(inherited) == 1 and "$ref" in inherited[0]:
            own = {key: schema.pop(key) for key in ("properties", "required") if key in schema}
            schema["allOf"] = [*inherited, {"type": "object", **own}]
            mended.mends.append(f"{spot.where}: its own fields are put beside those that it refers to")


def _alternatives(mended: Mended) -> None:
    """Fields beside alternatives, or in them, become those of one class; the generator would drop the former.

    Reading is tolerant, so what one alternative requires is left to the API.
    """
    for spot in list(walking.everything(mended.document)):
        schema = spot.schema
        if not isinstance(schema, dict) or not schema.get("properties"):
            continue
        for key in ("oneOf", "anyOf"):
            parts_of_it = schema.pop(key, None) or ()
            for part in parts_of_it:
                for name, one in _all_fields(mended.document, part).items():
                    if schema["properties"].setdefault(name, one) != one:
                        schema["properties"][name] = {}
            if parts_of_it:
                mended.mends.append(f"{spot.where}: the fields of its {key} are all fields of its one class")


def _all_fields(document: Document, schema: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    left = [schema]
    seen: list[Any] = []
    while left:
        one = resolve(document, left.pop(0))
        if isinstance(one, dict) and not any(one is other for other in seen):
            seen.append(one)
            found = {**deepcopy(one.get("properties") or {}), **found}
            left.extend(part for key in ("allOf", "oneOf", "anyOf") for part in one.get(key) or ())
    return found


def _hoist(mended: Mended, names: Names) -> None:
    """Give every class that stands inline a name of its own among the schemas, and refer to it there.

    The names are those that the generator would make up; here it is seen when two are the same.
    """
    schemas = walking.named(mended.document)
    for spot in list(walking.everything(mended.document)):
        schema = spot.schema
        if not isinstance(schema, dict) or not makes_class(schema):
            continue
        if spot.holder is schemas:
            _without_null(schema)
        elif not spot.merged:
            wanted = class_name(spot.words)
            name = names.take(wanted)
            if name != wanted:
                mended.mends.append(f"{spot.where}: the name {wanted} is taken; its class becomes {name}")
            # The same object moves, so that what stands in it is still found where it was.
            mended.document.setdefault("components", {}).setdefault("schemas", schemas)[name] = schema
            spot.holder[spot.key] = _reference(name, schema, mended.document)


def _reference(name: str, schema: dict[str, Any], document: Document) -> dict[str, Any]:
    """What stands in the place of a class that has moved: the reference, and what belongs to the place."""
    ref: dict[str, Any] = {"$ref": _REF + name}
    beside: dict[str, Any] = {
        key: schema.pop(key) for key in ("default", "readOnly", "writeOnly") if key in schema
    }
    if _without_null(schema):
        if str(document.get("openapi")).startswith("3.0"):
            return {"allOf": [ref], "nullable": True, **beside}
        return {"oneOf": [ref, {"type": "null"}], **beside}
    return {"allOf": [ref], **beside} if beside else ref


def _without_null(schema: dict[str, Any]) -> bool:
    """Take the mark for null off a class: it belongs to where the class is used. Says whether there was one."""
    kinds = schema.get("type")
    listed = isinstance(kinds, list) and "null" in kinds
    if listed:
        schema["type"] = next((kind for kind in schema["type"] if kind != "null"), "object")
    return bool(schema.pop("nullable", False)) or listed


def _kinds(schema: dict[str, Any]) -> list[Any]:
    kinds = schema.get("type")
    return kinds if isinstance(kinds, list) else [kinds]


def makes_class(schema: dict[str, Any]) -> bool:
    """Whether the generator makes a class of a schema: of objects and enums it does."""
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key) or ()]
    if "$ref" in schema or (len(parts) == 1 and "$ref" in parts[0]):
        return False
    kinds = [kind for kind in _kinds(schema) if kind not in (None, "null")]
    if kinds == ["boolean"] or len(kinds) > 1:
        return False
    if schema.get("enum"):
        return True
    if schema.get("anyOf") or schema.get("oneOf") or "const" in schema:
        return False
    return kinds == ["object"] or (not kinds and bool(schema.get("allOf") or schema.get("properties")))
