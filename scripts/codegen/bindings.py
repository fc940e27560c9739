"""The modules of built bindings, read and not imported, so that no text of a document can run."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: For each argument its type, and whether it is required.
Arguments = dict[str, tuple[str, bool]]


def parse(module: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(module.read_text(encoding="utf-8"), str(module))


def endpoints(package: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the ``_get_kwargs`` of each endpoint, by its module as ``tag.module``."""
    for path in sorted((package / "api").glob("*/*.py")):
        for node in parse(path).body:
            if isinstance(node, ast.FunctionDef) and node.name == "_get_kwargs":
                yield f"{path.parent.name}.{path.stem}", node


def models(package: Path) -> Iterator[tuple[str, ast.ClassDef, ast.Module]]:
    """Yield the name of each model's module, its class and the whole module."""
    for path in sorted((package / "models").glob("*.py")):
        module = parse(path)
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                yield path.stem, node, module


def fields(model: ast.ClassDef) -> Arguments:
    """Return the fields of a model, which are the arguments of its constructor."""
    return {
        node.target.id: (ast.unparse(node.annotation), node.value is None)
        for node in model.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def arguments(function: ast.FunctionDef) -> Arguments:
    """Return the arguments of an endpoint's function: positional ones are required."""
    given = function.args
    defaults = [*(None for _ in given.args), *given.kw_defaults]
    return {
        node.arg: (ast.unparse(node.annotation) if node.annotation else "", default is None)
        for node, default in zip((*given.args, *given.kwonlyargs), defaults, strict=True)
    }


def members(enum: ast.ClassDef) -> dict[str, Any]:
    """Return the members of an enum with their values on the wire."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in enum.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant | ast.UnaryOp)
    }
