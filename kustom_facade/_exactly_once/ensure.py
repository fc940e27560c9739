"""Exactly-once capture and refund, safe across crashes: read the order, decide, send, confirm.

No database is needed. The caller's own business id is both the source of the idempotency key
and the ``reference`` of what is made, so that the order itself tells what happened (api-facts,
section 5).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeAlias

from kustom_order_management.models import MerchantOrder

from .. import idempotency
from .._lines.values import sum_field
from .._operations import captures, orders, refunds
from .._operations.call import Amount, Call, Lines, OrderId, Shipments
from .._operations.ids import minor_units, order_uuid
from .._operations.line_checks import CheckMode
from .._operations.request import check_currency
from .._operations.response import Kind
from .._sending import attempts, telemetry
from .._sending.key_guard import guard
from .._sending.session import Session
from .._sending.steps import Steps
from ..errors import (
    ApiError,
    CaptureNotAllowed,
    Conflict,
    ConnectionFailed,
    DuplicateReference,
    IdempotencyKeyReused,
    KustomError,
    NotAllowed,
    ReferenceConflict,
    RefundNotAllowed,
    UnexpectedResponse,
)
from ..orders import OVER
from ..results import Created
from .effects import History, captures_of, check_event, refunds_of

Build: TypeAlias = partial[Call[Created]]

_HISTORY: Final[dict[Kind, Callable[[MerchantOrder], History]]] = {
    "capture": captures_of,
    "refund": refunds_of,
}
_REFUSAL: Final[dict[Kind, type[NotAllowed]]] = {
    "capture": CaptureNotAllowed,
    "refund": RefundNotAllowed,
}

#: What to do after a refusal of an amount that followed from a stale read.
_STALE_AMOUNT: Final = (
    "The order had been read before something else happened to it, and less is left than was asked "
    "for. The API may answer this key with the same refusal: call again with the next attempt= "
    "(attempt=2 after the first)."
)
#: What to add to the hint of a refusal that was sent and answered.
_REFUSED: Final = (
    "If the reason goes away, the API may go on answering this key with its refusal: then call "
    "again with the next attempt= (attempt=2 after the first)."
)


def ensure_capture(
    session: Session,
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
    check: CheckMode = "auto",
) -> Steps[Created]:
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

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``CaptureNotAllowed``, also before sending
            where the order shows it. ``ReferenceConflict`` if the reference has another amount,
            ``DuplicateReference`` if it is there more than once. ``InvalidRequest`` as of
            :meth:`capture`, for an amount of 0, and for another currency than the order's.
            ``ConnectionFailed`` or ``UnexpectedResponse`` if it is still not known: call again
            with the same reference. Each has the key and the reference.
    """
    build = partial(
        captures.capture,
        order_id,
        reference=reference,
        description=description,
        order_lines=_reusable(order_lines),
        shipping_info=_reusable(shipping_info),
        shipping_delay=shipping_delay,
        check=check,
    )
    workflow = _with_event_context(
        session, "capture", build, order_id, amount, reference, attempt, verified_absent
    )
    return (yield from workflow)


def ensure_refund(
    session: Session,
    order_id: OrderId,
    amount: Amount | None = None,
    *,
    reference: str,
    attempt: int = 1,
    verified_absent: bool = False,
    description: str | None = None,
    order_lines: Lines | None = None,
    check: CheckMode = "auto",
) -> Steps[Created]:
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

    Raises:
        KustomError: as of :meth:`ensure_capture`, with ``RefundNotAllowed``.
    """
    build = partial(
        refunds.refund,
        order_id,
        reference=reference,
        description=description,
        order_lines=_reusable(order_lines),
        check=check,
    )
    workflow = _with_event_context(
        session, "refund", build, order_id, amount, reference, attempt, verified_absent
    )
    return (yield from workflow)


@dataclass(frozen=True, slots=True)
class _Event:
    """What is to happen once: a capture or a refund, with a reference and an amount."""

    session: Session
    kind: Kind
    #: Makes the call for an amount.
    build: Callable[[Amount], Call[Created]]
    #: With the amount, or with any where the order says how much it is.
    call: Call[Created]
    #: Reads the order.
    reading: Call[MerchantOrder]
    #: ``None``: all that is left when it is first done.
    amount: int | None
    reference: str
    #: A person has looked, and the event is not hidden in what the order does not list.
    verified_absent: bool

    def history(self, order: MerchantOrder) -> History:
        """Return what an order shows of this kind."""
        return _HISTORY[self.kind](order)

    def amount_in(self, order: MerchantOrder) -> int:
        """Return how much is to be moved of an order."""
        if self.amount is not None:
            return self.amount
        left = self.history(order).left
        if left is None:
            raise self.unreadable(f"what is left to {self.kind} cannot be read")
        return left

    def refusal(self, order: MerchantOrder) -> str | None:
        """Return why the order does not allow it, ``None`` where it does, or cannot tell."""
        return self.history(order).refusal(self.amount_in(order))

    def may_be_hidden(self, reads: Sequence[MerchantOrder]) -> bool:
        """Return whether the event may have happened although the last read does not list it."""
        *earlier, last = (self.history(order) for order in reads)
        return not self.verified_absent and last.may_hide(self.amount, earlier)

    def failed(self, error: type[KustomError], message: str, **details: Any) -> KustomError:
        """Return an error about this event."""
        return error(
            message,
            idempotency_key=self.call.idempotency_key,
            reference=self.reference,
            **details,
        )

    def unreadable(self, why: str) -> KustomError:
        """Return the error for an order that does not tell whether the event happened."""
        return self.failed(
            UnexpectedResponse,
            f"{self.reading.request.path}: {why}, so whether this was done before cannot be told",
            status=200,
            outcome_unknown=True,
        )


def _with_event_context(
    session: Session,
    kind: Kind,
    build: Build,
    order_id: OrderId,
    amount: Amount | None,
    reference: str,
    attempt: int,
    verified_absent: bool,
) -> Steps[Created]:
    """Add the reference and the key to every ``KustomError`` raised inside."""
    key: str | None = None
    try:
        if type(reference) is not str or reference:  # another type is told by name
            key = idempotency.key_for(kind, order_uuid(order_id), reference, attempt=attempt)
        reference = str.__str__(reference)  # the text alone of a subclass
        check_event(amount, reference)
        guard_payload = _guard_payload(kind, amount, reference)

        def event_call(amount: Amount) -> Call[Created]:
            return replace(build(amount, idempotency_key=key), guard_payload=guard_payload)

        # What is wrong with the arguments is told before anything is read. The sum of the lines
        # stands for an amount that is not known yet.
        call = event_call(_stand_in(build) if amount is None else amount)
        reading = orders.get_order(order_id, integrator=session.config.integrator)
        minor = None if amount is None else minor_units("amount", amount)
        event = _Event(session, kind, event_call, call, reading, minor, reference, verified_absent)
        return (yield from _noting_interruptions(event))
    except KustomError as error:
        error.reference = reference
        error.idempotency_key = error.idempotency_key or key
        if error.outcome_unknown:
            telemetry.log_open(f"ensure_{kind}", order_id, error)
        raise


def _noting_interruptions(event: _Event) -> Steps[Created]:
    """Add to an interruption what is safe."""
    try:
        return (yield from _ensure(event))
    except KustomError:
        raise
    except BaseException as error:  # cancelled, Ctrl-C, a job's own deadline: raised again
        error.add_note(
            f"ensure_{event.kind} was interrupted. It is safe to call again with the same "
            f"reference={event.reference!r}."
        )
        raise


def _guard_payload(kind: Kind, amount: Amount | None, reference: str) -> bytes:
    """Return what an event's key must not be used for with another value.

    It is the body of a plain call with the amount and the reference. Another description is no
    other event: the API looks at the key alone.
    """
    minor = None if amount is None else minor_units("amount", amount)
    field = "captured_amount" if kind == "capture" else "refunded_amount"
    payload = {field: minor, "reference": reference}
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="surrogatepass")


def _reusable(values: Any) -> Any:
    """Return a list of what an iterator gives: a call may be built twice."""
    return list(values) if isinstance(values, Iterator) else values


def _stand_in(build: Build) -> int:
    """Return an amount that the lines of a call cannot be held against."""
    lines = build.keywords.get("order_lines")
    with suppress(TypeError, ValueError):  # told when the call is built
        return max(1, sum_field(() if lines is None else lines, "total_amount"))
    return 1


def _ensure(event: _Event) -> Steps[Created]:
    session = event.session
    order = yield from attempts.steps(event.reading, session)
    check_currency(event.call, order.purchase_currency)
    existing = _find_existing(event, order)
    if existing is None:
        existing, order = yield from _check_allowed(event, order)
    if existing is not None:
        return existing
    call = event.call if event.amount is not None else event.build(event.amount_in(order))
    odd = check_currency(call, order.purchase_currency)
    try:
        created: Created = yield from attempts.steps(
            replace(call, remarks=(*call.remarks, *odd)), replace(session, settles=True)
        )
    except IdempotencyKeyReused as error:
        if error.attempts:  # it was sent, and the answer is that to something else
            return (yield from _recover_from_foreign_answer(event, error))
        conflict = event.failed(
            ReferenceConflict,
            f"the reference {event.reference!r} was used in this process with another amount, or "
            "its key with another body",
        )
        conflict.hint = "Read the order first: what it was used for may have taken effect."
        raise conflict from error
    except KustomError as error:
        return (yield from _recover(event, error, event.amount_in(order)))
    return (yield from _confirm(event, created))


def _check_allowed(
    event: _Event, order: MerchantOrder
) -> Generator[Any, Any, tuple[Created | None, MerchantOrder]]:
    """Raise the objection to sending, or return the event where a later read shows it.

    The objection may come from a stale read: the answer of an earlier run was lost, say. So the
    order is read again, and two reads in a row have to agree. The last read is returned as well.
    """
    reads = [order]
    if event.may_be_hidden(reads) or event.refusal(order):
        # An order that is over stays so: one more read is enough.
        delays = event.session.reread_delays
        delays = delays[:1] if order.status in OVER else delays[1:]
        existing, reads = yield from _poll_order(event, delays, order)
        if existing is not None:
            return existing, reads[-1]
    order = reads[-1]
    if event.may_be_hidden(reads):
        raise _contradiction(event, [event.history(read) for read in reads])
    refusal = event.refusal(order)
    if refusal and event.refusal(reads[-2]):
        raise _not_allowed(event, refusal)
    if refusal:
        error = event.unreadable(f"its reads do not agree ({refusal})")
        error.transient = True
        raise error
    return None, order


def _recover(event: _Event, error: KustomError, amount: int) -> Steps[Created]:
    """Tell what became of a send that ended in an error: what the order shows decides."""
    delays = event.session.reread_delays
    is_open = error.outcome_unknown or isinstance(error, Conflict)
    if not is_open and not isinstance(error, ApiError):
        raise error  # it cannot have arrived
    if not is_open and not isinstance(error, NotAllowed):
        delays = delays[:1]  # no answer of the order's, but of a gateway or about the request
    try:
        existing, reads = yield from _poll_order(event, delays)
    except KustomError as other:
        other.attempts = error.attempts
        other.outcome_unknown = other.outcome_unknown or error.outcome_unknown
        if isinstance(other, DuplicateReference | ReferenceConflict):
            raise
        why = f"the order cannot be read: {other.message}"
    else:
        if existing is not None:
            return replace(existing, attempts=error.attempts)
        why = f"the order does not show the {event.kind} (yet)"
        is_stale = event.amount is None and amount > event.amount_in(reads[-1])
        if isinstance(error, NotAllowed) and not is_open:
            error.hint = _STALE_AMOUNT if is_stale else f"{error.hint} {_REFUSED}"
    if not is_open:
        raise error
    correlation_id = getattr(error, "correlation_id", None)
    raise event.failed(
        ConnectionFailed,
        f"ensure_{event.kind}: {why}, after {error.message}"
        + (f" (correlation id {correlation_id})" if correlation_id else ""),
        attempts=error.attempts,
        outcome_unknown=True,
    ) from error


def _recover_from_foreign_answer(event: _Event, error: IdempotencyKeyReused) -> Steps[Created]:
    """Handle an answer that belongs to another request: trust the order, not the answer.

    A read that failed or lags decides nothing: then it is not known whether this took effect.
    """
    try:
        existing, _ = yield from _poll_order(event, event.session.reread_delays)
    except (DuplicateReference, ReferenceConflict) as conflict:
        conflict.attempts, conflict.outcome_unknown = error.attempts, True
        raise
    except KustomError:
        existing = None
    if existing is not None:
        return replace(existing, attempts=error.attempts)
    error.hint = (
        "The order does not show it (yet). Call again with the same "
        f"reference={event.reference!r}; where the order never shows it, a person has to look."
    )
    raise error


def _confirm(event: _Event, created: Created) -> Steps[Created]:
    """Hold a success against the order.

    To a key that it knows the API answers with a success for any amount (vendor's reference
    on ``Klarna-Idempotency-Key``).
    """
    try:
        existing, _ = yield from _poll_order(event, event.session.reread_delays[:1])
    except (DuplicateReference, ReferenceConflict) as error:
        error.attempts = created.attempts
        raise
    except KustomError as error:
        note = f"It was made, but the order could not be read again: {error.message}"
        return replace(created, note=created.note or note)
    if existing is None:
        note = "It was made, and the order does not show it (yet): read the order again later."
        return replace(created, note=created.note or note)
    if created.id is None:
        return replace(created, id=existing.id, note=existing.note)
    return created


def _poll_order(
    event: _Event, delays: tuple[float, ...], *earlier: MerchantOrder
) -> Generator[Any, Any, tuple[Created | None, list[MerchantOrder]]]:
    """Read until the order shows the event, or for as long as reads may lag.

    Return the event if it is there, and all reads that succeeded, after the earlier ones.

    Raises:
        KustomError: no read succeeded, or the order shows what is no single effect of this amount.
    """
    session, reads, failure = event.session, list(earlier), None
    for seconds in delays:
        yield from session.pause(seconds)
        try:
            order: MerchantOrder = yield from attempts.steps(event.reading, session)
        except KustomError as error:
            failure = error
            continue
        reads.append(order)
        existing = _find_existing(event, order)
        if existing is not None:
            return existing, reads
    if failure is not None and len(reads) == len(earlier):
        raise failure
    return None, reads


def _find_existing(event: _Event, order: MerchantOrder) -> Created | None:
    """Return the effect that the order shows for the event's reference, if there is one.

    Raises:
        DuplicateReference: there are several.
        ReferenceConflict: it has another amount.
        UnexpectedResponse: it cannot be told.
    """
    kind, listed = event.kind, event.history(order).effects
    if listed is None:
        raise event.unreadable(f"its {kind}s cannot be read")
    matching = [effect for effect in listed if effect.reference == event.reference]
    if len(matching) > 1:
        ids = ", ".join(str(effect.id) for effect in matching)
        raise event.failed(
            DuplicateReference,
            f"the order has {len(matching)} {kind}s with the reference {event.reference!r}: {ids}",
        )
    if not matching:
        return None
    effect = matching[0]
    if type(effect.amount) is not int:
        raise event.unreadable(
            f"the amount of the {kind} {event.reference!r} cannot be read: {effect.amount!r}"
        )
    if event.amount is not None and effect.amount != event.amount:
        raise event.failed(
            ReferenceConflict,
            f"the order has a {kind} with the reference {event.reference!r} of {effect.amount}, "
            f"not of {event.amount} (minor units)",
        )
    return Created(
        id=effect.id,
        location=None,
        idempotency_key=event.call.idempotency_key or "",
        correlation_id=None,
        attempts=0,
        headers={},
        already_done=True,
        note="" if effect.id else f"The {kind} is there, and the order names no id of it.",
    )


def _not_allowed(event: _Event, why: str) -> KustomError:
    """Return the error that the API would answer with, told from the order as it was read."""
    error = event.failed(
        _REFUSAL[event.kind],
        f"{event.call.request} was not sent: {why}",
        status=403,
        code=f"{event.kind.upper()}_NOT_ALLOWED",
        messages=(why,),
    )
    error.decided_locally = True
    error.hint = (
        "Nothing was sent: the order, as it was read twice, does not allow it. Once it does, call "
        f"again with the same reference={event.reference!r} and the same attempt."
    )
    key = f"{event.session.config.scope} {event.call.idempotency_key}"
    if guard.is_open(key) and not event.verified_absent:
        # An earlier request of this process may still be on its way, and no read shows it. By the
        # next call it has arrived, or never will: gateways give up after 30 seconds.
        guard.settle(key)
        error.outcome_unknown = error.transient = True
        error.hint = ""
    return error


def _contradiction(event: _Event, histories: Sequence[History]) -> KustomError:
    """Return the error for an order that contradicts itself by enough to hide the event."""
    summaries = dict.fromkeys(history.summary for history in histories)
    error = event.unreadable(", and then ".join(summaries))
    error.transient = True
    error.hint = (
        f"Call again later with the same reference={event.reference!r}. If the order stays like "
        "that, a person has to look for the event. Where it is not there, verified_absent=True "
        "goes on."
    )
    return error
