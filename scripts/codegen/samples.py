"""Samples of effective schemas: values that fit, and for each limit one that does not."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import partial
from typing import Any, Final

from .document import Document
from .facts import integer_range
from .references import resolve, schema_name

#: The way to a value: a field or an index for each step.
_Way = tuple[int | str, ...]

_FORMATS: Final = {
    "uuid": "f3392f8b-6116-4073-ab96-e330819e2c07",
    "date": "2020-09-29",
    "date-time": "2020-09-29T14:39:58+00:00",
    "email": "a@example.com",
    "uri": "https://example.com/",
}
#: For each limit what is beyond it, and how to get there.
_BROKEN: Final[Mapping[str, tuple[str, Callable[[Any, Any], Any]]]] = {
    "maxLength": ("over", lambda _, limit: "x" * (limit + 1)),
    "minLength": ("under", lambda _, limit: "x" * (limit - 1)),
    "maximum": ("over", lambda _, limit: limit + 1),
    "minimum": ("under", lambda _, limit: limit - 1),
    "maxItems": ("over", lambda value, limit: value[:1] * (limit + 1)),
    "minItems": ("under", lambda value, limit: value[:1] * (limit - 1)),
}
_SIZES: Final = ("minLength", "maxLength", "minItems", "maxItems")
_IDLE_AT_ZERO: Final = ("minLength", "minItems")
#: Characters or items that a sample has at most, or it would take minutes to make and to send.
_LARGEST: Final = 10_000
_MOST_ITEMS: Final = 100
#: A value of another type.
_STRANGE: Final[Mapping[str, Any]] = {
    "string": 5, "integer": "x", "number": "x", "boolean": "x", "array": {"x": 1}, "object": "x",
}  # fmt: skip


def sample(
    document: Document,
    schema: Any,
    inside: tuple[str, ...] = (),
    *,
    is_sent: bool = True,
    is_least: bool = False,
) -> Any:
    """Return a value that fits, with all of its fields, and with one item in each list.

    Args:
        document: a normalized document.
        schema: an effective schema of it.
        inside: the classes that hold the value, to end where one holds itself.
        is_sent: whether a number may be a whole one, which is all that the facade sends.
        is_least: whether only the required fields are there.
    """
    make = partial(sample, document, is_sent=is_sent, is_least=is_least)
    if "$ref" in schema:
        inside = (*inside, schema_name(schema["$ref"]) or "")
        schema = resolve(document, schema)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return make(schema["anyOf"][0], inside)
    kind = schema.get("type")
    if kind == "object":
        return {
            name: make(part, inside)
            for name, part in (schema.get("properties") or {}).items()
            if not _holds(part, inside) and (not is_least or name in schema.get("required", ()))
        }
    if kind == "array":
        items = schema.get("items") or {}
        size = 0 if _holds(items, inside) else min(max(1, schema.get("minItems", 0)), _MOST_ITEMS)
        return [make(items, inside) for _ in range(size)]
    if kind in ("integer", "number"):
        one = 1 if is_sent or kind == "integer" else 1.5
        return min(max(one, schema.get("minimum", one)), schema.get("maximum", one))
    return True if kind == "boolean" else _text_sample(schema)


def _text_sample(schema: Mapping[str, Any]) -> str:
    example = schema.get("example")  # it is more likely to be what the facade expects than "text"
    text = _FORMATS.get(schema.get("format", ""), "text")
    if "format" not in schema and isinstance(example, str) and example:
        text = example
    longest: int | None = schema.get("maxLength")
    return text.ljust(min(schema.get("minLength", 0), _LARGEST), "x")[:longest]


def _holds(schema: Mapping[str, Any], inside: tuple[str, ...]) -> bool:
    """Return whether a value would hold one of the classes that it is in."""
    parts = [schema, schema.get("items") or {}, *schema.get("anyOf", ())[:1]]
    return any(schema_name(part["$ref"]) in inside for part in parts if "$ref" in part)


def violations(document: Document, schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield values that break one limit each, with what they break, and fit otherwise."""
    whole = sample(document, schema)
    for way, what, value in _violations(document, schema, whole, ()):
        broken = deepcopy(whole)
        holder = broken
        for step in way[:-1]:
            holder = holder[step]
        if value is _GONE:
            del holder[way[-1]]
        elif way:
            holder[way[-1]] = value
        else:
            broken = value
        yield f"{_text(way) or 'the body'} {what}", broken


#: Stands for a value that is left out.
_GONE: Final = object()


def _violations(
    document: Document, schema: Any, value: Any, way: _Way
) -> Iterator[tuple[_Way, str, Any]]:
    schema = resolve(document, schema)
    kind = schema.get("type")
    if "anyOf" in schema or kind is None:
        return
    yield way, f"of another type than {kind}", _STRANGE[kind]
    limited = {**integer_range(schema), **schema}
    for limit, broken in _BROKEN.items():
        idle = limited.get(limit) is None or (limit in _IDLE_AT_ZERO and not limited[limit])
        idle = idle or (limit in _SIZES and limited[limit] > _LARGEST)
        if not idle and not ("enum" in schema or (isinstance(value, list) and not value)):
            yield way, f"{broken[0]} {limit} {limited[limit]}", broken[1](value, limited[limit])
    if kind == "array" and value:
        yield from _violations(document, schema["items"], value[0], (*way, 0))
    for name in (schema.get("required") or ()) if kind == "object" else ():
        yield (*way, name), "missing", _GONE
    for name, part in (schema.get("properties") or {}).items():
        if name in value:
            yield from _violations(document, part, value[name], (*way, name))


def _text(way: _Way) -> str:
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in way).lstrip(".")
