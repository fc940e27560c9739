"""Endpoint functions of one tag, each module imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import get_refund as get_refund
    from . import refund_order as refund_order

__all__ = (
    "get_refund",
    "refund_order",
)


if not TYPE_CHECKING:  # a type checker reads the imports above, and finds names that are not there

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f".{name}", __name__)
