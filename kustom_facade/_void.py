"""Letting go of what has not been captured, through lost answers and races; a conversation like those of _ensure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from . import _calls, _remaining, orders
from ._calls import Call, Done, OrderId, Voided
from ._flow import Flow, Run, Sleep
from .errors import Conflict, KustomError, NotAllowed, UnexpectedResponse

if TYPE_CHECKING:
    from ._calls import MerchantOrder

_Action: TypeAlias = Literal["cancelled", "released", "nothing"]
#: An order only moves on from one to the next; a read that shows otherwise lags.
_ORDER: Final[tuple[_Action, ...]] = ("cancelled", "released", "nothing")
_AGAIN: Final = (
    "Call void again: it reads the order first, and cancelling or releasing twice does nothing twice."
)


def void(run: Run, order_id: OrderId) -> Flow[Voided]:
    """See ``KustomClient.void``."""
    # Built before anything is sent, so that a wrong id is refused at once, and kept so that a repeat has the same key.
    reading = run.reading(order_id)
    calls: dict[_Action, Call[Done]] = {
        "cancelled": _calls.cancel(order_id),
        "released": _calls.release_remaining_authorization(order_id),
    }
    order = yield from run(reading)
    action = _action(order, reading)
    while action != "nothing":
        try:
            done = yield from run(calls[action])
        except KustomError as error:
            order = yield from _settle(run, reading, action, error)
            if error.outcome_unknown and _shows(order, action):
                return _voided(action, error)
            action = _action(order, reading)
        else:
            return _voided(action, done)
    return Voided(idempotency_key=None, correlation_id=None, attempts=0, headers={}, action=action)


def _shows(order: MerchantOrder, action: _Action) -> bool:
    """Whether an order, in which nothing is left to do, is one in which this was done."""
    if action == "cancelled":
        return order.status == "CANCELLED"
    return _remaining.was_released(order)


def _action(order: MerchantOrder, reading: Call[Any]) -> _Action:
    """What is to be done with an order as it is."""
    if order.status in orders.OVER:
        return "nothing"
    if order.status not in orders.OPEN:
        raise UnexpectedResponse(
            f"{reading.request.method} {reading.request.path}: 200, but what can be let go of an order whose status is "
            f"{order.status} is not known",
            status=200,
        )
    return "released" if _remaining.is_captured(order) else "cancelled"


def _settle(
    run: Run, reading: Call[MerchantOrder], action: _Action, error: KustomError
) -> Flow[MerchantOrder]:
    """The order once it shows that less is left to do than the action that was chosen; else the error stands."""
    if error.outcome_unknown or isinstance(error, Conflict | NotAllowed):
        for seconds in run.lags:
            if seconds:
                yield Sleep(seconds)
            try:
                order: MerchantOrder = yield from run(reading)
                changed = _ORDER.index(_action(order, reading)) > _ORDER.index(action)
            except KustomError:
                continue  # the first error is the one to tell
            if changed:
                return order
    if error.outcome_unknown:
        error.remedy = f"It is not known whether this took effect. {_AGAIN}"
    raise error


def _voided(action: _Action, done: Done | KustomError) -> Voided:
    """What became of an order; after a lost answer, as it was found there."""
    return Voided(
        idempotency_key=done.idempotency_key,
        correlation_id=getattr(done, "correlation_id", None),
        attempts=done.attempts,
        headers=getattr(done, "headers", {}),
        note="" if isinstance(done, Done) else "The answer was lost; the order shows that it is done.",
        action=action,
    )
