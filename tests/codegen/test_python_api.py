"""The changes of the bindings' Python API."""

from pathlib import Path

from codegen import python_api
from codegen.report import Change


def test_modules_and_attributes_come_and_go(tmp_path: Path) -> None:
    """Of models and enums; what belongs to a removed module is not told again."""
    old = _models(tmp_path, "old", "class A:\n    x: int = 1\n    y: int = 2\n    B = 'b'\n")
    new = _models(tmp_path, "new", "class A:\n    x: int = 1\n    z: int = 2\n    C = 'c'\n")
    (old / "models" / "gone.py").write_text("class Gone:\n    x: int = 1\n", encoding="utf-8")
    (new / "models" / "come.py").write_text("class Come:\n    x: int = 1\n", encoding="utf-8")
    assert python_api.compare(old, new) == [
        Change("breaking", "pkg.models.a.A.B", "attribute removed"),
        Change("breaking", "pkg.models.a.A.y", "attribute removed"),
        Change("breaking", "pkg.models.gone", "module removed"),
        Change("compatible", "pkg.models.a.A.C", "attribute added"),
        Change("compatible", "pkg.models.a.A.z", "attribute added"),
        Change("compatible", "pkg.models.come", "module added"),
    ]
    assert python_api.compare(old, old) == []


def _models(folder: Path, name: str, text: str) -> Path:
    package = folder / name / "pkg"
    (package / "models").mkdir(parents=True)
    (package / "api" / "orders").mkdir(parents=True)
    for init in ("__init__.py", "models/__init__.py", "api/__init__.py", "api/orders/__init__.py"):
        (package / init).write_text("")
    model, _, endpoint = text.partition("---\n")
    (package / "models" / "a.py").write_text(model)
    (package / "api" / "orders" / "b.py").write_text(endpoint)
    return package


def test_how_models_and_endpoints_are_called_is_compared(tmp_path: Path) -> None:
    """Constructors that attrs makes, and functions whose names are private."""
    old = _models(
        tmp_path,
        "old",
        "class A:\n    x: int\n    y: str | None = None\n    z: str = None\n"
        "---\ndef _get_kwargs(order_id: UUID, *, body: A, key: str | None = None): ...\n",
    )
    new = _models(
        tmp_path,
        "new",
        "class A:\n    x: str\n    y: str | None\n    z: str = None\n"
        "    new: int\n    more: int = None\n"
        "---\ndef _get_kwargs(id: UUID, *, body: A, page: int = 1): ...\n",
    )
    changes = python_api.compare(old, new)
    for change in (
        Change("breaking", "pkg.models.a.A", "argument x: int becomes str"),
        Change("breaking", "pkg.models.a.A", "argument y is required now"),
        Change("breaking", "pkg.models.a.A", "required argument new added"),
        Change("breaking", "pkg.api.orders.b", "argument order_id removed"),
        Change("breaking", "pkg.api.orders.b", "argument key removed"),
        Change("compatible", "pkg.api.orders.b", "optional argument page added"),
    ):
        assert change in changes, change
