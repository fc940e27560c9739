from ...models.update_merchant_references_dto import UpdateMerchantReferencesDto
from ...types import *


def _get_kwargs(
    order_id: UUID,
    *,
    body: UpdateMerchantReferencesDto,
    klarna_idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(klarna_idempotency_key, Unset):
        headers["Klarna-Idempotency-Key"] = klarna_idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/ordermanagement/v1/orders/{order_id}/merchant-references".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs
