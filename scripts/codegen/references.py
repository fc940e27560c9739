"""References within a document. Nothing is fetched."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from .document import Document, RegenerationError

#: Below these keys stands data, in which "$ref" is a name like any other.
_DATA: Final = ("example", "examples", "default", "enum", "const")
#: Below these keys stand names that the vendor chose, in which the words above are names as well.
_NAMES: Final = (
    "properties", "patternProperties", "schemas", "responses", "parameters", "headers",
    "requestBodies",
)  # fmt: skip


def resolve(document: Document, node: Any) -> Any:
    """Return a node, or what it refers to."""
    seen = set()
    while isinstance(node, Mapping) and "$ref" in node:
        ref = node["$ref"]
        if not isinstance(ref, str) or not ref.startswith("#/") or ref in seen:
            raise RegenerationError(
                f"the reference {ref!r:.200} is not one into this document, or runs in a circle"
            )
        seen.add(ref)
        node = document
        for name in steps(ref):
            key: Any = int(name) if isinstance(node, list) and name.isdecimal() else name
            try:
                node = node[key]
            except (KeyError, IndexError, TypeError):
                raise RegenerationError(f"the reference {ref!r:.200} leads nowhere") from None
    return node


def steps(ref: str) -> list[str]:
    """Return the names in a reference into this document, unescaped."""
    return [unquote(part).replace("~1", "/").replace("~0", "~") for part in ref[2:].split("/")]


def references(node: Any, where: str = "", *, names: bool = False) -> Iterator[tuple[str, str]]:
    """Yield every reference with its place. Data and names that the vendor chose are none."""
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
