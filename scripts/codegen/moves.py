"""Places of the present document, found again in a newer one where that is certain."""

from collections.abc import Iterator, Mapping
from typing import Any

from .document import Document, RegenerationError
from .locations import METHODS, shape
from .references import schema_name, steps

#: The way to a value: a key or an index for each step.
JsonPath = tuple[int | str, ...]


def moved(old: Document, new: Document, path: JsonPath) -> JsonPath | None:
    """Return where a place of the old document is in the new one, ``None`` where that is open.

    Paths go by their operations, schemas by where they are used, and media types without their
    parameters. References and the parts of an ``allOf`` are followed.
    """
    return _moved(old, new, path, frozenset())


def paths(node: Any, path: JsonPath = ()) -> Iterator[tuple[JsonPath, Any]]:
    """Yield every value in a document with the way to it."""
    yield path, node
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from paths(child, (*path, key))


def _moved(old: Document, new: Document, path: JsonPath, asked: frozenset[str]) -> JsonPath | None:
    """Return the new place. The schemas whose use is being asked for are not asked for again."""
    left: Any = old
    right: Any = new
    way: JsonPath = ()
    try:
        for number, step in enumerate(path):
            left, _ = _followed(old, left, ())
            right, way = _followed(new, right, way)
            key: int | str | None
            if path[:number] == ("paths",):
                key = _same_path(left, right, str(step))
            elif path[:number] == ("components", "schemas"):
                key = step if step in right else _same_schema(old, new, str(step), asked)
            elif path[number - 1] == "content":
                key = _same_media_type(right, str(step))
            elif step == "properties" and step not in right:
                part = _part_with(new, right, path[number + 1])
                right, way = _followed(new, right["allOf"][part], (*way, "allOf", part))
                key = step
            else:
                key = step
            if key is None:
                return None
            left, right, way = left[step], right[key], (*way, key)
    except (AttributeError, LookupError, TypeError, StopIteration, RegenerationError):
        return None  # it is not there
    return way


def _followed(document: Document, node: Any, way: JsonPath) -> tuple[Any, JsonPath]:
    while isinstance(node, Mapping) and "$ref" in node:
        way = tuple(steps(node["$ref"]))
        node = document
        for step in way:
            node = node[step]
    return node, way


def _same_path(left: Any, right: Any, path: str) -> str | None:
    def ids(item: Any) -> set[Any]:
        return {item[method].get("operationId") for method in METHODS if method in item} - {None}

    alike = [name for name in right if shape(name) == shape(path)]
    alike = alike or [name for name, item in right.items() if ids(item) & ids(left[path])]
    return alike[0] if len(alike) == 1 else None


def _same_schema(old: Document, new: Document, name: str, asked: frozenset[str]) -> str | None:
    """Return the one schema that stands where the old one is used."""
    if name in asked:
        return None
    found = set()
    for path, node in paths(old):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            place = None
            if schema_name(node["$ref"]) == name:
                place = _moved(old, new, path, asked | {name})
            if place is not None:
                target: Any = new
                for step in place:
                    target = target[step]
                if "allOf" in target and len(target["allOf"]) == 1:
                    target = target["allOf"][0]
                found.add(schema_name(target.get("$ref", "")))
    return found.pop() if len(found) == 1 else None


def _same_media_type(content: dict[str, Any], kind: str) -> str:
    return next(name for name in content if _bare(name) == _bare(kind))


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _part_with(document: Document, schema: Any, field: Any) -> int:
    for number, part in enumerate(schema["allOf"]):
        if field in _followed(document, part, ())[0].get("properties", ()):
            return number
    raise KeyError(field)
