"""Locations in a document: its operations, parameters, media types, and schemas at any depth."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .document import Document

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: Keywords that hold one schema, with the word for a class that stands there.
_SINGLE: Final = {"items": "item", "additionalProperties": "additional property", "not": "not"}
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")


@dataclass(frozen=True)
class SchemaLocation:
    """A schema with its place, so that it can be replaced there."""

    holder: Any
    key: Any
    #: The place, for people.
    where: str
    #: The words that name a class of its own.
    words: str
    #: Whether it is a part of an ``allOf``, whose fields become those of the holder.
    merged: bool = False

    @property
    def schema(self) -> Any:
        """Return the schema that stands there now."""
        return self.holder[self.key]


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Yield path, method, operation and path item of every operation."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method], item


def named(document: Document) -> dict[str, Any]:
    """Return the schemas that have a name."""
    return _part(document, "schemas")


def types(schema: Mapping[str, Any]) -> list[str]:
    """Return the types of a schema, without null. One that has properties is an object."""
    given = schema.get("type", "object" if schema.get("properties") else None)
    listed = given if isinstance(given, list) else [given]
    return [kind for kind in listed if kind not in (None, "null")]


def shape(path: str) -> str:
    """Return a path without the names of its parameters, which the generator may rewrite."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def every_schema(document: Document) -> Iterator[SchemaLocation]:
    """Yield every schema at any depth, a holder before what it holds."""
    schemas = named(document)
    remaining = [SchemaLocation(schemas, name, name, name) for name in schemas]
    remaining += _roots(document)
    remaining.reverse()
    while remaining:
        location = remaining.pop()
        yield location
        remaining.extend(reversed(list(_inner(location))))


def media_types(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the ``content`` of every body and response, with its place."""
    bodies, responses = _part(document, "requestBodies"), _part(document, "responses")
    holders = [(f"body {name}", body) for name, body in bodies.items()]
    holders += [(f"response {name}", response) for name, response in responses.items()]
    for path, method, operation, _ in operations(document):
        where = f"{method.upper()} {path}"
        holders.append((f"{where}, body", operation.get("requestBody")))
        holders += [(f"{where}, {status}", answer) for status, answer in _responses(operation)]
    for where, holder in holders:
        if isinstance(holder, dict) and isinstance(holder.get("content"), dict):
            yield where, holder["content"]


def _roots(document: Document) -> Iterator[SchemaLocation]:
    """Yield every schema that stands in no other schema and has no name."""
    for path, method, operation, item in operations(document):
        name, where = operation.get("operationId", f"{method} {path}"), f"{method.upper()} {path}"
        yield from _in_parameters(operation.get("parameters"), name, where)
        if method == next(name for name in METHODS if name in item):
            yield from _in_parameters(item.get("parameters"), name, path)
        yield from _in_content(operation.get("requestBody"), f"{name} body", f"{where}, body")
        for status, response in _responses(operation):
            yield from _in_response(response, f"{name} response {status}", f"{where}, {status}")
    for name, parameter in _part(document, "parameters").items():
        yield from _in_parameters([parameter], "", f"parameter {name}")
    for name, body in _part(document, "requestBodies").items():
        yield from _in_content(body, f"{name} body", f"body {name}")
    for name, response in _part(document, "responses").items():
        yield from _in_response(response, name, f"response {name}")
    for name, header in _part(document, "headers").items():
        yield from _in_holder(header, name, f"header {name}")


def _inner(location: SchemaLocation) -> Iterator[SchemaLocation]:
    """Yield the schemas that stand directly in a schema."""
    schema, where, words = location.schema, location.where, location.words
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    for name in properties if isinstance(properties, dict) else ():
        yield SchemaLocation(properties, name, f"{where}.{name}", f"{words} {name}")
    for key, word in _SINGLE.items():
        if isinstance(schema.get(key), dict):
            yield SchemaLocation(schema, key, f"{where}.{key}", f"{words} {word}")
    for key in _LISTS:
        for number in range(len(schema.get(key) or ())):
            merged = key == "allOf"
            inner_words = words if merged else f"{words} type {number}"
            place = f"{where}.{key}[{number}]"
            yield SchemaLocation(schema[key], number, place, inner_words, merged=merged)


def _part(document: Document, name: str) -> dict[str, Any]:
    part = (document.get("components") or {}).get(name)
    return part if isinstance(part, dict) else {}


def _responses(operation: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(operation.get("responses", {}).items())


def _in_parameters(parameters: Any, name: str, where: str) -> Iterator[SchemaLocation]:
    for parameter in parameters or ():
        if isinstance(parameter, dict) and "$ref" not in parameter:
            words = f"{name} {parameter.get('name', '')}"
            place = f"{where}, parameter {parameter.get('name')}"
            yield from _in_holder(parameter, words, place)


def _in_response(response: Any, words: str, where: str) -> Iterator[SchemaLocation]:
    if isinstance(response, dict) and "$ref" not in response:
        yield from _in_content(response, words, where)
        for name, header in (response.get("headers") or {}).items():
            yield from _in_holder(header, f"{words} {name}", f"{where}, header {name}")


def _in_holder(holder: Any, words: str, where: str) -> Iterator[SchemaLocation]:
    """Yield the schemas of a parameter or header, which has one itself or in its content."""
    if isinstance(holder, dict) and isinstance(holder.get("schema"), dict):
        yield SchemaLocation(holder, "schema", where, words)
    yield from _in_content(holder, words, where)


def _in_content(holder: Any, words: str, where: str) -> Iterator[SchemaLocation]:
    if isinstance(holder, dict):
        for part in (holder.get("content") or {}).values():
            if isinstance(part, dict) and isinstance(part.get("schema"), dict):
                yield SchemaLocation(part, "schema", where, words)
