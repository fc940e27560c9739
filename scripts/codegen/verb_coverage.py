"""The facade against the bindings: which verb covers which operation, and which names are gone."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from . import bindings, verbs

_API: Final = "kustom_order_management.api."
_MODELS: Final = "kustom_order_management.models"


def problems(root: Path, package: Path, reasons: Mapping[str, str]) -> list[str]:
    """Return what is wrong between operations and verbs, one line each.

    Args:
        root: the project.
        package: the bindings.
        reasons: operations that have no verb on purpose, each with the reason.
    """
    endpoints = {name: bindings.arguments(node) for name, node in bindings.endpoints(package)}
    used, keyed = _used_endpoints(root)
    covered = set(used.values())
    explained = {name for name, why in reasons.items() if str(why or "").strip()}
    lines = [
        f"operation {name} has no verb" for name in sorted(endpoints.keys() - covered - explained)
    ]
    for verb, name in sorted(used.items()):
        if name not in endpoints:
            lines.append(f"verb {verb}: its operation {name} is gone")
        elif verb in keyed and "klarna_idempotency_key" not in endpoints[name]:
            lines.append(
                f"verb {verb}: its operation {name} takes no Klarna-Idempotency-Key, "
                "so it would be unprotected"
            )
    for name in sorted(explained):
        if name in covered or name not in endpoints:
            why = "has one" if name in covered else "is gone"
            lines.append(f"operation {name} is on the list of those without a verb, but {why}")
    return [*lines, *_missing_models(root, package)]


def lost_fields(root: Path, old: Path, new: Path) -> list[str]:
    """Return the fields that no model has any more and that the facade names.

    It names them by attribute, by keyword or as text, which no type checker sees.
    """
    before, after = (
        {name for _, model, _ in bindings.models(package) for name in bindings.fields(model)}
        for package in (old, new)
    )
    named: set[str | None] = set()
    for module in (root / verbs.PACKAGE).rglob("*.py"):
        if "sandbox" in module.parts:  # it speaks for the vendor
            continue
        for node in ast.walk(bindings.parse(module)):
            if isinstance(node, ast.Attribute):
                named.add(node.attr)
            elif isinstance(node, ast.keyword):
                named.add(node.arg)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
    lost = sorted((before - after) & named)
    return [f"the facade names the field {name}, which no model has any more" for name in lost]


def _used_endpoints(root: Path) -> tuple[dict[str, str], set[str]]:
    """Return the endpoint of each operation function, and the functions that take a key."""
    used, keyed = {}, set()
    for _, module in verbs.modules(root):
        endpoints = {
            name.asname or name.name: f"{node.module.removeprefix(_API)}.{name.name}"
            for node in module.body
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_API)
            for name in node.names
        }
        for function in verbs.public_functions(module):
            if any(argument.arg == "idempotency_key" for argument in function.args.kwonlyargs):
                keyed.add(function.name)
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and node.id in endpoints:
                    used[function.name] = endpoints[node.id]
    return used, keyed


def _missing_models(root: Path, package: Path) -> Iterator[str]:
    """Yield the models that the facade hands out and the bindings do not have."""
    classes = {node.name for _, node, _ in bindings.models(package)}
    for node in ast.walk(bindings.parse(root / verbs.PACKAGE / "__init__.py")):
        if isinstance(node, ast.ImportFrom) and node.module == _MODELS:
            for name in node.names:
                if name.name not in classes:
                    yield f"the facade hands out {name.name}, which is gone"
