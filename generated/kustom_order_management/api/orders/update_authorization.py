from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_message_dto import ErrorMessageDto
from ...models.not_allowed import NotAllowed
from ...models.update_authorization_dto import UpdateAuthorizationDto
from ...types import UNSET, Response, Unset


def _get_kwargs(
    order_id: UUID,
    *,
    body: UpdateAuthorizationDto,
    klarna_idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(klarna_idempotency_key, Unset):
        headers["Klarna-Idempotency-Key"] = klarna_idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/ordermanagement/v1/orders/{order_id}/authorization".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorMessageDto | NotAllowed | None:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

    if response.status_code == 403:
        response_403 = NotAllowed.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ErrorMessageDto.from_dict(response.json())

        return response_404

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any | ErrorMessageDto | NotAllowed]:
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
    body: UpdateAuthorizationDto,
    klarna_idempotency_key: str | Unset = UNSET,
) -> Response[Any | ErrorMessageDto | NotAllowed]:
    """Set a new order total and its lines

     Sets a new order total with the lines it is made of; it cannot go below what has been captured.

    Args:
        order_id (UUID):
        klarna_idempotency_key (str | Unset):
        body (UpdateAuthorizationDto): A new total and a new set of lines for the order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorMessageDto | NotAllowed]
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
    body: UpdateAuthorizationDto,
    klarna_idempotency_key: str | Unset = UNSET,
) -> Any | ErrorMessageDto | NotAllowed | None:
    """Set a new order total and its lines

     Sets a new order total with the lines it is made of; it cannot go below what has been captured.

    Args:
        order_id (UUID):
        klarna_idempotency_key (str | Unset):
        body (UpdateAuthorizationDto): A new total and a new set of lines for the order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorMessageDto | NotAllowed
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
    body: UpdateAuthorizationDto,
    klarna_idempotency_key: str | Unset = UNSET,
) -> Response[Any | ErrorMessageDto | NotAllowed]:
    """Set a new order total and its lines

     Sets a new order total with the lines it is made of; it cannot go below what has been captured.

    Args:
        order_id (UUID):
        klarna_idempotency_key (str | Unset):
        body (UpdateAuthorizationDto): A new total and a new set of lines for the order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorMessageDto | NotAllowed]
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
    body: UpdateAuthorizationDto,
    klarna_idempotency_key: str | Unset = UNSET,
) -> Any | ErrorMessageDto | NotAllowed | None:
    """Set a new order total and its lines

     Sets a new order total with the lines it is made of; it cannot go below what has been captured.

    Args:
        order_id (UUID):
        klarna_idempotency_key (str | Unset):
        body (UpdateAuthorizationDto): A new total and a new set of lines for the order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorMessageDto | NotAllowed
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            client=client,
            body=body,
            klarna_idempotency_key=klarna_idempotency_key,
        )
    ).parsed
