"""The blocking client: one-line methods, and the driver that carries out what a flow asks for.

Its other half is AsyncKustomClient in aio.py, equal in every signature and docstring; what they decide is in _flow.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, NoReturn, Self, TypeVar

import httpx

from . import _calls, _ensure, _flow, config
from ._calls import Address, Amount, Call, Check, Created, Done, Lines, OrderId, PartId, Shipments, Voided
from .retry import RetryPolicy

if TYPE_CHECKING:
    from ._calls import Capture, MerchantOrder, Refund

T = TypeVar("T")

_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=100)


class KustomClient:
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
        check: what to do when order lines do not add up: ``"error"`` raises ``InvalidRequest`` for what the API would
            refuse or misread and logs the rest, ``"warn"`` logs all, ``"off"`` does not look.
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
        check: Check = "error",
        guard_keys: bool = True,
    ) -> None:
        if transport is not None and not isinstance(transport, httpx.BaseTransport):
            raise TypeError(f"transport must be an httpx.BaseTransport, not {type(transport).__name__}")
        try:
            self._config = config.resolve(
                api_key=api_key,
                username=username,
                base_url=base_url,
                proxy=proxy,
                timeout=timeout,
                integrator=integrator,
                transport=transport,
            )
        finally:
            # Error trackers show the local variables of a constructor that failed.
            del api_key, username, base_url, proxy
        _flow.check_url(self._config.base_url)
        self._retry = retry or RetryPolicy()
        self._check: Check = _calls.checked_check(check)
        self._transport = transport or httpx.HTTPTransport(proxy=self._config.proxy, limits=_LIMITS)
        self._guard_keys = guard_keys
        # Clients made by with_options share their root's connections, and end with it.
        self._root = self
        self._closed = False

    def with_options(
        self,
        *,
        timeout: float | None = None,
        max_attempts: int | None = None,
        retry: RetryPolicy | None = None,
        integrator: str | None = None,
        check: Check | None = None,
        guard_keys: bool | None = None,
    ) -> Self:
        """A client with other defaults over the same connections; closing it leaves them open."""
        other = object.__new__(type(self))
        other._config = self._config.with_options(timeout=timeout, integrator=integrator)
        other._check = self._check if check is None else _calls.checked_check(check)
        other._guard_keys = self._guard_keys if guard_keys is None else guard_keys
        other._retry = (retry or self._retry).limited_to(max_attempts)
        other._transport = self._transport
        other._root = self._root
        other._closed = False
        return other

    def close(self) -> None:
        """Close the connections; later calls raise ``ConfigurationError``."""
        if self._root is self and not self._closed:
            self._closed = True
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

    def __repr__(self) -> str:
        settings = getattr(self, "_config", None)  # not there when building it failed
        where = f"base_url={settings.base_url!r}, timeout={settings.timeout}" if settings else ""
        return f"{type(self).__name__}({where})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds connections and a secret and is not pickled; build one in each process"
        )

    def _run(self, call: Call[T], timeout: float | None, max_attempts: int | None) -> T:
        result: T = self._carry_out(lambda run: run(call), timeout, max_attempts)
        return result

    def _carry_out(
        self,
        conversation: Callable[[_ensure.Run], _flow.Flow[T]],
        timeout: float | None,
        max_attempts: int | None,
    ) -> T:
        if self._root._closed:
            raise config.closed()
        settings = self._config if timeout is None else self._config.with_options(timeout=timeout)
        policy = self._retry.limited_to(max_attempts)
        guard = self._guard_keys
        run = _ensure.Run(
            lambda call: _flow.steps(
                call, policy, guard_keys=guard, scope=settings.scope, redact=settings.redact
            ),
            policy.base,
        )
        return drive(conversation(run), self._transport, settings)

    # --- the 15 operations

    def get_order(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> MerchantOrder:
        """Read an order with everything that has happened to it (GET order).

        The reading is tolerant: what the answer leaves out is ``UNSET``, what the document does not declare is
        kept. Amounts are in minor units of ``purchase_currency``.

        Args:
            order_id: the order's UUID.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NoSuchOrder`` for an id that is not there.
        """
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
        """Tell Kustom that the order has been received (POST acknowledge).

        A capture counts as an acknowledgement too.

        Args:
            order_id: the order's UUID.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NotAllowed`` in a state that does not permit it.
        """
        return self._run(_calls.acknowledge(order_id, idempotency_key=idempotency_key), timeout, max_attempts)

    def cancel(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Cancel the whole order (POST cancel).

        Possible only while nothing has been captured; after that, refund and release the rest.

        Args:
            order_id: the order's UUID.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``CancelNotAllowed`` once something was captured.
        """
        return self._run(_calls.cancel(order_id, idempotency_key=idempotency_key), timeout, max_attempts)

    def extend_authorization_time(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Move the order's expiry to 28 days from today (POST extend-authorization-time).

        At most 90 days after the purchase, in the states AUTHORIZED and PART_CAPTURED, for orders paid with Klarna,
        and not for purchases in ES, FR, IT and PT (vendor's documentation).

        Args:
            order_id: the order's UUID.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NotAllowed`` otherwise.
        """
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
        """Give back what is authorized but not captured (POST release-remaining-authorization).

        Possible only after a partial capture.

        Args:
            order_id: the order's UUID.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NotAllowed`` before any capture.
        """
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
        """Set a new order total with the lines it is made of (PATCH authorization).

        The new lines replace all old ones; the total cannot go below what has been captured.

        Args:
            order_id: the order's UUID.
            order_amount: the new total in minor units of the order's currency or as Money, whose currency is not
                sent; 0 to 200,000,000.
            order_lines: the new lines, at most 1,000; mappings are taken too.
            description: shown to the customer, at most 255 characters.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``InvalidRequest`` over a limit,
                ``NotAllowed`` below the captured amount or in a state that does not permit it.
        """
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
        """Set a new shipping address (PATCH customer-details).

        Not on cancelled or expired orders. ``""`` clears a field, what is left out stays.

        Args:
            order_id: the order's UUID.
            shipping_address: the new address; a mapping is taken too.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``InvalidRequest`` over a limit, ``NotAllowed`` in such a state.
        """
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
        """Set one or both of your references (PATCH merchant-references).

        Not on cancelled or expired orders. What is left out stays as it is, ``""`` clears.

        Args:
            order_id: the order's UUID.
            merchant_reference1: your order number, shown to the customer; at most 255 characters.
            merchant_reference2: a second reference, at most 255 characters.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``InvalidRequest`` over a limit or with nothing to
                update, ``NotAllowed`` in such a state.
        """
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
        """Add shipments to an order (POST shipping-info).

        Args:
            order_id: the order's UUID.
            shipping_info: 1 to 500 shipments; mappings are taken too.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``InvalidRequest`` over a limit, ``NoSuchOrder``.
        """
        return self._run(
            _calls.add_shipping_info(order_id, shipping_info, idempotency_key=idempotency_key),
            timeout,
            max_attempts,
        )

    def list_captures(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> list[Capture]:
        """Read all captures of an order (GET captures).

        Args:
            order_id: the order's UUID.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NoSuchOrder`` for an id that is not there.
        """
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
        """Capture a part or the whole of the authorized amount, when the goods ship (POST captures).

        The status must be AUTHORIZED or PART_CAPTURED and the fraud status ACCEPTED.

        Args:
            order_id: the order's UUID.
            amount: what to capture, in minor units of the order's currency or as Money, whose currency is not sent;
                0 to 200,000,000, and at most the remaining authorized amount.
            reference: your own id of the capture (shipment number, return number), at most 255 characters.
            description: shown to the customer, at most 255 characters.
            order_lines: what the amount is for, at most 1,000 lines; mappings are taken too.
            shipping_info: how the goods are shipped, at most 500 shipments; mappings are taken too.
            shipping_delay: days until the goods ship; above 0 only where the account allows it.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``InvalidRequest`` over a limit,
                ``CaptureNotAllowed``; any error with ``outcome_unknown`` may have moved the money.
        """
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
        """Read one capture (GET capture).

        Args:
            order_id: the order's UUID.
            capture_id: the capture's id.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NotFound`` for an id that is not there.
        """
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
        """Add shipments to a capture (POST shipping-info of the capture).

        Args:
            order_id: the order's UUID.
            capture_id: the capture's id.
            shipping_info: 1 to 500 shipments; mappings are taken too.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``InvalidRequest`` over a limit, ``NotAllowed``, ``NotFound``.
        """
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
        """Refund a part or the whole of the captured amount (POST refunds).

        A refund is matched to a capture by the references of its lines, when their total is the refunded amount.

        Args:
            order_id: the order's UUID.
            amount: what to refund, in minor units of the order's currency or as Money, whose currency is not sent;
                0 to 200,000,000, and at most what has been captured and not refunded yet.
            reference: your own id of the refund (shipment number, return number), at most 255 characters.
            description: shown to the customer, at most 255 characters.
            order_lines: what the amount is for, at most 1,000 lines; mappings are taken too.
            idempotency_key: your own key, used as it is; by default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``InvalidRequest`` over a limit,
                ``RefundNotAllowed``; any error with ``outcome_unknown`` may have moved the money.
        """
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
        """Read one refund (GET refund).

        Args:
            order_id: the order's UUID.
            refund_id: the refund's id.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NotFound`` for an id that is not there.
        """
        return self._run(_calls.get_refund(order_id, refund_id), timeout, max_attempts)

    # --- exactly once

    def ensure_capture(
        self,
        order_id: OrderId,
        amount: Amount,
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
        """Capture once for a business event, however often this is called, in whatever process.

        The order is read first: a capture with this reference and amount is returned with ``already_done``. Otherwise it
        is made, with a key that follows from the reference (:func:`kustom_facade.idempotency.key_for`). After a lost
        answer, a conflict or a refusal the order is read again, and what is there decides.

        Args:
            order_id: the order's UUID.
            amount: as of :meth:`capture`; always the same for one reference.
            reference: your own id of the event, such as the shipment's number; at most 255 characters.
            attempt: 2 and more after a refusal whose reason is gone, because the API may go on answering the first key
                with that refusal. Never after an unknown outcome: two attempts can capture twice.
            description: as of :meth:`capture`.
            order_lines: as of :meth:`capture`.
            shipping_info: as of :meth:`capture`.
            shipping_delay: as of :meth:`capture`.
            timeout: as of :meth:`capture`, for each request.
            max_attempts: as of :meth:`capture`, for each request.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``CaptureNotAllowed``, also before sending where the order shows
                it; ``ReferenceConflict`` if the reference has another amount, ``DuplicateEffect`` if it is there more than
                once; ``ConnectionFailed`` if it is still not known: call again with the same reference.
        """
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
        amount: Amount,
        *,
        reference: str,
        attempt: int = 1,
        description: str | None = None,
        order_lines: Lines | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Created:
        """Refund once for a business event, however often this is called, in whatever process.

        As :meth:`ensure_capture`, with the refunds of the order.

        Args:
            order_id: the order's UUID.
            amount: as of :meth:`refund`; always the same for one reference.
            reference: your own id of the event, such as the return's number; at most 255 characters.
            attempt: as of :meth:`ensure_capture`.
            description: as of :meth:`refund`.
            order_lines: as of :meth:`refund`.
            timeout: as of :meth:`refund`, for each request.
            max_attempts: as of :meth:`refund`, for each request.

        Raises:
            KustomError: as of :meth:`ensure_capture`, with ``RefundNotAllowed``.
        """
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
        """Let go of what has not been captured: cancel the order if nothing was, else release the rest.

        Args:
            order_id: the order's UUID.
            timeout: as of :meth:`cancel`, for each request.
            max_attempts: as of :meth:`cancel`, for each request.

        Returns:
            What was done: ``action`` is ``"cancelled"``, ``"released"``, or ``"nothing"`` where nothing was left.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; after an unknown outcome it is safe to call again.
        """
        return self._carry_out(lambda run: _ensure.void(run, order_id), timeout, max_attempts)


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
    return _flow.Received(response.status_code, response.headers, bytes(content))
