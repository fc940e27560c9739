"""A comparison of two normalized documents, as changes for users.

Every class is a named schema there, and names are those of the documents.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import facts
from .document import Document
from .locations import beginnings, named, operations, shape
from .names import bindings_names
from .references import references, resolve, schema_name
from .report import MARKS, Change, Mark
from .schema_comparison import RECEIVED, SENT, SchemaComparison, Use, compare_required

#: For each operation its place, its own members, its inputs and its responses.
_Operations = dict[tuple[str, str], tuple[str, dict[str, Any]]]


def compare(old: Document, new: Document) -> list[Change]:
    """Return every change from one normalized document to another, in order of mark and place."""
    before, after = _by_path(old), _by_path(new)
    pairs, schemas = _pairs(before, after), _schemas(old, new)
    changes = {
        *_whole(old, new),
        *_operations(schemas, before, after, pairs),
        *_named_schemas(schemas),
        *_unchecked(old, new),
    }
    return sorted(changes, key=lambda change: (MARKS.index(change.mark), change.where, change.what))


def renamed(old: Document, new: Document) -> dict[str, str]:
    """Return the classes that have another name in the new document."""
    names = bindings_names(named(old)), bindings_names(named(new))
    found = _schemas(old, new).renamed
    return {names[0][was]: names[1][now] for was, now in found.items()}


def _schemas(old: Document, new: Document) -> SchemaComparison:
    """Return the comparison of the schemas, which knows those that were renamed."""
    schemas, before, after = SchemaComparison(old, new), _by_path(old), _by_path(new)
    for left, right in _pairs(before, after).items():
        for was, now in _schemas_in_both(before[left][1], after[right][1]):
            schemas.find_renamed(was, now)
    for name in named(old).keys() & named(new).keys():
        schemas.find_renamed(named(old)[name], named(new)[name])
    return schemas


# --- the document as a whole


def _whole(old: Document, new: Document) -> Iterator[Change]:
    urls = [[server.get("url") for server in part.get("servers") or ()] for part in (old, new)]
    for url in urls[0]:
        if url not in urls[1]:
            yield Change("behaviour", "servers", f"{url} removed")
    for url in urls[1]:
        if url not in urls[0]:
            yield Change("behaviour", "servers", f"{url} added")
    schemes = [part.get("components", {}).get("securitySchemes") or {} for part in (old, new)]
    for name in schemes[0].keys() | schemes[1].keys():
        was, now = schemes[0].get(name), schemes[1].get(name)
        if was != now:
            verb = "added" if was is None else "removed" if now is None else "changed"
            mark: Mark = "behaviour" if was is None else "breaking"
            yield Change(mark, f"security scheme {name}", verb)
    if old.get("security") != new.get("security"):
        yield Change("behaviour", "security", "what every operation asks for changed")


def _unchecked(old: Document, new: Document) -> Iterator[Change]:
    known = set(facts.unchecked_limits(old))
    for limit in facts.unchecked_limits(new):
        if limit not in known:
            where, _, what = limit.rpartition(": ")
            yield Change("breaking", where, f"{what} is not checked before sending")


# --- operations


def _pairs(before: _Operations, after: _Operations) -> dict[tuple[str, str], tuple[str, str]]:
    """Return which operation is which: by method and path, or by its id."""
    pairs = {key: key for key in before.keys() & after.keys()}
    ids = {after[key][1]["operationId"]: key for key in after.keys() - before.keys()}
    for key in before.keys() - after.keys():
        other = ids.get(before[key][1]["operationId"])
        if other is not None and other[0] == key[0]:
            pairs[key] = other
    return pairs


def _schemas_in_both(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the schemas that stand in one place of both operations."""
    for part in ("inputs", "responses"):
        for key in was[part].keys() & now[part].keys():
            left, right = was[part][key], now[part][key]
            if part == "inputs":
                left, right = left[1], right[1]
            yield left.get("schema"), right.get("schema")
            kinds = _by_kind(left), _by_kind(right)
            for kind in kinds[0].keys() & kinds[1].keys():
                yield kinds[0][kind], kinds[1][kind]


def _operations(
    schemas: SchemaComparison,
    before: _Operations,
    after: _Operations,
    pairs: Mapping[tuple[str, str], tuple[str, str]],
) -> Iterator[Change]:
    for key in before.keys() - pairs.keys():
        yield Change("breaking", before[key][0], "operation removed")
    for key in after.keys() - set(pairs.values()):
        yield Change("compatible", after[key][0], "operation added")
    for key, other in pairs.items():
        (was_where, was), (where, now) = before[key], after[other]
        if key != other:
            before_it, now_it = beginnings(was_where.partition(" ")[2], where.partition(" ")[2])
            yield Change("breaking", where, f"its path begins with {now_it}, not {before_it}")
        if was["operationId"] != now["operationId"]:
            what = f"operationId {was['operationId']} becomes {now['operationId']}"
            yield Change("breaking", where, what)
        for name in ("deprecated", "security", "servers"):
            if was[name] != now[name]:
                yield Change("behaviour", where, f"{name} {was[name]} becomes {now[name]}")
        yield from _inputs(schemas, where, was["inputs"], now["inputs"])
        yield from _responses(schemas, where, was["responses"], now["responses"])


def _by_path(document: Document) -> _Operations:
    """Return operations by method and path.

    Parameters of the path go by their place in it: their names do not go over the wire.
    """
    by_path = {}
    for path, method, operation in operations(document):
        inputs = {}
        places = [name[1:-1] for name in re.findall(r"\{[^{}]*\}", path)]
        for parameter in operation["parameters"]:
            label = f"{parameter['in']} parameter {parameter['name']}"
            inputs[parameter["in"], _key(parameter, places)] = label, parameter
        if operation.get("requestBody"):
            inputs["body", ""] = "body", operation["requestBody"]
        parts = {
            "operationId": operation["operationId"],
            "deprecated": operation.get("deprecated", False),
            "security": operation.get("security"),
            "servers": [server.get("url") for server in operation.get("servers") or ()] or None,
            "inputs": inputs,
            "responses": operation["responses"],
        }
        by_path[method, shape(path)] = f"{method.upper()} {path}", parts
    return by_path


def _key(parameter: Mapping[str, Any], places: list[str]) -> str:
    name: str = parameter["name"]
    if parameter["in"] == "path" and name in places:
        return str(places.index(name))
    return name.lower() if parameter["in"] == "header" else name


def _inputs(
    schemas: SchemaComparison, where: str, was: Mapping[Any, Any], now: Mapping[Any, Any]
) -> Iterator[Change]:
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
        if left.get("deprecated", False) != right.get("deprecated", False):
            yield Change("behaviour", place, f"deprecated becomes {right.get('deprecated', False)}")
        yield from schemas.compare(left.get("schema"), right.get("schema"), place, SENT)
        yield from _contents(schemas, place, left, right, SENT)


def _responses(
    schemas: SchemaComparison, where: str, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Change]:
    for status in was.keys() - now.keys():
        yield Change("behaviour", where, f"response {status} removed")
    for status in now.keys() - was.keys():
        yield Change("behaviour", where, f"response {status} added")
    for status in was.keys() & now.keys():
        label = f"{where}, response {status}"
        before, after = _headers(was[status]), _headers(now[status])
        for key in before.keys() - after.keys():
            yield Change("behaviour", label, f"header {before[key][0]} removed")
        for key in after.keys() - before.keys():
            yield Change("compatible", label, f"header {after[key][0]} added")
        for key in before.keys() & after.keys():
            (_, left), (name, right) = before[key], after[key]
            place = f"{label}, header {name}"
            yield from schemas.compare(left.get("schema"), right.get("schema"), place, RECEIVED)
        yield from _contents(schemas, label, was[status], now[status], RECEIVED)


def _headers(response: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Return the headers of a response by their names without case, each with its own name."""
    headers = (response.get("headers") or {}).items()
    return {name.lower(): (name, header) for name, header in headers}


def _contents(
    schemas: SchemaComparison, where: str, was: Mapping[str, Any], now: Mapping[str, Any], use: Use
) -> Iterator[Change]:
    before, after = _by_kind(was), _by_kind(now)
    added: Mark = "compatible" if use.sent else "behaviour"
    for kind in before.keys() - after.keys():
        yield Change("breaking", where, f"media type {kind} removed")
    for kind in after.keys() - before.keys():
        yield Change(added, where, f"media type {kind} added")
    for kind in before.keys() & after.keys():
        yield from schemas.compare(before[kind], after[kind], where, use)


def _by_kind(holder: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schemas of a body or response by media type, without its parameters."""
    content = holder.get("content") or {}
    return {kind.partition(";")[0].strip(): part.get("schema") for kind, part in content.items()}


# --- named schemas


def _named_schemas(schemas: SchemaComparison) -> Iterator[Change]:
    before, after, renamed = named(schemas.old), named(schemas.new), schemas.renamed
    sent = _reached(schemas.old, SENT) | _reached(schemas.new, SENT)
    received = _reached(schemas.old, RECEIVED) | _reached(schemas.new, RECEIVED)
    for name in before.keys() - after.keys() - renamed.keys():
        mark: Mark = "behaviour" if "enum" in before[name] else "breaking"
        yield Change(mark, name, "schema removed")
    for name in after.keys() - before.keys() - set(renamed.values()):
        yield Change("compatible", name, "schema added")
    classes = bindings_names(before), bindings_names(after)
    for name, other in renamed.items():
        # Where an enum stands, and under which name, is seen by nobody who writes its values.
        same = "enum" in before[name] or classes[0][name] == classes[1][other]
        mark = "compatible" if same else "breaking"
        yield Change(mark, other, f"schema {name} becomes {other}")
    pairs = {name: name for name in before.keys() & after.keys()} | renamed
    for name, other in pairs.items():
        unused = not {name, other} & (sent | received)  # then nothing is known of its use
        is_sent, is_received = bool({name, other} & sent), bool({name, other} & received)
        use = Use(unused or is_sent, unused or is_received)
        yield from schemas.compare_class(name, other, use)


def _reached(document: Document, use: Use) -> set[str]:
    """Return the classes that the requests, or the responses, of any operation can hold."""
    keys = ("parameters", "requestBody") if use.sent else ("responses",)
    parts = [
        {key: operation[key] for key in keys if key in operation}
        for _, _, operation in operations(document)
    ]
    paths = {str(number): {"get": part} for number, part in enumerate(parts)}
    names = set[str]()
    remaining: list[Document] = [{"paths": paths}]
    while remaining:
        for _, ref in references(remaining.pop()):
            name = schema_name(ref) or ""
            if name not in names:
                names.add(name)
                found = resolve(document, {"$ref": ref})
                remaining.append({"components": {"schemas": {name: found}}})
    return names
