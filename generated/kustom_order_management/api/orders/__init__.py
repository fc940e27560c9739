"""Endpoint functions of one tag"""

from . import acknowledge_order as acknowledge_order
from . import append_order_shipping_info as append_order_shipping_info
from . import cancel_order as cancel_order
from . import extend_authorization_time as extend_authorization_time
from . import get_order as get_order
from . import release_remaining_authorization as release_remaining_authorization
from . import update_authorization as update_authorization
from . import update_consumer_details as update_consumer_details
from . import update_merchant_references as update_merchant_references
