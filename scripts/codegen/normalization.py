"""A document in the form that the generator takes whole, and that all other steps read.

Schemas are effective. Every class is a schema with a name of its own. Operations hold their
parameters, bodies and responses themselves. Names are Python's business and never change on the
wire.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from . import effective, enums, locations, names
from .document import Document
from .effective import makes_class
from .mending import require_sendable
from .names import UniqueNames, class_name
from .references import SCHEMAS, resolve


@dataclass
class Normalized:
    """A document that the generator can take, and what was done to it."""

    document: Document
    #: One line each: where, what and why.
    fixes: list[str] = field(default_factory=list)


def normalize(document: Document) -> Normalized:
    """Return a copy of a valid document in the one form."""
    result = Normalized(deepcopy(document))
    copy, fixes = result.document, result.fixes
    effective.resolve_schemas(copy, fixes)
    copy["openapi"] = "3.1.0"  # in which annotations stand beside a reference
    taken = names.name_schemas(copy, fixes)
    _name_inline_classes(copy, fixes, taken)
    enums.name_members(copy, fixes)
    _fill_operations(copy)
    return result


def _name_inline_classes(document: Document, fixes: list[str], taken: UniqueNames) -> None:
    """Move every inline class to the named schemas, and refer to it in its place.

    The names are those that the generator would make up, and here it is seen when two are the same.
    """
    schemas = locations.named(document)
    for location in list(locations.schemas(document)):
        schema = location.part
        if location.holder is schemas or not makes_class(schema):
            continue
        wanted = class_name(location.words)
        name = taken.take(wanted)
        if name != wanted:
            fixes.append(f"{location.where}: the name {wanted} is taken; its class becomes {name}")
        notes = {key: schema.pop(key) for key in _OF_THE_PLACE if key in schema}
        # The same object moves, so that what stands in it is still found where it was.
        document.setdefault("components", {}).setdefault("schemas", schemas)[name] = schema
        location.holder[location.key] = {"$ref": SCHEMAS + name, **notes}


#: Annotations of the place where a class is used, not of the class.
_OF_THE_PLACE = ("default", "deprecated", "nullable", "readOnly", "writeOnly")


def _fill_operations(document: Document) -> None:
    """Put into each operation what it refers to, and the parameters of its path."""
    for path, item in document.get("paths", {}).items():
        shared = item.get("parameters", ())
        for where, method, operation in locations.operations({"paths": {path: item}}):
            given = [
                resolve(document, part) for part in (*shared, *operation.get("parameters", ()))
            ]
            by_place = {(part["in"], part["name"]): part for part in given}
            operation["parameters"] = list(by_place.values())
            if item.get("servers"):
                operation.setdefault("servers", item["servers"])
            body = resolve(document, operation.get("requestBody"))
            if body:
                require_sendable(f"{method.upper()} {where}, body", body)
                operation["requestBody"] = body
            operation["responses"] = {
                str(status): _filled(document, response)
                for status, response in operation.get("responses", {}).items()
            }
    for item in document.get("paths", {}).values():
        item.pop("parameters", None)  # only now: references may lead there
    components = document.get("components", {})
    for kind in ("parameters", "requestBodies", "responses", "headers", "pathItems"):
        components.pop(kind, None)


def _filled(document: Document, response: Any) -> dict[str, Any]:
    resolved = dict(resolve(document, response))
    if resolved.get("headers"):
        resolved["headers"] = {
            name: resolve(document, header) for name, header in resolved["headers"].items()
        }
    return resolved
