"""Validity of a document, by the OpenAPI specification that it names."""

import os
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final, NoReturn

from jsonschema import ValidationError  # type: ignore[import-untyped]  # it comes without types
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from referencing.exceptions import Unresolvable

from .document import Document, RegenerationError, one_line
from .locations import walk
from .references import references, resolve

# Chosen here, or it would be another one where a faster package happens to be installed.
os.environ["OPENAPI_SPEC_VALIDATOR_SCHEMA_VALIDATOR_BACKEND"] = "jsonschema"
#: What neither the bindings nor the facade read: for people, or for the API to check. A fault in it
#: changes nothing.
_IDLE: Final = ("example", "examples", "default", "pattern")


def _fetch_nothing(uri: str) -> NoReturn:
    raise RegenerationError(
        f"{uri!r:.80} leads out of the document, and nothing is fetched: bundle it first"
    )


class _NoHandlers(dict[str, Callable[[str], NoReturn]]):
    """Refuse every scheme: the validator opens the address itself where a scheme is missing."""

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Callable[[str], NoReturn]:
        return _fetch_nothing


# The stock validators follow references with ``$id`` over the net.
_NO_HANDLERS: Any = _NoHandlers()
_VALIDATORS: Final = {
    version: type(stock.__name__, (stock,), {"resolver_handlers": _NO_HANDLERS})
    for version, stock in (("3.0", OpenAPIV30SpecValidator), ("3.1", OpenAPIV31SpecValidator))
}


def require_valid(document: Document) -> None:
    """Refuse a document that is not valid, and say where its first defect is."""
    if "swagger" in document:
        raise RegenerationError(
            f"this is Swagger {document['swagger']}; convert it to OpenAPI 3.0 or 3.1 first"
        )
    version = str(document.get("openapi", ""))
    validator = _VALIDATORS.get(version[:3]) if version[3:4] == "." else None
    if validator is None:
        raise RegenerationError(
            f"OpenAPI 3.0 or 3.1 is needed, the document says {version or 'nothing'}"
        )
    _require_references(document)
    problem = _problem(_without_idle(document), validator)
    if problem is not None:
        raise RegenerationError(problem)


def _without_idle(document: Document) -> Document:
    copy = deepcopy(document)
    (copy.get("components") or {}).pop("examples", None)
    for location in walk(copy):
        for key in _IDLE if isinstance(location.part, dict) else ():
            location.part.pop(key, None)
    return copy


def _require_references(document: Document) -> None:
    for location, target in references(document):
        # Only a bundled document is taken; this also keeps the tools from looking for the rest.
        if not target.startswith("#"):
            raise RegenerationError(
                f"{location.where}: the reference {target!r:.80} leads out of the document, "
                "and nothing is fetched: bundle it first"
            )
        try:
            resolve(document, {"$ref": target})
        except RegenerationError as error:
            raise RegenerationError(f"{location.where}: {error}") from None


def _errors(document: Document, validator: type[Any]) -> list[ValidationError]:
    """Return what is wrong. The validator looks further even where a part has a wrong shape."""
    found = list[ValidationError]()
    try:
        for error in validator(document).iter_errors():
            found.append(error)  # extend would lose them where it breaks off
    except (AssertionError, AttributeError, KeyError, TypeError) as error:
        if not found:
            raise RegenerationError(f"the document cannot be validated: {error!r:.100}") from error
    return found


def _problem(document: Document, validator: type[Any]) -> str | None:
    try:
        errors = _errors(document, validator)
    except Unresolvable as unresolvable:
        return (
            f"the reference {one_line(str(unresolvable))[:80]} cannot be followed within the "
            "document, and nothing is fetched"
        )
    except RecursionError:
        return "the document refers to itself in a way that cannot be followed"
    if not errors:
        return None
    error = _cause(errors)
    place = "/".join(_place(document, error))
    if len(place) > 90:  # the ends say most
        place = f"{place[:30]}…{place[-59:]}"
    keyword = _keyword(error)
    keyword = f" ({keyword})" if keyword else ""
    return f"not valid at {place or 'its top'}{keyword}: {one_line(error.message)}"


def _cause(errors: list[ValidationError]) -> ValidationError:
    """Return the error nearest to the top, and of several shapes that fail the one that is meant.

    What is wrong at the top is the cause of the rest. A part could always be a reference instead.
    """
    # What the validator says without a keyword follows from something that has one.
    error = min(errors, key=lambda error: (not _keyword(error), len(error.path)))
    while error.context:
        meant = [
            inner
            for inner in error.context
            if not (inner.validator == "required" and "'$ref'" in inner.message)
        ]
        error = max(meant or error.context, key=lambda inner: len(inner.path))
    return error


def _keyword(error: ValidationError) -> str:
    return error.validator if isinstance(error.validator, str) else ""


def _place(document: Document, error: ValidationError) -> list[str]:
    """Return the way to what is wrong. The validator gives it from the schema that it is in."""
    way = list(error.absolute_path)
    parts = [([location.where], location.part) for location in walk(document)]
    for start, holder in [([], document), *parts]:
        node: Any = holder
        try:
            for step in way:
                node = node[step]
        except (LookupError, TypeError):
            continue
        if node is error.instance:
            return [*start, *map(str, way)]
    return [str(step) for step in way]
