from ...types import *


def _get_kwargs(
    order_id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/ordermanagement/v1/orders/{order_id}/captures".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    return _kwargs
