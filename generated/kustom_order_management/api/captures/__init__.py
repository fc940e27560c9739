"""Endpoint functions of one tag"""

from . import append_shipping_info as append_shipping_info
from . import capture_order as capture_order
from . import get_capture as get_capture
from . import get_captures as get_captures
