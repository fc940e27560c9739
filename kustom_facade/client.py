"""The blocking client: one-line methods, and the driver that carries out what a flow asks for.

Its other half is AsyncKustomClient in aio.py, equal in every signature and docstring; what they decide is in _flow.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

import httpx

from . import _calls, _flow, config
from ._calls import Address, Amount, Call, Check, Created, Done, Lines, OrderId, PartId, Shipments, Voided
from ._verbs import Verbs
from .retry import RetryPolicy

if TYPE_CHECKING:
    from ._calls import Capture, MerchantOrder, Refund

T = TypeVar("T")

_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=100)


class KustomClient(Verbs[httpx.BaseTransport]):
    """A client of the Kustom Order Management API.

    ::

        with KustomClient() as kustom:
            order = kustom.get_order(order_id)

    It repeats by itself:

    - a read after a transport error, 429 or 5xx;
    - a write after the same, always with the same idempotency key and the same body;
    - nothing else; see :class:`~kustom_facade.RetryPolicy` for how often and how long.

    Threads may share it. It is not pickled: build one in each process.

    Args:
        api_key: as published; by default ``KUSTOM_API_KEY``. ``kco_test_…`` goes to the playground,
            ``kco_live_…`` to production, anything else needs ``base_url``.
        username: for keys that work only with theirs; by default ``KUSTOM_USERNAME``.
        base_url: instead of the key's environment; by default ``KUSTOM_BASE_URL``.
        transport: an httpx transport to use instead of the network, such as the sandbox.
        proxy: URL of a proxy; by default what HTTPS_PROXY and the like name.
        timeout: seconds that the server may stay silent within an attempt, 30 by default; 5 at most to connect.
        retry: when to repeat a request.
        integrator: name of your integration, sent as ``Klarna-Integrator`` when an order is read.
        check: what to do when order lines do not add up. ``"auto"`` raises ``InvalidRequest`` for two currencies, and for
            a new authorization that is not the sum of its lines, and logs the rest. ``"error"`` raises for all,
            ``"warn"`` logs all, ``"off"`` does not look.
        guard_keys: whether an idempotency key that was used for another request in this process is refused.

    Raises:
        ConfigurationError: something is missing, contradictory or malformed.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        username: str | None = None,
        base_url: str | None = None,
        transport: httpx.BaseTransport | None = None,
        proxy: str | None = None,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        integrator: str | None = None,
        check: Check = "auto",
        guard_keys: bool = True,
    ) -> None:
        try:
            self._set_up(
                httpx.BaseTransport, _over_the_network, api_key, username, base_url, transport, proxy, timeout, retry,
                integrator, check, guard_keys,
            )  # fmt: skip
        finally:
            del api_key, username, base_url, proxy  # as in _set_up

    def close(self) -> None:
        """Close the connections; later calls raise ``ConfigurationError``."""
        if self._ends():
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()

    def _run(self, call: Call[T], timeout: float | None, max_attempts: int | None) -> T:
        result: T = self._carry_out(lambda run: run(call), timeout, max_attempts)
        return result

    def _carry_out(
        self,
        conversation: Callable[[_flow.Run], _flow.Flow[T]],
        timeout: float | None,
        max_attempts: int | None,
    ) -> T:
        flow, settings = self._begin(conversation, timeout, max_attempts)
        return drive(flow, self._transport, settings)

    # --- the 15 operations

    def get_order(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> MerchantOrder:
        return self._run(
            _calls.get_order(order_id, integrator=self._config.integrator), timeout, max_attempts
        )

    def acknowledge(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return self._run(_calls.acknowledge(order_id, idempotency_key=idempotency_key), timeout, max_attempts)

    def cancel(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return self._run(_calls.cancel(order_id, idempotency_key=idempotency_key), timeout, max_attempts)

    def extend_authorization_time(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return self._run(
            _calls.extend_authorization_time(order_id, idempotency_key=idempotency_key), timeout, max_attempts
        )

    def release_remaining_authorization(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return self._run(
            _calls.release_remaining_authorization(order_id, idempotency_key=idempotency_key),
            timeout,
            max_attempts,
        )

    def update_authorization(
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
        return self._run(
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

    def update_customer_details(
        self,
        order_id: OrderId,
        *,
        shipping_address: Address,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return self._run(
            _calls.update_customer_details(
                order_id, shipping_address=shipping_address, idempotency_key=idempotency_key
            ),
            timeout,
            max_attempts,
        )

    def update_merchant_references(
        self,
        order_id: OrderId,
        *,
        merchant_reference1: str | None = None,
        merchant_reference2: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return self._run(
            _calls.update_merchant_references(
                order_id,
                merchant_reference1=merchant_reference1,
                merchant_reference2=merchant_reference2,
                idempotency_key=idempotency_key,
            ),
            timeout,
            max_attempts,
        )

    def add_shipping_info(
        self,
        order_id: OrderId,
        shipping_info: Shipments,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return self._run(
            _calls.add_shipping_info(order_id, shipping_info, idempotency_key=idempotency_key),
            timeout,
            max_attempts,
        )

    def list_captures(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> list[Capture]:
        return self._run(_calls.list_captures(order_id), timeout, max_attempts)

    def capture(
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
        return self._run(
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

    def get_capture(
        self,
        order_id: OrderId,
        capture_id: PartId,
        *,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Capture:
        return self._run(_calls.get_capture(order_id, capture_id), timeout, max_attempts)

    def add_capture_shipping_info(
        self,
        order_id: OrderId,
        capture_id: PartId,
        shipping_info: Shipments,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        return self._run(
            _calls.add_capture_shipping_info(
                order_id, capture_id, shipping_info, idempotency_key=idempotency_key
            ),
            timeout,
            max_attempts,
        )

    def refund(
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
        return self._run(
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

    def get_refund(
        self,
        order_id: OrderId,
        refund_id: PartId,
        *,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Refund:
        return self._run(_calls.get_refund(order_id, refund_id), timeout, max_attempts)

    # --- exactly once

    def ensure_capture(
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

        return self._carry_out(
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

    def ensure_refund(
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

        return self._carry_out(
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

    def void(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> Voided:
        from . import _void  # noqa: PLC0415  # as above

        return self._carry_out(lambda run: _void.void(run, order_id), timeout, max_attempts)


def _over_the_network(proxy: str | None) -> httpx.BaseTransport:
    return httpx.HTTPTransport(proxy=proxy, limits=_LIMITS)


def drive(
    flow: _flow.Flow[T],
    transport: httpx.BaseTransport,
    settings: config.Config,
) -> T:
    """Carry out what a flow asks for, until it returns or raises."""
    try:
        step = next(flow)
        while True:
            if isinstance(step, _flow.Sleep):
                time.sleep(step.seconds)
                step = flow.send(None)
                continue
            try:
                response = _exchange(transport, step, settings)
            except Exception as error:  # noqa: BLE001  # the flow decides what it means; none is lost
                step = flow.throw(_flow.without_secrets(error))
            else:
                step = flow.send(response)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


def _exchange(transport: httpx.BaseTransport, send: _flow.Send, settings: config.Config) -> _flow.Received:
    request = _flow.to_httpx(send.request, settings.base_url, settings.headers, settings.timeouts)
    response = transport.handle_request(request)
    content = bytearray()
    try:
        try:
            for chunk in response.iter_bytes():
                content += chunk
        finally:
            response.close()
    except Exception as error:  # raised again, unless the status alone is the answer
        if not _flow.status_stands(send, response.status_code, error):
            raise
    return _flow.received(response, content)
