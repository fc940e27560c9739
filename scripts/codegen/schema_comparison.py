"""A comparison of two effective schemas. Classes are compared at their own names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .document import Document
from .effective import makes_class
from .locations import named
from .references import resolve, schema_name
from .report import Change, Mark

#: Limits, with the way that is tighter: a larger number, a smaller one, or any other at all.
_LIMITS: Final[Mapping[str, int]] = {
    "minLength": 1, "minimum": 1, "minItems": 1, "minProperties": 1, "exclusiveMinimum": 1,
    "maxLength": -1, "maximum": -1, "maxItems": -1, "maxProperties": -1, "exclusiveMaximum": -1,
    "pattern": 0, "multipleOf": 0, "uniqueItems": 0,
}  # fmt: skip
#: Limits that say nothing where they are zero or false.
_IDLE_AT_ZERO: Final = ("minLength", "minItems", "minProperties", "uniqueItems")
_MARKS_OF_A_FIELD: Final = ("default", "deprecated", "readOnly", "writeOnly")


@dataclass(frozen=True)
class Use:
    """Whether a value is sent, received or both. A tighter limit matters for what is sent."""

    sent: bool
    received: bool


SENT: Final = Use(sent=True, received=False)
RECEIVED: Final = Use(sent=False, received=True)


@dataclass
class SchemaComparison:
    """A comparison of the schemas of two normalized documents."""

    old: Document
    new: Document
    #: Classes that have another name in the new document, found by where they are used.
    renamed: dict[str, str] = field(default_factory=dict)

    def find_renamed(self, was: Any, now: Any) -> None:
        """Find the classes that stand in one place under two names, at any depth below it."""
        if not isinstance(was, dict) or not isinstance(now, dict):
            return
        if "$ref" in was and "$ref" in now:
            before, after = schema_name(was["$ref"]) or "", schema_name(now["$ref"]) or ""
            if before in self.renamed or (
                before != after and (before in named(self.new) or after in named(self.old))
            ):
                return
            if before == after:
                return  # is looked into by its name
            was, now = resolve(self.old, was), resolve(self.new, now)
            if makes_class(was) == makes_class(now) and ("enum" in was) == ("enum" in now):
                self.renamed[before] = after
        fields, others = was.get("properties") or {}, now.get("properties") or {}
        for name in fields.keys() & others.keys():
            self.find_renamed(fields[name], others[name])
        self.find_renamed(was.get("items"), now.get("items"))

    def compare(self, was: Any, now: Any, where: str, use: Use) -> Iterator[Change]:
        """Yield the changes from one schema to another."""
        left, right = _fields_of(was), _fields_of(now)
        seen: Mark = "behaviour" if use.received else "compatible"
        for key in _MARKS_OF_A_FIELD:
            if left.get(key) != right.get(key):
                what = f"{key} {_shown(left.get(key))} becomes {_shown(right.get(key))}"
                yield Change("behaviour", where, what)
        if bool(left.get("nullable")) != bool(right.get("nullable")):
            text = "may be null now" if right.get("nullable") else "is never null now"
            yield Change(seen, where, text)
        before, after = _kinds(left, self.renamed), _kinds(right, {})
        if len(before) == len(after) == 1 and before.keys() != after.keys():
            (was,), (now,) = before.items(), after.items()
            yield from self._other_kind(was, now, where, use)
            return
        for kind in before.keys() - after.keys():
            yield Change("breaking", where, f"{kind} is no kind of it any more")
        for kind in after.keys() - before.keys():
            mark: Mark = "breaking" if use.received else "compatible"
            yield Change(mark, where, f"may be {kind} now")
        for kind in before.keys() & after.keys():
            if "$ref" not in before[kind]:
                yield from self._same_kind(before[kind], after[kind], where, use)

    def _other_kind(
        self, was: tuple[str, Any], now: tuple[str, Any], where: str, use: Use
    ) -> Iterator[Change]:
        """Yield the changes of a value that is of another class or type now."""
        left, right = resolve(self.old, was[1]), resolve(self.new, now[1])
        seen: Mark = "behaviour" if use.received else "compatible"
        if left.get("type") == right.get("type") == "integer":
            mark: Mark = "breaking" if "int32" in now[0] else seen
            yield Change(mark, where, f"{was[0]} becomes {now[0]}")
            yield from self._same_kind(left, right, where, use)
        elif left.get("type") == right.get("type") and ("enum" in left or "enum" in right):
            yield from _values(left.get("enum") or [], right.get("enum") or [], where, use)
        else:
            yield Change("breaking", where, f"{was[0]} becomes {now[0]}")

    def compare_class(self, old: str, new: str, use: Use) -> Iterator[Change]:
        """Yield the changes of a class."""
        was, now = named(self.old)[old], named(self.new)[new]
        if ("enum" in was) != ("enum" in now):
            yield Change("breaking", new, "is an enum now" if "enum" in now else "is no enum now")
        yield from self._same_kind(was, now, new, use)

    def _same_kind(self, left: Any, right: Any, where: str, use: Use) -> Iterator[Change]:
        yield from self._properties(left, right, where, use)
        yield from _values(left.get("enum") or [], right.get("enum") or [], where, use)
        yield from _limits(left, right, where, use)
        if "items" in left or "items" in right:
            yield from self.compare(left.get("items"), right.get("items"), f"{where}[]", use)
        others = [part.get("additionalProperties", True) for part in (left, right)]
        if all(isinstance(part, dict) for part in others):
            yield from self.compare(others[0], others[1], f"{where}.*", use)
        elif others[0] != others[1]:
            yield Change("behaviour", where, "what it allows besides its declared fields changed")

    def _properties(self, was: Any, now: Any, where: str, use: Use) -> Iterator[Change]:
        before, after = was.get("properties") or {}, now.get("properties") or {}
        needed = set(was.get("required") or ()), set(now.get("required") or ())
        for name in before.keys() - after.keys():
            yield Change("breaking", f"{where}.{name}", "field removed")
        for name in after.keys() - before.keys():
            kind = "required" if name in needed[1] else "optional"
            mark: Mark = "breaking" if kind == "required" and use.sent else "compatible"
            yield Change(mark, f"{where}.{name}", f"{kind} field added")
        for name in before.keys() & after.keys():
            place = f"{where}.{name}"
            yield from compare_required(place, name in needed[0], name in needed[1], use)
            yield from self.compare(before[name], after[name], place, use)


def compare_required(where: str, was: bool, now: bool, use: Use) -> Iterator[Change]:
    """Yield the change of a value that becomes required or optional."""
    if now and not was:
        yield Change("breaking" if use.sent else "compatible", where, "is required now")
    if was and not now:
        yield Change("behaviour" if use.received else "compatible", where, "is optional now")


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


def _kinds(schema: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """Return what a value can be, by the name of the class or type."""
    kinds = {}
    for option in schema.get("anyOf") or [schema]:
        if "$ref" in option:
            name = schema_name(option["$ref"]) or ""
            kinds[renamed.get(name, name)] = option
        else:
            form = f" ({option['format']})" if "format" in option else ""
            kinds[f"{option.get('type', 'any type')}{form}"] = option
    return kinds


def _fields_of(schema: Any) -> dict[str, Any]:
    return schema if isinstance(schema, dict) else {}


def _shown(value: Any) -> str:
    return "none" if value is None else str(value) or "''"
