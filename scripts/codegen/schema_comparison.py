"""A comparison of two schemas. Those that they refer to are compared at their own names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .locations import types
from .references import steps
from .report import Change, Mark

#: Limits, with the way that is tighter: a larger number, a smaller one, or any other at all.
_LIMITS: Final[Mapping[str, int]] = {
    "minLength": 1, "minimum": 1, "minItems": 1, "minProperties": 1, "exclusiveMinimum": 1,
    "maxLength": -1, "maximum": -1, "maxItems": -1, "maxProperties": -1, "exclusiveMaximum": -1,
    "pattern": 0, "multipleOf": 0, "uniqueItems": 0,
}  # fmt: skip
#: Limits that say nothing where they are zero or false.
_IDLE_AT_ZERO: Final = ("minLength", "minItems", "minProperties", "uniqueItems")


@dataclass(frozen=True)
class Use:
    """Whether a value is sent, received or both. A tighter limit matters for what is sent."""

    sent: bool
    received: bool


SENT: Final = Use(sent=True, received=False)
RECEIVED: Final = Use(sent=False, received=True)


def compare_schemas(was: Any, now: Any, where: str, use: Use) -> Iterator[Change]:
    """Yield the changes from one schema to another."""
    left, right = _unwrapped(was), _unwrapped(now)
    seen: Mark = "behaviour" if use.received else "compatible"
    if _kind(left) == (["integer"], "int32") and _kind(right) == (["integer"], "int64"):
        yield Change(seen, where, "integer (int32) becomes integer (int64)")
        left = {**left, "format": "int64"}
    if left.get("$ref") != right.get("$ref") or _kind(left) != _kind(right):
        yield Change("breaking", where, f"{_title(left)} becomes {_title(right)}")
        return
    yield from _properties(left, right, where, use)
    yield from _values(left.get("enum") or [], right.get("enum") or [], where, use)
    yield from _limits(left, right, where, use)
    if _nullable(left) != _nullable(right):
        text = "may be null now" if _nullable(right) else "is never null now"
        yield Change(seen, where, text)
    for key, label in (("default", "default"), ("deprecated", "deprecation mark")):
        if left.get(key) != right.get(key):
            what = f"{label} {_shown(left.get(key))} becomes {_shown(right.get(key))}"
            yield Change("behaviour", where, what)
    if "items" in left and "items" in right:
        yield from compare_schemas(left["items"], right["items"], f"{where}[]", use)
    if left.get("additionalProperties") != right.get("additionalProperties"):
        yield Change("behaviour", where, "what it allows besides its declared fields changed")
    for key in ("allOf", "anyOf", "oneOf", "not", "const"):
        if left.get(key) != right.get(key):
            yield Change("breaking", where, f"{key} changed")


def compare_required(where: str, was: bool, now: bool, use: Use) -> Iterator[Change]:
    """Yield the change of a value that becomes required or optional."""
    if now and not was:
        yield Change("breaking" if use.sent else "compatible", where, "is required now")
    if was and not now:
        yield Change("behaviour" if use.received else "compatible", where, "is optional now")


def _properties(
    was: Mapping[str, Any], now: Mapping[str, Any], where: str, use: Use
) -> Iterator[Change]:
    before, after = was.get("properties") or {}, now.get("properties") or {}
    needed_before, needed_after = set(was.get("required") or ()), set(now.get("required") or ())
    for name in before.keys() - after.keys():
        yield Change("breaking", f"{where}.{name}", "field removed")
    for name in after.keys() - before.keys():
        kind = "required" if name in needed_after else "optional"
        mark: Mark = "breaking" if kind == "required" and use.sent else "compatible"
        yield Change(mark, f"{where}.{name}", f"{kind} field added")
    for name in before.keys() & after.keys():
        place = f"{where}.{name}"
        yield from compare_required(place, name in needed_before, name in needed_after, use)
        yield from compare_schemas(before[name], after[name], place, use)


def _values(before: list[Any], after: list[Any], where: str, use: Use) -> Iterator[Change]:
    if before and not after:
        yield Change("behaviour", where, "any value is allowed now")
    elif after and not before:
        mark: Mark = "breaking" if use.sent else "behaviour"
        yield Change(mark, where, f"limited to the values {', '.join(map(str, after))}")
    else:
        for value in after:
            if value not in before:
                yield Change("behaviour", where, f"enum value {value} added")
        for value in before:
            if value not in after:
                yield Change("breaking", where, f"enum value {value} removed")


def _limits(
    was: Mapping[str, Any], now: Mapping[str, Any], where: str, use: Use
) -> Iterator[Change]:
    for name, way in _LIMITS.items():
        left, right = was.get(name), now.get(name)
        idle = name in _IDLE_AT_ZERO and not left and not right
        if left != right and not idle:
            narrower = left is None or not way or (right is not None and (right - left) * way >= 0)
            tighter = narrower and right is not None and right is not False
            mark: Mark = "breaking" if tighter and use.sent else "compatible"
            yield Change(mark, where, f"{name} {_shown(left)} becomes {_shown(right)}")


# --- what a schema says, in one form


def _unwrapped(schema: Any) -> dict[str, Any]:
    """Return the schema that is wrapped alone, to stand beside a mark or a default."""
    if not isinstance(schema, dict):
        return {}
    parts = schema.get("allOf")
    if not isinstance(parts, list) or len(parts) != 1 or "properties" in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != "allOf"}
    return {**rest, **parts[0]} if "$ref" in parts[0] else schema


def _kind(schema: Mapping[str, Any]) -> tuple[list[str], Any]:
    return sorted(types(schema)), schema.get("format")


def _nullable(schema: Mapping[str, Any]) -> bool:
    kinds = schema.get("type")
    return bool(schema.get("nullable")) or (isinstance(kinds, list) and "null" in kinds)


def _title(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return steps(str(schema["$ref"]))[-1]
    kinds, form = _kind(schema)
    return f"{' or '.join(kinds) or 'any type'}{f' ({form})' if form else ''}"


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)
