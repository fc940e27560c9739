"""Where a document holds what: its operations, its media types, its schemas at any depth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .reading import Document

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not")
#: Where schemas stand of which the generator makes nothing.
UNREAD = (
    "patternProperties", "if", "then", "else", "dependentSchemas", "contains", "propertyNames", "unevaluatedItems",
    "unevaluatedProperties", "$defs", "definitions",
)  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A schema, and where it stands, so that it can be replaced there."""

    holder: Any
    key: Any
    #: The place, for people.
    where: str
    #: Words that a class of its own would be named by.
    words: str
    #: A part of an ``allOf``, whose fields become those of what holds it.
    merged: bool = False

    @property
    def schema(self) -> Any:
        """What stands there now."""
        return self.holder[self.key]


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Path, method, operation and path item of every operation, in the document's order."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method], item


def parameters(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every parameter where it stands itself, with its place."""
    found = [(f"parameter {name}", one) for name, one in _part(document, "parameters").items()]
    for path, item in document.get("paths", {}).items():
        found += [(f"{path}, parameter", one) for one in item.get("parameters") or ()]
    for path, method, operation, _ in operations(document):
        found += [(f"{method.upper()} {path}, parameter", one) for one in operation.get("parameters") or ()]
    for where, one in found:
        if isinstance(one, dict) and "$ref" not in one and isinstance(one.get("name"), str):
            yield (where if where.startswith("parameter ") else f"{where} {one['name']}"), one


def named(document: Document) -> dict[str, Any]:
    """The schemas that have a name."""
    return _part(document, "schemas")


def shape(path: str) -> str:
    """A path without the names of its parameters, which the generator may rewrite."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def roots(document: Document) -> Iterator[Spot]:
    """Every schema that stands in no other schema and has no name: of parameters, bodies, responses, their headers."""
    for path, method, operation, item in operations(document):
        name, where = operation.get("operationId", f"{method} {path}"), f"{method.upper()} {path}"
        yield from _parameters(operation.get("parameters"), name, where)
        if method == next(one for one in METHODS if one in item):
            yield from _parameters(item.get("parameters"), name, path)
        yield from _content(operation.get("requestBody"), f"{name} body", f"{where}, body")
        for status, response in operation.get("responses", {}).items():
            yield from _response(response, f"{name} response {status}", f"{where}, {status}")
    for name, parameter in _part(document, "parameters").items():
        yield from _parameters([parameter], "", f"parameter {name}")
    for name, body in _part(document, "requestBodies").items():
        yield from _content(body, f"{name} body", f"body {name}")
    for name, response in _part(document, "responses").items():
        yield from _response(response, name, f"response {name}")
    for name, header in _part(document, "headers").items():
        yield from _schema(header, name, f"header {name}")


def below(spot: Spot) -> Iterator[Spot]:
    """The schemas that stand directly in a schema."""
    schema = spot.schema
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    for name in properties if isinstance(properties, dict) else ():
        yield Spot(properties, name, f"{spot.where}.{name}", f"{spot.words} {name}")
    for key in _SINGLE:
        if isinstance(schema.get(key), dict):
            words = {"items": "item", "additionalProperties": "additional property", "not": "not"}[key]
            yield Spot(schema, key, f"{spot.where}.{key}", f"{spot.words} {words}")
    for key in _LISTS:
        for number in range(len(schema.get(key) or ())):
            words = spot.words if key == "allOf" else f"{spot.words} type {number}"
            yield Spot(schema[key], number, f"{spot.where}.{key}[{number}]", words, merged=key == "allOf")


def everything(document: Document) -> Iterator[Spot]:
    """Every schema of a document, at any depth, what holds it before what it holds."""
    schemas = named(document)
    left = [Spot(schemas, name, name, name) for name in schemas] + list(roots(document))
    left.reverse()
    while left:
        spot = left.pop()
        yield spot
        left.extend(reversed(list(below(spot))))


def contents(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """The media types of every body and response."""
    holders = [(f"body {name}", one) for name, one in _part(document, "requestBodies").items()]
    holders += [(f"response {name}", one) for name, one in _part(document, "responses").items()]
    for path, method, operation, _ in operations(document):
        where = f"{method.upper()} {path}"
        holders.append((f"{where}, body", operation.get("requestBody")))
        holders += [(f"{where}, {status}", one) for status, one in operation.get("responses", {}).items()]
    for where, holder in holders:
        if isinstance(holder, dict) and isinstance(holder.get("content"), dict):
            yield where, holder["content"]


def _part(document: Document, name: str) -> dict[str, Any]:
    found = (document.get("components") or {}).get(name)
    return found if isinstance(found, dict) else {}


def _parameters(parameters: Any, name: str, where: str) -> Iterator[Spot]:
    for parameter in parameters or ():
        if isinstance(parameter, dict) and "$ref" not in parameter:
            words = f"{name} {parameter.get('name', '')}"
            yield from _schema(parameter, words, f"{where}, parameter {parameter.get('name')}")
            yield from _content(parameter, words, f"{where}, parameter {parameter.get('name')}")


def _response(response: Any, words: str, where: str) -> Iterator[Spot]:
    if isinstance(response, dict) and "$ref" not in response:
        yield from _content(response, words, where)
        for name, header in (response.get("headers") or {}).items():
            yield from _schema(header, f"{words} {name}", f"{where}, header {name}")
            yield from _content(header, f"{words} {name}", f"{where}, header {name}")


def _content(holder: Any, words: str, where: str) -> Iterator[Spot]:
    if isinstance(holder, dict):
        for part in (holder.get("content") or {}).values():
            yield from _schema(part, words, where)


def _schema(holder: Any, words: str, where: str) -> Iterator[Spot]:
    if isinstance(holder, dict) and isinstance(holder.get("schema"), dict):
        yield Spot(holder, "schema", where, words)
