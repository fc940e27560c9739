"""The stand-in is of no use as a check of the client if it shares code with it."""

import ast
import subprocess
import sys
from pathlib import Path

import kustom_facade.sandbox
from kustom_facade import sandbox

_FOLDER = Path(kustom_facade.sandbox.__file__).parent
_MODULES = {path.stem: ast.parse(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.py"))}


def _imports(tree: ast.Module) -> set[str]:
    """Every imported module; one dot stands for the sandbox itself, more for what is around it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level or (node.module or "").partition(".")[0])
    return found


def test_nothing_of_the_client_is_imported() -> None:
    """Only the standard library, h11 for the server, httpx where it is adapted to, and the clients in the fixtures."""
    foreign = {name: _imports(tree) - set(sys.stdlib_module_names) - {"."} for name, tree in _MODULES.items()}
    assert {name: found for name, found in foreign.items() if found} == {
        "_connection": {"h11"},
        "_transport": {"httpx"},
        "pytest": {
            "kustom_facade",
            "pytest",
        },  # hands out clients; `import kustom_facade.sandbox` is free of it
    }


def test_importing_it_loads_no_client() -> None:
    """Nor pytest: the package's own `__init__` is all of the facade that may come with it, once it is loaded."""
    program = (
        "import sys, kustom_facade; before = set(sys.modules); import kustom_facade.sandbox, kustom_facade.sandbox.__main__\n"
        "print(sorted(m for m in set(sys.modules) - before if m.startswith(('kustom_', '_pytest', 'pytest'))"
        " and not m.startswith('kustom_facade.sandbox')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "[]\n"


def test_modules_stay_small() -> None:
    """Each can be read in one go."""
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in _FOLDER.glob("*.py")}
    assert {name: length for name, length in lengths.items() if length >= 350} == {}


def test_the_public_names() -> None:
    """Sorted, documented, and no more than these."""
    assert sandbox.__all__ == ["EXAMPLE_ORDER_ID", "Clock", "Fault", "Sandbox", "serve"]
    assert all(getattr(sandbox, name).__doc__ for name in sandbox.__all__)


def test_the_core_needs_no_http_library() -> None:
    """A request is answered in a process that cannot import one."""
    program = (
        "import sys; sys.modules['httpx'] = None; sys.modules['h11'] = None\n"
        f"sys.path.insert(0, {str(_FOLDER)!r} + '/..')\n"
        "import types; package = types.ModuleType('sandbox'); package.__path__ = "
        f"[{str(_FOLDER)!r}]; sys.modules['sandbox'] = package\n"
        "from sandbox._core import Core; from sandbox._wire import Request\n"
        "print(Core().respond(Request('GET', 'http://a', '/')).status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "401\n"
