from ...types import *


def _get_kwargs(
    order_id: UUID,
    *,
    klarna_integrator: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(klarna_integrator, Unset):
        headers["Klarna-Integrator"] = klarna_integrator

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/ordermanagement/v1/orders/{order_id}".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs
