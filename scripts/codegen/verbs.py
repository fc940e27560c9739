"""The verbs of both clients, written from the operations: one signature and one docstring each.

The operations are read as text, and nothing of the package is imported.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Final

from .document import RegenerationError

PACKAGE: Final = Path("kustom_facade")
#: The modules of the operations, in the order of the verbs, each with its name in the clients.
SOURCES: Final = {
    "_operations/orders.py": "orders",
    "_operations/captures.py": "captures",
    "_operations/refunds.py": "refunds",
    "_exactly_once/ensure.py": "ensure",
    "_exactly_once/void.py": "voiding",
}
CLIENTS: Final = {"client.py": "", "aio.py": "async "}
BEGIN: Final = "    # --- written by scripts/regenerate.py from the operations: do not edit\n"
END: Final = "    # --- end of what is written\n"

_FUTURE: Final = "from __future__ import annotations\n"

#: The arguments that the client gives itself.
OWNED: Final = {
    "session": "session",
    "check": "self._check",
    "integrator": "self._config.integrator",
}
#: The options that every call has, with their types and documentation.
OPTIONS: Final = {
    "timeout": (
        "float | None",
        "seconds of silence allowed within an attempt, instead of the client's.",
    ),
    "max_attempts": ("int | None", "sends at most, instead of the client's."),
}


def written(root: Path) -> dict[str, str]:
    """Return the whole text of both clients, by their paths below the project."""
    imports, functions = "", []
    for path, module in modules(root):
        imports += "".join(_imports(path, module))
        functions += [(path, function) for function in public_functions(module)]
    texts = {}
    for file, prefix in CLIENTS.items():
        name = f"{PACKAGE}/{file}"
        before, begin, rest = (root / name).read_text(encoding="utf-8").partition(BEGIN)
        _, end, after = rest.partition(END)
        if not begin or not end:
            raise RegenerationError(
                f"{name} has lost a mark of the written verbs; put the lines {BEGIN.strip()!r} "
                f"and {END.strip()!r} around their place"
            )
        before = before.replace(_FUTURE, f"{_FUTURE}{imports}", 1)
        verbs = "\n".join(_verb(path, function, prefix) for path, function in functions)
        texts[name] = _tidy(f"{before}{BEGIN}\n{verbs}\n{END}{after}", root / name)
    return texts


def modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules of the operations, parsed."""
    for path in SOURCES:
        try:
            yield path, ast.parse((root / PACKAGE / path).read_text(encoding="utf-8"))
        except SyntaxError as error:
            raise RegenerationError(
                f"{PACKAGE / path}:{error.lineno} is not Python: {error.msg}"
            ) from error


def public_functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the public functions of a module, in their order."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def _verb(path: str, function: ast.FunctionDef, prefix: str) -> str:
    result, docstring = function.returns, ast.get_docstring(function)
    arguments = _arguments(function)
    typed = all(one.annotation for one in arguments)
    if not isinstance(result, ast.Subscript) or not typed or not docstring:
        raise RegenerationError(
            f"{PACKAGE}/{path}: {function.name} needs a docstring, a type for each argument, and "
            "Call[…] or Steps[…] as its result"
        )
    given = function.args
    without = [None] * (len(given.args) - len(given.defaults))
    positional = _parameters(given.args, [*without, *given.defaults])
    named = _parameters(given.kwonlyargs, given.kw_defaults)
    options = [f"{name}: {kind} = None" for name, (kind, _) in OPTIONS.items()]
    signature = ", ".join(["self", *positional, "*", *named, *options])
    passed = [OWNED.get(one.arg, one.arg) for one in given.args]
    passed += [f"{one.arg}={OWNED.get(one.arg, one.arg)}" for one in given.kwonlyargs]
    is_workflow = arguments[0].arg == "session"
    name, driven = ("steps", "steps") if is_workflow else ("call", "session.send(call)")
    body = (
        f"session = self._session({', '.join(OPTIONS)})\n"
        f"{name} = {SOURCES[path]}.{function.name}({', '.join(passed)})\n"
        f"return {'await ' if prefix else ''}self._drive(session, {driven})\n"
    )
    head = f"{prefix}def {function.name}({signature}) -> {ast.unparse(result.slice)}:\n"
    return indent(head + indent(_docstring(docstring) + body, "    "), "    ")


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.args, *function.args.kwonlyargs]


def _parameters(given: list[ast.arg], defaults: list[ast.expr | None]) -> Iterator[str]:
    """Yield the parameters as they are written, without those that the client gives itself."""
    for argument, default in zip(given, defaults, strict=True):
        if argument.arg not in OWNED:
            yield ast.unparse(argument) + (f" = {ast.unparse(default)}" if default else "")


def _docstring(text: str) -> str:
    """Return a docstring with the options among its arguments."""
    mark = "\n\nReturns:" if "\n\nReturns:" in text else "\n\nRaises:"
    head, mark, tail = text.partition(mark)
    if "\nArgs:\n" not in head:
        head += "\n\nArgs:"
    options = "\n".join(f"    {name}: {what}" for name, (_, what) in OPTIONS.items())
    return f'"""{head}\n{options}{mark}{tail}\n"""\n'


def _imports(source: str, module: ast.Module) -> Iterator[str]:
    """Yield the imports of the types that signatures name, as a client has to write them."""
    names = {
        node.id
        for function in public_functions(module)
        for part in (*(one.annotation for one in _arguments(function)), function.returns)
        for node in (ast.walk(part) if part else ())
        if isinstance(node, ast.Name)
    }
    folder = source.split("/")[:-1]
    for node in module.body:
        if isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) + 1 - node.level] if node.level else []
            place = "." * bool(node.level) + ".".join([*base, *filter(None, [node.module])])
            for name in node.names:
                if (name.asname or name.name) in names:
                    yield f"from {place} import {ast.unparse(name)}\n"


def _tidy(text: str, path: Path) -> str:
    """Return a client's text with sorted imports, none of them idle, and formatted."""
    for command in (
        ("check", "--fix", "--select=F401,F821,I", "--output-format=concise"),
        ("format",),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "-nq", "--stdin-filename", str(path), "-"],
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        text = done.stdout
        if done.returncode:
            raise RegenerationError(f"the verbs of {path.name} are not sound: {done.stderr}")
    return text
