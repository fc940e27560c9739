"""Results, errors, models and money cross process borders."""

import asyncio
import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from celery import Celery
from exactly_once.network import ID, ONCE, FaultyTransport, lost
from support import AT_ONCE, CANARY, Client

from kustom_facade import (
    AsyncKustomClient,
    ConnectionFailed,
    Created,
    Done,
    KustomClient,
    MerchantOrder,
    Money,
    NotFound,
    ReferenceConflict,
    Response,
)
from kustom_facade.sandbox import Sandbox


@pytest.mark.usefixtures("fresh_guard")
def test_results_errors_models_and_money_cross_process_borders(
    connect: Callable[..., Client],
) -> None:
    """Equal after pickling, with the key on every error."""
    network = FaultyTransport(Sandbox())
    network.before = [lost]
    client = connect(transport=network, retry=ONCE)
    with pytest.raises(ConnectionFailed) as unknown:
        client.ensure_capture(ID, 100, reference="a")
    created = client.ensure_capture(ID, 100, reference="a")
    with pytest.raises(ReferenceConflict) as conflict:
        client.ensure_capture(ID, 101, reference="a")
    things = [
        unknown.value,
        conflict.value,
        created,
        client.ensure_capture(ID, 100, reference="a"),
        client.void(ID),
        client.get_order(ID),
        client.list_captures(ID),
        Money(1, "SEK"),
    ]
    for thing in things:
        again = pickle.loads(pickle.dumps(thing))  # noqa: S301  # our own bytes
        assert again == thing
        assert type(again) is type(thing)
        assert copy.deepcopy(thing) == thing
        for one in thing if isinstance(thing, list) else [thing]:
            assert type(one).from_dict(json.loads(json.dumps(one.to_dict()))) == one
    assert pickle.loads(pickle.dumps(unknown.value)).idempotency_key == created.idempotency_key  # noqa: S301  # as above


def test_a_task_of_celerys_returns_a_result_as_json(connect: Callable[..., Client]) -> None:
    """With its default serializer, run as a worker runs it."""
    client = connect(transport=Sandbox())
    app = Celery(set_as_current=False, backend="cache+memory://")
    app.conf.task_always_eager = app.conf.task_store_eager_result = True

    def once(reference: str) -> dict[str, Any]:
        return dict(client.ensure_capture(ID, 100, reference=reference).to_dict())

    capture: Any = app.task(once)
    stored = capture.delay("a").get()
    assert Created.from_dict(json.loads(json.dumps(stored))).already_done is False
    assert Created.from_dict(capture.delay("a").get()).already_done is True


def test_what_a_newer_version_adds_to_a_result_is_left_out() -> None:
    """Results are stored, and read by a worker that is not up to date."""
    data: dict[str, Any] = {
        "correlation_id": None,
        "attempts": 1,
        "headers": {},
        "idempotency_key": "k",
    }
    assert Done.from_dict({**data, "mood": "good"}) == Done(**data)


@pytest.mark.usefixtures("fresh_guard")
def test_a_read_can_come_with_its_answer() -> None:
    """The id that support asks for, and how often it was sent; in both clients."""
    transport = httpx.MockTransport(FaultyTransport(Sandbox()).handle_request)
    with KustomClient(CANARY, transport=transport, retry=AT_ONCE) as kustom:
        done = kustom.capture(ID, 100)
        refund = kustom.refund(ID, 50)
        assert done.id
        assert refund.id
        order = kustom.with_response.get_order(ID)
        several = kustom.with_response.list_captures(ID)
        reads: list[Response[Any]] = [
            order,
            several,
            kustom.with_response.get_capture(ID, done.id),
            kustom.with_options(timeout=5).with_response.get_refund(ID, refund.id),
        ]
        plain = kustom.get_order(ID)
    assert order.value == plain
    assert [one.capture_id for one in several.value] == [done.id]
    for one in reads:
        assert (one.status, one.attempts) == (200, 1)
        assert one.correlation_id == one.headers["klarna-correlation-id"]
        assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301  # our own bytes
        assert json.loads(json.dumps(one.to_dict()))["correlation_id"] == one.correlation_id
    assert type(plain).from_dict(order.to_dict()["value"]) == plain
    assert len({one.correlation_id for one in reads}) == 4

    async def read() -> Response[MerchantOrder]:
        async with AsyncKustomClient(CANARY, transport=transport) as kustom:
            answers = kustom.with_response
            assert (await answers.list_captures(ID)).value == several.value
            assert (await answers.get_capture(ID, done.id or "")).status == 200
            assert (await answers.get_refund(ID, refund.id or "")).value == reads[-1].value
            return await answers.get_order(ID)

    assert asyncio.run(read()).value == plain


def test_a_read_with_its_answer_says_how_often_it_was_sent() -> None:
    """And fails as any other."""
    answers = [httpx.Response(503), httpx.Response(200, json={"order_id": ID}), httpx.Response(404)]
    transport = httpx.MockTransport(lambda _: answers.pop(0))
    with KustomClient(CANARY, transport=transport, retry=AT_ONCE) as kustom:
        answered = kustom.with_response.get_order(ID)
        assert (answered.attempts, answered.correlation_id) == (2, None)
        with pytest.raises(NotFound):
            kustom.with_response.get_order(ID)
