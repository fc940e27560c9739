"""Limits of the vendor's document, checked on a request body.

Regeneration writes the limits as data. This module knows their form, and nothing of this API. All
problems are found at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ..money import is_whole

Rule = Mapping[str, Any]
#: A field that the document does not declare: its path and name, the declared fields of its
#: object, and the given ones.
UnknownField = tuple[str, str, Mapping[str, Rule], Mapping[str, Any]]

_LONGEST: Final = 10**40
_NAMES: Final[Mapping[str, tuple[type | tuple[type, ...], str]]] = {
    "string": (str, "a string"),
    "integer": (int, "a whole number"),
    "number": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
    "array": (list, "a list"),
    "object": (dict, "an object"),
}


def problems(
    value: Any,
    rule: Rule,
    schemas: Mapping[str, Rule],
    path: str = "",
    unknown: list[UnknownField] | None = None,
) -> Iterator[str]:
    """Yield the problems of plain JSON data, each with its path and the limit it breaks.

    Args:
        value: the data, or a part of it.
        rule: the limits of the data.
        schemas: the rules that ``{"schema": name}`` refers to.
        path: the path of the data, for the messages.
        unknown: takes the fields that the document does not declare, for ``misspelt``.
    """
    while "schema" in rule:
        rule = schemas[rule["schema"]]
    kind = rule.get("type")
    if kind is None:
        return
    if not _is(value, kind):
        yield f"{path or 'the body'}: must be {_NAMES[kind][1]}, not {type(value).__name__}"
    elif kind == "object":
        yield from _object_problems(value, rule, schemas, path, unknown)
    elif kind == "array":
        yield from _size_problems(
            len(value), "items", rule.get("minItems"), rule.get("maxItems"), path
        )
        for index, item in enumerate(value):
            yield from problems(item, rule.get("items", {}), schemas, f"{path}[{index}]", unknown)
    elif kind == "string":
        yield from _size_problems(
            len(value), "characters", rule.get("minLength"), rule.get("maxLength"), path
        )
    elif kind in ("integer", "number"):
        yield from _range_problems(value, rule.get("minimum"), rule.get("maximum"), path)


def misspelt(unknown: Iterable[UnknownField]) -> Iterator[str]:
    """Yield a remark on each undeclared field whose name is close to a declared one.

    A remark is no problem, since the API may know more fields than the document.
    """
    from difflib import get_close_matches  # noqa: PLC0415  # rarely needed, slow to load

    for path, name, fields, present in unknown:
        for meant in get_close_matches(name, fields.keys() - present.keys(), n=1, cutoff=0.7):
            yield f"{path} is sent, but the document declares no such field; is {meant} meant?"


def _fits(value: Any, rule: Rule) -> bool:
    """Return whether a string or an integer is within its limits.

    Most values are, and need no closer look.
    """
    kind = rule.get("type")
    if kind == "string" and type(value) is str:
        return bool(rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", len(value)))
    if kind == "integer" and type(value) is int:
        return bool(rule.get("minimum", value) <= value <= rule.get("maximum", value))
    return False


def _is(value: Any, kind: str) -> bool:
    """Return whether a value is of a JSON type. A bool is an int in Python, and not in JSON."""
    if isinstance(value, bool):
        return kind == "boolean"
    # Whole numbers of other libraries (numpy) are numbers as well.
    is_number = kind in ("integer", "number") and is_whole(value)
    return is_number or isinstance(value, _NAMES[kind][0])


def _object_problems(
    value: Mapping[str, Any],
    rule: Rule,
    schemas: Mapping[str, Rule],
    path: str,
    unknown: list[UnknownField] | None,
) -> Iterator[str]:
    fields: Mapping[str, Rule] = rule.get("properties", {})
    dot = f"{path}." if path else ""
    for name in rule.get("required", ()):
        if name not in value:
            yield f"{dot}{name}: is required"
    for name, part in value.items():
        if type(name) is not str:
            yield f"{path or 'the body'}: a name must be a string, not {type(name).__name__}"
        elif name in fields:
            if not _fits(part, fields[name]):
                yield from problems(part, fields[name], schemas, f"{dot}{name}", unknown)
        elif unknown is not None:
            unknown.append((f"{dot}{name}", name, fields, value))


def _size_problems(
    size: int, unit: str, least: int | None, most: int | None, path: str
) -> Iterator[str]:
    if most is not None and size > most:
        yield f"{path}: {size} {unit}, at most {most} are allowed"
    if least is not None and size < least:
        yield f"{path}: {size} {unit}, at least {least} must be there"


def _range_problems(
    value: float, least: float | None, most: float | None, path: str
) -> Iterator[str]:
    for limit, text, breaks in (
        (least, "less", value < (least or 0)),
        (most, "more", value > (most or 0)),
    ):
        if limit is not None and breaks:
            # Python refuses to print an int of more than 4,300 digits.
            shown = f"{value}" if abs(value) < _LONGEST else "a number of more than 40 digits"
            yield f"{path}: {shown} is {text} than {limit}"
