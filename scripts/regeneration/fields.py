"""Names of fields and parameters for the generator: where Python's would collide, it is given other ones.

The templates write the names of the wire back, so only Python's side is touched.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from . import walking
from .naming import argument_name, field_name, same_in_python, unwritable
from .reading import Document, resolve


@dataclass
class Renamed:
    """A document for the generator alone."""

    document: Document
    #: One line each: where, what and why.
    mends: list[str] = field(default_factory=list)
    #: What has another name for the generator, with the name it keeps on the wire.
    wire_names: dict[str, str] = field(default_factory=dict)


def rename(document: Document) -> Renamed:
    """A copy in which no two fields of a class have one name in Python, and no parameter one of the endpoints' own."""
    made = Renamed(deepcopy(document))
    known = {name for spot in walking.everything(made.document) for name in _properties(spot.schema)}
    known |= {parameter["name"] for _, parameter in walking.parameters(made.document)}
    settled: dict[int, dict[str, str]] = {}
    for name, schema in walking.named(made.document).items():
        _settle(made, name, schema, known, settled)
    _settle_parameters(made, known)
    _without_titles(made.document)
    return made


def _settle(
    made: Renamed, name: str, schema: Any, known: set[str], settled: dict[int, dict[str, str]]
) -> dict[str, str]:
    """Rename the colliding fields of a schema, after those it inherits; gives the Python names that it uses."""
    if id(schema) in settled:
        return settled[id(schema)]
    used = settled[id(schema)] = {}
    own: list[dict[str, Any]] = []
    for piece in _pieces(schema):
        if "$ref" not in piece:
            own.append(piece)
            continue
        for python, wire in _settle(made, name, resolve(made.document, piece), known, settled).items():
            used.setdefault(python, wire)
    renamed = _renamed(made, name, {wire for piece in own for wire in _properties(piece)}, used, known)
    for piece in own if renamed else ():
        if _properties(piece):
            piece["properties"] = {renamed.get(wire, wire): one for wire, one in piece["properties"].items()}
        if isinstance(piece.get("required"), list):
            piece["required"] = [renamed.get(wire, wire) for wire in piece["required"]]
    return used


def _renamed(
    made: Renamed, name: str, wanted: set[str], used: dict[str, str], known: set[str]
) -> dict[str, str]:
    """New names for those of a class's own fields that cannot have theirs; ``used`` learns what all are called."""
    inherited = {wire: python for python, wire in used.items()}
    renamed: dict[str, str] = {}
    for wire in sorted(wanted, key=lambda text: (field_name(text) != text, text)):
        python = same_in_python(field_name(wire))
        if wire in inherited:  # the same field, told again: it goes by the name that it has there
            if inherited[wire] != python:
                renamed[wire] = inherited[wire]
        elif python and python not in used and not unwritable(wire):
            used[python] = wire
        else:
            new = _free(python or "field", {*used, *known})
            known.add(new)
            used[new], renamed[wire] = wire, new
            made.wire_names[new] = wire
            why = "another field has its name in Python" if python in used else "Python has no such name"
            made.mends.append(f"{name}.{wire}: {why}; it is called {new} there")
    return renamed


def _pieces(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and the parts of its ``allOf`` at any depth, references unfollowed."""
    left = [schema]
    while left:
        one = left.pop(0)
        if isinstance(one, dict):
            yield one
            left.extend(() if "$ref" in one else one.get("allOf") or ())


def _settle_parameters(made: Renamed, known: set[str]) -> None:
    """Rename the parameters whose names the generated functions use themselves, cannot write, or have twice."""
    in_paths: dict[str, str] = {}
    for where, parameter in walking.parameters(made.document):
        name = parameter["name"]
        if argument_name(name) is not None and not unwritable(name):
            continue
        if parameter.get("in") == "path" and name in in_paths:
            parameter["name"] = in_paths[name]
            continue
        _rename_parameter(made, where, parameter, known)
        if parameter.get("in") == "path":
            in_paths[name] = parameter["name"]
    for path, method, operation, item in walking.operations(made.document):
        listed = [*(operation.get("parameters") or ()), *(item.get("parameters") or ())]
        taken: dict[str | None, tuple[str, str]] = {}
        together = [resolve(made.document, one) for one in listed]
        for parameter in sorted(
            together, key=lambda one: (one["in"] != "path", argument_name(one["name"]) != one["name"])
        ):
            place = (parameter["in"], parameter["name"])
            if taken.setdefault(argument_name(parameter["name"]), place) != place and place[0] != "path":
                _rename_parameter(
                    made, f"{method.upper()} {path}, parameter {parameter['name']}", parameter, known
                )
    paths = made.document.get("paths", {})
    for name, new in in_paths.items():
        paths = {path.replace(f"{{{name}}}", f"{{{new}}}"): item for path, item in paths.items()}
    made.document["paths"] = paths


def _rename_parameter(made: Renamed, where: str, parameter: dict[str, Any], known: set[str]) -> None:
    name = parameter["name"]
    parameter["name"] = new = _free("parameter", known)
    known.add(new)
    made.wire_names[new] = name
    made.mends.append(f"{where}: the name is in use in Python; it is called {new} there")


def _without_titles(document: Document) -> None:
    """A title would be the name of the class, beside the one that references use; it goes into the description."""
    for schema in walking.named(document).values():
        title = schema.pop("title", None) if isinstance(schema, dict) else None
        if title:
            told = [title, schema.get("description")]
            schema["description"] = "\n\n".join(one for one in told if one)


def _free(python: str, taken: Iterable[str]) -> str:
    """The first of ``name_2``, ``name_3``, … that is free; the generator must leave it as it is."""
    base = python.strip("_")
    if str(PythonIdentifier(f"{base}_2", "field_")) != f"{base}_2":
        base = "field"
    return next(new for number in count(2) if (new := f"{base}_{number}") not in taken)


def _properties(schema: Any) -> dict[str, Any]:
    found = schema.get("properties") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) else {}
