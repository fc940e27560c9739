"""The stand-in is of no use as a check of the client if it shares code with it."""

import ast
import subprocess
import sys
from pathlib import Path

import kustom_facade.sandbox
from kustom_facade import sandbox

_FOLDER = Path(kustom_facade.sandbox.__file__).parent
_SOURCES = {
    path.relative_to(_FOLDER).as_posix(): path.read_text("utf-8")
    for path in sorted(_FOLDER.rglob("*.py"))
}


def _imports(path: str) -> set[str]:
    """Return every imported package, and relative imports that leave the sandbox."""
    packages: set[str] = set()
    for node in ast.walk(ast.parse(_SOURCES[path])):
        if isinstance(node, ast.Import):
            packages |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            packages.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.ImportFrom) and node.level > len(Path(path).parts):
            packages.add("." * node.level)
    return packages


def test_nothing_of_the_client_is_imported() -> None:
    """Only the standard library, but for h11, httpx, and the fixtures of clients."""
    foreign = {path: _imports(path) - set(sys.stdlib_module_names) for path in _SOURCES}
    assert {path: packages for path, packages in foreign.items() if packages} == {
        "serving/connection.py": {"h11"},
        "transport.py": {"httpx"},
        "pytest.py": {"kustom_facade", "pytest"},  # nothing of the sandbox imports it
    }


def test_importing_it_loads_no_client() -> None:
    """It loads nothing of the facade but its `__init__`, and no pytest."""
    program = (
        "import sys, kustom_facade\n"
        "before = set(sys.modules)\n"
        "import kustom_facade.sandbox, kustom_facade.sandbox.__main__\n"
        "added = set(sys.modules) - before\n"
        "clients = {m for m in added if m.startswith(('kustom_', '_pytest', 'pytest'))}\n"
        "print(sorted(m for m in clients if not m.startswith('kustom_facade.sandbox')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "[]\n"


def test_modules_stay_small() -> None:
    """Each can be read in one go."""
    lengths = {path: len(source.splitlines()) for path, source in _SOURCES.items()}
    assert {path: length for path, length in lengths.items() if length > 300} == {}


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
        "from sandbox.api.core import Core; from sandbox.api.wire import Request\n"
        "print(Core().respond(Request('GET', 'http://a', '/')).status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout == "401\n"
