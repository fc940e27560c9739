"""What both clients are: the settings, options and sharing of connections, and the documentation of every verb, once.

The verbs themselves are one line each in client.py and aio.py; a test holds their signatures to those here.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, Generic, NoReturn, Self, TypeVar

from . import _calls, _flow, config
from ._calls import Address, Amount, Check, Lines, OrderId, PartId, Shipments
from .retry import RetryPolicy

T = TypeVar("T")
Transport = TypeVar("Transport")


class Verbs(Generic[Transport]):
    """The base of KustomClient and AsyncKustomClient; not to be used by itself."""

    _transport: Transport

    def __init_subclass__(cls) -> None:
        """Gives the verbs of a client the documentation that stands here."""
        for name, member in vars(cls).items():
            if isinstance(member, FunctionType) and member.__doc__ is None:
                member.__doc__ = getattr(getattr(Verbs, name, None), "__doc__", None)

    def _set_up(
        self,
        kind: type[Transport],
        build: Callable[[str | None], Transport],
        api_key: str | None,
        username: str | None,
        base_url: str | None,
        transport: Transport | None,
        proxy: str | None,
        timeout: float | None,
        retry: RetryPolicy | None,
        integrator: str | None,
        check: Check,
        guard_keys: bool,
    ) -> None:
        if transport is not None and not isinstance(transport, kind):
            raise TypeError(f"transport must be an httpx.{kind.__name__}, not {type(transport).__name__}")
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
        self._transport = transport or build(self._config.proxy)
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
        other.__dict__.update(self.__dict__)  # what a subclass has of its own comes along
        other._config = self._config.with_options(timeout=timeout, integrator=integrator)
        other._check = self._check if check is None else _calls.checked_check(check)
        other._guard_keys = self._guard_keys if guard_keys is None else guard_keys
        other._retry = (retry or self._retry).limited_to(max_attempts)
        other._closed = False
        return other

    def __repr__(self) -> str:
        settings = getattr(self, "_config", None)  # not there when building it failed
        where = f"base_url={settings.base_url!r}, timeout={settings.timeout}" if settings else ""
        return f"{type(self).__name__}({where})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds connections and a secret and is not pickled; build one in each process"
        )

    def _ends(self) -> bool:
        """Whether the connections are to be closed: they are this client's own, and still open."""
        if self._root is not self or self._closed:
            return False
        self._closed = True
        return True

    def _begin(
        self,
        conversation: Callable[[_flow.Run], _flow.Flow[T]],
        timeout: float | None,
        max_attempts: int | None,
    ) -> tuple[_flow.Flow[T], config.Config]:
        """A conversation as this client holds it, and the settings that it is sent with."""
        if self._root._closed:
            raise config.closed()
        settings = self._config if timeout is None else self._config.with_options(timeout=timeout)
        policy = self._retry.limited_to(max_attempts)
        guard = self._guard_keys
        run = _flow.Run(
            lambda call: _flow.steps(
                call, policy, guard_keys=guard, scope=settings.scope, redact=settings.redact
            ),
            policy.base,
            policy.cap,
            settings.integrator,
        )
        return conversation(run), settings

    # --- the 15 operations, and what is made of them

    def get_order(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> Any:
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

    def acknowledge(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
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

    def cancel(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
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

    def extend_authorization_time(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
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

    def release_remaining_authorization(
        self,
        order_id: OrderId,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
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
    ) -> Any:
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

    def update_customer_details(
        self,
        order_id: OrderId,
        *,
        shipping_address: Address,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
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

    def update_merchant_references(
        self,
        order_id: OrderId,
        *,
        merchant_reference1: str | None = None,
        merchant_reference2: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
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

    def add_shipping_info(
        self,
        order_id: OrderId,
        shipping_info: Shipments,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
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

    def list_captures(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> Any:
        """Read all captures of an order (GET captures).

        Args:
            order_id: the order's UUID.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NoSuchOrder`` for an id that is not there.
        """

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
    ) -> Any:
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

    def get_capture(
        self,
        order_id: OrderId,
        capture_id: PartId,
        *,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
        """Read one capture (GET capture).

        Args:
            order_id: the order's UUID.
            capture_id: the capture's id.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NotFound`` for an id that is not there.
        """

    def add_capture_shipping_info(
        self,
        order_id: OrderId,
        capture_id: PartId,
        shipping_info: Shipments,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
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
    ) -> Any:
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

    def get_refund(
        self,
        order_id: OrderId,
        refund_id: PartId,
        *,
        timeout: float | None = None,
        max_attempts: int | None = None,
    ) -> Any:
        """Read one refund (GET refund).

        Args:
            order_id: the order's UUID.
            refund_id: the refund's id.
            timeout: seconds of silence allowed within an attempt, instead of the client's.
            max_attempts: sends at most, instead of the client's.

        Raises:
            KustomError: see :mod:`kustom_facade.errors`; ``NotFound`` for an id that is not there.
        """

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
    ) -> Any:
        """Capture once for a business event, however often this is called, in whatever process.

        The order is read first: a capture with this reference and amount is returned with ``already_done``. Otherwise it
        is made, with a key that follows from the reference (:func:`kustom_facade.idempotency.key_for`), and read again.
        After a lost answer, a conflict or a refusal the order is read once more, for a while if reads may lag, and what
        is there decides. An event is known by its reference alone: what was captured without it is not found.

        Args:
            order_id: the order's UUID.
            amount: as of :meth:`capture`; always the same for one reference. ``None`` captures all that is left when it is
                first done. A capture that is found is then the event's, whatever its amount is.
            reference: your own id of the event, such as the shipment's number; at most 255 characters, without spaces at
                its ends.
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
                once; ``InvalidRequest`` as of :meth:`capture`, for an amount of 0, and for another currency than the
                order's; ``ConnectionFailed`` or ``UnexpectedResponse`` if it is still not known: call again with the same
                reference. Each has the key and the reference.
        """

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
    ) -> Any:
        """Refund once for a business event, however often this is called, in whatever process.

        As :meth:`ensure_capture`, with the refunds of the order.

        Args:
            order_id: the order's UUID.
            amount: as of :meth:`refund`; always the same for one reference. ``None`` refunds all that is left when it is
                first done. A refund that is found is then the event's, whatever its amount is.
            reference: your own id of the event, such as the return's number; at most 255 characters, without spaces at
                its ends.
            attempt: as of :meth:`ensure_capture`.
            description: as of :meth:`refund`.
            order_lines: as of :meth:`refund`.
            timeout: as of :meth:`refund`, for each request.
            max_attempts: as of :meth:`refund`, for each request.

        Raises:
            KustomError: as of :meth:`ensure_capture`, with ``RefundNotAllowed``.
        """

    def void(
        self, order_id: OrderId, *, timeout: float | None = None, max_attempts: int | None = None
    ) -> Any:
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
