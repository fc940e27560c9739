from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.no_such_order import NoSuchOrder
from ...models.update_shipping_info import UpdateShippingInfo
from ...types import Response, read_body, write


def _get_kwargs(
    order_id: UUID,
    *,
    body: UpdateShippingInfo,
    klarna_idempotency_key: str | None = None,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if klarna_idempotency_key is not None:
        headers["Klarna-Idempotency-Key"] = klarna_idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/ordermanagement/v1/orders/{order_id}/shipping-info".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    _kwargs["json"] = write(body)
    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | NoSuchOrder | None:
    if response.status_code == 204:
        return None

    if response.status_code == 404:
        return cast(NoSuchOrder | None, read_body(response, NoSuchOrder.from_dict))

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any | NoSuchOrder]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateShippingInfo,
    klarna_idempotency_key: str | None = None,
) -> Response[Any | NoSuchOrder]:
    """Add shipping information to an order

     Adds shipments to the order.

    Args:
        order_id (UUID):
        klarna_idempotency_key (str | None):
        body (UpdateShippingInfo): Shipments to add.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | NoSuchOrder]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        body=body,
        klarna_idempotency_key=klarna_idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    order_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateShippingInfo,
    klarna_idempotency_key: str | None = None,
) -> Any | NoSuchOrder | None:
    """Add shipping information to an order

     Adds shipments to the order.

    Args:
        order_id (UUID):
        klarna_idempotency_key (str | None):
        body (UpdateShippingInfo): Shipments to add.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | NoSuchOrder
    """

    return sync_detailed(
        order_id=order_id,
        client=client,
        body=body,
        klarna_idempotency_key=klarna_idempotency_key,
    ).parsed


async def asyncio_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateShippingInfo,
    klarna_idempotency_key: str | None = None,
) -> Response[Any | NoSuchOrder]:
    """Add shipping information to an order

     Adds shipments to the order.

    Args:
        order_id (UUID):
        klarna_idempotency_key (str | None):
        body (UpdateShippingInfo): Shipments to add.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | NoSuchOrder]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        body=body,
        klarna_idempotency_key=klarna_idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    order_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateShippingInfo,
    klarna_idempotency_key: str | None = None,
) -> Any | NoSuchOrder | None:
    """Add shipping information to an order

     Adds shipments to the order.

    Args:
        order_id (UUID):
        klarna_idempotency_key (str | None):
        body (UpdateShippingInfo): Shipments to add.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | NoSuchOrder
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            client=client,
            body=body,
            klarna_idempotency_key=klarna_idempotency_key,
        )
    ).parsed
