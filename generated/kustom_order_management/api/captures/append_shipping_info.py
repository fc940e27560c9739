from ...models.update_shipping_info_dto import UpdateShippingInfoDto
from ...types import *


def _get_kwargs(
    order_id: UUID,
    capture_id: str,
    *,
    body: UpdateShippingInfoDto,
    klarna_idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(klarna_idempotency_key, Unset):
        headers["Klarna-Idempotency-Key"] = klarna_idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/ordermanagement/v1/orders/{order_id}/captures/{capture_id}/shipping-info".format(
            order_id=quote(str(order_id), safe=""),
            capture_id=quote(str(capture_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs
