"""Validity of a document, by the OpenAPI specification that it names."""

from collections.abc import Callable
from typing import Any, Final, NoReturn

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from referencing.exceptions import Unresolvable

from .document import Document, RegenerationError, one_line
from .references import references, resolve


def _fetch_nothing(uri: str) -> NoReturn:
    raise RegenerationError(
        f"{uri!r:.200} leads out of the document, and nothing is fetched: bundle it first"
    )


class _NoHandlers(dict[str, Callable[[str], NoReturn]]):
    """Refuse every scheme: the validator opens the address itself where a scheme is missing."""

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Callable[[str], NoReturn]:
        return _fetch_nothing


# The stock validators follow references with ``$id`` or in examples over the net.
_NO_HANDLERS: Any = _NoHandlers()
_VALIDATORS: Final = {
    version: type(stock.__name__, (stock,), {"resolver_handlers": _NO_HANDLERS})
    for version, stock in (("3.0", OpenAPIV30SpecValidator), ("3.1", OpenAPIV31SpecValidator))
}


def problem(document: Document) -> str | None:
    """Return the first defect of a document, or ``None`` for a valid one."""
    if "swagger" in document:
        return f"this is Swagger {document['swagger']}; convert it to OpenAPI 3.0 or 3.1 first"
    version = str(document.get("openapi", ""))
    validator = _VALIDATORS.get(version[:3]) if version[3:4] == "." else None
    if validator is None:
        return f"OpenAPI 3.0 or 3.1 is needed, the document says {version or 'nothing'}"
    return _reference_problem(document) or _specification_problem(document, validator)


def _reference_problem(document: Document) -> str | None:
    for where, target in references(document):
        # Only a bundled document is taken; this also keeps the tools from looking for the rest.
        if not target.startswith("#"):
            return (
                f"the reference {target!r:.200} at {where} leads out of the document, "
                "and nothing is fetched: bundle it first"
            )
        try:
            resolve(document, {"$ref": target})
        except RegenerationError as error:
            return f"{error} (at {where})"
    return None


def _specification_problem(document: Document, validator: type[Any]) -> str | None:
    try:
        error = next(validator(document).iter_errors(), None)
    except Unresolvable as unresolvable:
        return (
            f"the reference {one_line(str(unresolvable))[:200]} cannot be followed within the "
            "document, and nothing is fetched"
        )
    except RecursionError:
        return "the document refers to itself in a way that cannot be followed"
    if error is None:
        return None
    place = "/".join(str(part) for part in error.absolute_path)
    return f"the document is not valid at {place or 'its top'}: {one_line(error.message)[:300]}"
