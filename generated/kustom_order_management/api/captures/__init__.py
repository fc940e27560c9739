"""Endpoint functions of one tag, each module imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import append_shipping_info as append_shipping_info
    from . import capture_order as capture_order
    from . import get_capture as get_capture
    from . import get_captures as get_captures

__all__ = (
    "append_shipping_info",
    "capture_order",
    "get_capture",
    "get_captures",
)


if not TYPE_CHECKING:  # a type checker reads the imports above, and finds names that are not there

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f".{name}", __name__)
