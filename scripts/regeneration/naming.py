"""Names as the generator makes them of a document's, and how no two become the same."""

import unicodedata
from collections.abc import Callable
from typing import Final

from openapi_python_client.strings import ClassName, PythonIdentifier

#: What the generator puts before a name that cannot begin as it does.
_PREFIX: Final = "field_"
#: Names that generated modules use themselves; what takes them would stand in their place.
_TAKEN: Final = {
    "class": (
        "ABSENT", "Any", "AuthenticatedClient", "Client", "File", "FileTypes", "HTTPStatus", "IntEnum", "Mapping",
        "OpenIntEnum", "OpenStrEnum", "RequestFiles", "Response", "Self", "StrEnum", "T", "TYPECHECKING", "UNSET", "UUID",
        "Undeclared", "Unset", "import_module",
    ),
    "operation": ("any", "import_module", "type_checking"),
    "field": ("additional_keys", "additional_properties", "from_dict", "to_dict", "wire_names"),
    "argument": ("body", "cast", "cookies", "errors", "headers", "httpx", "kwargs", "params", "quote", "response"),
}  # fmt: skip


def class_name(name: str) -> str:
    """The class of a schema; letters beyond ASCII are spelled out, because references cannot hold them."""
    plain = "".join(
        letter if letter.isascii() else f" U{ord(letter):X} " for letter in name.replace("/", " ")
    )
    return str(ClassName(plain, _PREFIX))


def operation_name(name: str) -> str:
    """The module of an operation; empty for a name without a letter."""
    found = str(PythonIdentifier(name, _PREFIX))
    return "" if found == _PREFIX else found


def field_name(name: str) -> str:
    """The attribute of a field; empty where it cannot have its own."""
    found = str(PythonIdentifier(name, _PREFIX))
    return "" if found == _PREFIX or found in _TAKEN["field"] else found


def argument_name(name: str) -> str | None:
    """The argument of a parameter; nothing where the endpoints' functions have that name for something else."""
    found = str(PythonIdentifier(name, _PREFIX))
    return None if found in _TAKEN["argument"] or found.startswith("json_") else found


def same_in_python(name: str) -> str:
    """The name as Python compares it: in its normal form."""
    return unicodedata.normalize("NFKC", name)


def unwritable(text: str) -> bool:
    """Whether the generator would drop characters of a text when it writes it into source code."""
    return any(
        unicodedata.category(letter) in ("Zl", "Zp") or unicodedata.category(letter).startswith("C")
        for letter in text
    )


class Names:
    """Hands out names, each once: also two that differ in case only are two files of one name on some systems."""

    def __init__(self, form: Callable[[str], str], kind: str = "", *, joined: str = "") -> None:
        self._form = form
        self._joined = joined
        self._taken = {self._module(name) for name in _TAKEN.get(kind, ())}

    def take(self, name: str) -> str:
        """The name, or with the first number that makes it free."""
        number, wanted = 1, name
        while self._module(wanted) in self._taken:
            number += 1
            wanted = f"{name}{self._joined}{number}"
        self._taken.add(self._module(wanted))
        return wanted

    def _module(self, name: str) -> str:
        return str(PythonIdentifier(self._form(name), _PREFIX)).lower()
