"""The facade's operations against the bindings': which verb covers which operation."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from . import verbs
from .counterparts import Bindings

_API: Final = "kustom_order_management.api."


def problems(root: Path, bindings: Bindings, reasons: Mapping[str, str]) -> list[str]:
    """Return what is wrong between operations and verbs, one line each.

    Args:
        root: the project.
        bindings: what codegen.trial found.
        reasons: operations that have no verb on purpose, each with the reason.
    """
    endpoints, used = bindings["endpoints"].keys(), used_endpoints(root)
    covered = set(used.values())
    explained = {name for name, why in reasons.items() if str(why or "").strip()}
    lines = [f"operation {name} has no verb" for name in sorted(endpoints - covered - explained)]
    for verb, name in sorted(used.items()):
        if name not in endpoints:
            lines.append(f"verb {verb}: its operation {name} is gone")
    for name in sorted(explained):
        if name in covered or name not in endpoints:
            why = "has one" if name in covered else "is gone"
            lines.append(f"operation {name} is on the list of those without a verb, but {why}")
    return lines


def used_endpoints(root: Path) -> dict[str, str]:
    """Return the endpoint of each operation function, as ``tag.module``."""
    used = {}
    for _, module in verbs.modules(root):
        endpoints = {
            name.asname or name.name: f"{node.module.removeprefix(_API)}.{name.name}"
            for node in module.body
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_API)
            for name in node.names
        }
        for function in verbs.public_functions(module):
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and node.id in endpoints:
                    used[function.name] = endpoints[node.id]
    return used
