"""Steps by hand: no server, no waiting, each answer as a test gives it."""

from typing import Any

import httpx
from support import AT_ONCE, CANARY

from kustom_facade import config
from kustom_facade._operations.call import Request
from kustom_facade._sending import http
from kustom_facade._sending.session import Session
from kustom_facade._sending.steps import Received, Send, Sleep, Steps
from kustom_facade.errors import KustomError
from kustom_facade.retry import RetryPolicy


def session(policy: RetryPolicy = AT_ONCE, **options: Any) -> Session:
    """A session of a client with the canary as its key."""
    settings = config.resolve(
        api_key=CANARY,
        username=None,
        base_url=None,
        proxy=None,
        timeout=None,
        integrator=None,
        environ={},
    )
    return Session(settings, policy, **options)


def received(response: httpx.Response) -> Received:
    """An answer as a driver hands it to the steps."""
    return Received(response.status_code, dict(response.headers), response.content)


def play(steps: Steps[Any], *answers: Any) -> tuple[Any, list[Send | Sleep]]:
    """Give steps their answers one by one; returns the result or error, and what was asked for."""
    asked: list[Send | Sleep] = []
    remaining = list(answers)
    try:
        step = next(steps)
        while True:
            asked.append(step)
            if isinstance(step, Sleep):
                step = steps.send(None)
                continue
            step.begin()
            answer = remaining.pop(0)
            if isinstance(answer, Exception):
                step = steps.throw(http.no_answer(answer))
            else:
                step = steps.send(received(answer))
    except StopIteration as stop:
        return stop.value, asked
    except KustomError as error:
        return error, asked


def begun(steps: Steps[Any]) -> Steps[Any]:
    """Steps whose first request is on its way."""
    step = next(steps)
    assert isinstance(step, Send)
    step.begin()
    return steps


def sends(asked: list[Send | Sleep]) -> list[Request]:
    """The requests among what was asked for."""
    return [step.request for step in asked if isinstance(step, Send)]


def created(**headers: str) -> httpx.Response:
    """A 201 as the API sends it."""
    return httpx.Response(201, headers={"Capture-Id": "c-1", **headers})
