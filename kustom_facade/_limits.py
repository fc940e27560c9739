"""Checks a request body against the limits of the vendor's document, which regeneration writes as data.

A leaf: it knows the form of the rules, and nothing of this API. All problems are found at once.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Rule = Mapping[str, Any]

_NAMES: Final[Mapping[str, tuple[type | tuple[type, ...], str]]] = {
    "string": (str, "a string"),
    "integer": (int, "a whole number"),
    "number": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
    "array": (list, "a list"),
    "object": (dict, "an object"),
}


def problems(value: Any, rule: Rule, schemas: Mapping[str, Rule], path: str = "") -> Iterator[str]:
    """What is wrong with plain JSON data, each problem with its path and the limit it breaks.

    Args:
        value: the data, or a part of it.
        rule: what holds for it.
        schemas: the rules that ``{"schema": name}`` refers to.
        path: where the data stands, for the messages.
    """
    while "schema" in rule:
        rule = schemas[rule["schema"]]
    kind = rule.get("type")
    if kind is not None:
        expected, name = _NAMES[kind]
        if not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean"):
            yield f"{path or 'the body'}: must be {name}, not {type(value).__name__}"
            return
    if kind == "object":
        yield from _object_problems(value, rule, schemas, path)
    elif kind == "array":
        yield from _size_problems(len(value), "items", rule.get("minItems"), rule.get("maxItems"), path)
        items = rule.get("items")
        if items is not None:
            for index, item in enumerate(value):
                yield from problems(item, items, schemas, f"{path}[{index}]")
    elif kind == "string":
        yield from _size_problems(
            len(value), "characters", rule.get("minLength"), rule.get("maxLength"), path
        )
    elif kind in ("integer", "number"):
        if (least := rule.get("minimum")) is not None and value < least:
            yield f"{path}: {value} is less than {least}"
        if (most := rule.get("maximum")) is not None and value > most:
            yield f"{path}: {value} is more than {most}"


def _object_problems(
    value: Mapping[str, Any], rule: Rule, schemas: Mapping[str, Rule], path: str
) -> Iterator[str]:
    fields: Mapping[str, Rule] = rule.get("properties", {})
    dot = f"{path}." if path else ""
    for name in rule.get("required", ()):
        if name not in value:
            yield f"{dot}{name}: is required"
    for name, part in value.items():
        if name in fields:
            yield from problems(part, fields[name], schemas, f"{dot}{name}")


def _size_problems(size: int, unit: str, least: int | None, most: int | None, path: str) -> Iterator[str]:
    if most is not None and size > most:
        yield f"{path}: {size} {unit}, at most {most} are allowed"
    if least is not None and size < least:
        yield f"{path}: {size} {unit}, at least {least} must be there"
