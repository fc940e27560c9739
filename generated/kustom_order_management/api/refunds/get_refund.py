from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.not_found import NotFound
from ...models.refund_dto import RefundDto
from ...types import Response


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


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> NotFound | RefundDto | None:
    if response.status_code == 200:
        response_200 = RefundDto.from_dict(response.json())

        return response_200

    if response.status_code == 404:
        response_404 = NotFound.from_dict(response.json())

        return response_404

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[NotFound | RefundDto]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    order_id: UUID,
    refund_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[NotFound | RefundDto]:
    """Get a refund

     Reads one refund.

    Args:
        order_id (UUID):
        refund_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NotFound | RefundDto]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        refund_id=refund_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    order_id: UUID,
    refund_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> NotFound | RefundDto | None:
    """Get a refund

     Reads one refund.

    Args:
        order_id (UUID):
        refund_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NotFound | RefundDto
    """

    return sync_detailed(
        order_id=order_id,
        refund_id=refund_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    order_id: UUID,
    refund_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[NotFound | RefundDto]:
    """Get a refund

     Reads one refund.

    Args:
        order_id (UUID):
        refund_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NotFound | RefundDto]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        refund_id=refund_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    order_id: UUID,
    refund_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> NotFound | RefundDto | None:
    """Get a refund

     Reads one refund.

    Args:
        order_id (UUID):
        refund_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NotFound | RefundDto
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            refund_id=refund_id,
            client=client,
        )
    ).parsed
