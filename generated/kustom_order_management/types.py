"""What every model and endpoint of this package shares: the mark for "not there", reading and writing.

Reading is tolerant, because an answer about money must never be lost over one odd field:

- absent and ``null`` both read as ``UNSET``, also where the document says *required*;
- a value that does not fit its declared type is kept as it came;
- an enum value that the document does not know stays what it is (see the enums);
- undeclared fields are kept in ``additional_properties`` and written back.

Writing leaves out what is ``UNSET`` or ``None``; ``""`` and ``0`` are written.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import IO, Any, BinaryIO, Final, Literal
from uuid import UUID

from attrs import define


class Unset:
    """The type of ``UNSET``; false, and always the one same object, also after pickling or copying."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


class Undeclared:
    """What every model is: fields, and those that the document does not declare, by their names.

    ``from_dict`` reads an answer, tolerantly; ``to_dict`` gives plain JSON data, without what is ``UNSET`` or ``None``.
    """

    __slots__ = ()
    additional_properties: dict[str, Any]

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


UNSET: Final = Unset()
#: ``UNSET`` for the type checker's eyes: what a declared field holds when the answer left it out.
ABSENT: Any = UNSET
#: Makes an instance whose slots ``from_dict`` fills one by one.
new = object.__new__


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


def write_fields(fields: dict[str, Any], undeclared: Mapping[str, Any]) -> dict[str, Any]:
    """A model as plain JSON data: what is set of its fields, and the undeclared ones it was read with."""
    written = {
        name: write(value) for name, value in fields.items() if value is not UNSET and value is not None
    }
    return {**undeclared, **written} if undeclared else written


# The types that `httpx.Client(files=)` can accept.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        return self.file_name, self.payload, self.mime_type


__all__ = ["UNSET", "File", "FileTypes", "RequestFiles", "Unset"]
