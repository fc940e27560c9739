"""Formal faults, mended by rule and listed. Nothing changes in what is generated or sent."""

import operator
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

from . import enums, names
from .document import Document, RegenerationError
from .locations import walk
from .references import resolve

#: Extensions that the generator's templates read.
_OWN_EXTENSIONS: Final = ("x-personal", "x-enum-varnames")
_COUNTS: Final = (
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
)  # fmt: skip
_BOUNDS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
#: Statuses of responses without a body.
_BODILESS: Final = ("204", "205", "304")
#: Annotations that JSON Schema has and OpenAPI 3.0 has not.
_ONLY_3_1: Final = (
    "examples", "$comment", "$id", "$schema", "$anchor", "contentEncoding", "contentMediaType",
)  # fmt: skip


def mend(document: Document, fixes: list[str]) -> Document:
    """Return a copy of a document without its formal faults. Add a line for each of them."""
    copy = deepcopy(document)
    _mend_versions(copy, fixes)
    _inline_path_items(copy, fixes)
    _drop_incoming(copy, fixes)
    extensions = _drop_extensions(copy)
    if extensions:
        fixes.append(f"x- extensions in {extensions} places: are for other tools, and left out")
    rules = {
        "operation": _mend_operation,
        "parameter": _mend_parameter,
        "header": _mend_header,
        "response": _mend_response,
        "body": _mend_body,
        "schema": _mend_schema if _is_3_0(copy) else _mend_limits,
    }
    for location in walk(copy):
        if isinstance(location.part, dict) and location.kind in rules:
            fixes += (f"{location.where}: {what}" for what in rules[location.kind](location.part))
            if location.key in _BODILESS and location.part.pop("content", None):
                fixes.append(f"{location.where}: has no body, by RFC 9110, section 15")
    names.name_operations(copy, fixes)
    enums.normalize(copy, fixes)
    return copy


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON, with or without parameters (RFC 6839, section 3.1)."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _is_3_0(document: Document) -> bool:
    return str(document.get("openapi")).startswith("3.0")


def _mend_versions(document: Document, fixes: list[str]) -> None:
    """Read numbers as text: 3.1 and 1.0 are no numbers where a version stands."""
    info = document.get("info")
    for holder, key in ((document, "openapi"), (info if isinstance(info, dict) else {}, "version")):
        if isinstance(holder.get(key), int | float) and not isinstance(holder[key], bool):
            holder[key] = str(holder[key])
            fixes.append(f"{key}: the number {holder[key]} is read as text")
    if document.get("openapi") in ("3.0", "3.1"):
        document["openapi"] += ".0"


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
    (document.get("components") or {}).pop("callbacks", None)
    fixes.extend(
        f"{location.where}: its callbacks are no requests of a client, and left out"
        for location in walk(document)
        if location.kind == "operation" and location.part.pop("callbacks", None)
    )


def _drop_extensions(document: Document) -> int:
    """Drop ``x-`` members, which some tools take for parts, and return how many there were."""
    dropped = 0
    holders = {id(document): document}
    for location in walk(document):
        if isinstance(location.part, dict):
            holders[id(location.part)] = location.part
            own = {"operation": "responses", "schema": "discriminator"}.get(location.kind, "")
            if isinstance(location.part.get(own), dict):
                holders[id(location.part[own])] = location.part[own]
    paths = document.get("paths")
    for holder in [*holders.values(), paths if isinstance(paths, dict) else {}]:
        for key in list(holder):
            if str(key).startswith("x-") and key not in _OWN_EXTENSIONS:
                del holder[key]
                dropped += 1
    return dropped


# --- one kind of part each: what is wrong with it is mended, and said


def _mend_operation(operation: dict[str, Any]) -> Iterator[str]:
    if not operation.get("responses"):
        operation["responses"] = {"default": {"description": ""}}
        yield "declares no response; any is taken"


def _mend_parameter(parameter: dict[str, Any]) -> Iterator[str]:
    if parameter.get("in") == "path" and parameter.get("required") is not True:
        parameter["required"] = True
        yield "is required, as every parameter in a path"
    yield from _mend_header(parameter)


def _mend_header(header: dict[str, Any]) -> Iterator[str]:
    if not {"$ref", "schema", "content"} & header.keys():
        header["schema"] = {"type": "string"}
        yield "has no schema; it is text"


def _mend_response(response: dict[str, Any]) -> Iterator[str]:
    if "$ref" not in response and "description" not in response:
        response["description"] = ""
        yield "has no description"
    content: Any = response.get("content")
    yield from _name_media_type(content)
    if not isinstance(content, dict):
        return
    for kind in list(content):
        if not (is_json(kind) or kind.startswith(("text/", "application/octet-stream"))):
            del content[kind]
            yield f"{kind} is not read; the answer's content holds it as it came"


def _mend_body(body: dict[str, Any]) -> Iterator[str]:
    content = body.get("content")
    if not isinstance(content, dict):
        return
    yield from _name_media_type(content)
    for kind, part in content.items():
        if is_json(kind) and isinstance(part, dict) and "schema" not in part:
            part["schema"] = {}
            yield f"{kind} has no schema; any value is taken"
    # Plain JSON comes before other types of it, such as application/problem+json.
    kinds = sorted(content, key=lambda kind: not kind.startswith("application/json"))
    chosen = next((kind for kind in kinds if is_json(kind)), None)
    if chosen is not None and len(content) > 1:
        others = ", ".join(kind for kind in content if kind != chosen)
        body["content"] = {chosen: content[chosen]}
        yield f"is sent as {chosen}; {others} is left out"


def _name_media_type(content: Any) -> Iterator[str]:
    """Read ``*/*``, which says nothing, as JSON, which this API sends."""
    if isinstance(content, dict) and "*/*" in content and "application/json" not in content:
        content["application/json"] = content.pop("*/*")
        yield "the media type */* is read as application/json"


def _mend_limits(schema: dict[str, Any]) -> Iterator[str]:
    for key in (*_COUNTS, *_BOUNDS):
        value = schema.get(key)
        if isinstance(value, float) and value.is_integer():
            schema[key] = int(value)
            yield f"its {key} {value} is the whole number {schema[key]}"
        elif isinstance(value, str) and value.isdecimal():
            schema[key] = int(value)
            yield f"its {key} {value!r} is a number"


def _mend_schema(schema: dict[str, Any]) -> Iterator[str]:
    """Spell in the way of OpenAPI 3.0 what is spelled as in 3.1."""
    yield from _mend_limits(schema)
    for foreign in _ONLY_3_1:
        if foreign not in schema:
            continue
        del schema[foreign]
        yield f"{foreign} is no part of OpenAPI 3.0, and left out"
    if schema.get("required") == []:
        del schema["required"]
        yield "an empty list of required fields is left out"
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
        yield "its const is an enum of one value in OpenAPI 3.0"
    yield from _mend_types(schema)
    for key, limit, tighter in (
        ("exclusiveMinimum", "minimum", operator.ge),
        ("exclusiveMaximum", "maximum", operator.le),
    ):
        value = schema.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        if limit not in schema or tighter(value, schema[limit]):
            schema[limit], schema[key] = value, True
        else:
            del schema[key]  # the other limit implies it
        yield f"its {key} {value} is spelled as in OpenAPI 3.0"


def _mend_types(schema: dict[str, Any]) -> Iterator[str]:
    kinds = schema.get("type")
    if isinstance(kinds, list):
        others = [kind for kind in kinds if kind != "null"]
        del schema["type"]
        if len(others) < len(kinds):
            schema["nullable"] = True
        if len(others) == 1:
            schema["type"] = others[0]
        elif others:
            union = {"anyOf": [{"type": kind} for kind in others]}
            if "anyOf" in schema or "oneOf" in schema:  # it is one more condition
                schema.setdefault("allOf", []).append(union)
            else:
                schema.update(union)
        yield f"its types {', '.join(map(str, kinds))} are spelled as in OpenAPI 3.0"


def require_sendable(where: str, body: dict[str, Any]) -> None:
    """Refuse a body that the bindings cannot send."""
    for kind in body.get("content") or {}:
        if not is_json(kind) and kind.partition(";")[0] != "application/x-www-form-urlencoded":
            raise RegenerationError(f"{where}: the bindings cannot send {kind}")
