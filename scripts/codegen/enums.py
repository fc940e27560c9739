"""Enums that Python cannot hold, normalized by rule. Nothing changes on the wire."""

import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from openapi_python_client.strings import snake_case

from . import locations
from .document import Document
from .names import UniqueNames, unwritable

#: What both JSON and the generator's enums can hold.
_KINDS: Final = (str, int)


def normalize(document: Document, fixes: list[str]) -> None:
    """Give every enum values that the generator can take, or none. Add a line for each fix."""
    for location in locations.schemas(document):
        schema = location.part
        if "enum" not in schema:
            continue
        is_null = isinstance(location.key, int) and schema["enum"] == [None]  # a kind of a union
        if not is_null:
            if schema["enum"] is None:  # left blank
                schema["enum"] = []
            if isinstance(schema["enum"], list):
                _normalize_values(document, fixes, location.where, schema)


def name_members(document: Document, fixes: list[str]) -> None:
    """Name the members whose values differ in case or punctuation only."""
    for name, schema in locations.named(document).items():
        values = schema.get("enum") if isinstance(schema, dict) else None
        if not values:
            continue
        if "x-enum-varnames" in schema and not _usable(schema["x-enum-varnames"], len(values)):
            del schema["x-enum-varnames"]
            fixes.append(f"{name}: its x-enum-varnames are no names in Python, and are left out")
        if "x-enum-varnames" in schema or not isinstance(values[0], str):
            continue
        stock = [_stock_member(text, number) for number, text in enumerate(values)]
        names = UniqueNames(str, joined="_")
        members = [names.take(_member(name, number)) for number, name in enumerate(stock)]
        if members != stock:
            schema["x-enum-varnames"] = members
            changed = ", ".join(
                f"{member} = {value!r}"
                for member, value, was in zip(members, values, stock, strict=True)
                if member != was
            )
            fixes.append(f"{name}: values that are no name of their own in Python: {changed}")


def _normalize_values(
    document: Document, fixes: list[str], where: str, schema: dict[str, Any]
) -> None:
    given = schema["enum"]
    values = _once(value for value in given if value is not None)
    if len(values) == 1 and isinstance(values[0], str) and "|" in values[0].strip("|"):
        values = _once(part.strip() for part in values[0].split("|") if part.strip())
        fixes.append(f"{where}: one literal with pipes becomes the values {', '.join(values)}")
    elif problem := _problem(given, values):
        del schema["enum"]
        fixes.append(f"{where}: {problem}; any value of its type is allowed")
        return
    elif len(values) + (None in given) < len(given):
        fixes.append(f"{where}: values of its enum that stand there twice are taken once")
    schema["enum"] = values
    if None in given:
        if str(document.get("openapi")).startswith("3.0"):
            schema["nullable"] = True
        elif isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
        fixes.append(f"{where}: null is taken out of its values, and allowed beside them")


def _problem(given: list[Any], values: list[Any]) -> str | None:
    if not values:
        return f"its enum {given!r:.80} holds no value"
    if len({type(value) for value in values}) > 1 or type(values[0]) not in _KINDS:
        return f"its enum {given!r:.80} holds values of a kind that no enum can have, or of several"
    if any(isinstance(value, str) and unwritable(value) for value in values):
        return "its enum holds characters that no source code can"
    return None


def _once(values: Iterable[Any]) -> list[Any]:
    """Return each value once: True, 1 and 1.0 are equal in Python, but not in JSON."""
    return list({(type(value), repr(value)): value for value in values}.values())


def _usable(varnames: Any, count: int) -> bool:
    """Return whether names that somebody chose for members are such, and no two the same."""
    if not isinstance(varnames, list) or len(varnames) != count:
        return False
    members = [snake_case(str(name)).upper() for name in varnames]
    return all(member.isidentifier() for member in members) and len(set(members)) == count


def _member(stock: str, number: int) -> str:
    """Return a name that Python takes and does not change: it compares names in normal form."""
    normal = unicodedata.normalize("NFKC", stock).upper()
    unchanged = normal.isidentifier() and str(snake_case(normal)).upper() == normal
    return normal if unchanged else f"VALUE_{number}"


def _stock_member(text: str, number: int) -> str:
    """Return the name that the generator gives a value."""
    return str(snake_case(text.upper() if text[:1].isalpha() else f"VALUE_{number}").upper())
