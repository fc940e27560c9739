"""Whether the output holds all of the document, by reading the output, and whether two trees are the same."""

import ast
import filecmp
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from . import facts
from .reading import Document, Refused


def counterparts(document: Document, package: Path) -> None:
    """Refuse output in which an operation or a schema of the document has no module of its own."""
    endpoints = {_sent(module) for module in (package / "api").glob("*/*.py") if module.name != "__init__.py"}
    missing = [
        f"operation {operation.get('operationId', f'{method.upper()} {path}')}"
        for path, method, operation, _ in facts.operations(document)
        if (method, _shape(path)) not in endpoints
    ]
    missing += [f"schema {name}" for name in _schemas_without_class(document, package)]
    if missing:
        raise Refused(
            f"the generator dropped {', '.join(missing)}; mend the document in scripts/overlay.yaml"
        )


def _schemas_without_class(document: Document, package: Path) -> Iterator[str]:
    # Counted, because the generator drops the second one of two names that differ in case or spaces only.
    classes = Counter(
        _normal(name) for module in (package / "models").glob("*.py") for name in _classes(module)
    )
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if _needs_class(schema):
            classes[_normal(name)] -= 1
            if classes[_normal(name)] < 0:
                yield name


def differences(made: Path, kept: Path) -> Iterator[str]:
    """What differs between what was made and what is kept, one line per file."""
    made_files, kept_files = _files(made), _files(kept)
    for name in sorted(made_files | kept_files):
        if name not in kept_files:
            yield f"missing: {name}"
        elif name not in made_files:
            yield f"extra: {name}"
        elif not filecmp.cmp(made / name, kept / name, shallow=False):
            yield f"changed: {name}"


def _files(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _sent(module: Path) -> tuple[str, str]:
    """Method and path that an endpoint's ``_get_kwargs`` builds."""
    constants = {}
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in ("method", "url"):
                    text = next((one for one in ast.walk(value) if isinstance(one, ast.Constant)), None)
                    constants[key.value] = "" if text is None else str(text.value)
    return constants.get("method", ""), _shape(constants.get("url", ""))


def _shape(path: str) -> str:
    """A path without the names of its parameters, which the generator may rewrite."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def _classes(module: Path) -> Iterator[str]:
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name


def _normal(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _needs_class(schema: object) -> bool:
    """Objects and enums become classes; plain strings and lists do not."""
    return isinstance(schema, dict) and (
        "properties" in schema or "enum" in schema or schema.get("type") == "object"
    )
