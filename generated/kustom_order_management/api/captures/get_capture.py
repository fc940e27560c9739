from ...types import *


def _get_kwargs(
    order_id: UUID,
    capture_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/ordermanagement/v1/orders/{order_id}/captures/{capture_id}".format(
            order_id=quote(str(order_id), safe=""),
            capture_id=quote(str(capture_id), safe=""),
        ),
    }

    return _kwargs
