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
    found += _called(old, new)
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


def _signatures(package: Path) -> dict[str, dict[str, tuple[str, bool]]]:
    """What models and endpoints are called with: for each its arguments, with their type and whether they are needed.

    griffe knows nothing of constructors that attrs makes, nor of functions whose names are private.
    """
    found = {}
    for module in sorted((package / "models").glob("*.py")):
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[f"{package.name}.models.{module.stem}.{node.name}"] = {
                    one.target.id: (ast.unparse(one.annotation), one.value is None)
                    for one in node.body
                    if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
                }
    for module in sorted((package / "api").glob("*/*.py")):
        arguments = _arguments(module)
        if arguments:
            found[f"{package.name}.api.{module.parent.name}.{module.stem}"] = arguments
    return found


def _arguments(module: Path) -> dict[str, tuple[str, bool]]:
    """The arguments of an endpoint's ``_get_kwargs``."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "_get_kwargs":
            needed = {one.arg: True for one in node.args.args}
            needed |= {
                one.arg: default is None
                for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            }
            types = {
                one.arg: ast.unparse(one.annotation) if one.annotation else ""
                for one in (*node.args.args, *node.args.kwonlyargs)
            }
            return {name: (types[name], needed[name]) for name in needed}
    return {}


def _called(old: Path, new: Path) -> Iterator[Change]:
    """How models and endpoints that stay are called in another way."""
    before, after = _signatures(old), _signatures(new)
    for path in before.keys() & after.keys():
        was, now = before[path], after[path]
        endpoint = ".api." in path
        for name in was.keys() - now.keys() if endpoint else ():
            yield Change("breaking", path, f"argument {name} removed")
        for name in now.keys() - was.keys():
            if now[name][1]:
                yield Change("breaking", path, f"required argument {name} added")
            elif endpoint:
                yield Change("compatible", path, f"optional argument {name} added")
        for name in was.keys() & now.keys():
            if was[name][0] != now[name][0]:
                yield Change("breaking", path, f"argument {name}: {was[name][0]} becomes {now[name][0]}")
            elif now[name][1] and not was[name][1]:
                yield Change("breaking", path, f"argument {name} is required now")


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
    explained = {name: why for name, why in explained.items() if str(why or "").strip()}
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


def without_key(package: Path, calls: Path) -> list[str]:
    """Write verbs whose operation takes no idempotency key (any more): their repeats would be unprotected."""
    keyed = {
        node.name
        for node in ast.parse(calls.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and "idempotency_key" in {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
    }
    lines = []
    for verb, endpoint in sorted(verbs(calls).items()):
        tag, _, module = endpoint.partition(".")
        path = package / "api" / tag / f"{module}.py"
        if verb in keyed and path.exists() and "klarna_idempotency_key" not in _arguments(path):
            lines.append(
                f"verb {verb}: its operation {endpoint} takes no Klarna-Idempotency-Key, so it would be unprotected"
            )
    return lines


def lost_fields(old: Path, new: Path, facade: Path) -> list[str]:
    """Fields that no model has any more, and that the facade names: by attribute or by text, which no type checker sees."""

    def fields(package: Path) -> set[str]:
        models = [one for path, one in _signatures(package).items() if ".models." in path]
        return {name for arguments in models for name in arguments}

    named: set[str] = set()
    for module in facade.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                named.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
            elif isinstance(node, ast.keyword) and node.arg:
                named.add(node.arg)
    lost = (fields(old) - fields(new)) & named
    return [f"the facade names the field {name}, which no model has any more" for name in sorted(lost)]


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
