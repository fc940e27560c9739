"""The first step: a file becomes a document of plain JSON data, or a refusal that says what is wrong with it.

Nothing is fetched: a reference that leads out of the document is refused.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from referencing.exceptions import Unresolvable
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode

Document = dict[str, Any]

#: Documents of this family have less than 1 MB.
LARGEST = 2_000_000
#: A YAML alias stands for a copy of what it names; a small file can name more than any memory holds.
MOST_VALUES = 200_000
#: A document this deep is an attack on whoever reads it.
DEEPEST = 100

#: Below these keys stands data, in which "$ref" is a name like any other.
_DATA = ("example", "examples", "default", "enum", "const")
#: Below these keys stand names that the vendor chose, in which the words above are names as well.
_NAMES = ("properties", "patternProperties", "schemas", "responses", "parameters", "headers", "requestBodies")


class Refused(Exception):
    """The run cannot go on; the message says why and what to do, in one line."""


def _fetch_nothing(uri: str) -> NoReturn:
    raise Refused(f"{uri!r:.200} leads out of the document, and nothing is fetched: bundle it first")


class _Everywhere(dict[str, Callable[[str], NoReturn]]):
    """Refuses every scheme; for one that it does not find here, the stock validator would open the address itself."""

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Callable[[str], NoReturn]:
        return _fetch_nothing


_EVERYWHERE: Any = _Everywhere()


class _Validator30(OpenAPIV30SpecValidator):
    """The stock one follows references with ``$id`` or in examples over the net."""

    resolver_handlers = _EVERYWHERE


class _Validator31(OpenAPIV31SpecValidator):
    """The same for OpenAPI 3.1."""

    resolver_handlers = _EVERYWHERE


_VALIDATORS = {"3.0": _Validator30, "3.1": _Validator31}


def load(path: Path) -> Document:
    """Read a document in YAML or JSON."""
    return parse(path, read(path))


def read(path: Path) -> bytes:
    """The bytes of a file that can be a document."""
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for somebody to write into it
            raise Refused(f"{path} is not a file; give the document itself")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST:
        raise Refused(
            f"{path} is larger than {LARGEST:,} bytes; no document of this API is: is it the right file?"
        )
    return data


def parse(path: Path, data: bytes) -> Document:
    """The document in the bytes of a file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is not text in UTF-8: {error.reason} at byte {error.start}") from error
    if not text.strip():
        raise Refused(f"{path} is empty; download the document again")
    if text.lstrip().startswith("<"):
        raise Refused(
            f"{path} is HTML or XML, not YAML or JSON: download the document itself, not the page that shows it"
        )
    found = _parsed(path, text)
    if not isinstance(found, dict):
        raise Refused(f"{path} holds no OpenAPI document: an object is needed at its top")
    document = _plain(path, found)
    _drop_extensions(document)
    return document


def _drop_extensions(document: Document) -> None:
    """Without ``x-`` members where others are paths, operations and responses, which the tools take them for."""
    paths = document.get("paths")
    holders = [paths, *(paths.values() if isinstance(paths, dict) else ())]
    operations = [one for item in holders[1:] if isinstance(item, dict) for one in item.values()]
    holders += [one.get("responses") for one in operations if isinstance(one, dict)]
    for holder in holders:
        for name in [one for one in holder if one.startswith("x-")] if isinstance(holder, dict) else ():
            del holder[name]


def line(text: str) -> str:
    """Text on one line, in which nothing moves a terminal's cursor or turns its text around."""
    flat = " ".join(text.split())
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in flat)


def problem(document: Document) -> str | None:
    """What is wrong with a document by the OpenAPI specification that it names; the first thing found."""
    if "swagger" in document:
        return f"this is Swagger {document['swagger']}; convert it to OpenAPI 3.0 or 3.1 first"
    version = str(document.get("openapi", ""))
    validator = next((_VALIDATORS[known] for known in _VALIDATORS if version.startswith(f"{known}.")), None)
    if validator is None:
        return f"OpenAPI 3.0 or 3.1 is needed, the document says {version or 'nothing'}"
    return _reference_problem(document) or _specification_problem(document, validator)


def _reference_problem(document: Document) -> str | None:
    for where, target in references(document):
        # Only a bundled document is taken; this also keeps the tools from looking for the rest of it.
        if not target.startswith("#"):
            return f"the reference {target!r:.200} at {where} leads out of the document, and nothing is fetched: bundle it first"
        try:
            resolve(document, {"$ref": target})
        except Refused as refusal:
            return f"{refusal} (at {where})"
    return None


def _specification_problem(document: Document, validator: type[Any]) -> str | None:
    try:
        for error in validator(document).iter_errors():
            place = "/".join(str(part) for part in error.absolute_path)
            return f"the document is not valid at {place or 'its top'}: {line(error.message)[:300]}"
    except Unresolvable as error:
        return f"the reference {line(str(error))[:200]} cannot be followed within the document, and nothing is fetched"
    except RecursionError:
        return "the document is nested too deeply, or refers to itself in a way that cannot be followed"
    return None


def validate(document: Document) -> None:
    """Refuse a document that is not valid."""
    found = problem(document)
    if found is not None:
        raise Refused(found)


def resolve(document: Document, node: Any) -> Any:
    """What a node holds, a reference followed."""
    seen = set()
    while isinstance(node, Mapping) and "$ref" in node:
        ref = node["$ref"]
        if not isinstance(ref, str) or not ref.startswith("#/") or ref in seen:
            raise Refused(f"the reference {ref!r:.200} is not one into this document, or runs in a circle")
        seen.add(ref)
        node = document
        for name in parts(ref):
            key: Any = int(name) if isinstance(node, list) and name.isdecimal() else name
            try:
                node = node[key]
            except (KeyError, IndexError, TypeError):
                raise Refused(f"the reference {ref!r:.200} leads nowhere") from None
    return node


def parts(ref: str) -> list[str]:
    """The names in a reference into this document, unescaped."""
    return [unquote(part).replace("~1", "/").replace("~0", "~") for part in ref[2:].split("/")]


def references(node: Any, where: str = "", *, names: bool = False) -> Iterator[tuple[str, str]]:
    """Every reference with its place; data and names that the vendor chose are none."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from references(item, f"{where}/{number}")
    if not isinstance(node, dict):
        return
    if not names and isinstance(node.get("$ref"), str):
        yield f"{where}/$ref", node["$ref"]
    for key, value in node.items():
        if names or not (key in _DATA or key.startswith("x-")):
            yield from references(value, f"{where}/{key}", names=not names and key in _NAMES)


def _parsed(path: Path, text: str) -> Any:
    """JSON is read as such first: YAML does not allow its tabs, and is slower."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, object_pairs_hook=_without_repeats)
        except (json.JSONDecodeError, RecursionError):
            pass  # flow-style YAML begins like this too, and its reader says better what is wrong
        except ValueError as error:
            raise Refused(f"{path} is not a sound document: {error}") from error
    try:
        if "<<" in text:  # what it merges is copied while it is read, before anything could be counted
            _count_merged(path, YAML(typ="safe", pure=True).compose(text))
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise Refused(f"{path} is not YAML or JSON: {' '.join(str(error).split())[:300]}") from error
    except (RecursionError, ValueError) as error:
        raise Refused(f"{path} cannot be read as YAML: {type(error).__name__}: {error}") from error


def _count_merged(path: Path, node: Any) -> None:
    """Refuse a document whose merges would make too much of it."""
    left, seen = [node], 0
    while left:
        one = left.pop()
        seen += 1
        if seen > MOST_VALUES:
            raise Refused(
                f"{path} merges more than {MOST_VALUES:,} values (<<); no document of this API does"
            )
        for child in one.value if isinstance(one, CollectionNode) else ():
            left.extend(child if isinstance(child, tuple) else (child,))


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name!r:.80} stands twice in one object")
        found[name] = value
    return found


def _plain(path: Path, data: Any) -> Document:
    """The data as JSON has it: text for keys and dates, and nothing shared or circular any more."""
    try:
        if sum(1 for _ in islice(_values(data), MOST_VALUES)) == MOST_VALUES:
            raise Refused(
                f"{path} holds more than {MOST_VALUES:,} values, its aliases unfolded; no document of this API does"
            )
        text = json.dumps(data, default=_as_text, allow_nan=False, ensure_ascii=False)
        text.encode()  # half a pair of surrogates is no text, and cannot be written
        document: Document = json.loads(text, object_pairs_hook=_without_repeats)  # 404 and "404" are one key
    except RecursionError:
        raise Refused(f"{path} is nested too deeply, or holds itself by an alias") from None
    except (TypeError, ValueError) as error:
        raise Refused(f"{path} holds what JSON cannot: {error}") from error
    return document


def _values(node: Any) -> Iterator[None]:
    """One ``None`` for each value of the data, aliases unfolded; what is too deep ends in a RecursionError."""
    left = [(node, 0)]
    while left:
        value, depth = left.pop()
        if depth > DEEPEST:
            raise RecursionError
        yield
        if isinstance(value, dict | list):
            left.extend(
                (child, depth + 1) for child in (value.values() if isinstance(value, dict) else value)
            )


def _as_text(value: Any) -> str:
    if hasattr(value, "isoformat"):  # YAML reads dates as dates
        return str(value.isoformat())
    raise TypeError(f"a value of type {type(value).__name__}")
