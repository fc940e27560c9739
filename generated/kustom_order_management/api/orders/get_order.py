from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.merchant_order_dto import MerchantOrderDto
from ...models.no_such_order import NoSuchOrder
from ...types import UNSET, Response, Unset


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


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MerchantOrderDto | NoSuchOrder | None:
    if response.status_code == 200:
        response_200 = MerchantOrderDto.from_dict(response.json())

        return response_200

    if response.status_code == 404:
        response_404 = NoSuchOrder.from_dict(response.json())

        return response_404

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[MerchantOrderDto | NoSuchOrder]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    klarna_integrator: str | Unset = UNSET,
) -> Response[MerchantOrderDto | NoSuchOrder]:
    """Get order details

     Reads the order with everything that has happened to it.

    Args:
        order_id (UUID):
        klarna_integrator (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MerchantOrderDto | NoSuchOrder]
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
    klarna_integrator: str | Unset = UNSET,
) -> MerchantOrderDto | NoSuchOrder | None:
    """Get order details

     Reads the order with everything that has happened to it.

    Args:
        order_id (UUID):
        klarna_integrator (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MerchantOrderDto | NoSuchOrder
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
    klarna_integrator: str | Unset = UNSET,
) -> Response[MerchantOrderDto | NoSuchOrder]:
    """Get order details

     Reads the order with everything that has happened to it.

    Args:
        order_id (UUID):
        klarna_integrator (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MerchantOrderDto | NoSuchOrder]
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
    klarna_integrator: str | Unset = UNSET,
) -> MerchantOrderDto | NoSuchOrder | None:
    """Get order details

     Reads the order with everything that has happened to it.

    Args:
        order_id (UUID):
        klarna_integrator (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MerchantOrderDto | NoSuchOrder
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            client=client,
            klarna_integrator=klarna_integrator,
        )
    ).parsed
