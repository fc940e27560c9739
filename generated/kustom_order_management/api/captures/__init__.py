"""Endpoint functions of one tag, each module imported when it is first used."""

from typing import TYPE_CHECKING

from ...types import lazily

if TYPE_CHECKING:
    from . import append_shipping_info as append_shipping_info
    from . import capture_order as capture_order
    from . import get_capture as get_capture
    from . import get_captures as get_captures
else:  # a type checker reads the imports above, and finds names that are not there
    __all__ = (
        "append_shipping_info",
        "capture_order",
        "get_capture",
        "get_captures",
    )
    __getattr__ = lazily(__name__, dict.fromkeys(__all__))
