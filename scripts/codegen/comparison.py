"""A comparison of two normalized documents, as changes for users.

Every class is a named schema there, and names are those of the documents.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from .document import Document
from .locations import named, operations, shape
from .normalization import makes_class
from .references import references, resolve, steps
from .report import MARKS, Change, Mark
from .schema_comparison import RECEIVED, SENT, Use, compare_required, compare_schemas


def compare(old: Document, new: Document) -> list[Change]:
    """Return every change from one normalized document to another, in order of mark and place."""
    before, after = _comparable(old, new), _comparable(new, old)
    changes = {*_operations(before, after), *_named_schemas(before, after)}
    return sorted(changes, key=lambda change: (MARKS.index(change.mark), change.where, change.what))


def as_declared(normalized: Document, published: Document) -> Document:
    """Drop the responses that only the overlay has: what the vendor says of them is news."""
    declared = deepcopy(normalized)
    for path, method, operation, _ in operations(declared):
        item = resolve(published, published["paths"].get(path, {}))
        known = {str(status) for status in item.get(method, {}).get("responses", {})}
        responses = operation.get("responses", {}).items()
        operation["responses"] = {
            status: response for status, response in responses if str(status) in known
        }
    return declared


# --- one form for what users do not tell apart


def _comparable(document: Document, other: Document) -> Document:
    """Return a copy in the form that compares with the other document.

    An enum that only this document has stands where it is used: a field is limited to its values.
    The fields of the parts of an ``allOf`` are fields of their class.
    """
    plain = deepcopy(document)
    schemas = named(plain)
    only_here = {
        f"#/components/schemas/{name}": schema
        for name, schema in schemas.items()
        if isinstance(schema, dict) and schema.get("enum") and name not in named(other)
    }
    for schema in schemas.values():
        _flatten(plain, schema)
    _inline(plain, only_here)
    return plain


def _flatten(document: Document, schema: Any) -> None:
    parts = schema.get("allOf") if isinstance(schema, dict) else None
    parents = [resolve(document, part) for part in parts or ()]
    if not parents or not all(
        isinstance(parent, dict) and parent.get("properties") for parent in parents
    ):
        return
    for parent in parents:
        _flatten(document, parent)
        schema["properties"] = {**parent["properties"], **(schema.get("properties") or {})}
        schema["required"] = [*(schema.get("required") or ()), *(parent.get("required") or ())]
    del schema["allOf"]


def _inline(node: Any, enums: Mapping[str, Any]) -> None:
    """Put enums in the place of references to them, and of what wraps a marked reference."""
    for key, child in list(node.items() if isinstance(node, dict) else enumerate(node)):
        parts = child.get("allOf") if isinstance(child, dict) else None
        inner = parts[0] if isinstance(parts, list) and len(parts) == 1 else child
        if isinstance(inner, dict) and inner.get("$ref") in enums:
            beside = {name: child[name] for name in child if name not in ("allOf", "$ref")}
            node[key] = {**enums[inner["$ref"]], **beside}
        elif isinstance(child, dict | list):
            _inline(child, enums)


# --- operations


def _operations(old: Document, new: Document) -> Iterator[Change]:
    before, after = _by_path(old), _by_path(new)
    for key in before.keys() - after.keys():
        yield Change("breaking", before[key][0], "operation removed")
    for key in after.keys() - before.keys():
        yield Change("compatible", after[key][0], "operation added")
    for key in before.keys() & after.keys():
        (where, was), (_, now) = before[key], after[key]
        if was["operationId"] != now["operationId"]:
            what = f"operationId {was['operationId']} becomes {now['operationId']}"
            yield Change("breaking", where, what)
        yield from _inputs(where, was["inputs"], now["inputs"])
        yield from _responses(where, was["responses"], now["responses"])


def _by_path(document: Document) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
    """Return operations by method and path, with references followed.

    Parameters of the path go by their place in it: their names do not go over the wire.
    """
    by_path = {}
    for path, method, operation, item in operations(document):
        inputs = {}
        places = [name[1:-1] for name in re.findall(r"\{[^{}]*\}", path)]
        for given in [*item.get("parameters", ()), *operation.get("parameters", ())]:
            parameter = resolve(document, given)
            label = f"{parameter['in']} parameter {parameter['name']}"
            inputs[parameter["in"], _key(parameter, places)] = label, parameter
        if operation.get("requestBody"):
            inputs["body", ""] = "body", resolve(document, operation["requestBody"])
        responses = {}
        for status, given in operation.get("responses", {}).items():
            response = resolve(document, given)
            responses[status] = {**response, "headers": _headers(document, response)}
        parts = {"operationId": operation["operationId"], "inputs": inputs, "responses": responses}
        by_path[method, shape(path)] = f"{method.upper()} {path}", parts
    return by_path


def _key(parameter: Mapping[str, Any], places: list[str]) -> str:
    name: str = parameter["name"]
    if parameter["in"] == "path" and name in places:
        return str(places.index(name))
    return name.lower() if parameter["in"] == "header" else name


def _headers(document: Document, response: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Return the headers of a response by their names without case, each with its own name."""
    headers = (response.get("headers") or {}).items()
    return {name.lower(): (name, resolve(document, header)) for name, header in headers}


def _inputs(where: str, was: Mapping[Any, Any], now: Mapping[Any, Any]) -> Iterator[Change]:
    """Yield the changes of parameters and body, each with its label."""
    for key in was.keys() - now.keys():
        yield Change("breaking", where, f"{was[key][0]} removed")
    for key in now.keys() - was.keys():
        label, added = now[key]
        kind = "required" if added.get("required") else "optional"
        mark: Mark = "breaking" if added.get("required") else "compatible"
        yield Change(mark, where, f"{kind} {label} added")
    for key in was.keys() & now.keys():
        (_, left), (label, right) = was[key], now[key]
        place = f"{where}, {label}"
        needed = bool(left.get("required")), bool(right.get("required"))
        yield from compare_required(place, *needed, SENT)
        yield from compare_schemas(left.get("schema"), right.get("schema"), place, SENT)
        yield from _contents(place, left, right, SENT)


def _responses(where: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for status in was.keys() - now.keys():
        yield Change("behaviour", where, f"response {status} removed")
    for status in now.keys() - was.keys():
        yield Change("behaviour", where, f"response {status} added")
    for status in was.keys() & now.keys():
        label = f"{where}, response {status}"
        before, after = was[status]["headers"], now[status]["headers"]
        for key in before.keys() - after.keys():
            yield Change("behaviour", label, f"header {before[key][0]} removed")
        for key in after.keys() - before.keys():
            yield Change("compatible", label, f"header {after[key][0]} added")
        for key in before.keys() & after.keys():
            (_, left), (name, right) = before[key], after[key]
            place = f"{label}, header {name}"
            yield from compare_schemas(left.get("schema"), right.get("schema"), place, RECEIVED)
        yield from _contents(label, was[status], now[status], RECEIVED)


def _contents(
    where: str, was: Mapping[str, Any], now: Mapping[str, Any], use: Use
) -> Iterator[Change]:
    before, after = was.get("content") or {}, now.get("content") or {}
    added: Mark = "compatible" if use.sent else "behaviour"
    for kind in before.keys() - after.keys():
        yield Change("breaking", where, f"media type {kind} removed")
    for kind in after.keys() - before.keys():
        yield Change(added, where, f"media type {kind} added")
    for kind in before.keys() & after.keys():
        yield from compare_schemas(
            before[kind].get("schema"), after[kind].get("schema"), where, use
        )


# --- named schemas


def _named_schemas(old: Document, new: Document) -> Iterator[Change]:
    before, after = named(old), named(new)
    sent = _reached(old, "requestBody", "parameters") | _reached(new, "requestBody", "parameters")
    received = _reached(old, "responses") | _reached(new, "responses")
    for name in before.keys() - after.keys():
        mark: Mark = "breaking" if makes_class(before[name]) else "compatible"
        yield Change(mark, name, "schema removed")
    for name in after.keys() - before.keys():
        yield Change("compatible", name, "schema added")
    for name in before.keys() & after.keys():
        unused = name not in sent | received  # then nothing is known of its use
        use = Use(unused or name in sent, unused or name in received)
        yield from compare_schemas(before[name], after[name], name, use)


def _reached(document: Document, *keys: str) -> set[str]:
    """Return the named schemas that these parts of any operation can hold."""
    names, seen = set(), set()
    remaining = [
        part.get(key)
        for *_, operation, item in operations(document)
        for part in (operation, item)
        for key in keys
    ]
    while remaining:
        for _, ref in references(remaining.pop()):
            if ref not in seen:
                seen.add(ref)
                if steps(ref)[:2] == ["components", "schemas"]:
                    names.add(steps(ref)[2])
                remaining.append(resolve(document, {"$ref": ref}))
    return names
