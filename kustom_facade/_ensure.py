"""Conversations that take effect exactly once, whatever dies: read the order, decide, send, and check.

They are generators like the flow that they are made of, and so exist once for both clients. What makes them safe
without a database is that the caller's own business id is both the source of the idempotency key and the
``reference`` of what is made: so what happened can be read from the order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from unicodedata import is_normalized

from . import _calls, _remaining, idempotency
from ._amounts import sum_of
from ._calls import Call, Created, MerchantOrder, OrderId
from ._flow import Flow, Run, Sleep
from ._remaining import Effect
from .errors import (
    ApiError,
    CaptureNotAllowed,
    Conflict,
    ConnectionFailed,
    DuplicateEffect,
    IdempotencyKeyReused,
    InvalidRequest,
    KustomError,
    NotAllowed,
    ReferenceConflict,
    RefundNotAllowed,
    UnexpectedResponse,
)
from .orders import OVER


@dataclass(frozen=True, slots=True)
class _Event:
    """What is to happen once: an effect of a kind, with a reference and an amount."""

    run: Run
    kind: Effect
    #: Makes the call for an amount; what differs from one call to the next is only the amount.
    build: Callable[[Any], Call[Created]]
    #: With the amount, or with any where the order says how much it is.
    call: Call[Created]
    order_id: OrderId
    #: ``None``: all that is left when it is first done.
    amount: int | None
    reference: str

    def amount_in(self, order: MerchantOrder) -> int:
        """Return how much is to be moved of an order."""
        if self.amount is not None:
            return self.amount
        left = self.kind.left(order)
        if left is None:
            raise _unreadable(self, f"what is left to {self.kind.name} cannot be read")
        return left

    def refused(self, order: MerchantOrder) -> str | None:
        """Return why the order does not allow it; ``None`` where it does, or cannot tell."""
        amount = self.amount_in(order)
        return self.kind.refused(order, amount) or (None if amount > 0 else "nothing is left of it")

    def failed(self, kind: type[KustomError], message: str, **details: Any) -> KustomError:
        """Return an error about this event."""
        return kind(message, idempotency_key=self.call.idempotency_key, reference=self.reference, **details)


def capture(
    run: Run, order_id: OrderId, amount: Any, reference: str, attempt: int, **options: Any
) -> Flow[Created]:
    """See ``KustomClient.ensure_capture``."""
    return (
        yield from _told(
            run, _remaining.CAPTURE, _calls.capture, order_id, amount, reference, attempt, options
        )
    )


def refund(
    run: Run, order_id: OrderId, amount: Any, reference: str, attempt: int, **options: Any
) -> Flow[Created]:
    """See ``KustomClient.ensure_refund``."""
    return (
        yield from _told(run, _remaining.REFUND, _calls.refund, order_id, amount, reference, attempt, options)
    )


def _told(
    run: Run,
    kind: Effect,
    build: Callable[..., Call[Created]],
    order_id: OrderId,
    amount: Any,
    reference: str,
    attempt: int,
    options: dict[str, Any],
) -> Flow[Created]:
    """Every error that leaves says which event it is about: its reference, and the key that belongs to it."""
    key: str | None = None
    try:
        if reference != "":
            key = idempotency.key_for(kind.name, _calls.order_uuid(order_id), reference, attempt=attempt)
        _check(amount, reference)
        minor = None if amount is None else _calls.minor("amount", amount)
        # The server looks at the key alone: a description that differs on the second call is no other event.
        guarded = json.dumps(
            {kind.amount: minor, "reference": reference}, separators=(",", ":"), ensure_ascii=False
        )
        # Built twice where the order says how much it is, and a generator gives its lines only once.
        given = {name: list(one) if isinstance(one, Iterator) else one for name, one in options.items()}

        def call(amount: Any, **others: Any) -> Call[Created]:
            made = build(order_id, amount, reference=reference, idempotency_key=key, **{**given, **others})
            return replace(made, guarded=guarded.encode())

        # What is wrong with the arguments is told before anything is read. The sum of the lines stands for an amount that
        # is not known yet.
        first = call(_stand_in(given.get("order_lines")) if amount is None else amount)
        return (yield from _ensure(_Event(run, kind, call, first, order_id, minor, reference)))
    except KustomError as error:
        error.reference = reference
        error.idempotency_key = error.idempotency_key or key
        raise


def _stand_in(order_lines: Any) -> int:
    """Return an amount that lines cannot be held against."""
    with suppress(TypeError, ValueError):  # told when the call is built
        return max(1, sum_of(order_lines or (), "total_amount"))
    return 1


def _check(amount: Any, reference: str) -> None:
    """What would make an event that cannot be found again, or that is none."""
    problem = ""
    if not reference:
        problem = "reference: is empty, and is what an event is found again by"
    elif reference != reference.strip() or not is_normalized("NFC", reference):
        problem = (
            "reference: has spaces at its ends, or letters in pieces (not NFC), and may come back without"
        )
    if not problem and amount is not None and _calls.minor("amount", amount) == 0:
        problem = "amount: is 0, and an event of nothing cannot be found again"
    if problem:
        raise InvalidRequest(problem, problems=(problem,))


def _ensure(event: _Event) -> Flow[Created]:
    run, kind = event.run, event.kind
    reading = run.reading(event.order_id)
    order = yield from run(reading)
    _calls.check_currency(event.call, order.purchase_currency)
    found = _found(event, order)
    if found is None:
        # What stands against it may only be a read that lags: the answer of an earlier run was lost, say.
        settled = _remaining.settled(order, kind)
        why = event.refused(order)
        if not settled or (why and order.status not in OVER):
            found, order = yield from _read_on(event, reading, order, run.lags[1:])
            settled = _remaining.settled(order, kind)
            why = event.refused(order) if found is None else None
        if found is None and not settled:
            raise _unsettled(event, order)
        if found is None and why:
            raise _not_allowed(event, why)
    if found is not None:
        return found
    call = event.call if event.amount is not None else event.build(event.amount_in(order))
    odd = _calls.check_currency(call, order.purchase_currency)
    try:
        made: Created = yield from run(replace(call, remarks=(*call.remarks, *odd)))
    except IdempotencyKeyReused as error:
        if error.attempts:  # it was sent, and the answer is that to something else
            return (yield from _after_another(event, reading, error))
        conflict = event.failed(
            ReferenceConflict,
            f"the reference {event.reference!r} was used in this process with another amount, or its key with another body",
        )
        conflict.remedy = "Read the order first: what it was used for may have taken effect."
        raise conflict from error
    except KustomError as error:
        return (yield from _after(event, reading, error, event.amount_in(order)))
    return (yield from _checked(event, reading, made))


def _after(event: _Event, reading: Call[MerchantOrder], error: KustomError, amount: int) -> Flow[Created]:
    """What became of a send of an amount that ended in an error: what is there decides."""
    lags = event.run.lags
    open_question = error.outcome_unknown or isinstance(error, Conflict)
    if not open_question and not isinstance(error, ApiError):
        raise error  # it cannot have arrived
    if not open_question and not isinstance(error, NotAllowed):
        lags = lags[:1]  # no answer of the order's, but of a gateway or about the request
    try:
        found, order = yield from _read_on(event, reading, None, lags)
    except KustomError as other:
        other.attempts = error.attempts
        if isinstance(other, DuplicateEffect | ReferenceConflict):
            raise
        why = f"the order cannot be read: {other.message}"
    else:
        if found is not None:
            return found
        why = f"the order does not show the {event.kind.name} (yet)"
        if event.amount is None and isinstance(error, NotAllowed) and amount > event.amount_in(order):
            error.remedy = (
                "The order had been read before something else happened to it, and less is left than was asked for. The API "
                "may answer this key with the same refusal: call again with the next attempt= (attempt=2 after the first)."
            )
    if not open_question:
        raise error
    correlation_id = getattr(error, "correlation_id", None)
    raise event.failed(
        ConnectionFailed,
        f"ensure_{event.kind.name}: {why}, after {error.message}"
        + (f" (correlation id {correlation_id})" if correlation_id else ""),
        attempts=error.attempts,
        outcome_unknown=True,
    ) from error


def _after_another(event: _Event, reading: Call[MerchantOrder], error: IdempotencyKeyReused) -> Flow[Created]:
    """What became of a send that was answered as something else was: the order knows better than the answer."""
    try:
        found, _ = yield from _read_on(event, reading, None, event.run.lags[:1])
    except KustomError:
        found = None  # what the answer said stands
    if found is not None:
        return found
    error.remedy = "The order does not show it: the key of this reference was used for something else. With attempt=2 it has another."
    raise error


def _checked(event: _Event, reading: Call[MerchantOrder], made: Created) -> Flow[Created]:
    """A success, held against the order: to a key that it knows the API answers with a success whatever the amount is."""
    try:
        found, _ = yield from _read_on(event, reading, None, event.run.lags[:1])
    except (DuplicateEffect, ReferenceConflict) as error:
        error.attempts = made.attempts
        raise
    except KustomError as error:
        return replace(
            made, note=made.note or f"It was made, but the order could not be read again: {error.message}"
        )
    if made.id is None and found is not None:
        return replace(made, id=found.id, note=found.note)
    return made


def _read_on(
    event: _Event, reading: Call[MerchantOrder], order: MerchantOrder | None, lags: tuple[float, ...]
) -> Generator[Any, Any, tuple[Created | None, MerchantOrder]]:
    """Read until the order shows the effect, or for as long as reads may lag; gives the last order as well.

    Raises:
        KustomError: the order could not be read at all, or shows what is no single effect of this amount.
    """
    failure: KustomError | None = None
    for seconds in lags:
        if seconds:
            yield Sleep(seconds)
        try:
            read: MerchantOrder = yield from event.run(reading)
        except KustomError as error:
            failure = error
            continue
        order = read
        found = _found(event, read)
        if found is not None:
            return found, read
    if order is not None:
        return None, order
    assert failure is not None  # there is at least one read
    raise failure


def _found(event: _Event, order: MerchantOrder) -> Created | None:
    """The effect that the order shows for a reference, if there is one.

    Raises:
        DuplicateEffect: there are several.
        ReferenceConflict: it has another amount.
        UnexpectedResponse: it cannot be told.
    """
    kind = event.kind
    listed = kind.of(order)
    if listed is None:
        raise _unreadable(event, f"its {kind.listed} cannot be read")
    effects = [one for one in listed if _remaining.has_reference(one, event.reference)]
    if len(effects) > 1:
        ids = ", ".join(str(getattr(one, kind.id)) for one in effects)
        raise event.failed(
            DuplicateEffect,
            f"the order has {len(effects)} {kind.listed} with the reference {event.reference!r}: {ids}",
        )
    if not effects:
        return None
    there, found = getattr(effects[0], kind.amount), getattr(effects[0], kind.id) or None
    if type(there) is not int:
        raise _unreadable(
            event, f"the amount of the {kind.name} {event.reference!r} cannot be read: {there!r}"
        )
    if event.amount is not None and there != event.amount:
        raise event.failed(
            ReferenceConflict,
            f"the order has a {kind.name} with the reference {event.reference!r} of {there}, not of {event.amount} "
            "(minor units)",
        )
    return Created(
        id=found,
        location=None,
        idempotency_key=event.call.idempotency_key,
        correlation_id=None,
        attempts=0,
        headers={},
        already_done=True,
        note="" if found else f"The {kind.name} is there, and the order names no id of it.",
    )


def _unreadable(event: _Event, why: str) -> KustomError:
    return event.failed(
        UnexpectedResponse,
        f"{event.run.reading(event.order_id).request.path}: {why}, so whether this was done before cannot be told",
        status=200,
        outcome_unknown=True,
    )


def _unsettled(event: _Event, order: MerchantOrder) -> KustomError:
    """Effects that the order counts and does not list: ours may be among them, and its key forgotten."""
    kind = event.kind
    listed, total = _remaining.sum_listed(order, kind), getattr(order, kind.total)
    return _unreadable(
        event, f"its {kind.listed} sum up to {listed}, its {kind.total} is {total}, and it is {order.status}"
    )


def _not_allowed(event: _Event, why: str) -> KustomError:
    """The error that the API would answer with, told from the order as it was read."""
    refusal: Final = CaptureNotAllowed if event.kind is _remaining.CAPTURE else RefundNotAllowed
    request = event.call.request
    return event.failed(
        refusal,
        f"{request.method} {request.path} was not sent: {why}",
        status=403,
        code=f"{event.kind.name.upper()}_NOT_ALLOWED",
        messages=(why,),
    )
