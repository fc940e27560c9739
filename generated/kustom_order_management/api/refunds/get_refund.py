from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.not_found import NotFound
from ...models.refund import Refund
from ...types import Response, read_body


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
) -> NotFound | Refund | None:
    if response.status_code == 200:
        return cast(Refund | None, read_body(response, Refund.from_dict))

    if response.status_code == 404:
        return cast(NotFound | None, read_body(response, NotFound.from_dict))

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[NotFound | Refund]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    order_id: UUID,
    refund_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[NotFound | Refund]:
    """Get a refund

     Reads one refund.

    Args:
        order_id (UUID):
        refund_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NotFound | Refund]
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
) -> NotFound | Refund | None:
    """Get a refund

     Reads one refund.

    Args:
        order_id (UUID):
        refund_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NotFound | Refund
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
) -> Response[NotFound | Refund]:
    """Get a refund

     Reads one refund.

    Args:
        order_id (UUID):
        refund_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NotFound | Refund]
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
) -> NotFound | Refund | None:
    """Get a refund

     Reads one refund.

    Args:
        order_id (UUID):
        refund_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NotFound | Refund
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            refund_id=refund_id,
            client=client,
        )
    ).parsed
