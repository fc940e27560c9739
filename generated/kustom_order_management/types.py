"""What every model and endpoint of this package shares: the mark for "not there", reading and writing.

Reading is tolerant, because an answer about money must never be lost over one odd field:

- absent and ``null`` both read as ``UNSET``, also where the document says *required*;
- a value that does not fit its declared type is kept as it came;
- an enum value that the document does not know stays what it is (see the enums);
- undeclared fields are kept in ``additional_properties`` and written back.

Writing leaves out what is ``UNSET`` or ``None``; ``""`` and ``0`` are written.
"""

import datetime
import sys
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, IntEnum, StrEnum
from importlib import import_module
from typing import Any, BinaryIO, ClassVar, Final, Literal, Self, cast
from urllib.parse import quote
from uuid import UUID

from attrs import define
from attrs import field as _field
from attrs import fields as _fields


class Unset:
    """The type of ``UNSET``; false, and always the one same object, also after pickling or copying."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


@define
class Undeclared:
    """What every model is: fields, and those that the document does not declare, by their names.

    ``from_dict`` reads an answer, tolerantly; ``to_dict`` gives plain JSON data, without what is ``UNSET`` or ``None``.
    """

    #: The attributes by their names on the wire.
    wire_names: ClassVar[Mapping[str, str]] = {}
    additional_properties: dict[str, Any] = _field(factory=dict, kw_only=True, repr=False)
    #: What a reader of the answer knows beyond the wire, such as the order that a line was read from; never sent.
    origin: Any = _field(default=None, kw_only=True, repr=False, eq=False)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        self = new(cls)
        for wire, name in cls.wire_names.items():
            value = src_dict.get(wire)
            setattr(self, name, UNSET if value is None else value)
        self.origin = None
        declared = cls.wire_names.keys()
        self.additional_properties = {wire: value for wire, value in src_dict.items() if wire not in declared}
        return self

    def to_dict(self) -> dict[str, Any]:
        written = {}
        for wire, name in self.wire_names.items():
            value = getattr(self, name)
            if value is not UNSET and value is not None:
                written[wire] = write(value)
        return {**self.additional_properties, **written} if self.additional_properties else written

    def __attrs_post_init__(self) -> None:
        # A copy that is made of a model (attrs.evolve) has its own.
        self.additional_properties = dict(self.additional_properties)

    @property
    def additional_keys(self) -> list[str]:
        """Their names."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


class OpenStrEnum(StrEnum):
    """Known values; the API may send others, which keep their raw string and compare, hash and pickle like it."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = str(value)
        return unknown

    @classmethod
    def read(cls, value: Any) -> Any:
        """Read a value of an answer: a member if it can be one, else the value as it came."""
        if value is None:
            return ABSENT
        return cls(value) if isinstance(value, str) else value


class OpenIntEnum(IntEnum):
    """Known values; the API may send others, which keep their raw number and compare, hash and pickle like it."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if type(value) is not int:
            return None
        unknown = int.__new__(cls, value)
        unknown._name_, unknown._value_ = str(value), value
        return unknown

    @classmethod
    def read(cls, value: Any) -> Any:
        """Read a value of an answer: a member if it can be one, else the value as it came."""
        if type(value) is not int:  # True == 1 == 1.0 in Python, not in JSON
            return ABSENT if value is None else value
        return cls(value)


UNSET: Final = Unset()
#: ``UNSET`` for the type checker's eyes: what a declared field holds when the answer left it out.
ABSENT: Any = UNSET
#: Makes an instance whose slots ``from_dict`` fills one by one.
new = object.__new__


def lazily(package: str, homes: Mapping[str, str | None]) -> Callable[[str], Any]:
    """What a package gives for a name that it does not hold yet: a module, or what it has by that name, imported then."""

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = homes[name]
        found = import_module(home or f".{name}", package)
        value = sys.modules[package].__dict__[name] = getattr(found, name) if home else found
        return value

    return get


def declare(model: type[Undeclared], /, **wire_names: str) -> frozenset[str]:
    """Tells a model the names of its fields on the wire, where they are not those in Python; gives all of them."""
    names = [one.name for one in _fields(model) if one.name not in ("additional_properties", "origin")]
    model.wire_names = {wire_names.get(name, name): name for name in names}
    return frozenset(model.wire_names)


def reader_of(kind: Any) -> Callable[[Any], Any]:
    """An enum's ``read`` that looks at known values first: asking the enum costs more than all the rest of a line."""
    known, read_any = dict(kind._value2member_map_), kind.read

    def read(value: Any) -> Any:
        try:
            return known[value] if type(value) is str else read_any(value)
        except KeyError:
            return read_any(value)

    return read


def read(value: Any, reader: Callable[[Any], Any]) -> Any:
    """Read one value of an answer; one that does not fit is kept as it came."""
    if value is None:
        return UNSET
    try:
        return reader(value)
    except (AttributeError, LookupError, TypeError, ValueError):
        return value


def read_list(value: Any, reader: Callable[[Any], Any]) -> Any:
    """Read a list of an answer, each item by itself; what is no list, and items that are null, stay as they came."""
    if value is None:
        return UNSET
    if not isinstance(value, list):
        return value
    try:
        return [reader(item) for item in value]
    except (AttributeError, LookupError, TypeError, ValueError):
        return [item if item is None else read(item, reader) for item in value]


def read_first(value: Any, readers: Iterable[Callable[[Any], Any]]) -> Any:
    """Read a value of one of several kinds: the first that fits; if none does, it is kept as it came."""
    if value is None:
        return UNSET
    for reader in readers:
        try:
            found = reader(value)
        except (AttributeError, LookupError, TypeError, ValueError):
            continue
        if found is not value:  # readers of enums and lists give back what does not fit
            return found
    return value


def read_undeclared(source: Mapping[str, Any], declared: frozenset[str]) -> dict[str, Any]:
    """The fields of an answer that the document does not declare."""
    return {name: value for name, value in source.items() if name not in declared}


def write(value: Any) -> Any:
    """A value as plain JSON data."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if isinstance(value, list | tuple):
        return [write(item) for item in value if item is not UNSET]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.to_dict() if hasattr(value, "to_dict") else value


class File:
    """A file to send; no operation of this API takes one."""

    def __init__(self, payload: BinaryIO, file_name: str | None = None, mime_type: str | None = None) -> None:
        self.payload, self.file_name, self.mime_type = payload, file_name, mime_type

    def to_tuple(self) -> tuple[str | None, BinaryIO, str | None]:
        return self.file_name, self.payload, self.mime_type


FileTypes = RequestFiles = Any  # names that the generator's own templates use for such an operation


#: What models and endpoints import: all that they share, by one line each.
__all__ = [
    "ABSENT",
    "UNSET",
    "UUID",
    "Any",
    "Enum",
    "File",
    "FileTypes",
    "Mapping",
    "OpenIntEnum",
    "OpenStrEnum",
    "RequestFiles",
    "Self",
    "Undeclared",
    "Unset",
    "cast",
    "datetime",
    "declare",
    "define",
    "new",
    "quote",
    "read",
    "read_first",
    "read_list",
    "read_undeclared",
    "reader_of",
]
