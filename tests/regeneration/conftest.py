"""What the tests of regeneration share: one build of the bindings, and one of a document with rarer schemas."""

import importlib
import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))  # regeneration is a package of the scripts, not of the wheel


@pytest.fixture(scope="session")
def mended() -> dict[str, Any]:
    """The document with the overlay and the rules applied."""
    from regeneration import mending, overlay, reading  # noqa: PLC0415  # needs the path above

    fixes = reading.load(ROOT / "scripts" / "overlay.yaml")
    return mending.mend(overlay.apply(reading.load(ROOT / "openapi.yaml"), fixes)).document


@pytest.fixture(scope="session")
def built(mended: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bindings, built once; tests that change something copy them first."""
    from regeneration import building, mending  # noqa: PLC0415  # needs the path above

    return building.build(mending.Mended(mended), tmp_path_factory.mktemp("built"))


@pytest.fixture
def build_copy(built: Path, tmp_path: Path) -> Path:
    """A copy of the bindings to break."""
    return shutil.copytree(built, tmp_path / built.name)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what regeneration works on: scripts, document, generated code."""
    return copy_tree(tmp_path / "copy of the project")


def copy_tree(target: Path) -> Path:
    """Copy scripts, document and generated code, without what Python left there."""
    for name in ("scripts", "generated", "kustom_facade"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("openapi.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, target / name)
    return target


@pytest.fixture(scope="session")
def new_tree() -> Callable[[Path], Path]:
    """Copies what regeneration works on to a place."""
    return copy_tree


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


#: Schemas that the vendor's document does not have today, and that the templates can read.
ODD = {
    "openapi": "3.0.3",
    "info": {"title": "Odd", "version": "0"},
    "paths": {
        "/odd": {
            "get": {
                "operationId": "getOdd",
                "responses": {
                    "200": {"description": "-", "content": {"application/json": {"schema": _ref("Odd")}}}
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Odd": _object(
                count={"type": "integer", "enum": [1, 2, 10]},
                uid={"type": "string", "format": "uuid"},
                days={"type": "array", "items": {"type": "string", "format": "date"}},
                grid={"type": "array", "items": {"type": "array", "items": _ref("Leaf")}},
                inner=_ref("Odd"),
                nothing=_ref("Nothing"),
                leaf_or_text={"oneOf": [_ref("Leaf"), {"type": "string"}]},
                color_or_leaf={"oneOf": [_ref("Color"), _ref("Leaf")]},
                leaves_or_leaf={"oneOf": [{"type": "array", "items": _ref("Leaf")}, _ref("Leaf")]},
                color_or_null={"type": "string", "nullable": True, "enum": ["red", "blue"]},
            ),
            "Leaf": _object(name={"type": "string"}),
            "Color": {"type": "string", "enum": ["red", "blue"]},
            "Nothing": {"type": "object"},
        }
    },
}


@pytest.fixture(scope="session")
def odd_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bindings of the odd document."""
    from regeneration import building, mending, reading  # noqa: PLC0415  # needs the path above

    reading.validate(ODD)
    return building.build(mending.mend(ODD), tmp_path_factory.mktemp("odd"))


@pytest.fixture(scope="session")
def odd(odd_package: Path) -> ModuleType:
    """The models of the odd document, imported under a name of their own."""
    import_package(odd_package, "odd_bindings")
    return importlib.import_module("odd_bindings.models")


def import_package(package: Path, name: str) -> ModuleType:
    """Import built bindings, every module of them, under a name of their own."""
    spec = importlib.util.spec_from_file_location(
        name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    for path in sorted(package.rglob("*.py")):
        if path.stem != "__init__":
            importlib.import_module(".".join((name, *path.relative_to(package).with_suffix("").parts)))
    return sys.modules[name]


@pytest.fixture(scope="session")
def imported() -> Callable[[Path, str], ModuleType]:
    """Imports built bindings under a name."""
    return import_package
