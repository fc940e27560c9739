"""Endpoint functions of one tag, each module imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import acknowledge_order as acknowledge_order
    from . import append_order_shipping_info as append_order_shipping_info
    from . import cancel_order as cancel_order
    from . import extend_authorization_time as extend_authorization_time
    from . import get_order as get_order
    from . import release_remaining_authorization as release_remaining_authorization
    from . import update_authorization as update_authorization
    from . import update_consumer_details as update_consumer_details
    from . import update_merchant_references as update_merchant_references

__all__ = (
    "acknowledge_order",
    "append_order_shipping_info",
    "cancel_order",
    "extend_authorization_time",
    "get_order",
    "release_remaining_authorization",
    "update_authorization",
    "update_consumer_details",
    "update_merchant_references",
)


if not TYPE_CHECKING:  # a type checker reads the imports above, and finds names that are not there

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f".{name}", __name__)
