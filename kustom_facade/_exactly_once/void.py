"""Let go of what has not been captured, through lost answers and races."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, TypeAlias

from kustom_order_management.models import MerchantOrder

from .._operations import orders as operations
from .._operations.call import Call, OrderId
from .._sending import attempts, telemetry
from .._sending.session import Session
from .._sending.steps import Steps
from ..errors import Conflict, KustomError, NotAllowed, UnexpectedResponse
from ..orders import OPEN, OVER
from ..results import Done, Voided
from .effects import is_captured, was_released

_Action: TypeAlias = Literal["cancelled", "released", "nothing"]
#: An order only moves on from one to the next; a read that shows otherwise lags.
_ORDER: Final[tuple[_Action, ...]] = ("cancelled", "released", "nothing")
_AGAIN: Final = (
    "Call void again: it reads the order first, and cancelling or releasing twice does nothing "
    "twice."
)


def void(session: Session, order_id: OrderId) -> Steps[Voided]:
    """Let go of what has not been captured: cancel the order if nothing was, else release the
    rest.

    Args:
        order_id: the order's UUID.

    Returns:
        What was done: ``action`` is ``"cancelled"``, ``"released"``, or ``"nothing"`` where
        nothing was left.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. After an unknown outcome it is safe to
            call again.
    """
    # Built before anything is sent, so that a wrong id is refused at once, and kept so that a
    # repeat has the same key.
    reading = operations.get_order(order_id, integrator=session.config.integrator)
    calls: dict[_Action, Call[Done]] = {
        "cancelled": operations.cancel(order_id),
        "released": operations.release_remaining_authorization(order_id),
    }
    order = yield from attempts.steps(reading, session)
    action = _action(order, reading)
    while action != "nothing":
        try:
            done = yield from attempts.steps(calls[action], replace(session, settles=True))
        except KustomError as error:
            order = yield from _await_change(session, reading, action, error)
            if error.outcome_unknown and _shows(order, action):
                return _voided(action, error)
            action = _action(order, reading)
        else:
            return _voided(action, done)
    return Voided(idempotency_key=None, correlation_id=None, attempts=0, headers={}, action=action)


def _shows(order: MerchantOrder, action: _Action) -> bool:
    """Return whether an order, in which nothing is left to do, shows that this was done."""
    return order.status == "CANCELLED" if action == "cancelled" else was_released(order)


def _action(order: MerchantOrder, reading: Call[MerchantOrder]) -> _Action:
    """Return what is to be done with an order as it is."""
    if order.status in OVER:
        return "nothing"
    if order.status not in OPEN:
        raise UnexpectedResponse(
            f"{reading.request}: 200, but what can be let go of an order whose status is "
            f"{order.status} is not known",
            status=200,
        )
    return "released" if is_captured(order) else "cancelled"


def _await_change(
    session: Session, reading: Call[MerchantOrder], action: _Action, error: KustomError
) -> Steps[MerchantOrder]:
    """Return the order once it shows that less is left to do than the action that was chosen.

    Raises:
        KustomError: the error that the action ended in, where the order shows no change.
    """
    if error.outcome_unknown or isinstance(error, Conflict | NotAllowed):
        for seconds in session.reread_delays:
            yield from session.pause(seconds)
            try:
                order: MerchantOrder = yield from attempts.steps(reading, session)
                changed = _ORDER.index(_action(order, reading)) > _ORDER.index(action)
            except KustomError:
                continue  # the first error is the one to tell
            if changed:
                return order
    if error.outcome_unknown:
        error.hint = f"It is not known whether this took effect. {_AGAIN}"
        telemetry.log_open("void", reading.order_id, error)
    raise error


def _voided(action: _Action, done: Done | KustomError) -> Voided:
    """Return what became of an order. After a lost answer, it is told as found there."""
    lost = "The answer was lost; the order shows that it is done."
    return Voided(
        idempotency_key=done.idempotency_key,
        correlation_id=getattr(done, "correlation_id", None),
        attempts=done.attempts,
        headers=getattr(done, "headers", {}),
        note="" if isinstance(done, Done) else lost,
        action=action,
    )
