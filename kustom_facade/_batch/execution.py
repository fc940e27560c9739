"""One event, carried out: what any queue or engine calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..aio import AsyncKustomClient
from ..client import KustomClient
from ..errors import InvalidRequest, KustomError
from ..results import Created, Voided
from .events import KINDS, Capture, Event, Refund
from .outcomes import Outcome, of_error, of_result


def perform(kustom: KustomClient, event: Event) -> Outcome:
    """Carry out one event, exactly once however often this is called, and tell its outcome.

    Args:
        kustom: a client, that threads may share. Its settings count: deadline, rate, repeats.
        event: what is to happen.

    Returns:
        The outcome. A ``KustomError`` is in it and is never raised.

    Raises:
        TypeError: the client or the event is none.
    """
    _check(kustom, KustomClient, event)
    try:
        return of_result(event, _call(kustom, event))
    except KustomError as error:
        return of_error(event, error)
    except (TypeError, ValueError) as error:
        return _wrong(event, error)


async def perform_async(kustom: AsyncKustomClient, event: Event) -> Outcome:
    """Carry out one event, as :func:`perform` does, with asyncio.

    Args:
        kustom: a client, that tasks of one event loop may share.
        event: what is to happen.

    Returns:
        The outcome. A ``KustomError`` is in it and is never raised.

    Raises:
        TypeError: the client or the event is none.
    """
    _check(kustom, AsyncKustomClient, event)
    try:
        result: Created | Voided = await _call(kustom, event)
    except KustomError as error:
        return of_error(event, error)
    except (TypeError, ValueError) as error:
        return _wrong(event, error)
    return of_result(event, result)


def _check(kustom: object, wanted: type, event: object) -> None:
    if not isinstance(kustom, wanted):
        other = "run_async and perform_async" if wanted is KustomClient else "run and perform"
        raise TypeError(
            f"kustom must be of the type {wanted.__name__}, not {type(kustom).__name__}, which "
            f"may be one for {other}"
        )
    check_event_type(event)


def check_event_type(event: object) -> None:
    """Refuse what is no event.

    Raises:
        TypeError: it is another value, such as the JSON data of one.
    """
    if not isinstance(event, tuple(KINDS.values())):
        raise TypeError(
            f"an event must be a Capture, a Refund or a Void, not {type(event).__name__} "
            "(Event.from_dict makes one of JSON data)"
        )


def _call(kustom: Any, event: Event) -> Any:
    """Call the verb of an event. With asyncio it gives what is to be awaited."""
    if not isinstance(event, Capture | Refund):
        return kustom.void(event.order_id)
    verb: Callable[..., Any] = getattr(kustom, f"ensure_{event.kind}")
    return verb(
        event.order_id,
        event.amount,
        reference=event.reference,
        attempt=event.attempt,
        verified_absent=event.verified_absent,
        **event.options,
    )


def _wrong(event: Event, error: TypeError | ValueError) -> Outcome:
    """Return the outcome of an event that Python itself objects to, such as a float in a line.

    Raises:
        TypeError | ValueError: nothing is wrong with the event, so that the mistake is ours.
    """
    try:
        event.check()
    except InvalidRequest as problem:
        return of_error(event, problem)
    raise error
