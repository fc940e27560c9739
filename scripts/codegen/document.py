"""A document as plain JSON data, read from YAML or JSON within limits of size and depth."""

import codecs
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

Document = dict[str, Any]

#: Documents of this family have less than 1 MB.
MAX_BYTES: Final = 2_000_000
#: A YAML alias stands for a copy of what it names, so a small file can name a lot.
MAX_VALUES: Final = 200_000
MAX_DEPTH: Final = 100
#: Characters of a path in a message.
_SHOWN: Final = 60


class RegenerationError(Exception):
    """The run cannot go on. The message says why and what to do, in one line."""


def load(path: Path) -> Document:
    """Read a document in YAML or JSON."""
    return parse(path, read(path), [])


def read(path: Path) -> bytes:
    """Return the bytes of a file, if it is small enough to be a document."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RegenerationError(f"{_shown(path)} cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise RegenerationError(
            f"{_shown(path)} is larger than {MAX_BYTES:,} bytes; no document of this API is: "
            "is it the right file?"
        )
    return data


def parse(path: Path, data: bytes, fixes: list[str]) -> Document:
    """Return the document in the bytes of a file. Add a line where they are not in UTF-8."""
    encoding = _encoding(data)
    if not encoding.startswith("utf-8"):
        fixes.append(f"the file is read as {encoding}; UTF-8 is expected")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise RegenerationError(
            f"{_shown(path)} is not text in {encoding}: {error.reason} at byte {error.start}"
        ) from error
    if not text.strip():
        raise RegenerationError(f"{_shown(path)} is empty; download the document again")
    if text.lstrip().startswith("<"):
        raise RegenerationError(
            f"{_shown(path)} is HTML or XML, not YAML or JSON: download the document itself, "
            "not the page that shows it"
        )
    content = _parsed(path, text)
    if not isinstance(content, dict):
        raise RegenerationError(
            f"{_shown(path)} holds no OpenAPI document: an object is needed at its top"
        )
    return _plain(path, content)


def _encoding(data: bytes) -> str:
    """Return the encoding of a text: by its mark, by its zero bytes, or by what it can be."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data[1:2] == b"\0" or data[:1] == b"\0":
        return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    for encoding in ("utf-8-sig", "windows-1252"):
        with suppress(UnicodeDecodeError):
            data.decode(encoding)
            return encoding
    return "latin-1"


def one_line(text: str) -> str:
    """Return text on one line, without characters that move a terminal's cursor."""
    flat = " ".join(text.split())
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in flat)


def title(document: Document) -> str:
    """Return the title and version that a document gives itself."""
    return f"{document['info']['title']} {document['info']['version']}"


def _parsed(path: Path, text: str) -> Any:
    if text.lstrip().startswith("{"):  # YAML does not allow JSON's tabs, and is slower
        try:
            return json.loads(text, object_pairs_hook=_without_repeats)
        except (json.JSONDecodeError, RecursionError):
            pass  # flow-style YAML begins like this too, and its reader says better what is wrong
        except ValueError as error:
            raise RegenerationError(f"{_shown(path)} is not a sound document: {error}") from error
    try:
        return _yaml().load(text)
    except YAMLError as error:
        raise RegenerationError(f"{_shown(path)} is not YAML or JSON: {_said(error)}") from error
    except (RecursionError, ValueError) as error:
        raise RegenerationError(
            f"{_shown(path)} cannot be read as YAML: {type(error).__name__}: {error}"
        ) from error


def _said(error: YAMLError) -> str:
    """Return where a text is no YAML, and why: that is lost between the lines that it quotes."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return one_line(str(error))
    mark = error.problem_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: {one_line(error.problem or '')}"


def _shown(path: Path) -> str:
    """Return a path that leaves room on the line for what is wrong with the file."""
    text = str(path)
    return text if len(text) <= _SHOWN else f"…{text[1 - _SHOWN :]}"


class _TextForDates(SafeConstructor):
    """Keep a date as the text that stands there: written anew it would be another value."""


_TextForDates.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _TextForDates
    return yaml


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"the key {name!r:.80} stands twice in one object")
        members[name] = value
    return members


def _plain(path: Path, data: Any) -> Document:
    """Return the data as JSON has it: text for keys, nothing shared or circular."""
    try:
        if sum(1 for _ in islice(_values(data), MAX_VALUES)) == MAX_VALUES:
            raise RegenerationError(
                f"{_shown(path)} holds more than {MAX_VALUES:,} values, its aliases unfolded; "
                "no document of this API does"
            )
        text = json.dumps(data, allow_nan=False)
        # 404 and "404" are one key.
        document: Document = json.loads(text, object_pairs_hook=_without_repeats)
    except (TypeError, ValueError) as error:
        raise RegenerationError(f"{_shown(path)} holds what JSON cannot: {error}") from error
    except RecursionError:
        raise RegenerationError(
            f"{_shown(path)} is nested too deeply, or holds itself by an alias"
        ) from None
    return document


def _values(node: Any) -> Iterator[None]:
    """Yield once for each value, aliases unfolded. Raise ``RecursionError`` for a deep one."""
    remaining = [(node, 0)]
    while remaining:
        value, depth = remaining.pop()
        if depth > MAX_DEPTH:
            raise RecursionError
        yield
        children = value.values() if isinstance(value, dict) else value
        if isinstance(value, dict | list):
            remaining.extend((child, depth + 1) for child in children)
