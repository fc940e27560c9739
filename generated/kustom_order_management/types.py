"""Shared parts of the models and endpoints.

Absent is ``None``. Reading is tolerant:

- an absent field and a ``null`` read as ``None``, also where the document says *required*
- a value that does not fit its declared type is kept as it came
- an enum value that the document does not know keeps its raw value
- undeclared fields are kept in ``additional_properties``, and written back

Writing leaves out ``None``. It writes ``""`` and ``0``.
"""

import datetime
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, MutableMapping
from enum import Enum, IntEnum, StrEnum
from typing import IO, Any, BinaryIO, ClassVar, Generic, Self, TypeVar
from uuid import UUID

import attrs
import httpx

T = TypeVar("T")

#: What readers raise for a value that does not fit, or is nested too deeply.
_MISFITS = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
#: Lists with more items are shown by their length.
_SHOWN_ITEMS = 3


@attrs.define(repr=False)
class Model:
    """The base of every model.

    An optional field that is absent is ``None``. A required field is required by the constructor
    only. One that an answer lacks reads as ``None``, so that the rest of the answer is not lost.

    The ``repr`` shows neither absent fields, nor personal data, nor undeclared fields. An ellipsis
    stands for personal data.
    """

    #: The attributes by their names on the wire.
    wire_names: ClassVar[Mapping[str, str]] = {}
    #: The attributes that hold personal data.
    _personal: ClassVar[frozenset[str]] = frozenset()
    #: The values of fields, by their names on the wire, by which a union knows this class.
    _tags: ClassVar[Mapping[str, tuple[Any, ...]]] = {}
    #: The fields that the document does not declare, by their names on the wire.
    additional_properties: dict[str, Any] = attrs.field(factory=dict, kw_only=True)
    #: What the reader knows beyond the wire, such as the order of a line; never sent.
    origin: Any = attrs.field(default=None, kw_only=True, eq=False)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        self = cls.__new__(cls)
        for wire, name in cls.wire_names.items():
            setattr(self, name, src_dict.get(wire))
        self.additional_properties = undeclared(src_dict, cls.wire_names)
        self.origin = None
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data, without what is absent."""
        written = dict(self.additional_properties)
        for wire, name in self.wire_names.items():
            value = getattr(self, name)
            if value is not None:
                written[wire] = write(value)
        return written

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        """Let pydantic take an instance as it is."""
        from pydantic_core import core_schema  # here, for pydantic is no dependency

        return core_schema.is_instance_schema(cls)

    def __attrs_post_init__(self) -> None:
        # attrs.evolve hands its copy the same dictionary.
        self.additional_properties = dict(self.additional_properties)

    def __repr__(self) -> str:
        present = {
            name: value
            for name in self.wire_names.values()
            if (value := getattr(self, name)) is not None
        }
        shown = [
            f"{name}={_shown(value)}"
            for name, value in present.items()
            if name not in self._personal or isinstance(value, Model)
        ]
        hidden = ["…"] if len(shown) < len(present) else []
        return f"{type(self).__name__}({', '.join(shown + hidden)})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        """Yield for rich what the ``repr`` shows. By itself it goes through every field."""
        for name in self.wire_names.values():
            value = getattr(self, name)
            if isinstance(value, Model):
                yield name, value
            elif value is not None and name not in self._personal:
                yield name, _Text(_shown(value))

    @property
    def additional_keys(self) -> list[str]:
        """Return the names of the undeclared fields."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


def register_fields(model: type[Model], /, **wire_names: str) -> frozenset[str]:
    """Set the names of a model's fields on the wire, and return them.

    The given ones differ from the names of their attributes.
    """
    own: list[str] = [
        field.name
        for field in attrs.fields(model)
        if field.name not in ("additional_properties", "origin")
    ]
    model.wire_names = {wire_names.get(name, name): name for name in own}
    return frozenset(model.wire_names)


def resolve_annotations(*classes: type) -> None:
    """Put types in the place of strings in the models' fields and constructors.

    Tools that validate or inject read them there.
    """
    for model in classes:
        if issubclass(model, Model):
            attrs.resolve_types(model)
            types = {field.alias: field.type for field in attrs.fields(model)}
            vars(model)["__init__"].__annotations__.update(types)


def _shown(value: Any) -> str:
    """Return a value's text in a ``repr``, without JSON objects, for their personal data."""
    if isinstance(value, list):
        many = len(value) > _SHOWN_ITEMS
        return f"[{len(value)} items]" if many else f"[{', '.join(map(_shown, value))}]"
    return "{…}" if isinstance(value, dict) else repr(value)


class _Text(str):
    """A text that is shown as it is."""

    def __repr__(self) -> str:
        return str(self)


class OpenStrEnum(StrEnum):
    """Known values. The API may send others, which keep their raw string.

    They compare, hash and pickle like it.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = str(value)
        return unknown

    @classmethod
    def read(cls, value: Any) -> Any:
        """Return the member of a string. Keep a value of another type."""
        if type(value) is not str:
            return value
        # Calling the enum for a known value would cost more than the rest of an order line.
        return cls._value2member_map_.get(value) or cls(value)


class OpenIntEnum(IntEnum):
    """Known values. The API may send others, which keep their raw number.

    They compare, hash and pickle like it.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if type(value) is not int:
            return None
        unknown = int.__new__(cls, value)
        unknown._name_, unknown._value_ = str(value), value
        return unknown

    @classmethod
    def read(cls, value: Any) -> Any:
        """Return the member of a whole number. Keep a value of another type."""
        return (
            cls(value) if type(value) is int else value
        )  # True == 1 == 1.0 in Python, not in JSON


def read(value: Any, reader: Callable[[Any], Any]) -> Any:
    """Read one value. One that does not fit is kept as it came."""
    if value is None:
        return None
    try:
        return reader(value)
    except _MISFITS:
        return value


def read_list(value: Any, reader: Callable[[Any], Any]) -> Any:
    """Read a list, each item by itself."""
    if not isinstance(value, list):
        return value
    try:
        return [reader(item) for item in value]
    except _MISFITS:
        return [read(item, reader) for item in value]


def read_first(value: Any, readers: Iterable[Callable[[Any], Any]]) -> Any:
    """Read a value of one of several kinds, as the one that fits it best.

    For an object that is the class with its tags, and then the one that declares most of it.
    """
    if isinstance(value, dict):
        readers = sorted(
            readers, key=lambda reader: _misfit(value, getattr(reader, "__self__", None))
        )
    for reader in readers:
        result = read(value, reader)
        if result is not value:
            return result
    return value


def _misfit(value: dict[str, Any], model: Any) -> tuple[int, int]:
    """Return how many tags of a model are missing, and how many fields it does not declare."""
    if not (isinstance(model, type) and issubclass(model, Model)):
        return len(value), 0
    tags = sum(value.get(name) not in known for name, known in model._tags.items())
    return tags, len(undeclared(value, model.wire_names))


def undeclared(source: Mapping[str, Any], declared: Container[str]) -> dict[str, Any]:
    """Return the fields that the document does not declare."""
    return {name: value for name, value in source.items() if name not in declared}


def write(value: Any) -> Any:
    """Return a value as plain JSON data."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if isinstance(value, list | tuple):
        return [write(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.to_dict() if isinstance(value, Model) else value


def write_text(value: Any) -> str:
    """Return a value as the text of a header or cookie."""
    plain = write(value)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def read_body(response: httpx.Response, reader: Callable[[Any], Any] | None = None) -> Any:
    """Read a JSON body.

    Return ``None`` for a body that is empty, no JSON (a gateway's page), or JSON of another kind.
    """
    try:
        value = response.json()
        parsed = reader(value) if reader else value
    except _MISFITS:
        return None
    return None if reader and parsed is value else parsed


@attrs.define
class Response(Generic[T]):
    """An answer to an endpoint's request."""

    #: No ``HTTPStatus``: gateways send statuses that it does not know.
    status_code: int
    #: Not shown, for it may be a whole order, with its addresses.
    content: bytes = attrs.field(repr=False)
    #: Not shown, for they may hold cookies.
    headers: MutableMapping[str, str] = attrs.field(repr=False)
    #: The body as the document declares it; ``None`` where the answer has none like that.
    parsed: T | None


FileContent = IO[bytes] | bytes | str
FileTypes = (
    tuple[str | None, FileContent, str | None]
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)


@attrs.define
class File:
    """A file to send or received."""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return what httpx takes in a multipart form."""
        return self.file_name, self.payload, self.mime_type
