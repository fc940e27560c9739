"""What each attempt tells: the fields of a record, and the caller's own function."""

import asyncio
import dataclasses
import io
import json
import logging
import pickle
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
import structlog
from exactly_once.network import ID, ONCE, FaultyTransport, answer, lost
from pythonjsonlogger.json import JsonFormatter
from support import CANARY, ORDER, VERBS, Client

from kustom_facade import (
    AsyncKustomClient,
    Attempt,
    CaptureNotAllowed,
    ConnectionFailed,
    KustomClient,
    KustomError,
)
from kustom_facade._sending import telemetry
from kustom_facade.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("fresh_guard")
PATH = f"/ordermanagement/v1/orders/{ID}"
LINES = [{"name": "a", "quantity": 1, "unit_price": 1000, "total_amount": 1000, "tax_rate": 0}]
FIELDS = [one.name for one in dataclasses.fields(Attempt)]


@pytest.fixture
def network() -> FaultyTransport:
    """A network before a fresh sandbox."""
    return FaultyTransport(Sandbox())


@pytest.fixture
def told() -> list[Attempt]:
    """What on_attempt was given."""
    return []


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All records of the library."""
    caplog.set_level(logging.DEBUG, "kustom_facade")
    return caplog


def test_each_attempt_is_told_once(
    connect: Callable[..., Client],
    network: FaultyTransport,
    told: list[Attempt],
    log: pytest.LogCaptureFixture,
) -> None:
    """To the log and to the caller's function, with the same fields."""
    client = connect(transport=network, on_attempt=told.append)
    network.before = [answer(503), lost]
    done = client.capture(ID, 100, idempotency_key="k-1")
    assert [one.attempt for one in told] == [1, 2, 3]
    assert [one.outcome for one in told] == ["repeated", "repeated", "succeeded"]
    assert [one.status for one in told] == [503, None, 201]
    assert {(one.operation, one.order_id, one.method) for one in told} == {
        ("captureOrder", ID, "POST")
    }
    assert {(one.path, one.idempotency_key) for one in told} == {(f"{PATH}/captures", "k-1")}
    assert told[-1].correlation_id == done.correlation_id
    assert all(one.seconds >= 0 for one in told)
    assert [{name: getattr(one, name) for name in FIELDS} for one in log.records] == [
        one.to_dict() for one in told
    ]


def test_an_attempt_is_a_frozen_value_of_plain_data(
    connect: Callable[..., Client], told: list[Attempt]
) -> None:
    """It can be counted, sent and stored."""
    connect(transport=Sandbox(), on_attempt=told.append).get_order(ID)
    (attempt,) = told
    assert Attempt(**json.loads(json.dumps(attempt.to_dict()))) == attempt
    assert pickle.loads(pickle.dumps(attempt)) == attempt  # noqa: S301  # our own bytes
    assert {attempt: 1}[attempt] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        attempt.attempt = 2  # type: ignore[misc]  # what is tested


@pytest.mark.parametrize(
    ("verb", "arguments", "scripts", "outcomes", "level"),
    [
        ("get_order", (), [], ["succeeded"], logging.INFO),
        ("capture", (100,), [], ["succeeded"], logging.INFO),
        ("capture", (100,), [answer(403, "CAPTURE_NOT_ALLOWED")], ["refused"], logging.INFO),
        ("capture", (100,), [answer(429)], ["failed"], logging.WARNING),
        ("capture", (100,), [answer(503)], ["unknown"], logging.ERROR),
        ("capture", (100,), [lost], ["unknown"], logging.ERROR),
        ("ensure_capture", (100,), [lost], ["succeeded", "unknown"], logging.WARNING),
    ],
)
def test_the_outcome_says_what_came_of_it(
    verb: str,
    arguments: tuple[Any, ...],
    scripts: list[Any],
    outcomes: list[str],
    level: int,
    connect: Callable[..., Client],
    network: FaultyTransport,
    told: list[Attempt],
    log: pytest.LogCaptureFixture,
) -> None:
    """And how loud the log is: ERROR is for what nobody has settled."""
    client = connect(transport=network, retry=ONCE, on_attempt=told.append)
    network.before = list(scripts)
    more = {"reference": "r-1"} if verb.startswith("ensure") else {}
    with suppress(KustomError):
        getattr(client, verb)(ID, *arguments, **more)
    assert [one.outcome for one in told][: len(outcomes)] == outcomes
    assert log.records[len(outcomes) - 1].levelno == level


def test_all_verbs_tell_the_vendors_name_of_their_operation(told: list[Attempt]) -> None:
    """It groups metrics, without ids in it."""
    sandbox = Sandbox()
    with KustomClient(CANARY, transport=sandbox, on_attempt=told.append) as kustom:
        done = kustom.capture(ID, 100)
        refund = kustom.refund(ID, 50)
        address = {"given_name": "A", "family_name": "B"}
        arguments: dict[str, tuple[Any, ...]] = {
            "get_capture": (done.id,),
            "get_refund": (refund.id,),
            "add_shipping_info": ([{"tracking_number": "1"}],),
            "add_capture_shipping_info": (done.id, [{"tracking_number": "1"}]),
        }
        options: dict[str, dict[str, Any]] = {
            "update_authorization": {"order_amount": 1000, "order_lines": LINES},
            "update_customer_details": {"shipping_address": address},
            "update_merchant_references": {"merchant_reference1": "m"},
        }
        for verb in sorted({*VERBS} - {"capture", "refund"}):
            with suppress(KustomError):
                getattr(kustom, verb)(ID, *arguments.get(verb, ()), **options.get(verb, {}))
    assert len({one.operation for one in told}) == 15
    assert {one.order_id for one in told} == {ID}


@pytest.mark.parametrize("error", [ValueError("a metric"), ZeroDivisionError(), StopIteration()])
@pytest.mark.parametrize("shown", [True, False])
def test_what_the_callers_function_raises_breaks_no_call(
    error: Exception,
    shown: bool,
    connect: Callable[..., Client],
    network: FaultyTransport,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A counter that fails must not take the place of what became of the money."""
    monkeypatch.setattr(logging, "raiseExceptions", shown)

    def fail(_: Attempt) -> None:
        raise error

    client = connect(transport=network, on_attempt=fail)
    network.before = [answer(503)]
    assert client.capture(ID, 100).id
    network.before = [answer(403, "CAPTURE_NOT_ALLOWED")]
    with pytest.raises(CaptureNotAllowed):
        client.capture(ID, 100)
    assert (type(error).__name__ in capsys.readouterr().err) == shown


def test_a_clone_tells_another_function(
    connect: Callable[..., Client], told: list[Attempt]
) -> None:
    """Given to with_options, for a part of a program."""
    client = connect(transport=Sandbox())
    clone = client.client.with_options(on_attempt=told.append)
    assert clone._on_attempt is not None
    client.get_order(ID)
    assert not told
    client.client = clone.with_options(timeout=5)
    client.get_order(ID)
    assert len(told) == 1


@pytest.mark.parametrize("wrong", [5, "print", b"x", object()])
def test_only_a_plain_function_is_taken(wrong: Any) -> None:
    """A coroutine function would never run."""

    async def counted(_: Attempt) -> None:
        """Count."""

    for kind in (KustomClient, AsyncKustomClient):
        with pytest.raises(TypeError, match="on_attempt must be a"):
            kind(CANARY, on_attempt=wrong)
        with pytest.raises(TypeError, match="on_attempt must be a plain function"):
            kind(CANARY, on_attempt=counted)


def test_an_interrupted_wait_is_no_attempt(told: list[Attempt]) -> None:
    """What was told as repeated is not told a second time; what was on its way is told."""

    def answer_or_strike(_: httpx.Request) -> httpx.Response:
        if len(told) == 1:
            raise KeyboardInterrupt
        return httpx.Response(503)

    transport = httpx.MockTransport(answer_or_strike)
    with (
        KustomClient(CANARY, transport=transport, on_attempt=told.append) as kustom,
        pytest.raises(KeyboardInterrupt),
    ):
        kustom.capture(ORDER, 100)
    assert [(one.attempt, one.outcome) for one in told] == [(1, "repeated"), (2, "unknown")]
    told.clear()

    def strike(_: Attempt) -> None:
        told.append(_)
        raise KeyboardInterrupt

    with (
        KustomClient(CANARY, transport=transport, on_attempt=strike) as kustom,
        pytest.raises(KeyboardInterrupt),
    ):
        kustom.get_order(ORDER)
    assert [one.outcome for one in told] == ["repeated"]


def test_a_lost_answer_that_is_settled_is_a_warning(
    connect: Callable[..., Client], network: FaultyTransport, log: pytest.LogCaptureFixture
) -> None:
    """The order shows the event, and its result says how often this call sent it."""
    client = connect(transport=network)
    network.after = [lost, lost, lost]
    done = client.ensure_capture(ID, 100, reference="s-1")
    assert (done.already_done, done.attempts) == (True, 3)
    assert client.ensure_capture(ID, 100, reference="s-1").attempts == 0
    network.after = [lost, lost, lost]
    assert client.ensure_refund(ID, 50, reference="b-1").attempts == 3
    network.after = [lost, lost, lost]
    assert client.void(ID).attempts == 3
    assert {one.levelno for one in log.records} == {logging.INFO, logging.WARNING}
    assert logging.WARNING in {one.levelno for one in log.records}


@pytest.mark.parametrize("verb", ["ensure_capture", "ensure_refund", "void"])
def test_a_lost_answer_that_stays_open_is_one_error(
    verb: str,
    connect: Callable[..., Client],
    network: FaultyTransport,
    log: pytest.LogCaptureFixture,
) -> None:
    """With the key and the reference, as fields too."""
    client = connect(transport=network, retry=ONCE)
    if verb == "ensure_refund":
        client.capture(ID, 100)
    log.clear()
    network.before = [lost]
    arguments: dict[str, Any] = {} if verb == "void" else {"amount": 100, "reference": "s-1"}
    with pytest.raises(ConnectionFailed) as caught:
        getattr(client, verb)(ID, **arguments)
    (error,) = [one for one in log.records if one.levelno >= logging.ERROR]
    assert f"{verb}: outcome unknown" in error.getMessage()
    fields = vars(error)
    assert (fields["operation"], fields["outcome"]) == (verb, "unknown")
    assert fields["idempotency_key"] == caught.value.idempotency_key
    assert fields["reference"] == caught.value.reference


def test_stock_formatters_need_no_parsing(connect: Callable[..., Client]) -> None:
    """python-json-logger and structlog, with their defaults, write the fields as they are."""
    lines: dict[str, io.StringIO] = {}
    formatters = {
        "json": JsonFormatter(),
        "structlog": structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder()],
            processor=structlog.processors.JSONRenderer(),
        ),
    }
    handlers = []
    for name, formatter in formatters.items():
        lines[name] = io.StringIO()
        handlers.append(logging.StreamHandler(lines[name]))
        handlers[-1].setFormatter(formatter)
        telemetry.log.addHandler(handlers[-1])
    level = telemetry.log.level
    telemetry.log.setLevel(logging.INFO)
    try:
        done = connect(transport=Sandbox()).capture(ID, 100)
    finally:
        telemetry.log.setLevel(level)
        for handler in handlers:
            telemetry.log.removeHandler(handler)
    for text in lines.values():
        fields = json.loads(text.getvalue())
        assert fields["operation"] == "captureOrder"
        assert (fields["order_id"], fields["status"]) == (ID, 201)
        assert fields["idempotency_key"] == done.idempotency_key
        assert fields["outcome"] == "succeeded"


def test_a_remark_has_its_fields_too(
    connect: Callable[..., Client], log: pytest.LogCaptureFixture
) -> None:
    """What is odd about lines is logged before anything is sent."""
    line = {"name": "a", "quantity": 1, "unit_price": 90, "total_amount": 90, "tax_rate": 0}
    connect(transport=Sandbox()).capture(
        ID, 100, order_lines=[{**line, "total_tax_amount": 0}], idempotency_key="k-2"
    )
    remark = vars(log.records[0])
    assert remark["levelno"] == logging.WARNING
    assert (remark["operation"], remark["idempotency_key"]) == ("captureOrder", "k-2")
    assert remark["order_id"] == ID


def test_a_field_of_the_programs_own_loses_no_record(
    connect: Callable[..., Client], log: pytest.LogCaptureFixture
) -> None:
    """Many programs give each record a correlation id of theirs."""
    make = logging.getLogRecordFactory()

    def with_an_id(*args: Any, **options: Any) -> logging.LogRecord:
        record = make(*args, **options)
        record.correlation_id = "of the program"
        return record

    logging.setLogRecordFactory(with_an_id)
    try:
        done = connect(transport=Sandbox()).capture(ID, 100)
    finally:
        logging.setLogRecordFactory(make)
    (record,) = log.records
    fields = vars(record)
    assert fields["correlation_id"] == "of the program"
    assert fields["kustom"]["correlation_id"] == done.correlation_id


def test_a_cancellation_that_the_callers_function_raises_breaks_no_call(
    connect: Callable[..., Client],
) -> None:
    """Asking a cancelled future for its result, say: nothing is awaited there."""

    def fail(_: Attempt) -> None:
        raise asyncio.CancelledError

    assert connect(transport=Sandbox(), on_attempt=fail).capture(ID, 100).id
