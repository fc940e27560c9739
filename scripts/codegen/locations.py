"""Locations in a document: one walk through all of its parts, by the grammar of OpenAPI."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from .document import Document

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: The operations, parameters and so on that a part holds: one, a list of them, or some by name.
#: Data, such as examples, is no part, and a "$ref" in it is a name like any other.
_GRAMMAR: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "document": (
        ("components", "one", "components"),
        ("paths", "named", "path"),
        ("webhooks", "named", "path"),
    ),
    "components": (
        ("schemas", "named", "schema"),
        ("parameters", "named", "parameter"),
        ("requestBodies", "named", "body"),
        ("responses", "named", "response"),
        ("headers", "named", "header"),
        ("pathItems", "named", "path"),
    ),
    "path": (
        ("parameters", "list", "parameter"),
        *((method, "one", "operation") for method in METHODS),
    ),
    "operation": (
        ("parameters", "list", "parameter"),
        ("requestBody", "one", "body"),
        ("responses", "named", "response"),
    ),
    "parameter": (("schema", "one", "schema"), ("content", "named", "media type")),
    "header": (("schema", "one", "schema"), ("content", "named", "media type")),
    "body": (("content", "named", "media type"),),
    "response": (("headers", "named", "header"), ("content", "named", "media type")),
    "media type": (("schema", "one", "schema"),),
    "schema": (
        ("properties", "named", "schema"),
        *((key, "one", "schema") for key in ("items", "additionalProperties", "not")),
        *((key, "list", "schema") for key in ("allOf", "anyOf", "oneOf", "prefixItems")),
        # Keywords that the generator does not read.
        *((key, "one", "schema") for key in ("if", "then", "else", "contains", "propertyNames")),
        *((key, "named", "schema") for key in ("patternProperties", "$defs", "dependentSchemas")),
    ),
}


@dataclass(frozen=True)
class Location:
    """A part of a document with its place, so that it can be replaced there."""

    kind: str
    holder: Any
    key: Any
    #: The place, for people.
    where: str
    #: The words that name a class that stands here.
    words: str
    #: The kind of the part that it stands in.
    inside: str = ""

    @property
    def part(self) -> Any:
        """Return the part that stands there now."""
        return self.holder[self.key]


def walk(document: Document) -> Iterator[Location]:
    """Yield every part of a document, a holder before what it holds then."""
    root = Location("document", {"": document}, "", "", "")
    remaining = [root]
    while remaining:
        location = remaining.pop()
        if location is not root:
            yield location
        remaining.extend(reversed(list(_inner(location))))


def schemas(document: Document) -> Iterator[Location]:
    """Yield every schema at any depth, without the mere ``true`` and ``false``."""
    for location in walk(document):
        if location.kind == "schema" and isinstance(location.part, dict):
            yield location


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation of every operation."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def named(document: Document) -> dict[str, Any]:
    """Return the schemas that have a name."""
    found = (document.get("components") or {}).get("schemas")
    return found if isinstance(found, dict) else {}


def shape(path: str) -> str:
    """Return a path without the names of its parameters, which the generator may rewrite."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def beginnings(was: str, now: str) -> tuple[str, str]:
    """Return the parts in which two paths differ, without the segments that both end with."""
    left, right = was.split("/"), now.split("/")
    while len(left) > 1 and len(right) > 1 and left[-1] == right[-1]:
        left.pop()
        right.pop()
    return "/".join(left), "/".join(right)


def _inner(location: Location) -> Iterator[Location]:
    part = location.part
    if not isinstance(part, dict):
        return
    for keyword, form, kind in _GRAMMAR[location.kind]:
        holder = part.get(keyword)
        if form == "one" and keyword in part:
            yield _at(location, kind, part, keyword, keyword)
        elif form == "list" and isinstance(holder, list):
            for number in range(len(holder)):
                yield _at(location, kind, holder, number, keyword)
        elif form == "named" and isinstance(holder, dict):
            for name in holder:
                if kind not in ("path", "response") or not name.startswith("x-"):
                    yield _at(location, kind, holder, name, keyword)


def _at(parent: Location, kind: str, holder: Any, key: Any, keyword: str) -> Location:
    where, words = parent.where, parent.words
    part = holder[key] if isinstance(holder[key], dict) else {}
    if parent.kind == "schema":
        item = {"items": "item", "additionalProperties": "additional property", "not": "not"}
        if keyword == "properties":
            where, words = f"{where}.{key}", f"{words} {key}"
        else:
            where += f".{keyword}" if key == keyword else f".{keyword}[{key}]"
            more = "" if keyword == "allOf" else f" type {key}"
            words += f" {item[keyword]}" if keyword in item else more
    elif parent.kind in ("document", "components"):
        where = key if kind in ("schema", "path") else f"{kind} {key}"
        words = "" if kind in ("parameter", "path", "components") else key
        words += " body" if kind == "body" else ""
    elif kind == "operation":
        words = part.get("operationId") or f"{key} {where}"
        where = f"{key.upper()} {where}"
    elif kind == "parameter":
        where, words = f"{where}, parameter {part.get('name')}", f"{words} {part.get('name', '')}"
    elif kind == "response":
        where, words = f"{where}, {key}", f"{words} response {key}"
    elif kind == "header":
        where, words = f"{where}, header {key}", f"{words} {key}"
    elif kind == "body":
        where, words = f"{where}, body", f"{words} body"
    return Location(kind, holder, key, where, words, parent.kind)
