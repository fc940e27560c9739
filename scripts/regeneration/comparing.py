"""What a newer document changes for users of this library, each change marked.

- **breaking**: code that worked, or a request that was accepted, may not be any more;
- **behaviour**: code goes on working, but may see something new (an enum value, a status, a field left out);
- **compatible**: everything goes on as before.

Both documents are compared as mended, so every class is a named schema, and names are those that users see.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, Literal

from .mending import makes_class
from .reading import Document, parts, references, resolve
from .walking import named, operations, shape

Mark = Literal["breaking", "behaviour", "compatible"]
MARKS: Final[tuple[Mark, ...]] = ("breaking", "behaviour", "compatible")

#: Keywords that limit a value, with the way that is tighter: a larger number, a smaller one, or any other at all.
_LIMITS: Final[Mapping[str, int]] = {
    "minLength": 1, "minimum": 1, "minItems": 1, "minProperties": 1, "exclusiveMinimum": 1,
    "maxLength": -1, "maximum": -1, "maxItems": -1, "maxProperties": -1, "exclusiveMaximum": -1,
    "pattern": 0, "multipleOf": 0, "uniqueItems": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change for users."""

    mark: Mark
    where: str
    what: str


@dataclass(frozen=True)
class _Use:
    """Whether a schema is sent, received or both; what is tighter matters for what is sent."""

    sent: bool
    received: bool


def changes(old: Document, new: Document) -> list[Change]:
    """Every change from one mended document to another, in the order of their places."""
    before, after = _plainer(old, new), _plainer(new, old)
    found = [*_operations(before, after), *_schemas(before, after)]
    return sorted(set(found), key=lambda one: (MARKS.index(one.mark), one.where, one.what))


def _plainer(document: Document, other: Document) -> Document:
    """A copy in which what users do not see as such stands in one form, so that it compares with the other document.

    An enum that only this document has stands where it is used: a field is limited to its values. The fields of the
    parts of an ``allOf`` are fields of their class.
    """
    plain = deepcopy(document)
    schemas = named(plain)
    alone = {
        f"#/components/schemas/{name}": schemas[name]
        for name in [*schemas]
        if isinstance(schemas[name], dict) and schemas[name].get("enum") and name not in named(other)
    }
    for schema in schemas.values():
        _flatten(plain, schema)
    _inline(plain, alone)
    return plain


def _flatten(document: Document, schema: Any) -> None:
    pieces = schema.get("allOf") if isinstance(schema, dict) else None
    inherited = [resolve(document, one) for one in pieces or ()]
    if not inherited or not all(isinstance(one, dict) and one.get("properties") for one in inherited):
        return
    for one in inherited:
        _flatten(document, one)
        schema["properties"] = {**one["properties"], **(schema.get("properties") or {})}
        schema["required"] = [*(schema.get("required") or ()), *(one.get("required") or ())]
    del schema["allOf"]


def _inline(node: Any, alone: Mapping[str, Any]) -> None:
    """Put enums in the place of references to them, and of the wrapping that a mark beside a reference needs."""
    for key, child in list(node.items() if isinstance(node, dict) else enumerate(node)):
        wrapped = child.get("allOf") if isinstance(child, dict) else None
        inner = wrapped[0] if isinstance(wrapped, list) and len(wrapped) == 1 else child
        if isinstance(inner, dict) and inner.get("$ref") in alone:
            beside = {name: one for name, one in child.items() if name not in ("allOf", "$ref")}
            node[key] = {**alone[inner["$ref"]], **beside}
        elif isinstance(child, dict | list):
            _inline(child, alone)


def as_declared(mended: Document, published: Document) -> Document:
    """A mended document without the responses that only the overlay has: what the vendor says of them is news."""
    declared = deepcopy(mended)
    for path, method, operation, _ in operations(declared):
        item = resolve(published, published["paths"].get(path, {}))
        known = {str(status) for status in item.get(method, {}).get("responses", {})}
        operation["responses"] = {
            status: one for status, one in operation.get("responses", {}).items() if str(status) in known
        }
    return declared


# --- operations


def _operations(old: Document, new: Document) -> Iterator[Change]:
    before, after = _by_path(old), _by_path(new)
    for key in before.keys() - after.keys():
        yield Change("breaking", before[key][0], "operation removed")
    for key in after.keys() - before.keys():
        yield Change("compatible", after[key][0], "operation added")
    for key in before.keys() & after.keys():
        where, was = before[key]
        _, now = after[key]
        if was["operationId"] != now["operationId"]:
            yield Change("breaking", where, f"operationId {was['operationId']} becomes {now['operationId']}")
        yield from _parameters(where, was["parameters"], now["parameters"])
        yield from _body(old, new, where, was.get("requestBody"), now.get("requestBody"))
        yield from _responses(old, new, where, was.get("responses", {}), now.get("responses", {}))


def _by_path(document: Document) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
    """Operations by method and path, the names of the path's parameters aside."""
    found = {}
    for path, method, operation, item in operations(document):
        given = [
            resolve(document, one) for one in [*item.get("parameters", ()), *operation.get("parameters", ())]
        ]
        # Those of the path by their place in it: their names are nothing that goes over the wire.
        places = [name[1:-1] for name in re.findall(r"\{[^{}]*\}", path)]
        listed = {(one["in"], _key(one, places)): one for one in given}
        found[method, shape(path)] = f"{method.upper()} {path}", {**operation, "parameters": listed}
    return found


def _key(parameter: Mapping[str, Any], places: list[str]) -> str:
    name: str = parameter["name"]
    if parameter["in"] == "path" and name in places:
        return str(places.index(name))
    return name.lower() if parameter["in"] == "header" else name


def _parameters(where: str, was: Mapping[Any, Any], now: Mapping[Any, Any]) -> Iterator[Change]:
    for key in was.keys() - now.keys():
        yield Change("breaking", where, f"{key[0]} parameter {was[key]['name']} removed")
    for key in now.keys() - was.keys():
        required = now[key].get("required", False)
        mark: Mark = "breaking" if required else "compatible"
        kind = "required" if required else "optional"
        yield Change(mark, where, f"{kind} {key[0]} parameter {now[key]['name']} added")
    for key in was.keys() & now.keys():
        label = f"{where}, {key[0]} parameter {now[key]['name']}"
        yield from _required(
            label, was[key].get("required", False), now[key].get("required", False), _Use(True, False)
        )
        yield from _schema(was[key].get("schema"), now[key].get("schema"), label, _Use(True, False))


def _required(where: str, was: bool, now: bool, use: _Use) -> Iterator[Change]:
    if now and not was:
        yield Change("breaking" if use.sent else "compatible", where, "is required now")
    if was and not now:
        yield Change("behaviour" if use.received else "compatible", where, "is optional now")


def _body(old: Document, new: Document, where: str, was: Any, now: Any) -> Iterator[Change]:
    if was and not now:
        yield Change("breaking", where, "body removed")
    elif now and not was:
        required = resolve(new, now).get("required", False)
        yield Change(
            "breaking" if required else "compatible",
            where,
            f"{'required' if required else 'optional'} body added",
        )
    elif was and now:
        left, right = resolve(old, was), resolve(new, now)
        yield from _required(
            f"{where}, body", left.get("required", False), right.get("required", False), _Use(True, False)
        )
        yield from _content(left, right, f"{where}, body", _Use(True, False))


def _responses(
    old: Document, new: Document, where: str, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Change]:
    for status in was.keys() - now.keys():
        yield Change("behaviour", where, f"response {status} removed")
    for status in now.keys() - was.keys():
        yield Change("behaviour", where, f"response {status} added")
    for status in was.keys() & now.keys():
        left, right, label = (
            resolve(old, was[status]),
            resolve(new, now[status]),
            f"{where}, response {status}",
        )
        before, after = _by_header(left), _by_header(right)
        yield from (
            Change("behaviour", label, f"header {before[name][0]} removed")
            for name in before.keys() - after.keys()
        )
        yield from (
            Change("compatible", label, f"header {after[name][0]} added")
            for name in after.keys() - before.keys()
        )
        for name in before.keys() & after.keys():
            one, other = resolve(old, before[name][1]), resolve(new, after[name][1])
            yield from _schema(
                one.get("schema"), other.get("schema"), f"{label}, header {after[name][0]}", _Use(False, True)
            )
        yield from _content(left, right, label, _Use(False, True))


def _by_header(response: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """The headers of a response by their names without case, each with its name as it is written."""
    return {name.lower(): (name, one) for name, one in (response.get("headers") or {}).items()}


def _content(was: Mapping[str, Any], now: Mapping[str, Any], where: str, use: _Use) -> Iterator[Change]:
    before, after = was.get("content") or {}, now.get("content") or {}
    for kind in before.keys() - after.keys():
        yield Change("breaking", where, f"media type {kind} removed")
    for kind in after.keys() - before.keys():
        yield Change("compatible" if use.sent else "behaviour", where, f"media type {kind} added")
    for kind in before.keys() & after.keys():
        yield from _schema(before[kind].get("schema"), after[kind].get("schema"), where, use)


# --- schemas


def _schemas(old: Document, new: Document) -> Iterator[Change]:
    before, after, uses = named(old), named(new), _uses(old, new)
    for name in before.keys() - after.keys():
        yield Change("breaking" if makes_class(before[name]) else "compatible", name, "schema removed")
    for name in after.keys() - before.keys():
        yield Change("compatible", name, "schema added")
    for name in before.keys() & after.keys():
        yield from _schema(before[name], after[name], name, uses.get(name, _Use(True, True)))


def _uses(old: Document, new: Document) -> dict[str, _Use]:
    """For each named schema whether requests or answers of either document can hold it."""
    sent, received = set(), set()
    for document in (old, new):
        for _, _, operation, item in operations(document):
            requests = [operation.get("requestBody"), operation.get("parameters"), item.get("parameters")]
            sent |= _reached(document, requests)
            received |= _reached(document, operation.get("responses"))
    return {name: _Use(name in sent, name in received) for name in sent | received}


def _reached(document: Document, start: Any) -> set[str]:
    found: set[str] = set()
    left, seen = [start], set()
    while left:
        for _, ref in references(left.pop()):
            if ref not in seen:
                seen.add(ref)
                steps = parts(ref)
                if steps[:2] == ["components", "schemas"]:
                    found.add(steps[2])
                left.append(resolve(document, {"$ref": ref}))
    return found


def _schema(was: Any, now: Any, where: str, use: _Use) -> Iterator[Change]:
    """The changes of one schema; those of schemas that it refers to by name are told at their own."""
    left, right = _unwrapped(was), _unwrapped(now)
    if _kind(left) == (("integer",), "int32") and _kind(right) == (("integer",), "int64"):
        yield Change(
            "behaviour" if use.received else "compatible", where, "integer (int32) becomes integer (int64)"
        )
        left = {**left, "format": "int64"}
    if left.get("$ref") != right.get("$ref") or _kind(left) != _kind(right):
        yield Change("breaking", where, f"{_title(left)} becomes {_title(right)}")
        return
    yield from _properties(left, right, where, use)
    yield from _enum(left.get("enum"), right.get("enum"), where, use)
    yield from _limits(left, right, where, use)
    if _null(left) != _null(right):
        text = "may be null now" if _null(right) else "is never null now"
        yield Change("behaviour" if use.received else "compatible", where, text)
    for key, label in (("default", "default"), ("deprecated", "deprecation mark")):
        if left.get(key) != right.get(key):
            yield Change(
                "behaviour", where, f"{label} {_shown(left.get(key))} becomes {_shown(right.get(key))}"
            )
    if "items" in left and "items" in right:
        yield from _schema(left["items"], right["items"], f"{where}[]", use)
    if left.get("additionalProperties") != right.get("additionalProperties"):
        yield Change("behaviour", where, "what it allows besides its declared fields changed")
    for key in ("allOf", "anyOf", "oneOf", "not", "const"):
        if left.get(key) != right.get(key):
            yield Change("breaking", where, f"{key} changed")


def _properties(was: Mapping[str, Any], now: Mapping[str, Any], where: str, use: _Use) -> Iterator[Change]:
    before, after = was.get("properties") or {}, now.get("properties") or {}
    needed_before, needed_after = set(was.get("required") or ()), set(now.get("required") or ())
    for name in before.keys() - after.keys():
        yield Change("breaking", f"{where}.{name}", "field removed")
    for name in after.keys() - before.keys():
        required = name in needed_after
        mark: Mark = "breaking" if required and use.sent else "compatible"
        yield Change(mark, f"{where}.{name}", f"{'required' if required else 'optional'} field added")
    for name in before.keys() & after.keys():
        yield from _required(f"{where}.{name}", name in needed_before, name in needed_after, use)
        yield from _schema(before[name], after[name], f"{where}.{name}", use)


def _enum(was: Any, now: Any, where: str, use: _Use) -> Iterator[Change]:
    before, after = was or [], now or []
    if before and not after:
        yield Change("behaviour", where, "any value is allowed now")
        return
    if after and not before:
        mark: Mark = "breaking" if use.sent else "behaviour"
        yield Change(mark, where, f"limited to the values {', '.join(map(str, after))}")
        return
    yield from (Change("behaviour", where, f"enum value {one} added") for one in after if one not in before)
    yield from (Change("breaking", where, f"enum value {one} removed") for one in before if one not in after)


def _limits(was: Mapping[str, Any], now: Mapping[str, Any], where: str, use: _Use) -> Iterator[Change]:
    for name, way in _LIMITS.items():
        left, right = was.get(name), now.get(name)
        if left == right:
            continue
        # What says nothing is no limit: no minimum of a length, no need to be unique.
        if (left or None) == (right or None) and name in (
            "minLength",
            "minItems",
            "minProperties",
            "uniqueItems",
        ):
            continue
        looser = right is None or right is False or (left is not None and way and (right - left) * way < 0)
        mark: Mark = "compatible" if looser or not use.sent else "breaking"
        yield Change(mark, where, f"{name} {_shown(left)} becomes {_shown(right)}")


# --- what a schema says, in one form


def _unwrapped(schema: Any) -> dict[str, Any]:
    """The schema itself where it is wrapped alone, to stand beside a mark or a default."""
    if not isinstance(schema, dict):
        return {}
    inner = schema.get("allOf")
    if isinstance(inner, list) and len(inner) == 1 and "$ref" in inner[0] and "properties" not in schema:
        return {**{key: value for key, value in schema.items() if key != "allOf"}, **inner[0]}
    return schema


def _kind(schema: Mapping[str, Any]) -> tuple[Any, Any]:
    kinds = schema.get("type", "object" if "properties" in schema else None)
    listed = tuple(
        sorted(kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind not in (None, "null"))
    )
    return listed, schema.get("format")


def _null(schema: Mapping[str, Any]) -> bool:
    kinds = schema.get("type")
    return bool(schema.get("nullable")) or (isinstance(kinds, list) and "null" in kinds)


def _title(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return parts(str(schema["$ref"]))[-1]
    kinds, form = _kind(schema)
    return f"{' or '.join(kinds) or 'any type'}{f' ({form})' if form else ''}"


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)
