"""Endpoint functions of one tag, each module imported when it is first used."""

from typing import TYPE_CHECKING

from ...types import lazily

if TYPE_CHECKING:
    from . import get_refund as get_refund
    from . import refund_order as refund_order
else:  # a type checker reads the imports above, and finds names that are not there
    __all__ = (
        "get_refund",
        "refund_order",
    )
    __getattr__ = lazily(__name__, dict.fromkeys(__all__))
