"""What carries out the steps of a call: one driver for blocking code, and one for asyncio."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TypeVar

from .._privacy import without_frames
from ..config import Config
from . import http
from .async_connections import AsyncConnections
from .connections import CLOSED, Connections
from .interruptions import from_outside
from .network import DEADLINE
from .steps import CallEnded, Received, Send, Sleep, Steps

T = TypeVar("T")


def drive(steps: Steps[T], connections: Connections, config: Config) -> T:
    """Carry out what the steps ask for, until they return or raise."""
    before = sys.exception()
    try:
        step = next(steps)
        while True:
            received: Received | None = None
            failure: BaseException | None = None
            began = time.monotonic()
            try:
                if isinstance(step, Sleep):
                    connections.sleep(step.seconds)
                else:
                    exchange = partial(http.exchange, send=step, config=config, before=before)
                    received = connections.run(exchange, step.seconds, step.begin)
            # Any error of a transport: the steps decide its meaning, and none is lost.
            except BaseException as error:  # noqa: BLE001  # see above
                failure = _failure(error, before, connections, step, began, config)
            # Outside of the handler, so that the failure is not the context of itself.
            step = steps.throw(failure) if failure else steps.send(received)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        steps.close()


async def drive_async(steps: Steps[T], connections: AsyncConnections, config: Config) -> T:
    """Carry out what the steps ask for, until they return or raise."""
    before = sys.exception()
    try:
        step = next(steps)
        while True:
            received: Received | None = None
            failure: BaseException | None = None
            began = time.monotonic()
            try:
                if isinstance(step, Sleep):
                    await connections.sleep(step.seconds)
                else:
                    exchange = partial(http.exchange_async, send=step, config=config, before=before)
                    received = await connections.run(exchange, step.seconds, step.begin)
            # As above.
            except BaseException as error:  # noqa: BLE001  # see above
                failure = _failure(error, before, connections, step, began, config)
            step = steps.throw(failure) if failure else steps.send(received)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        steps.close()


def _failure(
    error: BaseException,
    before: BaseException | None,
    connections: Connections | AsyncConnections,
    step: Send | Sleep,
    began: float,
    config: Config,
) -> BaseException:
    """Return what to tell the steps: what the wire's error means, or what came from outside."""
    own_sockets = connections.is_own and isinstance(connections, Connections)
    outside = from_outside(error, before, own_sockets=own_sockets)
    if outside is not None or not isinstance(error, Exception):
        return without_frames(outside or error)
    failure = http.no_answer(error, config.redact)
    if connections.is_closed:
        failure.error, failure.transient = CallEnded(CLOSED, never_sent=failure.never_sent), False
    elif time.monotonic() - began >= step.seconds and not isinstance(error, CallEnded):
        failure.error = CallEnded(DEADLINE, never_sent=failure.never_sent)
    return failure
