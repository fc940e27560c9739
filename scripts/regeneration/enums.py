"""Enums that no Python enum can be made of are mended by rule; what goes over the wire stays as it is."""

import unicodedata
from typing import Any

from openapi_python_client.strings import in_double_quote_literal, snake_case

from . import walking
from .naming import Names, unwritable
from .reading import Document

#: What both JSON and the generator's enums can hold.
_KINDS = (str, int)


def mend(document: Document, mends: list[str]) -> None:
    """Give every enum values that the generator can take, or none; each change is added to ``mends``."""
    for spot in walking.everything(document):
        schema = spot.schema
        if isinstance(schema, dict) and "enum" in schema and schema["enum"] is None:  # left blank
            schema["enum"] = []
        if isinstance(schema, dict) and isinstance(schema.get("enum"), list):
            if schema.get("type") == "boolean":  # the type says it all
                continue
            _mend(document, mends, spot.where, schema)


def name_members(document: Document, mends: list[str]) -> None:
    """Name the members that would be one in Python, because their values differ in case or punctuation only."""
    for name, schema in walking.named(document).items():
        values = schema.get("enum") if isinstance(schema, dict) else None
        if not values:
            continue
        varnames = schema.get("x-enum-varnames")
        usable = isinstance(varnames, list) and len(varnames) == len(values)
        if not isinstance(values[0], str):
            if varnames is not None and not (usable and _distinct(varnames)):
                del schema["x-enum-varnames"]
                mends.append(f"{name}: its x-enum-varnames are no names in Python, and are left out")
            continue
        wanted = varnames if isinstance(varnames, list) and usable else values
        stock = [_stock_member(str(text), number) for number, text in enumerate(wanted)]
        names = Names(str, joined="_")
        members = [names.take(_member(one, number)) for number, one in enumerate(stock)]
        named = [str(one) for one in varnames] if isinstance(varnames, list) and usable else stock
        if members == named:
            continue
        schema["x-enum-varnames"] = members
        changed = ", ".join(
            f"{member} = {value!r}"
            for member, value, was in zip(members, values, named, strict=True)
            if member != was
        )
        mends.append(f"{name}: values that are no name of their own in Python: {changed}")


def _mend(document: Document, mends: list[str], where: str, schema: dict[str, Any]) -> None:
    given = schema["enum"]
    values = _once(value for value in given if value is not None)
    if len(values) == 1 and isinstance(values[0], str) and "|" in values[0].strip("|"):
        values = _once(part.strip() for part in values[0].split("|") if part.strip())
        mends.append(f"{where}: one literal with pipes becomes the values {', '.join(values)}")
        if "default" in schema and schema["default"] in given:
            mends.append(
                f"{where}: its default {schema.pop('default')!r:.80} is the literal with pipes, and is left out"
            )
    elif problem := _problem(given, values):
        del schema["enum"]
        mends.append(f"{where}: {problem}; any value of its type is allowed")
        return
    elif len(values) + (None in given) < len(given):
        mends.append(f"{where}: values of its enum that stand there twice are taken once")
    schema["enum"] = values
    if None in given:
        _allow_null(document, schema)
        mends.append(f"{where}: null is taken out of its values, and allowed beside them")
    default = schema.get("default")
    if isinstance(default, str) and in_double_quote_literal(default) != default:
        del schema["default"]
        mends.append(
            f"{where}: its default {default!r:.80} is one that the generator does not find, and is left out"
        )
    if "default" in schema and not any(_same(schema["default"], value) for value in values):
        default = schema.pop("default")
        if default is not None:
            mends.append(f"{where}: its default {default!r:.80} is none of its values, and is left out")


def _problem(given: list[Any], values: list[Any]) -> str | None:
    if not values:
        return f"its enum {given!r:.80} holds no value"
    if len({type(value) for value in values}) > 1 or type(values[0]) not in _KINDS:
        return f"its enum {given!r:.80} holds values of a kind that no enum can have, or of several"
    if any(isinstance(value, str) and unwritable(value) for value in values):
        return "its enum holds characters that no source code can"
    return None


def _once(values: Any) -> list[Any]:
    """Each value once; True, 1 and 1.0 are equal in Python, but not in JSON."""
    found: list[Any] = []
    seen = set()
    for value in values:
        key = (type(value), repr(value))
        if key not in seen:
            seen.add(key)
            found.append(value)
    return found


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _allow_null(document: Document, schema: dict[str, Any]) -> None:
    kind = schema.get("type")
    if str(document.get("openapi")).startswith("3.0"):
        schema["nullable"] = True
    elif isinstance(kind, str):
        schema["type"] = [kind, "null"]


def _distinct(varnames: list[Any]) -> bool:
    """Whether the names that somebody chose for members are such, and no two the same."""
    members = [snake_case(str(one)).upper() for one in varnames]
    return all(one.isidentifier() for one in members) and len(set(members)) == len(members)


def _member(stock: str, number: int) -> str:
    """A name that Python takes and does not change: it compares names in their normal form."""
    normal = unicodedata.normalize("NFKC", stock).upper()
    same = normal.isidentifier() and str(snake_case(normal)).upper() == normal
    return normal if same else f"VALUE_{number}"


def _stock_member(text: str, number: int) -> str:
    """The name that the generator gives a value."""
    return str(snake_case(text.upper() if text[:1].isalpha() else f"VALUE_{number}").upper())
