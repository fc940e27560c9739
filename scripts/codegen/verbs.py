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

Function = ast.FunctionDef | ast.AsyncFunctionDef

PACKAGE: Final = Path("kustom_facade")
#: The modules of the operations, in the order of the verbs, each with its name in the clients.
SOURCES: Final = {
    "_operations/orders.py": "orders",
    "_operations/captures.py": "captures",
    "_operations/refunds.py": "refunds",
    "_exactly_once/ensure.py": "ensure",
    "_exactly_once/void.py": "voiding",
}
#: The files of the clients, with what stands before ``def``, and the class of each client.
CLIENTS: Final = {"client.py": ("", "KustomClient"), "aio.py": ("async ", "AsyncKustomClient")}
BEGIN: Final = "    # --- written by scripts/regenerate.py from the operations: do not edit\n"
END: Final = "    # --- end of what is written\n"

#: What the reads with their answers need.
_FOR_READS: Final = "from ._operations.call import with_answer\nfrom .results import Response\n"
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
    "deadline": (
        "float | None",
        "seconds for the whole call, with its repeats, instead of the client's.",
    ),
    "max_attempts": ("int | None", "sends at most, instead of the client's."),
}
#: The names that the body of a verb uses. A workflow's first argument is its session.
_RESERVED: Final = {"self", "session", "call", "steps", "attempts", *SOURCES.values(), *OPTIONS}


def written(root: Path) -> dict[str, str]:
    """Return the whole text of both clients, by their paths below the project."""
    imports, functions = _FOR_READS, []
    for path, module in modules(root):
        imports += "".join(_imports(path, module))
        functions += [(path, function) for function in public_functions(module)]
    texts = {}
    for file, (prefix, client) in CLIENTS.items():
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
        reads = _with_response(functions, prefix, client)
        texts[name] = _tidy(f"{before}{BEGIN}\n{verbs}\n\n{reads}\n{END}{after}", root / name)
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


def public_functions(module: ast.Module) -> Iterator[Function]:
    """Yield the public functions of a module, in their order."""
    for node in module.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node


def parameters(function: Function) -> Iterator[tuple[str, bool]]:
    """Yield the names of a verb's arguments, and whether each is required."""
    given = function.args
    defaults = [*[None] * (len(given.args) - len(given.defaults)), *given.defaults]
    for argument, default in zip(
        _arguments(function), [*defaults, *given.kw_defaults], strict=True
    ):
        if argument.arg not in OWNED:
            yield argument.arg, default is None


def _with_response(functions: list[tuple[str, Function]], prefix: str, client: str) -> str:
    """Return the class of the reads that give their answer too; a write's result has its ids."""
    reads = [
        _verb(path, function, prefix, "self._client", "with_answer({})", "Response[{}]")
        for path, function in functions
        if not _workflow(function) and "idempotency_key" not in _names(_arguments(function))
    ]
    return (
        f"class {client.replace('KustomClient', 'WithResponse')}:\n"
        '    """The reads of a client, each with the answer that its ``value`` came from."""\n\n'
        f"    def __init__(self, client: {client}) -> None:\n"
        "        self._client = client\n\n" + "\n".join(reads)
    )


def _workflow(function: Function) -> bool:
    """Return whether a function sends itself, instead of being one call."""
    return _names(_arguments(function))[:1] == ["session"]


def _verb(
    path: str,
    function: Function,
    prefix: str,
    client: str = "self",
    made: str = "{}",
    wrapped: str = "{}",
) -> str:
    """Return a verb.

    Args:
        path: the module of the operation.
        function: the operation.
        prefix: what stands before ``def``.
        client: what holds the client in the verb.
        made: what is made of the call.
        wrapped: what its result is in.
    """
    if problem := next(_problems(function), None):
        raise RegenerationError(f"{PACKAGE}/{path}: {function.name} {problem}")
    given, result, docstring = function.args, function.returns, ast.get_docstring(function)
    assert isinstance(result, ast.Subscript)
    assert docstring
    without = [None] * (len(given.args) - len(given.defaults))
    positional = _parameters(given.args, [*without, *given.defaults])
    named = _parameters(given.kwonlyargs, given.kw_defaults)
    options = [f"{name}: {kind} = None" for name, (kind, _) in OPTIONS.items()]
    signature = ", ".join(["self", *positional, "*", *named, *options])
    owned = {name: value.replace("self", client) for name, value in OWNED.items()}
    passed = [owned.get(name, name) for name in _names(given.args)]
    passed += [f"{name}={owned.get(name, name)}" for name in _names(given.kwonlyargs)]
    name, driven = "call", "attempts.steps(call, session)"
    if _workflow(function):
        name = driven = "steps"
    call = made.format(f"{SOURCES[path]}.{function.name}({', '.join(passed)})")
    body = (
        f"session = {client}._session({', '.join(OPTIONS)})\n"
        f"{name} = {call}\n"
        f"return {'await ' if prefix else ''}{client}._drive(session, {driven})\n"
    )
    returned = wrapped.format(ast.unparse(result.slice))
    head = f"{prefix}def {function.name}({signature}) -> {returned}:\n"
    return indent(head + indent(_docstring(docstring) + body, "    "), "    ")


def _problems(function: Function) -> Iterator[str]:
    """Yield why no verb can be written from a function."""
    given, docstring = function.args, ast.get_docstring(function) or ""
    names = _names(_arguments(function))
    dropped = _names([*given.posonlyargs, *filter(None, (given.vararg, given.kwarg))])
    taken = _RESERVED.intersection(names[1:] if names[:1] == ["session"] else names)
    if isinstance(function, ast.AsyncFunctionDef):
        yield "is async; an operation is a plain function, and the client drives it"
    if dropped:
        yield f"has arguments that a verb cannot pass on by name: {', '.join(dropped)}"
    if taken:
        yield f"has arguments with names that the verb needs itself: {', '.join(sorted(taken))}"
    if "\\" in docstring or '"""' in docstring:
        yield "has a backslash or three quotes in its docstring, which is written as plain text"
    typed = all(argument.annotation for argument in _arguments(function))
    returned = ast.unparse(function.returns) if function.returns else ""
    if not returned.startswith(("Call[", "Steps[")) or not typed or not docstring:
        yield "needs a docstring, a type for each argument, and Call[…] or Steps[…] as its result"


def _arguments(function: Function) -> list[ast.arg]:
    return [*function.args.args, *function.args.kwonlyargs]


def _names(arguments: list[ast.arg]) -> list[str]:
    return [argument.arg for argument in arguments]


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
        for part in (*(given.annotation for given in _arguments(function)), function.returns)
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
    """Return a client's text, formatted, with the imports that it needs and each verb once."""
    for command in (
        ("check", "--fix", "--select=F401,F811,F821,I", "--output-format=concise"),
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
