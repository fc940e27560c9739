"""What the tests of codegen share: the document, and builds of bindings."""

import importlib
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from codegen import document as documents, generator, overlay
from codegen.normalization import Normalized
from codegen.pipeline import prepare
from codegen_support import import_package, ref

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def published() -> dict[str, Any]:
    """openapi.yaml as it stands."""
    return documents.load(ROOT / "openapi.yaml")


@pytest.fixture(scope="session")
def fixes() -> dict[str, Any]:
    """Return the overlay as it stands."""
    return documents.load(ROOT / "scripts" / "overlay.yaml")


@pytest.fixture(scope="session")
def patched(published: dict[str, Any], fixes: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the overlay applied."""
    return overlay.apply(published, fixes)


@pytest.fixture(scope="session")
def normalized(patched: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the overlay and the rules applied."""
    return prepare(patched, []).document


@pytest.fixture(scope="session")
def built_bindings(normalized: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bindings, built once; tests that change something copy them first."""
    return generator.build(Normalized(normalized), tmp_path_factory.mktemp("built"))


@pytest.fixture
def build_copy(built_bindings: Path, tmp_path: Path) -> Path:
    """Return a copy of the bindings to break."""
    return shutil.copytree(built_bindings, tmp_path / built_bindings.name)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of what regeneration works on: scripts, document, generated code, facade."""
    target = tmp_path / "copy of the project"
    for name in ("scripts", "generated", "kustom_facade"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("openapi.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, target / name)
    return target


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


#: Schemas that the vendor's document does not have today, and that the templates can read.
ODD = {
    "openapi": "3.0.3",
    "info": {"title": "Odd", "version": "0"},
    "paths": {
        "/odd": {
            "get": {
                "operationId": "getOdd",
                "responses": {
                    "200": {
                        "description": "-",
                        "content": {"application/json": {"schema": ref("Odd")}},
                    }
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
                grid={"type": "array", "items": {"type": "array", "items": ref("Leaf")}},
                inner=ref("Odd"),
                nothing=ref("Nothing"),
                leaf_or_text={"oneOf": [ref("Leaf"), {"type": "string"}]},
                color_or_leaf={"oneOf": [ref("Color"), ref("Leaf")]},
                leaves_or_leaf={"oneOf": [{"type": "array", "items": ref("Leaf")}, ref("Leaf")]},
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
    return generator.build(prepare(ODD, []), tmp_path_factory.mktemp("odd"))


@pytest.fixture(scope="session")
def odd(odd_package: Path) -> ModuleType:
    """Return the models of the odd document, imported under a name of their own."""
    import_package(odd_package, "odd_bindings")
    return importlib.import_module("odd_bindings.models")
