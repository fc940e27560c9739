"""Schemas of JSON values, which report everything that is wrong with a body at once."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from .refusals import Refusal
from .wire import Json, Request

INT32 = 2**31 - 1
INT64 = 2**63 - 1
# A date must leave room for the clock to move: 9999 is the last year that Python knows.
_YEARS = (1000, 9000)


@dataclass(slots=True)
class Problems:
    """Collect problems of a value.

    Attributes:
        malformed: Wrong types and forms, and missing fields, which answer 400.
        out_of_range: Values outside their limits, which answer 422.
    """

    malformed: list[str] = field(default_factory=list[str])
    out_of_range: list[str] = field(default_factory=list[str])

    def __bool__(self) -> bool:
        return bool(self.malformed or self.out_of_range)


class Schema(Protocol):
    """Describe one JSON value."""

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """Return the value without unknown fields, and note its problems under its path."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Describe the form of a string.

    Attributes:
        regex: The expression to search for, as in JSON Schema.
        description: The same in words.
    """

    regex: re.Pattern[str]
    description: str


@dataclass(frozen=True, slots=True)
class Text:
    """Describe a string of limited length, of a few words, or of a certain form.

    Null or a number in its place answers 400. That is an assumption: integrations in use send
    both, and nobody recorded the response.
    """

    longest: int | None = None
    words: frozenset[str] = frozenset()
    pattern: Pattern | None = None

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """Implement `Schema`."""
        if not isinstance(value, str):
            problems.malformed.append(f"{path}: must be a string")
        elif self.words and value not in self.words:
            problems.malformed.append(f"{path}: must be one of {', '.join(sorted(self.words))}")
        elif self.pattern and not self.pattern.regex.search(value):
            problems.malformed.append(f"{path}: must be {self.pattern.description}")
        elif self.longest is not None and len(value) > self.longest:
            problems.out_of_range.append(f"{path}: must be at most {self.longest} characters")
        return value


@dataclass(frozen=True, slots=True)
class DateString:
    """Describe a string that holds a date, with a year in which dates can be added up."""

    parse: Callable[[str], date]
    example: str

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """Implement `Schema`."""
        if not self._is_date(value):
            problems.malformed.append(f"{path}: must be a date like {self.example}")
        return value

    def _is_date(self, value: Any) -> bool:
        try:
            return isinstance(value, str) and _YEARS[0] <= self.parse(value).year <= _YEARS[1]
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Boolean:
    """Describe true or false."""

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """Implement `Schema`."""
        if not isinstance(value, bool):
            problems.malformed.append(f"{path}: must be true or false")
        return value


@dataclass(frozen=True, slots=True)
class Integer:
    """Describe an integer within bounds, by default those of 64 bits."""

    least: int = -INT64 - 1
    most: int = INT64

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """Implement `Schema`."""
        if not isinstance(value, int) or isinstance(value, bool):
            problems.malformed.append(f"{path}: must be an integer")
        elif value < self.least:
            problems.out_of_range.append(f"{path}: must be at least {self.least}")
        elif value > self.most:
            problems.out_of_range.append(f"{path}: must be at most {self.most}")
        return value


@dataclass(frozen=True, slots=True)
class ListOf:
    """Describe a list whose items have one schema."""

    item: Schema
    most: int
    least: int = 0

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """Implement `Schema`."""
        if not isinstance(value, list):
            problems.malformed.append(f"{path}: must be a list")
            return value
        items: list[Any] = value
        if not self.least <= len(items) <= self.most:
            problems.out_of_range.append(f"{path}: must have {self.least} to {self.most} items")
        return [
            self.item.read(item, f"{path}[{index}]", problems) for index, item in enumerate(items)
        ]


@dataclass(frozen=True, slots=True)
class Object:
    """Describe an object with fields of known schemas."""

    fields: Mapping[str, Schema]
    required: Iterable[str] = ()

    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """Implement `Schema`."""
        if not isinstance(value, dict):
            problems.malformed.append(f"{path or 'body'}: must be an object")
            return value
        given: Json = value
        prefix = f"{path}." if path else ""
        problems.malformed += [
            f"{prefix}{name}: is required" for name in self.required if name not in given
        ]
        return {
            name: schema.read(given[name], prefix + name, problems)
            for name, schema in self.fields.items()
            if name in given
        }


def read_body(request: Request, schema: Schema) -> Json:
    """Return the body of a request, without the fields that the API does not know.

    Raises:
        Refusal: The body is not JSON, or not of that schema.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and (media_type or request.body):
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "Content type must be application/json")
    problems = Problems()
    body: Json = schema.read(parse(request.body), "", problems)
    if problems:
        status = 400 if problems.malformed else 422
        messages = (*problems.malformed, *problems.out_of_range)
        raise Refusal(status, "INVALID_REQUEST_PARAMETERS", *messages)
    return body


def parse(body: bytes) -> Any:
    """Return a body's JSON.

    Raises:
        Refusal: The body is not JSON in UTF-8.
    """
    try:
        parsed = json.loads(body.decode(), parse_constant=_refuse_constant)
        # Half a surrogate pair passes the parser, and could never be written to the wire again.
        json.dumps(parsed, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "BAD_REQUEST", "Body is not valid JSON") from error
    return parsed


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
