"""The asyncio client: one-line methods, and the driver that carries out what a flow asks for.

Its other half is KustomClient in client.py, equal in every signature and docstring; what they decide is in _flow.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar, cast

import httpx

from . import _calls, _flow, config
from ._calls import Address, Amount, Call, Check, Created, Done, Lines, OrderId, PartId, Shipments, Voided
from ._verbs import Verbs
from .errors import ConfigurationError
from .retry import RetryPolicy

if TYPE_CHECKING:
    from ._calls import Capture, MerchantOrder, Refund

T = TypeVar("T")

_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=100)


class AsyncKustomClient(Verbs[httpx.AsyncBaseTransport]):
    """A client of the Kustom Order Management API, for asyncio.

    ::

        async with AsyncKustomClient() as kustom:
            order = await kustom.get_order(order_id)

    Everything is as with KustomClient, its arguments and what it repeats by itself too, but for ``transport``, which is an
    ``httpx.AsyncBaseTransport``. Use it from one event loop; tasks may share it. It is not pickled: build one in each
    process.

    Raises:
        ConfigurationError: something is missing, contradictory or malformed.
    """

    #: That of the first call, where connections belong to one.
    _loop: asyncio.AbstractEventLoop | None = None

    def __init__(
        self,
        api_key: str | None = None,
        *,
        username: str | None = None,
        base_url: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        proxy: str | None = None,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        integrator: str | None = None,
        check: Check = "auto",
        guard_keys: bool = True,
    ) -> None:
        try:
            self._set_up(
                httpx.AsyncBaseTransport, _over_the_network, api_key, username, base_url, transport, proxy, timeout, retry,
                integrator, check, guard_keys,
            )  # fmt: skip
        finally:
            del api_key, username, base_url, proxy  # as in _set_up

    async def aclose(self) -> None:
        """Close the connections; later calls raise ``ConfigurationError``.

        Connections whose event loop has ended went with it, and there is nothing left to close.
        """
        if self._ends() and (self._loop is None or self._loop is asyncio.get_running_loop()):
            await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    async def _run(self, call: Call[T], timeout: float | None, max_attempts: int | None) -> T:
        result: T = await self._carry_out(lambda run: run(call), timeout, max_attempts)
        return result

    async def _carry_out(
        self,
        conversation: Callable[[_flow.Run], _flow.Flow[T]],
        timeout: float | None,
        max_attempts: int | None,
    ) -> T:
        self._stay_in_one_loop()
        flow, settings = self._begin(conversation, timeout, max_attempts)
        return await drive(flow, self._transport, settings)

    def _stay_in_one_loop(self) -> None:
        """Refuse a second event loop: connections belong to the first, and a write would fail after it was sent.

        Transports that hold no connections, such as the sandbox, work in any loop.
        """
        if not isinstance(self._transport, httpx.AsyncHTTPTransport):
            return
        loop = asyncio.get_running_loop()
        # Clients made by with_options share the connections.
        root = cast("AsyncKustomClient", self._root)
        if root._loop is None:
            root._loop = loop
        elif root._loop is not loop:
            raise ConfigurationError(
                "this client was used in another event loop before, to which its connections belong: build a client in each "
                "asyncio.run"
            )

    # --- the 15 operations

    async def get_order(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> MerchantOrder:
        return await self._run(
            _calls.get_order(order_id, integrator=self._config.integrator), timeout, max_attempts
        )

    async def acknowledge(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return await self._run(
            _calls.acknowledge(order_id, idempotency_key=idempotency_key), timeout, max_attempts
        )

    async def cancel(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return await self._run(
            _calls.cancel(order_id, idempotency_key=idempotency_key), timeout, max_attempts
        )

    async def extend_authorization_time(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return await self._run(
            _calls.extend_authorization_time(order_id, idempotency_key=idempotency_key), timeout, max_attempts
        )

    async def release_remaining_authorization(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return await self._run(
            _calls.release_remaining_authorization(order_id, idempotency_key=idempotency_key),
            timeout,
            max_attempts,
        )

    async def update_authorization(
        self,
        order_id: OrderId,
        order_amount: Amount,
        order_lines: Lines,
        *,
        description: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return await self._run(
            _calls.update_authorization(
                order_id,
                order_amount,
                order_lines,
                description=description,
                idempotency_key=idempotency_key,
                check=self._check,
            ),
            timeout,
            max_attempts,
        )

    async def update_customer_details(
        self,
        order_id: OrderId,
        *,
        shipping_address: Address,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return await self._run(
            _calls.update_customer_details(
                order_id, shipping_address=shipping_address, idempotency_key=idempotency_key
            ),
            timeout,
            max_attempts,
        )

    async def update_merchant_references(
        self,
        order_id: OrderId,
        *,
        merchant_reference1: str | None = None,
        merchant_reference2: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return await self._run(
            _calls.update_merchant_references(
                order_id,
                merchant_reference1=merchant_reference1,
                merchant_reference2=merchant_reference2,
                idempotency_key=idempotency_key,
            ),
            timeout,
            max_attempts,
        )

    async def add_shipping_info(
        self,
        order_id: OrderId,
        shipping_info: Shipments,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return await self._run(
            _calls.add_shipping_info(order_id, shipping_info, idempotency_key=idempotency_key),
            timeout,
            max_attempts,
        )

    async def list_captures(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> list[Capture]:
        return await self._run(_calls.list_captures(order_id), timeout, max_attempts)

    async def capture(
        self,
        order_id: OrderId,
        amount: Amount,
        *,
        reference: str | None = None,
        description: str | None = None,
        order_lines: Lines | None = None,
        shipping_info: Shipments | None = None,
        shipping_delay: int | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Created:
        return await self._run(
            _calls.capture(
                order_id,
                amount,
                reference=reference,
                description=description,
                order_lines=order_lines,
                shipping_info=shipping_info,
                shipping_delay=shipping_delay,
                idempotency_key=idempotency_key,
                check=self._check,
            ),
            timeout,
            max_attempts,
        )

    async def get_capture(
        self,
        order_id: OrderId,
        capture_id: PartId,
        *,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Capture:
        return await self._run(_calls.get_capture(order_id, capture_id), timeout, max_attempts)

    async def add_capture_shipping_info(
        self,
        order_id: OrderId,
        capture_id: PartId,
        shipping_info: Shipments,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return await self._run(
            _calls.add_capture_shipping_info(
                order_id, capture_id, shipping_info, idempotency_key=idempotency_key
            ),
            timeout,
            max_attempts,
        )

    async def refund(
        self,
        order_id: OrderId,
        amount: Amount,
        *,
        reference: str | None = None,
        description: str | None = None,
        order_lines: Lines | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Created:
        return await self._run(
            _calls.refund(
                order_id,
                amount,
                reference=reference,
                description=description,
                order_lines=order_lines,
                idempotency_key=idempotency_key,
                check=self._check,
            ),
            timeout,
            max_attempts,
        )

    async def get_refund(
        self,
        order_id: OrderId,
        refund_id: PartId,
        *,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Refund:
        return await self._run(_calls.get_refund(order_id, refund_id), timeout, max_attempts)

    # --- exactly once

    async def ensure_capture(
        self,
        order_id: OrderId,
        amount: Amount | None = None,
        *,
        reference: str,
        attempt: int = 1,
        description: str | None = None,
        order_lines: Lines | None = None,
        shipping_info: Shipments | None = None,
        shipping_delay: int | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Created:
        from . import _ensure  # noqa: PLC0415  # what only conversations need costs others nothing

        return await self._carry_out(
            lambda run: _ensure.capture(
                run,
                order_id,
                amount,
                reference,
                attempt,
                description=description,
                order_lines=order_lines,
                shipping_info=shipping_info,
                shipping_delay=shipping_delay,
                check=self._check,
            ),
            timeout,
            max_attempts,
        )

    async def ensure_refund(
        self,
        order_id: OrderId,
        amount: Amount | None = None,
        *,
        reference: str,
        attempt: int = 1,
        description: str | None = None,
        order_lines: Lines | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Created:
        from . import _ensure  # noqa: PLC0415  # what only conversations need costs others nothing

        return await self._carry_out(
            lambda run: _ensure.refund(
                run,
                order_id,
                amount,
                reference,
                attempt,
                description=description,
                order_lines=order_lines,
                check=self._check,
            ),
            timeout,
            max_attempts,
        )

    async def void(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> Voided:
        from . import _void  # noqa: PLC0415  # as above

        return await self._carry_out(lambda run: _void.void(run, order_id), timeout, max_attempts)


def _over_the_network(proxy: str | None) -> httpx.AsyncBaseTransport:
    return httpx.AsyncHTTPTransport(proxy=proxy, limits=_LIMITS)


async def drive(
    flow: _flow.Flow[T],
    transport: httpx.AsyncBaseTransport,
    settings: config.Config,
) -> T:
    """Carry out what a flow asks for, until it returns or raises."""
    try:
        step = next(flow)
        while True:
            if isinstance(step, _flow.Sleep):
                # Imported here: asyncio costs a quarter of `import httpx`, and blocking programs do without it.
                from asyncio import sleep  # noqa: PLC0415  # see above

                await sleep(step.seconds)
                step = flow.send(None)
                continue
            try:
                response = await _exchange(transport, step, settings)
            except Exception as error:  # noqa: BLE001  # the flow decides what it means; none is lost
                step = flow.throw(_flow.without_secrets(error))
            else:
                step = flow.send(response)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


async def _exchange(
    transport: httpx.AsyncBaseTransport, send: _flow.Send, settings: config.Config
) -> _flow.Received:
    request = _flow.to_httpx(send.request, settings.base_url, settings.headers, settings.timeouts)
    response = await transport.handle_async_request(request)
    content = bytearray()
    try:
        try:
            async for chunk in response.aiter_bytes():
                content += chunk
        finally:
            await response.aclose()
    except Exception as error:  # raised again, unless the status alone is the answer
        if not _flow.status_stands(send, response.status_code, error):
            raise
    return _flow.received(response, content)
