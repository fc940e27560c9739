"""What changes in Python: the public API of the bindings, old against new, and which verb covers which operation.

Everything here is read and nothing imported, so that no text of a document can run.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import griffe

from .comparing import Change


def changes(old: Path, new: Path) -> list[Change]:
    """The difference of two versions of a package, by the paths of its objects."""
    before, after = _loaded(old), _loaded(new)
    was, now = dict(_objects(before)), dict(_objects(after))
    found = [
        Change("breaking", path, f"{was[path]} removed")
        for path in was.keys() - now.keys()
        if not _within(path, was, now)
    ]
    found += [
        Change("compatible", path, f"{now[path]} added")
        for path in now.keys() - was.keys()
        if not _within(path, now, was)
    ]
    for breakage in griffe.find_breaking_changes(before, after):
        path = breakage.obj.path
        if breakage.kind is not griffe.BreakageKind.OBJECT_REMOVED and path in was:
            found.append(Change("breaking", path, _explained(breakage)))
    return sorted(set(found), key=lambda one: (one.mark, one.where, one.what))


def _loaded(package: Path) -> Any:
    return griffe.load(
        package.name, search_paths=[package.parent], allow_inspection=False, resolve_aliases=False
    )


def _objects(parent: Any) -> Iterator[tuple[str, str]]:
    """The public modules, classes, functions and attributes below an object, with their kind."""
    for name, member in parent.members.items():
        if member.is_alias or (name.startswith("_") and name != "__init__"):
            continue
        yield member.path, member.kind.value
        if member.is_module or member.is_class:
            yield from _objects(member)


def _within(path: str, here: Mapping[str, str], there: Mapping[str, str]) -> bool:
    """Whether what holds an object is gone as well, so that its own line says nothing new."""
    holder = path.rpartition(".")[0]
    return holder in here and holder not in there


def _explained(breakage: Any) -> str:
    old, new = breakage.old_value, breakage.new_value
    detail = f": {old} becomes {new}" if isinstance(old, str | int) or isinstance(new, str | int) else ""
    return f"{breakage.kind.value}{detail}"


# --- verbs


def verbs(calls: Path) -> dict[str, str]:
    """The facade's verbs, each with the endpoint module that it uses, as ``tag.module``."""
    tree = ast.parse(calls.read_text(encoding="utf-8"))
    tags = {
        name.asname or name.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "kustom_order_management.api"
        for name in node.names
    }
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            for part in ast.walk(node):
                if (
                    isinstance(part, ast.Attribute)
                    and isinstance(part.value, ast.Name)
                    and part.value.id in tags
                ):
                    found[node.name] = f"{part.value.id}.{part.attr}"
    return found


def endpoints(package: Path) -> set[str]:
    """The endpoint modules of the bindings, as ``tag.module``."""
    return {
        f"{path.parent.name}.{path.stem}"
        for path in (package / "api").glob("*/*.py")
        if path.stem != "__init__"
    }


def uncovered(package: Path, calls: Path, explained: Mapping[str, str]) -> list[str]:
    """What is wrong between operations and verbs, one line each.

    Args:
        package: the bindings.
        calls: the module with the facade's verbs.
        explained: operations that have no verb on purpose, each with the reason.
    """
    known, used = endpoints(package), verbs(calls)
    lines = [f"operation {one} has no verb" for one in sorted(known - set(used.values()) - set(explained))]
    lines += [
        f"verb {verb}: its operation {one} is gone" for verb, one in sorted(used.items()) if one not in known
    ]
    lines += [
        f"operation {one} is on the list of those without a verb, but {'has one' if one in used.values() else 'is gone'}"
        for one in sorted(explained)
        if one in used.values() or one not in known
    ]
    return lines


def missing_names(package: Path, door: Path) -> list[str]:
    """Models that the facade's ``__init__`` hands out and the bindings do not have (any more)."""
    classes = {
        node.name
        for module in (package / "models").glob("*.py")
        for node in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    wanted = [
        name.name
        for node in ast.walk(ast.parse(door.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "kustom_order_management.models"
        for name in node.names
    ]
    return [f"the facade hands out {name}, which is gone" for name in wanted if name not in classes]
