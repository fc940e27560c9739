"""Endpoint functions of one tag, each module imported when it is first used."""

from typing import TYPE_CHECKING

from ...types import lazily

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
else:  # a type checker reads the imports above, and finds names that are not there
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
    __getattr__ = lazily(__name__, dict.fromkeys(__all__))
