from ...types import *


def _get_kwargs(
    order_id: UUID,
    refund_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/ordermanagement/v1/orders/{order_id}/refunds/{refund_id}".format(
            order_id=quote(str(order_id), safe=""),
            refund_id=quote(str(refund_id), safe=""),
        ),
    }

    return _kwargs
