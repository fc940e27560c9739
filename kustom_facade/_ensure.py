"""Conversations that take effect exactly once, whatever dies: read the order, decide, send, and read again.

They are generators like the flow that they are made of, and so exist once for both clients. What makes them safe
without a database is that the caller's own business id is both the source of the idempotency key and the
``reference`` of what is made: so what happened can be read from the order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from . import _calls, idempotency
from ._calls import Call, Created, Done, MerchantOrder, OrderId, Voided
from ._flow import Flow, Sleep
from .errors import (
    ApiError,
    AuthenticationFailed,
    CancelNotAllowed,
    CaptureNotAllowed,
    Conflict,
    ConnectionFailed,
    DuplicateEffect,
    Forbidden,
    InvalidRequest,
    KustomError,
    NotAllowed,
    RateLimited,
    ReferenceConflict,
    RefundNotAllowed,
)


@dataclass(frozen=True, slots=True)
class Run:
    """Runs one call, as this client does it."""

    steps: Callable[[Call[Any]], Flow[Any]]
    #: Seconds between two reads of an order that does not show an effect: reads may lag behind writes.
    pause: float

    def __call__(self, call: Call[Any]) -> Flow[Any]:
        """The flow of a call."""
        return self.steps(call)

    @property
    def lags(self) -> tuple[float, ...]:
        """How long to wait before each read after an open question; after that the key protects whoever calls again."""
        return 0.0, self.pause, 3 * self.pause


_CAPTURABLE: Final = ("AUTHORIZED", "PART_CAPTURED")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What differs between captures and refunds."""

    name: Literal["capture", "refund"]
    #: The order's list of them, and the fields of one.
    listed: str
    id: str
    amount: str


_CAPTURE: Final = _Kind("capture", "captures", "capture_id", "captured_amount")
_REFUND: Final = _Kind("refund", "refunds", "refund_id", "refunded_amount")


def capture(
    run: Run, order_id: OrderId, amount: Any, reference: str, attempt: int, **options: Any
) -> Flow[Created]:
    """See ``KustomClient.ensure_capture``."""
    key = _key("capture", order_id, reference, attempt)
    call = _calls.capture(order_id, amount, reference=reference, idempotency_key=key, **options)
    return _ensure(run, _CAPTURE, call, order_id, _calls.minor("amount", amount), reference, _uncapturable)


def refund(
    run: Run, order_id: OrderId, amount: Any, reference: str, attempt: int, **options: Any
) -> Flow[Created]:
    """See ``KustomClient.ensure_refund``."""
    key = _key("refund", order_id, reference, attempt)
    call = _calls.refund(order_id, amount, reference=reference, idempotency_key=key, **options)
    return _ensure(run, _REFUND, call, order_id, _calls.minor("amount", amount), reference, _unrefundable)


def void(run: Run, order_id: OrderId) -> Flow[Voided]:
    """See ``KustomClient.void``."""
    # Built before anything is sent, so that a wrong id is refused at once, and kept so that a repeat has the same key.
    reading, cancelling = _calls.get_order(order_id), _calls.cancel(order_id)
    releasing = _calls.release_remaining_authorization(order_id)
    order = yield from run(reading)
    if not _captured(order) and order.status in _CAPTURABLE:
        try:
            done: Done = yield from run(cancelling)
        except CancelNotAllowed:
            # Captured, or cancelled, since the order was read.
            order = yield from run(reading)
            if not _captured(order) and order.status in _CAPTURABLE:
                raise
        else:
            return _voided(done, "cancelled")
    if order.status not in _CAPTURABLE:
        return Voided(idempotency_key=None, correlation_id=None, attempts=0, headers={}, action="nothing")
    done = yield from run(releasing)
    return _voided(done, "released")


def _ensure(
    run: Run,
    kind: _Kind,
    call: Call[Created],
    order_id: OrderId,
    amount: int,
    reference: str,
    refused: Callable[[MerchantOrder, int], str | None],
) -> Flow[Created]:
    reading = _calls.get_order(order_id)
    order = yield from run(reading)
    found = _found(order, kind, call, amount, reference)
    if found is not None:
        return found
    why = refused(order, amount)
    if why is not None:
        raise _not_allowed(kind, call, reference, why)
    try:
        made: Created = yield from run(call)
    except KustomError as error:
        open_question = error.outcome_unknown or isinstance(error, Conflict)
        if not open_question and not _is_refusal(error):
            raise
        lags = run.lags if open_question else run.lags[:1]
        found = yield from _found_later(run, reading, kind, call, amount, reference, lags)
        if found is not None:
            return found
        if not open_question:
            raise
        raise ConnectionFailed(
            f"ensure_{kind.name}: the order does not show the {kind.name} (yet), after {error.message}",
            idempotency_key=call.idempotency_key,
            attempts=error.attempts,
            outcome_unknown=True,
            reference=reference,
        ) from error
    return made


def _is_refusal(error: KustomError) -> bool:
    """Whether the API looked at the order and said no; a wrong key or too many requests are another matter."""
    return isinstance(error, ApiError) and not isinstance(
        error, AuthenticationFailed | Forbidden | RateLimited
    )


def _found_later(
    run: Run,
    reading: Call[MerchantOrder],
    kind: _Kind,
    call: Call[Created],
    amount: int,
    reference: str,
    lags: tuple[float, ...],
) -> Flow[Created | None]:
    """What the order shows after an answer that settles nothing; ``None`` as well if it cannot be read."""
    for seconds in lags:
        if seconds:
            yield Sleep(seconds)
        try:
            order = yield from run(reading)
        except KustomError:
            continue
        found = _found(order, kind, call, amount, reference)
        if found is not None:
            return found
    return None


def _found(
    order: MerchantOrder, kind: _Kind, call: Call[Created], amount: int, reference: str
) -> Created | None:
    """The effect that the order shows for a reference, if there is one.

    Raises:
        DuplicateEffect: there are several.
        ReferenceConflict: it has another amount.
    """
    effects = [one for one in getattr(order, kind.listed) or () if one.reference == reference]
    details: Mapping[str, Any] = {"idempotency_key": call.idempotency_key, "reference": reference}
    if len(effects) > 1:
        ids = ", ".join(str(getattr(one, kind.id)) for one in effects)
        raise DuplicateEffect(
            f"the order has {len(effects)} {kind.listed} with the reference {reference!r}: {ids}", **details
        )
    if not effects:
        return None
    there = getattr(effects[0], kind.amount)
    if there != amount:
        raise ReferenceConflict(
            f"the order has a {kind.name} with the reference {reference!r} of {there}, not of {amount} (minor units)",
            **details,
        )
    return Created(
        id=getattr(effects[0], kind.id) or None,
        location=None,
        idempotency_key=call.idempotency_key,
        correlation_id=None,
        attempts=0,
        headers={},
        already_done=True,
    )


def _uncapturable(order: MerchantOrder, amount: int) -> str | None:
    if order.status not in _CAPTURABLE:
        return f"the order is {order.status}"
    if isinstance(order.fraud_status, str) and order.fraud_status != "ACCEPTED":
        return f"the order's fraud_status is {order.fraud_status}"
    left = order.remaining_authorized_amount
    if isinstance(left, int) and amount > left:
        return f"{amount} is more than the order's remaining_authorized_amount of {left}"
    return None


def _unrefundable(order: MerchantOrder, amount: int) -> str | None:
    captured = _captured(order)
    refunded = order.refunded_amount if isinstance(order.refunded_amount, int) else 0
    if amount > captured - refunded:
        return f"{amount} is more than the {captured} captured less the {refunded} refunded"
    return None


def _captured(order: MerchantOrder) -> int:
    return order.captured_amount if isinstance(order.captured_amount, int) else 0


def _not_allowed(kind: _Kind, call: Call[Created], reference: str, why: str) -> NotAllowed:
    """The error that the API would answer with, told from the order as it was read."""
    error = CaptureNotAllowed if kind is _CAPTURE else RefundNotAllowed
    return error(
        f"{call.request.method} {call.request.path} was not sent: {why}",
        status=403,
        code=f"{kind.name.upper()}_NOT_ALLOWED",
        messages=(why,),
        idempotency_key=call.idempotency_key,
        reference=reference,
    )


def _key(operation: str, order_id: OrderId, reference: str, attempt: int) -> str:
    if isinstance(reference, str) and not reference:
        raise InvalidRequest(
            "reference is empty: it is what an event is found again by", problems=("reference: is empty",)
        )
    return idempotency.key_for(operation, _calls.order_uuid(order_id), reference, attempt=attempt)


def _voided(done: Done, action: Literal["cancelled", "released"]) -> Voided:
    return Voided(
        idempotency_key=done.idempotency_key,
        correlation_id=done.correlation_id,
        attempts=done.attempts,
        headers=done.headers,
        note=done.note,
        action=action,
    )
