"""The changes of the bindings' Python API."""

from typing import Any

from codegen import python_api
from codegen.report import Change

MODELS, API = "kustom_order_management.models", "kustom_order_management.api"


def _bindings(models: dict[str, Any], endpoints: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "models": models,
        "endpoints": {name: {"arguments": part} for name, part in (endpoints or {}).items()},
    }


def test_models_and_attributes_come_and_go() -> None:
    """Of models and enums; what belongs to a removed class is not told again."""
    old = _bindings(
        {
            "A": {"fields": {"x": ("int", False), "y": ("int", False)}},
            "E": {"members": {"B": "b"}},
            "Gone": {"fields": {"x": ("int", False)}},
        }
    )
    new = _bindings(
        {
            "A": {"fields": {"x": ("int", False), "z": ("int", False)}},
            "E": {"members": {"C": "c"}},
            "Come": {"fields": {"x": ("int", False)}},
        }
    )
    assert python_api.compare(old, new, {}) == [
        Change("breaking", f"{MODELS}.A.y", "attribute removed"),
        Change("breaking", f"{MODELS}.E.B", "attribute removed"),
        Change("breaking", f"{MODELS}.Gone", "removed"),
        Change("compatible", f"{MODELS}.A.z", "attribute added"),
        Change("compatible", f"{MODELS}.Come", "added"),
        Change("compatible", f"{MODELS}.E.C", "attribute added"),
    ]
    assert python_api.compare(old, old, {}) == []


def test_how_models_and_endpoints_are_called_is_compared() -> None:
    """Arguments that are new, gone, of another type, or required now."""
    old = _bindings(
        {"A": {"fields": {"x": ("int | None", False), "y": ("str", False)}}},
        {"orders.get": {"order_id": ("UUID", True), "gone": ("str", False)}},
    )
    new = _bindings(
        {"A": {"fields": {"x": ("str | None", False), "y": ("str", True), "z": ("int", True)}}},
        {"orders.get": {"order_id": ("UUID", True), "new": ("str", False)}},
    )
    assert python_api.compare(old, new, {}) == [
        Change("breaking", f"{API}.orders.get", "argument gone removed"),
        Change("breaking", f"{MODELS}.A", "argument x: int | None becomes str | None"),
        Change("breaking", f"{MODELS}.A", "argument y is required now"),
        Change("breaking", f"{MODELS}.A", "required argument z added"),
        Change("compatible", f"{API}.orders.get", "optional argument new added"),
        Change("compatible", f"{MODELS}.A.z", "attribute added"),
    ]


def test_a_renamed_class_is_told_once() -> None:
    """It breaks for an object, and not for an enum; what names it is no change of its own."""
    old = _bindings(
        {
            "A": {"fields": {"list": ("list[B]", False), "kind": ("E | None", False)}},
            "B": {"fields": {"x": ("int", False)}},
            "E": {"members": {"C": "c"}},
        }
    )
    new = _bindings(
        {
            "A": {"fields": {"list": ("list[B2]", False), "kind": ("F | None", False)}},
            "B2": {"fields": {"x": ("int", False)}},
            "F": {"members": {"C": "c"}},
        }
    )
    assert python_api.compare(old, new, {"B": "B2", "E": "F", "A": "A"}) == [
        Change("behaviour", f"{MODELS}.E", "becomes F"),
        Change("breaking", f"{MODELS}.B", "becomes B2"),
    ]
