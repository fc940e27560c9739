"""Endpoint functions of one tag"""

from . import get_refund as get_refund
from . import refund_order as refund_order
