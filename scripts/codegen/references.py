"""References within a document. Nothing is fetched."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from .document import Document, RegenerationError
from .locations import Location, walk

SCHEMAS: Final = "#/components/schemas/"


def resolve(document: Document, node: Any) -> Any:
    """Return a node, or what it refers to."""
    seen = set()
    while isinstance(node, Mapping) and "$ref" in node:
        ref = node["$ref"]
        if not isinstance(ref, str) or not ref.startswith("#/") or ref in seen:
            raise RegenerationError(
                f"the reference {ref!r:.80} is not one into this document, or runs in a circle"
            )
        seen.add(ref)
        node = document
        for name in steps(ref):
            key: Any = int(name) if isinstance(node, list) and name.isdecimal() else name
            try:
                node = node[key]
            except (KeyError, IndexError, TypeError):
                raise RegenerationError(f"the reference {ref!r:.80} leads nowhere") from None
    return node


def steps(ref: str) -> list[str]:
    """Return the names in a reference into this document, unescaped."""
    return [unquote(part).replace("~1", "/").replace("~0", "~") for part in ref[2:].split("/")]


def schema_name(ref: str) -> str | None:
    """Return the name of the schema that a reference is to, ``None`` for any other place."""
    names = steps(ref)
    is_named = ref.startswith("#/") and names[:2] == ["components", "schemas"] and len(names) == 3
    return names[2] if is_named else None


def references(document: Document) -> Iterator[tuple[Location, str]]:
    """Yield every reference in a document with its place. Examples and other data hold none."""
    for location in walk(document):
        if isinstance(location.part, dict) and isinstance(location.part.get("$ref"), str):
            yield location, location.part["$ref"]
