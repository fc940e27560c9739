"""Whether the output holds all of the document, by reading the output, and whether two trees are the same."""

import ast
import filecmp
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .mending import makes_class
from .naming import class_name
from .reading import Document, Refused, resolve
from .walking import UNREAD, everything, named, operations, shape


def counterparts(document: Document, package: Path) -> None:
    """Refuse output that lacks an operation, a parameter, a header, a schema, a field or a value of the document.

    The generator's exit status says nothing about it: it drops what it does not understand, and what refers to that.
    """
    missing = [
        *_missing_operations(document, package),
        *_missing_schemas(document, package),
        *_unread(document),
    ]
    if missing:
        more = f" and {len(missing) - 20} more" if len(missing) > 20 else ""
        raise Refused(
            f"the generator dropped {', '.join(missing[:20])}{more}; mend the document in scripts/overlay.yaml"
        )


def differences(made: Path, kept: Path) -> Iterator[str]:
    """What differs between what was made and what is kept, one line per file."""
    made_files, kept_files = _files(made), _files(kept)
    for name in sorted(made_files | kept_files):
        if name not in kept_files:
            yield f"missing: {name}"
        elif name not in made_files:
            yield f"extra: {name}"
        elif (kept / name).is_symlink() or not filecmp.cmp(made / name, kept / name, shallow=False):
            yield f"changed: {name}"


def _files(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if (path.is_file() or path.is_symlink()) and "__pycache__" not in path.parts
    }


# --- operations


def _missing_operations(document: Document, package: Path) -> Iterator[str]:
    builders = dict(_builders(package))
    facts = _constant(package / "document.py", "OPERATIONS")
    for path, method, operation, item in operations(document):
        where = f"{method.upper()} {path}"
        builder = builders.get((method, shape(path)))
        if builder is None:
            yield f"operation {operation.get('operationId', where)}"
            continue
        texts = {node.value for node in ast.walk(builder) if isinstance(node, ast.Constant)}
        for given in [*item.get("parameters", ()), *operation.get("parameters", ())]:
            parameter = resolve(document, given)
            if parameter["in"] != "path" and parameter["name"] not in texts:
                yield f"parameter {parameter['name']} of {where}"
        arguments = {argument.arg for argument in (*builder.args.args, *builder.args.kwonlyargs)}
        if operation.get("requestBody") and "body" not in arguments:
            yield f"body of {where}"
        known = facts.get(operation["operationId"], {}).get("responses", {})
        for status, response in operation.get("responses", {}).items():
            for header in resolve(document, response).get("headers", {}):
                if header not in known.get(str(status), ()):
                    yield f"header {header} of {status} of {where}"


def _builders(package: Path) -> Iterator[tuple[tuple[str, str], ast.FunctionDef]]:
    """Each endpoint's ``_get_kwargs`` by the method and path that it builds."""
    for module in sorted((package / "api").glob("*/*.py")):
        for node in _tree(module).body:
            if isinstance(node, ast.FunctionDef) and node.name == "_get_kwargs":
                yield _sent(node), node


def _sent(builder: ast.FunctionDef) -> tuple[str, str]:
    constants = {}
    for node in ast.walk(builder):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in ("method", "url"):
                    text = next((one for one in ast.walk(value) if isinstance(one, ast.Constant)), None)
                    constants[key.value] = "" if text is None else str(text.value)
    return constants.get("method", ""), shape(constants.get("url", ""))


# --- schemas


def _missing_schemas(document: Document, package: Path) -> Iterator[str]:
    classes = {
        node.name: module for module in sorted((package / "models").glob("*.py")) for node in _classes(module)
    }
    for name, schema in named(document).items():
        if not isinstance(schema, dict) or not makes_class(schema):
            continue
        module = classes.pop(class_name(name), None)  # one class is the counterpart of one schema
        if module is None:
            yield f"schema {name}"
        elif schema.get("enum"):
            values = _values(module)
            yield from (
                f"value {value!r} of schema {name}" for value in schema["enum"] if value not in values
            )
        else:
            declared = _declared(module)
            yield from (
                f"field {one} of schema {name}" for one in _fields(document, schema) if one not in declared
            )


def _unread(document: Document) -> Iterator[str]:
    """Classes that stand where the generator does not look, and that nothing else refers to."""
    for spot in everything(document):
        for key in UNREAD if isinstance(spot.schema, dict) else ():
            inner = spot.schema.get(key)
            several = key in ("patternProperties", "dependentSchemas", "$defs", "definitions")
            for one in inner.values() if several and isinstance(inner, dict) else [inner]:
                if _holds_class(one):
                    yield f"what stands in {key} of {spot.where}"


def _holds_class(schema: Any) -> bool:
    left = [schema]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            if makes_class(one):
                return True
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)
    return False


def _fields(document: Document, schema: Any) -> dict[str, None]:
    """The fields of a schema, those of its parts too, in their order."""
    found: dict[str, None] = {}
    for part in schema.get("allOf") or ():
        found |= _fields(document, resolve(document, part))
    return found | dict.fromkeys(schema.get("properties") or ())


def _classes(module: Path) -> Iterator[ast.ClassDef]:
    return (node for node in _tree(module).body if isinstance(node, ast.ClassDef))


def _values(module: Path) -> list[Any]:
    """What the members of an enum are on the wire."""
    members = (node for one in _classes(module) for node in one.body if isinstance(node, ast.Assign))
    return [ast.literal_eval(member.value) for member in members]


def _declared(module: Path) -> set[Any]:
    """The fields that a model reads and writes, by their names on the wire."""
    own: set[str] = set()
    renamed: dict[str, Any] = {}
    for node in _tree(module).body:
        if isinstance(node, ast.ClassDef):
            own = {
                one.target.id
                for one in node.body
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
            }
        elif isinstance(node, ast.Assign | ast.Expr) and isinstance(node.value, ast.Call):
            keywords = node.value.keywords  # of declare(…), the one call there
            renamed = {str(one.arg): ast.literal_eval(one.value) for one in keywords}
    return {renamed.get(name, name) for name in own}


def _constant(module: Path, name: str) -> Any:
    """What a module assigns to a name, read and not run."""
    for node in _tree(module).body:
        if (
            isinstance(node, ast.AnnAssign)
            and getattr(node.target, "id", "") == name
            and node.value is not None
        ):
            return ast.literal_eval(node.value)
    return {}


def _tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))
