"""What is raised into a call from outside ends it at once, as itself, over real sockets."""

import ctypes
import functools
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from support import CANARY, ORDER

from kustom_facade import ConnectionFailed, KustomClient, RetryPolicy
from kustom_facade._sending import telemetry
from kustom_facade._sending.interruptions import from_outside
from kustom_facade._sending.key_guard import guard

from .silence import never, serving


class JobTimeout(Exception):
    """A deadline of a job queue."""


class Handler:
    """Handlers of a signal, of every kind that Python takes."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def __call__(self, *_: object) -> None:
        """Raise it."""
        raise self.error("the job's own deadline")

    def method(self, *_: object) -> None:
        """Raise it."""
        raise self.error("the job's own deadline")


@contextmanager
def handling(handler: Any) -> Iterator[None]:
    """Handle a signal in the main thread."""
    before = signal.signal(signal.SIGALRM, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)


def strike(connection: socket.socket, _: threading.Event) -> None:
    """Take a request, send the client a signal, and say nothing."""
    connection.recv(65536)
    time.sleep(0.05)  # so that the client waits
    os.kill(os.getpid(), signal.SIGALRM)
    connection.recv(65536)


@pytest.mark.parametrize(
    "error", [TimeoutError, OSError, ConnectionResetError, JobTimeout, KeyboardInterrupt]
)
@pytest.mark.parametrize("kind", ["object", "method", "partial", "function"])
def test_a_signals_exception_ends_a_call_as_itself(
    error: type[BaseException], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is repeated, and outcome and key are logged and attached."""
    handlers = {
        "object": Handler(error),
        "method": Handler(error).method,
        "partial": functools.partial(Handler.method, Handler(error)),
        "function": lambda *_: Handler(error).method(),
    }
    with (
        serving(strike) as url,
        KustomClient(CANARY, base_url=url) as kustom,
        handling(handlers[kind]),
        pytest.raises(error, match="the job's own") as caught,
    ):
        kustom.capture(ORDER, 100, idempotency_key="key-of-the-job")
    assert "outcome unknown (idempotency key key-of-the-job)" in caught.value.__notes__[0]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "key-of-the-job" in caplog.text


def test_celerys_own_deadline_is_celerys() -> None:
    """``SoftTimeLimitExceeded``, from the handler that Celery's worker installs."""

    def handler(*_: object) -> None:  # as billiard's soft_timeout_sighandler
        raise SoftTimeLimitExceeded

    with (
        serving(strike) as url,
        KustomClient(CANARY, base_url=url) as kustom,
        handling(handler),
        pytest.raises(SoftTimeLimitExceeded) as caught,
    ):
        kustom.ensure_capture(ORDER, 100, reference="shipment-1")
    assert "reference='shipment-1'" in caught.value.__notes__[-1]


@pytest.mark.parametrize("error", [TimeoutError, JobTimeout])
def test_an_exception_of_another_thread_is_no_failure_of_the_wire(error: type[Exception]) -> None:
    """RQ raises its deadline so. It strikes when the interpreter comes back from the socket."""
    target = ctypes.c_ulong(threading.get_ident())

    def answer(connection: socket.socket, _: threading.Event) -> None:
        connection.recv(65536)
        time.sleep(0.05)  # so that the client waits
        ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(error))

    with (
        serving(answer) as url,
        KustomClient(CANARY, base_url=url) as kustom,
        pytest.raises(error) as caught,
    ):
        kustom.capture(ORDER, 100)
    assert "outcome unknown" in caught.value.__notes__[0]


def test_a_signal_ends_the_wait_before_a_repeat() -> None:
    """Also while nothing is on the wire: the outcome is what was known by then."""
    patient = RetryPolicy(base=60.0, cap=60.0)
    alarm = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGALRM))

    def refuse(_: httpx.Request) -> httpx.Response:
        alarm.start()
        return httpx.Response(500)

    kustom = KustomClient(CANARY, transport=httpx.MockTransport(refuse), retry=patient)
    with handling(Handler(TimeoutError)), pytest.raises(TimeoutError) as caught:
        kustom.capture(ORDER, 100)
    alarm.join()
    assert "interrupted, outcome unknown" in caught.value.__notes__[0]


def test_a_signal_that_strikes_while_a_line_is_logged_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What fails there otherwise must not take the place of the outcome."""

    def struck(_: logging.LogRecord) -> bool:
        os.kill(os.getpid(), signal.SIGALRM)
        return True

    monkeypatch.setattr(telemetry.log, "filters", [struck])
    kustom = KustomClient(CANARY, transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    with handling(Handler(TimeoutError)), pytest.raises(TimeoutError):
        kustom.capture(ORDER, 100)


@pytest.mark.usefixtures("fresh_guard")
def test_a_success_that_nobody_was_told_is_unknown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The signal strikes while the success is logged: the caller knows nothing of it."""

    def struck(_: logging.LogRecord) -> bool:
        monkeypatch.setattr(telemetry.log, "filters", [])
        os.kill(os.getpid(), signal.SIGALRM)
        return True

    monkeypatch.setattr(telemetry.log, "filters", [struck])
    caplog.set_level(logging.DEBUG, "kustom_facade")
    kustom = KustomClient(CANARY, transport=httpx.MockTransport(lambda _: httpx.Response(201)))
    with handling(Handler(JobTimeout)), pytest.raises(JobTimeout) as caught:
        kustom.capture(ORDER, 100, idempotency_key="k-1")
    assert "interrupted, outcome unknown (idempotency key k-1)" in caught.value.__notes__[0]
    kustom.close()
    assert guard.is_open(f"{kustom._config.scope} k-1")


def test_what_is_being_handled_is_not_the_cause() -> None:
    """A clean-up after a job's deadline is a call like any other."""
    with serving(never) as url, KustomClient(CANARY, base_url=url, timeout=0.1) as kustom:
        try:
            raise SoftTimeLimitExceeded  # noqa: TRY301  # it is to be in force during the call
        except SoftTimeLimitExceeded:
            with pytest.raises(ConnectionFailed, match="ReadTimeout"):
                kustom.get_order(ORDER, max_attempts=1)


@pytest.mark.parametrize(
    ("error", "own_sockets", "expected"),
    [
        (httpx.ReadTimeout("late"), True, False),
        (ConnectionResetError("reset"), True, False),
        (TimeoutError("timed out"), True, False),
        (TimeoutError(), True, True),
        (TimeoutError(), False, False),  # asyncio's and a caller's transport's have no text
        (RuntimeError("a bug of the library"), True, False),
        (JobTimeout(), True, True),
        (JobTimeout(), False, True),
        (KeyboardInterrupt(), False, True),
    ],
)
def test_what_comes_from_outside(error: BaseException, own_sockets: bool, expected: bool) -> None:
    """By its class, where no handler of a signal raised it."""
    assert (from_outside(error, None, own_sockets=own_sockets) is error) is expected
