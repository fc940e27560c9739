"""Reads a request body against a description of it, and lists everything that is wrong with it at once."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from ._wire import Json, Refusal, Request

INT32 = 2**31 - 1
INT64 = 2**63 - 1
_YEARS = (1000, 9000)


@dataclass(slots=True)
class Problems:
    """What was found so far: `malformed` values answer 400, values `beyond` their limits 422."""

    malformed: list[str] = field(default_factory=list[str])
    beyond: list[str] = field(default_factory=list[str])


class Shape(Protocol):
    """A description of one JSON value."""

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """The value without the fields that the API does not know; problems are noted under its path."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a string has to look like, for programs and for people."""

    pattern: re.Pattern[str]
    """Is searched for, as in JSON Schema."""
    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string of at most so many characters, one of a few words, or one of a certain form.

    Null or a number in its place answers 400. That is an assumption: integrations in use send
    both, and nobody recorded the answer.
    """

    longest: int | None = None
    words: frozenset[str] = frozenset()
    form: Form | None = None

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """See `Shape`."""
        if not isinstance(value, str):
            problems.malformed.append(f"{path}: must be a string")
        elif self.words and value not in self.words:
            problems.malformed.append(f"{path}: must be one of {', '.join(sorted(self.words))}")
        elif self.form and not self.form.pattern.search(value):
            problems.malformed.append(f"{path}: must be {self.form.name}")
        elif self.longest is not None and len(value) > self.longest:
            problems.beyond.append(f"{path}: must be at most {self.longest} characters")
        return value


@dataclass(frozen=True, slots=True)
class Dated:
    """A string that can be read as a date, of years in which it can still be reckoned with."""

    parse: Callable[[str], date]
    like: str

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """See `Shape`."""
        if not self._is_date(value):
            problems.malformed.append(f"{path}: must be a date like {self.like}")
        return value

    def _is_date(self, value: Any) -> bool:
        try:
            return isinstance(value, str) and _YEARS[0] <= self.parse(value).year <= _YEARS[1]
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """See `Shape`."""
        if not isinstance(value, bool):
            problems.malformed.append(f"{path}: must be true or false")
        return value


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number within bounds; at most what fits into 64 bits."""

    least: int = -INT64 - 1
    most: int = INT64

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """See `Shape`."""
        if not isinstance(value, int) or isinstance(value, bool):
            problems.malformed.append(f"{path}: must be an integer")
        elif value < self.least:
            problems.beyond.append(f"{path}: must be at least {self.least}")
        elif value > self.most:
            problems.beyond.append(f"{path}: must be at most {self.most}")
        return value


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of things of one shape."""

    item: Shape
    most: int
    least: int = 0

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """See `Shape`."""
        if not isinstance(value, list):
            problems.malformed.append(f"{path}: must be a list")
            return value
        items: list[Any] = value
        if not self.least <= len(items) <= self.most:
            problems.beyond.append(f"{path}: must have {self.least} to {self.most} items")
        return [self.item.read(item, f"{path}[{index}]", problems) for index, item in enumerate(items)]


@dataclass(frozen=True, slots=True)
class Object:
    """An object with fields of known shapes."""

    fields: Mapping[str, Shape]
    required: Iterable[str] = ()

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """See `Shape`."""
        if not isinstance(value, dict):
            problems.malformed.append(f"{path or 'body'}: must be an object")
            return value
        given: Json = value
        prefix = f"{path}." if path else ""
        problems.malformed += [f"{prefix}{name}: is required" for name in self.required if name not in given]
        return {
            name: shape.read(given[name], prefix + name, problems)
            for name, shape in self.fields.items()
            if name in given
        }


def read_body(request: Request, shape: Shape) -> Json:
    """The body of a request as JSON of that shape, or the refusal that names what is wrong with it."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and (media_type or request.body):
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "Content type must be application/json")
    problems = Problems()
    read: Json = shape.read(parse(request.body), "", problems)
    if problems.malformed or problems.beyond:
        status = 400 if problems.malformed else 422
        raise Refusal(status, "INVALID_REQUEST_PARAMETERS", *problems.malformed, *problems.beyond)
    return read


def parse(body: bytes) -> Any:
    """The JSON of a body, or the refusal of what is none."""
    try:
        parsed = json.loads(body.decode(), parse_constant=_no_json)
        # Half a surrogate pair passes the parser, and could never be written to the wire again.
        json.dumps(parsed, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "BAD_REQUEST", "Body is not valid JSON") from error
    return parsed


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
