"""Names of operations, schemas and classes as the generator makes them, each of them once."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from openapi_python_client.strings import ClassName, PythonIdentifier

from .document import Document
from .locations import named, operations, walk
from .references import SCHEMAS, schema_name

#: The generator's prefix of a name that cannot begin as it does.
_PREFIX: Final = "field_"
#: Names that generated modules use themselves, so that no class may have them.
TAKEN_CLASSES: Final = (
    "Any", "AuthenticatedClient", "BytesIO", "Callable", "Client", "File", "FileTypes", "Mapping",
    "Model", "OpenIntEnum", "OpenStrEnum", "Response", "Self", "UUID",
)  # fmt: skip
#: Names that an endpoint's function uses itself; a parameter of such a name is refused.
TAKEN_ARGUMENTS: Final = frozenset(("cookies", "headers", "params", "quote", "write", "write_text"))
#: The vendor's tools add it to the name of every schema, as a word of its own.
_SUFFIX: Final = re.compile(r"Dto(?![a-z])")
#: What a name in a reference can be.
_KEY: Final = re.compile(r"[A-Za-z0-9._-]+")


def class_name(name: str) -> str:
    """Return the class of a schema, with letters beyond ASCII spelled out for references."""
    plain = "".join(
        letter if letter.isascii() else f" U{ord(letter):X} " for letter in name.replace("/", " ")
    )
    return str(ClassName(plain, _PREFIX))


def operation_name(name: str) -> str:
    """Return the module of an operation, empty for a name without a letter."""
    module = argument_name(name)
    return "" if module == _PREFIX else module


def argument_name(name: str) -> str:
    """Return the argument of a parameter."""
    return str(PythonIdentifier(name, _PREFIX))


def unwritable(text: str) -> bool:
    """Return whether the generator would drop characters of a text from source code."""
    categories = [unicodedata.category(letter) for letter in text]
    return any(kind in ("Zl", "Zp") or kind.startswith("C") for kind in categories)


class UniqueNames:
    """Hand out each name once. Names that differ in case only are one file on some systems."""

    def __init__(
        self, form: Callable[[str], str], taken: Iterable[str] = (), *, joined: str = ""
    ) -> None:
        self._form = form
        self._joined = joined
        self._taken = {self._module(name) for name in taken}

    def take(self, name: str) -> str:
        """Return the name, or the name with the first number that makes it free."""
        number, wanted = 1, name
        while self._module(wanted) in self._taken:
            number += 1
            wanted = f"{name}{self._joined}{number}"
        self._taken.add(self._module(wanted))
        return wanted

    def _module(self, name: str) -> str:
        return argument_name(self._form(name)).lower()


def bindings_names(schemas: Iterable[str]) -> dict[str, str]:
    """Name every schema's class without ``Dto``, unless that name is taken.

    The schemas' own names must be unique as classes already.
    """
    given = {name: class_name(name) for name in schemas}
    short = {name: _SUFFIX.sub("", full) or full for name, full in given.items()}
    names = UniqueNames(str, TAKEN_CLASSES)
    # A schema that has the name in the document comes before one that would get it here.
    for name in sorted(given, key=lambda name: (short[name] != given[name], name)):
        if names.take(short[name]) != short[name]:
            short[name] = given[name]
    return short


def name_operations(document: Document, fixes: list[str]) -> None:
    """Give every operation an id, and no two the same module."""
    names = UniqueNames(operation_name)
    wanted = []
    for path, method, operation in operations(document):
        where, given = f"{method.upper()} {path}", operation.get("operationId")
        if not given or not operation_name(str(given)):
            given = "_".join([method, *re.findall(r"\w+", path)])
            fixes.append(f"{where}: has no usable operationId; {given} is given to it")
        wanted.append((operation, where, str(given)))
    # An id in its final form keeps it, whatever comes before it in the document.
    for operation, where, given in sorted(
        wanted, key=lambda item: operation_name(item[2]) != item[2]
    ):
        operation["operationId"] = unique = names.take(given)
        if unique != given:
            fixes.append(
                f"{where}: the operationId {given!r} is taken in Python; it becomes {unique!r}"
            )


def name_schemas(document: Document, fixes: list[str]) -> UniqueNames:
    """Give no two schemas the same class or module, and return the names that are taken."""
    schemas = named(document)
    names = UniqueNames(class_name, TAKEN_CLASSES)
    renamed = {}
    for name in sorted(schemas, key=lambda name: (class_name(name) != name, name)):
        unique = names.take(class_name(name))
        if unique != class_name(name) or not _KEY.fullmatch(name):
            renamed[name] = unique
            taken = unique != class_name(name)
            why = "is taken in Python" if taken else "cannot be a name in a reference"
            fixes.append(f"schema {name!r}: the name {why}; it becomes {unique}")
    if renamed:
        document["components"]["schemas"] = {
            renamed.get(name, name): schema for name, schema in schemas.items()
        }
    _rename_references(document, renamed)
    return names


def _rename_references(document: Document, renamed: dict[str, str]) -> None:
    """Rename schemas in every reference, and in those of discriminators."""
    for location in walk(document):
        part = location.part if isinstance(location.part, dict) else {}
        if isinstance(part.get("$ref"), str):
            part["$ref"] = _renamed(part["$ref"], renamed)
        mapping = (part.get("discriminator") or {}).get("mapping") or {}
        for key, to in mapping.items():
            # A mapping may name a schema without the way to it.
            name = schema_name(to) if to.startswith("#/") else to
            mapping[key] = SCHEMAS + renamed.get(name or "", name or "")


def _renamed(ref: str, renamed: dict[str, str]) -> str:
    name = schema_name(ref)
    return ref if name is None else SCHEMAS + renamed.get(name, name)
