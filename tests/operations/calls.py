"""Every operation of the document as a call, with the least that it needs."""

import json
from collections.abc import Callable
from typing import Any

from kustom_order_management import document
from support import ORDER

from kustom_facade._operations import captures, orders as operations, refunds
from kustom_facade._operations.call import Call

LINE = {"name": "Tomatoes", "quantity": 1, "unit_price": 600, "total_amount": 600}
#: Every call by its operationId, with the least that it needs.
CALLS: dict[str, Callable[..., Call[Any]]] = {
    "getOrder": lambda order_id=ORDER, **o: operations.get_order(order_id, **o),
    "acknowledgeOrder": lambda order_id=ORDER, **o: operations.acknowledge(order_id, **o),
    "cancelOrder": lambda order_id=ORDER, **o: operations.cancel(order_id, **o),
    "extendAuthorizationTime": lambda order_id=ORDER, **o: operations.extend_authorization_time(
        order_id, **o
    ),
    "releaseRemainingAuthorization": lambda order_id=ORDER, **o: (
        operations.release_remaining_authorization(order_id, **o)
    ),
    "updateAuthorization": lambda order_id=ORDER, **o: operations.update_authorization(
        order_id, 600, [LINE], **o
    ),
    "updateConsumerDetails": lambda order_id=ORDER, **o: operations.update_customer_details(
        order_id, shipping_address={}, **o
    ),
    "updateMerchantReferences": lambda order_id=ORDER, **o: operations.update_merchant_references(
        order_id, merchant_reference1="1", **o
    ),
    "appendOrderShippingInfo": lambda order_id=ORDER, **o: operations.add_shipping_info(
        order_id, [{}], **o
    ),
    "getCaptures": lambda order_id=ORDER, **o: captures.list_captures(order_id, **o),
    "captureOrder": lambda order_id=ORDER, **o: captures.capture(order_id, 1, **o),
    "getCapture": lambda order_id=ORDER, **o: captures.get_capture(order_id, "c-1", **o),
    "appendShippingInfo": lambda order_id=ORDER, **o: captures.add_capture_shipping_info(
        order_id, "c-1", [{}], **o
    ),
    "refundOrder": lambda order_id=ORDER, **o: refunds.refund(order_id, 1, **o),
    "getRefund": lambda order_id=ORDER, **o: refunds.get_refund(order_id, "r-1", **o),
}
WRITES = sorted(name for name, facts in document.OPERATIONS.items() if facts["method"] != "GET")


def body(call: Call[Any]) -> Any:
    """The JSON that a call sends."""
    assert call.request.content is not None
    return json.loads(call.request.content)
