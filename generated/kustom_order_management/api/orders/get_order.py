from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.merchant_order import MerchantOrder
from ...models.no_such_order import NoSuchOrder
from ...types import Response, read_body


def _get_kwargs(
    order_id: UUID,
    *,
    klarna_integrator: str | None = None,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if klarna_integrator is not None:
        headers["Klarna-Integrator"] = klarna_integrator

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/ordermanagement/v1/orders/{order_id}".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MerchantOrder | NoSuchOrder | None:
    if response.status_code == 200:
        return cast(MerchantOrder | None, read_body(response, MerchantOrder.from_dict))

    if response.status_code == 404:
        return cast(NoSuchOrder | None, read_body(response, NoSuchOrder.from_dict))

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[MerchantOrder | NoSuchOrder]:
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
    klarna_integrator: str | None = None,
) -> Response[MerchantOrder | NoSuchOrder]:
    """Get order details

     Reads the order with everything that has happened to it.

    Args:
        order_id (UUID):
        klarna_integrator (str | None):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MerchantOrder | NoSuchOrder]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        klarna_integrator=klarna_integrator,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    order_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    klarna_integrator: str | None = None,
) -> MerchantOrder | NoSuchOrder | None:
    """Get order details

     Reads the order with everything that has happened to it.

    Args:
        order_id (UUID):
        klarna_integrator (str | None):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MerchantOrder | NoSuchOrder
    """

    return sync_detailed(
        order_id=order_id,
        client=client,
        klarna_integrator=klarna_integrator,
    ).parsed


async def asyncio_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    klarna_integrator: str | None = None,
) -> Response[MerchantOrder | NoSuchOrder]:
    """Get order details

     Reads the order with everything that has happened to it.

    Args:
        order_id (UUID):
        klarna_integrator (str | None):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MerchantOrder | NoSuchOrder]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        klarna_integrator=klarna_integrator,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    order_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    klarna_integrator: str | None = None,
) -> MerchantOrder | NoSuchOrder | None:
    """Get order details

     Reads the order with everything that has happened to it.

    Args:
        order_id (UUID):
        klarna_integrator (str | None):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MerchantOrder | NoSuchOrder
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            client=client,
            klarna_integrator=klarna_integrator,
        )
    ).parsed
