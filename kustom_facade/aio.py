"""The asyncio client. Its verbs are written by scripts/regenerate.py from the operations.

Its other half is ``KustomClient`` in client.py, equal in every signature and docstring.
"""

from __future__ import annotations

from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from kustom_order_management.models import Capture, MerchantOrder, Refund

from ._base import BaseClient
from ._exactly_once import ensure, void as voiding
from ._operations import captures, orders, refunds
from ._operations.call import (
    AddressLike,
    Amount,
    Lines,
    OrderId,
    PartId,
    Shipments,
    with_answer,
)
from ._operations.line_checks import CheckMode
from ._privacy import Hidden, run
from ._sending import attempts, driver, http
from ._sending.http import AsyncTransport
from ._sending.session import Session
from ._sending.steps import Steps
from ._sending.telemetry import OnAttempt
from .config import DEADLINE, MAX_IN_FLIGHT, MAX_RESPONSE_BYTES
from .errors import ConfigurationError
from .results import Created, Done, Response, Voided
from .retry import RetryPolicy

T = TypeVar("T")


class AsyncKustomClient(BaseClient):
    """A client of the Kustom Order Management API, for asyncio.

    ::

        async with AsyncKustomClient() as kustom:
            order = await kustom.get_order(order_id)

    Everything is as with KustomClient, its arguments and what it repeats by itself too, but for
    ``transport``, which is an asynchronous one. Use it from one event loop, whose tasks may share
    it. A second loop is refused. It is not pickled: build one in each process.

    Raises:
        ConfigurationError: something is missing, contradictory or malformed.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        username: str | None = None,
        base_url: str | None = None,
        transport: AsyncTransport | None = None,
        proxy: str | None = None,
        timeout: float | None = None,
        deadline: float | None = DEADLINE,
        max_in_flight: int = MAX_IN_FLIGHT,
        rate_limit: float | None = None,
        on_attempt: OnAttempt | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        retry: RetryPolicy | None = None,
        integrator: str | None = None,
        check: CheckMode = "auto",
        guard_keys: bool = True,
    ) -> None:
        hidden: Any = Hidden(
            partial(
                self._configure,
                http.ASYNC_TRANSPORTS,
                http.async_connections,
                api_key=api_key,
                username=username,
                base_url=base_url,
                transport=transport,
                proxy=proxy,
                timeout=timeout,
                deadline=deadline,
                max_in_flight=max_in_flight,
                rate_limit=rate_limit,
                on_attempt=on_attempt,
                max_response_bytes=max_response_bytes,
                retry=retry,
                integrator=integrator,
                check=check,
                guard_keys=guard_keys,
            )
        )
        # Error trackers show what the names of a frame stand for.
        api_key = username = base_url = transport = proxy = timeout = max_response_bytes = hidden
        retry = integrator = check = guard_keys = deadline = max_in_flight = hidden
        rate_limit = on_attempt = hidden
        run(hidden)

    async def aclose(self) -> None:
        """Close the connections. Later calls raise ``ConfigurationError``.

        Calls under way end with ``ConnectionFailed``, and nothing is sent again.

        Connections whose event loop has ended went with it, and there is nothing left to close.
        """
        if not self._closes_connections():
            return
        if self._connections.joins():
            await self._connections.aclose()
        else:
            self._connections.close_elsewhere()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    @property
    def with_response(self) -> AsyncWithResponse:
        """Return the reads that give their answer too, with its correlation id."""
        return AsyncWithResponse(self)

    async def _drive(self, session: Session, steps: Steps[T]) -> T:
        """Carry out the steps of a call, over this client's connections."""
        self._stay_in_one_loop()
        return await driver.drive_async(steps, self._connections, session.config)

    def _stay_in_one_loop(self) -> None:
        """Refuse a second event loop: a write would fail after it was sent.

        Transports that hold no connections, such as the sandbox, work in any loop.
        """
        if not self._connections.joins():
            raise ConfigurationError(
                "this client was used in another event loop before, to which its connections "
                "belong, or this is no event loop of asyncio: build a client in each asyncio.run, "
                "and use KustomClient in threads under trio"
            )

    # --- written by scripts/regenerate.py from the operations: do not edit

    async def get_order(
        self,
        order_id: OrderId,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> MerchantOrder:
        """Read an order with everything that has happened to it (GET order).

        The reading is tolerant: what the answer leaves out is ``None``, and what the document does
        not declare is kept. Amounts are in minor units of ``purchase_currency``.

        Args:
            order_id: the order's UUID.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NoSuchOrder`` for an id that is not
                there.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = orders.get_order(order_id, integrator=self._config.integrator)
        return await self._drive(session, attempts.steps(call, session))

    async def acknowledge(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Tell Kustom that the order has been received (POST acknowledge).

        A capture counts as an acknowledgement too (api-facts, section 6).

        Args:
            order_id: the order's UUID.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NotAllowed`` in a state that does not
                permit it.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = orders.acknowledge(order_id, idempotency_key=idempotency_key)
        return await self._drive(session, attempts.steps(call, session))

    async def cancel(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Cancel the whole order (POST cancel).

        Possible only while nothing has been captured. After that, refund and release the rest.

        Args:
            order_id: the order's UUID.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``CancelNotAllowed`` once something was
                captured.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = orders.cancel(order_id, idempotency_key=idempotency_key)
        return await self._drive(session, attempts.steps(call, session))

    async def extend_authorization_time(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Move the order's expiry to 28 days from today (POST extend-authorization-time).

        At most 90 days after the purchase, in the states AUTHORIZED and PART_CAPTURED, for orders
        paid with Klarna and made on or after 2025-09-25, and not for purchases in ES, FR, IT and PT
        (api-facts, section 6).

        Args:
            order_id: the order's UUID.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NotAllowed`` otherwise.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = orders.extend_authorization_time(order_id, idempotency_key=idempotency_key)
        return await self._drive(session, attempts.steps(call, session))

    async def release_remaining_authorization(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Release what is authorized but not captured (POST release-remaining-authorization).

        Possible only after a partial capture (api-facts, section 6).

        Args:
            order_id: the order's UUID.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NotAllowed`` before any capture.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = orders.release_remaining_authorization(order_id, idempotency_key=idempotency_key)
        return await self._drive(session, attempts.steps(call, session))

    async def update_authorization(
        self,
        order_id: OrderId,
        order_amount: Amount,
        order_lines: Lines,
        *,
        description: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Set a new order total with the lines it is made of (PATCH authorization).

        The new lines replace all old ones. The total cannot go below what has been captured, and
        has to be the sum of the lines. Lines that were read from an order may be off by as much as
        the order was.

        Args:
            order_id: the order's UUID.
            order_amount: the new total in minor units of the order's currency or as Money, whose
                currency is not sent. 0 to 200,000,000.
            order_lines: the new lines, at most 1,000. Mappings are taken too.
            description: shown to the customer, at most 255 characters.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit or for
                another sum, ``NotAllowed`` below the captured amount or in a state that does not
                permit it.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = orders.update_authorization(
            order_id,
            order_amount,
            order_lines,
            description=description,
            idempotency_key=idempotency_key,
            check=self._check,
        )
        return await self._drive(session, attempts.steps(call, session))

    async def update_customer_details(
        self,
        order_id: OrderId,
        *,
        shipping_address: AddressLike,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Set a new shipping address (PATCH customer-details).

        Not on cancelled or expired orders. ``""`` clears a field, and what is left out stays.

        Args:
            order_id: the order's UUID.
            shipping_address: the new address. A mapping is taken too.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
                ``NotAllowed`` in such a state.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = orders.update_customer_details(
            order_id, shipping_address=shipping_address, idempotency_key=idempotency_key
        )
        return await self._drive(session, attempts.steps(call, session))

    async def update_merchant_references(
        self,
        order_id: OrderId,
        *,
        merchant_reference1: str | None = None,
        merchant_reference2: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Set one or both of your references (PATCH merchant-references).

        Not on cancelled or expired orders. What is left out stays as it is, and ``""`` clears.

        Args:
            order_id: the order's UUID.
            merchant_reference1: your order number, shown to the customer. At most 255 characters.
            merchant_reference2: a second reference, at most 255 characters.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit or with
                nothing to update, ``NotAllowed`` in such a state.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = orders.update_merchant_references(
            order_id,
            merchant_reference1=merchant_reference1,
            merchant_reference2=merchant_reference2,
            idempotency_key=idempotency_key,
        )
        return await self._drive(session, attempts.steps(call, session))

    async def add_shipping_info(
        self,
        order_id: OrderId,
        shipping_info: Shipments,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Add shipments to an order (POST shipping-info).

        Args:
            order_id: the order's UUID.
            shipping_info: 1 to 500 shipments. Mappings are taken too.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
                ``NoSuchOrder``.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = orders.add_shipping_info(order_id, shipping_info, idempotency_key=idempotency_key)
        return await self._drive(session, attempts.steps(call, session))

    async def list_captures(
        self,
        order_id: OrderId,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> list[Capture]:
        """Read all captures of an order (GET captures).

        Args:
            order_id: the order's UUID.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NoSuchOrder`` for an id that is not
                there.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = captures.list_captures(order_id)
        return await self._drive(session, attempts.steps(call, session))

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
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Created:
        """Capture a part or the whole of the authorized amount, when the goods ship (POST
        captures).

        The status must be AUTHORIZED or PART_CAPTURED and the fraud status ACCEPTED (api-facts,
        section 6). Lines that do not add up are logged and sent, see ``check`` of the client.

        Args:
            order_id: the order's UUID.
            amount: what to capture, in minor units of the order's currency or as Money, whose
                currency is not sent. 0 to 200,000,000, and at most the remaining authorized amount.
            reference: your own id of the capture (a shipment's number), at most 255 characters.
            description: shown to the customer, at most 255 characters.
            order_lines: what the amount is for, at most 1,000 lines. Mappings are taken too.
            shipping_info: how the goods are shipped, at most 500 shipments. Mappings are taken too.
            shipping_delay: days until the goods ship. Above 0 only where the account allows it.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
                ``CaptureNotAllowed``. Any error with ``outcome_unknown`` may have moved the money.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = captures.capture(
            order_id,
            amount,
            reference=reference,
            description=description,
            order_lines=order_lines,
            shipping_info=shipping_info,
            shipping_delay=shipping_delay,
            idempotency_key=idempotency_key,
            check=self._check,
        )
        return await self._drive(session, attempts.steps(call, session))

    async def get_capture(
        self,
        order_id: OrderId,
        capture_id: PartId,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Capture:
        """Read one capture (GET capture).

        Args:
            order_id: the order's UUID.
            capture_id: the capture's id.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NotFound`` for an id that is not there.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = captures.get_capture(order_id, capture_id)
        return await self._drive(session, attempts.steps(call, session))

    async def add_capture_shipping_info(
        self,
        order_id: OrderId,
        capture_id: PartId,
        shipping_info: Shipments,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Done:
        """Add shipments to a capture (POST shipping-info of the capture).

        Args:
            order_id: the order's UUID.
            capture_id: the capture's id.
            shipping_info: 1 to 500 shipments. Mappings are taken too.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
                ``NotAllowed``, ``NotFound``.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = captures.add_capture_shipping_info(
            order_id, capture_id, shipping_info, idempotency_key=idempotency_key
        )
        return await self._drive(session, attempts.steps(call, session))

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
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Created:
        """Refund a part or the whole of the captured amount (POST refunds).

        The vendor matches a refund to a capture by the references of its lines, when their total is
        the refunded amount (api-facts, section 6). Lines that do not add up are logged and sent,
        see ``check`` of the client.

        Args:
            order_id: the order's UUID.
            amount: what to refund, in minor units of the order's currency or as Money, whose
                currency is not sent. 0 to 200,000,000, and at most what was captured and not
                refunded yet.
            reference: your own id of the refund (a return's number), at most 255 characters.
            description: shown to the customer, at most 255 characters.
            order_lines: what the amount is for, at most 1,000 lines. Mappings are taken too.
            idempotency_key: your own key, used as it is. By default a new UUID version 4.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
                ``RefundNotAllowed``. Any error with ``outcome_unknown`` may have moved the money.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = refunds.refund(
            order_id,
            amount,
            reference=reference,
            description=description,
            order_lines=order_lines,
            idempotency_key=idempotency_key,
            check=self._check,
        )
        return await self._drive(session, attempts.steps(call, session))

    async def get_refund(
        self,
        order_id: OrderId,
        refund_id: PartId,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Refund:
        """Read one refund (GET refund).

        Args:
            order_id: the order's UUID.
            refund_id: the refund's id.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NotFound`` for an id that is not there.
        """
        session = self._session(timeout, deadline, max_attempts)
        call = refunds.get_refund(order_id, refund_id)
        return await self._drive(session, attempts.steps(call, session))

    async def ensure_capture(
        self,
        order_id: OrderId,
        amount: Amount | None = None,
        *,
        reference: str,
        attempt: int = 1,
        verified_absent: bool = False,
        description: str | None = None,
        order_lines: Lines | None = None,
        shipping_info: Shipments | None = None,
        shipping_delay: int | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Created:
        """Capture once for a business event, however often this is called, in any process.

        The order is read first: a capture with this reference and amount is returned with
        ``already_done``. Otherwise it is made, with a key that follows from the reference
        (:func:`kustom_facade.idempotency.key_for`), and the order is read again. After a lost
        answer, a conflict or a refusal the order is read once more, for a while if reads may lag,
        and what is there decides. An event is known by its reference alone: a capture without it is
        not found.

        Args:
            order_id: the order's UUID.
            amount: as of :meth:`capture`. Always the same for one reference. ``None`` captures all
                that is left when it is first done. A capture that is found is then the event's,
                of any amount.
            reference: your own id of the event, such as the shipment's number. At most 255
                characters, without spaces at its ends.
            attempt: 2 and more after a refusal that the API itself answered with and whose reason
                is gone, because it may go on answering the first key with it. Never after an
                unknown outcome, nor after a refusal with ``decided_locally``: two attempts can
                capture twice.
            verified_absent: a person has looked at an order that contradicts itself, and this
                event is not in it. Such an order is an error otherwise, since it may hide the
                event.
            description: as of :meth:`capture`.
            order_lines: as of :meth:`capture`.
            shipping_info: as of :meth:`capture`.
            shipping_delay: as of :meth:`capture`.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``CaptureNotAllowed``, also before sending
                where the order shows it. ``ReferenceConflict`` if the reference has another amount,
                ``DuplicateReference`` if it is there more than once. ``InvalidRequest`` as of
                :meth:`capture`, for an amount of 0, and for another currency than the order's.
                ``ConnectionFailed`` or ``UnexpectedResponse`` if it is still not known: call again
                with the same reference. Each has the key and the reference.
        """
        session = self._session(timeout, deadline, max_attempts)
        steps = ensure.ensure_capture(
            session,
            order_id,
            amount,
            reference=reference,
            attempt=attempt,
            verified_absent=verified_absent,
            description=description,
            order_lines=order_lines,
            shipping_info=shipping_info,
            shipping_delay=shipping_delay,
            check=self._check,
        )
        return await self._drive(session, steps)

    async def ensure_refund(
        self,
        order_id: OrderId,
        amount: Amount | None = None,
        *,
        reference: str,
        attempt: int = 1,
        verified_absent: bool = False,
        description: str | None = None,
        order_lines: Lines | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Created:
        """Refund once for a business event, however often this is called, in any process.

        As :meth:`ensure_capture`, with the refunds of the order.

        Args:
            order_id: the order's UUID.
            amount: as of :meth:`refund`. Always the same for one reference. ``None`` refunds all
                that is left when it is first done. A refund that is found is then the event's,
                of any amount.
            reference: your own id of the event, such as the return's number. At most 255
                characters, without spaces at its ends.
            attempt: as of :meth:`ensure_capture`.
            verified_absent: as of :meth:`ensure_capture`.
            description: as of :meth:`refund`.
            order_lines: as of :meth:`refund`.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: as of :meth:`ensure_capture`, with ``RefundNotAllowed``.
        """
        session = self._session(timeout, deadline, max_attempts)
        steps = ensure.ensure_refund(
            session,
            order_id,
            amount,
            reference=reference,
            attempt=attempt,
            verified_absent=verified_absent,
            description=description,
            order_lines=order_lines,
            check=self._check,
        )
        return await self._drive(session, steps)

    async def void(
        self,
        order_id: OrderId,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Voided:
        """Let go of what has not been captured: cancel the order if nothing was, else release the
        rest.

        Args:
            order_id: the order's UUID.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Returns:
            What was done: ``action`` is ``"cancelled"``, ``"released"``, or ``"nothing"`` where
            nothing was left.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. After an unknown outcome it is safe to
                call again.
        """
        session = self._session(timeout, deadline, max_attempts)
        steps = voiding.void(session, order_id)
        return await self._drive(session, steps)


class AsyncWithResponse:
    """The reads of a client, each with the answer that its ``value`` came from."""

    def __init__(self, client: AsyncKustomClient) -> None:
        self._client = client

    async def get_order(
        self,
        order_id: OrderId,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Response[MerchantOrder]:
        """Read an order with everything that has happened to it (GET order).

        The reading is tolerant: what the answer leaves out is ``None``, and what the document does
        not declare is kept. Amounts are in minor units of ``purchase_currency``.

        Args:
            order_id: the order's UUID.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NoSuchOrder`` for an id that is not
                there.
        """
        session = self._client._session(timeout, deadline, max_attempts)
        call = with_answer(orders.get_order(order_id, integrator=self._client._config.integrator))
        return await self._client._drive(session, attempts.steps(call, session))

    async def list_captures(
        self,
        order_id: OrderId,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Response[list[Capture]]:
        """Read all captures of an order (GET captures).

        Args:
            order_id: the order's UUID.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NoSuchOrder`` for an id that is not
                there.
        """
        session = self._client._session(timeout, deadline, max_attempts)
        call = with_answer(captures.list_captures(order_id))
        return await self._client._drive(session, attempts.steps(call, session))

    async def get_capture(
        self,
        order_id: OrderId,
        capture_id: PartId,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Response[Capture]:
        """Read one capture (GET capture).

        Args:
            order_id: the order's UUID.
            capture_id: the capture's id.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NotFound`` for an id that is not there.
        """
        session = self._client._session(timeout, deadline, max_attempts)
        call = with_answer(captures.get_capture(order_id, capture_id))
        return await self._client._drive(session, attempts.steps(call, session))

    async def get_refund(
        self,
        order_id: OrderId,
        refund_id: PartId,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> Response[Refund]:
        """Read one refund (GET refund).

        Args:
            order_id: the order's UUID.
            refund_id: the refund's id.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            deadline: seconds for the whole call, with its repeats, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`. ``NotFound`` for an id that is not there.
        """
        session = self._client._session(timeout, deadline, max_attempts)
        call = with_answer(refunds.get_refund(order_id, refund_id))
        return await self._client._drive(session, attempts.steps(call, session))

    # --- end of what is written
