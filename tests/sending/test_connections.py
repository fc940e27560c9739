"""The connections of a client: one request at a time each, turns, deadlines, and an end."""

import asyncio
import json
import math
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
import trustme
from support import CANARY, ORDER, Client

from kustom_facade import (
    AsyncKustomClient,
    ConfigurationError,
    ConnectionFailed,
    KustomClient,
    RetryPolicy,
    ServerError,
)
from kustom_facade._sending.async_connections import AsyncConnections
from kustom_facade._sending.connections import Connection, Connections
from kustom_facade._sending.key_guard import guard
from kustom_facade._sending.limiter import Limiter
from kustom_facade._sending.network import Network
from kustom_facade._sending.steps import CallEnded

from .silence import dripping, never, serving

OK = b"HTTP/1.1 200 OK\r\n"
#: A file's name that never ends, out of which comes nothing.
GZIP = b"Content-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\x03"
HOST = "https://localhost"
BODY = b'{"order_id": "%s"}' % ORDER.encode()
STARVED = r"1 requests were under way until its deadline \(max_in_flight\)"
Serve = Callable[[Any, threading.Event], None]


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize(
    "answer",
    [
        never,
        dripping(b""),
        dripping(OK + b"X: "),
        dripping(OK + b"Content-Length: 1000000\r\n\r\n"),
        dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n1;"),
        dripping(OK + GZIP),
    ],
    ids=["silence", "status line", "header", "body", "chunk", "gzip"],
)
@pytest.mark.parametrize("verb", ["get_order", "void", "ensure_capture"])
def test_a_deadline_ends_a_read_however_it_is_held_up(mode: str, answer: Serve, verb: str) -> None:
    """Silence has a timeout of its own; a drip never reaches it."""
    more: dict[str, Any] = {"reference": "r"} if verb == "ensure_capture" else {}
    with serving(answer) as url:
        client = Client(mode, base_url=url, timeout=30, retry=RetryPolicy(base=0.01))
        with pytest.raises(ConnectionFailed, match="the deadline of the call is over") as caught:
            getattr(client, verb)(ORDER, deadline=0.15, **more)
        client.close()
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize(
    "answer",
    [never, dripping(b""), dripping(OK + b"X: ")],
    ids=["silence", "status line", "header"],
)
def test_a_deadline_leaves_a_write_unknown(mode: str, answer: Serve) -> None:
    """With its key, for a repeat."""
    with serving(answer) as url:
        client = Client(mode, base_url=url, deadline=0.15)
        with pytest.raises(ConnectionFailed, match="the deadline of the call is over") as caught:
            client.capture(ORDER, 100, idempotency_key="k-1")
        client.close()
    assert caught.value.outcome_unknown
    assert caught.value.idempotency_key == "k-1"


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_deadline_covers_the_repeats_and_the_waits(mode: str) -> None:
    """No attempt begins after it, and no wait goes beyond it."""
    policy = RetryPolicy(attempts=1000, base=0.02, cap=0.02)
    transport = httpx.MockTransport(lambda _: httpx.Response(503))
    client = Client(mode, transport=transport, retry=policy, deadline=0.2)
    for options in ({}, {"deadline": 0.1}):
        with pytest.raises((ServerError, ConnectionFailed)) as caught:  # cut off, the last time
            client.get_order(ORDER, **options)
        assert 1 < caught.value.attempts < 200
    client.close()


def test_a_deadline_bounds_a_callers_transport_too() -> None:
    """As far as it lets go: between the pieces of a body."""

    def drip() -> Iterator[bytes]:
        while True:
            time.sleep(0.01)
            yield b"a"

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=drip()))
    with (
        KustomClient(CANARY, transport=transport, deadline=0.1) as kustom,
        pytest.raises(ConnectionFailed, match="the deadline of the call is over"),
    ):
        kustom.get_order(ORDER)


def test_other_deadlines_are_other_options() -> None:
    """None at the constructor and infinity anywhere are no deadline."""
    seconds = []

    def answer(request: httpx.Request) -> httpx.Response:
        seconds.append(request.extensions["timeout"]["read"])
        return httpx.Response(200, json={"order_id": ORDER})

    transport = httpx.MockTransport(answer)
    with KustomClient(CANARY, transport=transport, deadline=None, timeout=500.0) as kustom:
        kustom.get_order(ORDER)
        kustom.get_order(ORDER, deadline=7.0)
        kustom.with_options(deadline=5.0).get_order(ORDER)
        kustom.with_options(deadline=5.0).get_order(ORDER, deadline=math.inf)
        kustom.get_order(ORDER, deadline=1e300)
    with KustomClient(CANARY, transport=transport, timeout=500.0) as kustom:
        kustom.get_order(ORDER)
    bounds = (500.0, 7.0, 5.0, 500.0, 500.0, 120.0)
    assert all(bound - 1 < got <= bound for bound, got in zip(bounds, seconds, strict=True))


@pytest.mark.parametrize("wrong", [0, -1, math.nan, "5", True, b"5"])
def test_a_deadline_that_cannot_be_meant_is_refused(wrong: Any) -> None:
    """When it is given, wherever that is."""
    with pytest.raises((ConfigurationError, TypeError), match="deadline must be"):
        KustomClient(CANARY, deadline=wrong)
    with KustomClient(CANARY, base_url="http://127.0.0.1:9") as kustom:
        for call in (kustom.with_options, lambda **given: kustom.get_order(ORDER, **given)):
            with pytest.raises((ConfigurationError, TypeError), match="deadline must be"):
                call(deadline=wrong)


@pytest.mark.parametrize("wrong", [0, -1, 10_001, 10**400, 1.5, "5", True, None])
def test_a_number_of_requests_that_cannot_be_meant_is_refused(wrong: Any) -> None:
    """At least one, and a whole number of them."""
    with pytest.raises((ConfigurationError, TypeError), match="max_in_flight must be"):
        KustomClient(CANARY, max_in_flight=wrong)


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize("held_up", ["silence", "wait", "turn"])
def test_closing_ends_the_calls_under_way(mode: str, held_up: str) -> None:
    """Each is told at once, outcome unknown where it is, and nothing is sent again."""
    sent: list[bytes] = []

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        sent.append(connection.recv(65536))
        if held_up == "wait":
            connection.sendall(b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n")
        ended.wait()

    patient = RetryPolicy(base=60.0, cap=60.0)
    most = 1 if held_up == "turn" else 9
    with serving(answer) as url:
        options: dict[str, Any] = {"base_url": url, "retry": patient, "max_in_flight": most}
        calls = [("capture", (ORDER, 1)), ("get_order", (ORDER,))]
        errors = (_closed_in_threads if mode == "sync" else _closed_in_tasks)(options, calls, sent)
    capture, read = errors
    assert all("the client was closed" in str(error) for error in errors)
    assert read.outcome_unknown is False
    # Without a turn it is chance which of both was sent.
    assert capture.outcome_unknown is (held_up != "turn" or sent[0].startswith(b"POST"))
    assert len(sent) == (1 if held_up == "turn" else 2)


def _closed_in_threads(options: Any, calls: Any, sent: list[bytes]) -> list[ConnectionFailed]:
    kustom = KustomClient(CANARY, **options)
    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(getattr(kustom, verb), *given) for verb, given in calls]
        while len(sent) < min(len(calls), options["max_in_flight"]):
            time.sleep(0.01)
        time.sleep(0.05)
        kustom.close()
        errors = [future.exception() for future in futures]
    assert all(isinstance(error, ConnectionFailed) for error in errors)
    return cast("list[ConnectionFailed]", errors)


def _closed_in_tasks(options: Any, calls: Any, sent: list[bytes]) -> list[ConnectionFailed]:
    async def main() -> list[Any]:
        kustom = AsyncKustomClient(CANARY, **options)
        tasks = [asyncio.ensure_future(getattr(kustom, verb)(*given)) for verb, given in calls]
        while len(sent) < min(len(calls), options["max_in_flight"]):  # noqa: ASYNC110  # of a thread
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        await kustom.aclose()
        return await asyncio.gather(*tasks, return_exceptions=True)

    errors = asyncio.run(main())
    assert all(isinstance(error, ConnectionFailed) for error in errors)
    return errors


def test_closing_ends_a_wait_that_has_not_begun() -> None:
    """Whoever closes the client may be a moment ahead."""
    connections = Connections(lambda: Connection(None), Limiter(1))
    connections.close()
    connections.sleep(3600.0)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_closing_repeats_nothing_over_the_callers_transport(mode: str) -> None:
    """What it is doing cannot be ended, but nothing comes after it."""
    sent: list[str] = []

    async def answer_late(request: httpx.Request) -> httpx.Response:
        response = answer(request)
        await asyncio.sleep(0)
        return response

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        if mode == "sync":
            client.close()
        else:
            asyncio.get_running_loop().create_task(client.client.aclose())
        return httpx.Response(503)

    client = Client(mode, transport=httpx.MockTransport(answer if mode == "sync" else answer_late))
    with pytest.raises(ConnectionFailed, match="the client was closed") as caught:
        client.capture(ORDER, 1)
    client.close()
    assert sent == ["POST"]
    assert caught.value.outcome_unknown


def test_a_transports_own_timeout_is_no_deadline() -> None:
    """A bare TimeoutError, as anyio and asyncio raise it."""

    async def fail(_: httpx.Request) -> httpx.Response:
        raise TimeoutError

    client = Client("async", transport=httpx.MockTransport(fail))
    with pytest.raises(ConnectionFailed, match=r"no answer: TimeoutError \("):
        client.get_order(ORDER)
    client.close()


def test_closing_at_the_very_deadline_ends_all_others_too() -> None:
    """A call whose time is just over is ending by itself."""

    async def main(url: str) -> Any:
        kustom = AsyncKustomClient(CANARY, base_url=url)
        late = asyncio.create_task(kustom.get_order(ORDER, deadline=0.1))
        other = asyncio.create_task(kustom.cancel(ORDER, deadline=60))
        await asyncio.sleep(0.05)
        for limit in kustom._connections._busy:
            limit.reschedule(0.0)  # expires in this turn of the loop, and its task goes on later
            break
        asyncio.get_running_loop().call_soon(asyncio.ensure_future, kustom.aclose())
        return await asyncio.gather(late, other, return_exceptions=True)

    with serving(never) as url:
        errors = asyncio.run(main(url))
    assert [type(error) for error in errors] == [ConnectionFailed, ConnectionFailed]
    assert all("deadline" in str(error) or "closed" in str(error) for error in errors)


def test_a_connection_that_is_ended_while_it_is_made_sends_nothing() -> None:
    """Closing strikes between two of its steps."""
    network = Network(None, httpx)

    class Inner:
        def connect_tcp(self, *_: Any) -> object:
            network.abort()
            return SimpleNamespace(close=None, get_extra_info=None, write=None)

    network._inner = Inner()
    stream = network.connect_tcp("127.0.0.1", 80, 5.0)
    with pytest.raises(CallEnded):
        stream.write(b"POST", 5.0)


def test_thousands_at_once_take_turns() -> None:
    """Over as many connections as may be, each answered with its own order."""

    async def main(url: str) -> set[str]:
        async with AsyncKustomClient(CANARY, base_url=url, max_in_flight=10) as kustom:
            ids = [str(uuid4()) for _ in range(2_000)]
            found = await asyncio.gather(*(kustom.get_order(order_id) for order_id in ids))
            assert [order.order_id for order in found] == ids
            return {str(order.merchant_reference1) for order in found}

    with serving(orders) as url:
        assert len(asyncio.run(main(url))) <= 10


def test_a_thread_that_waits_for_a_turn_is_told_so() -> None:
    """The deadline ends the wait, nothing was sent, and no message blames the network."""
    with (
        serving(never) as url,
        KustomClient(CANARY, base_url=url, max_in_flight=1) as kustom,
        ThreadPoolExecutor() as pool,
    ):
        first = pool.submit(kustom.cancel, ORDER, deadline=0.4)
        time.sleep(0.1)
        with pytest.raises(ConnectionFailed, match=STARVED) as caught:
            kustom.cancel(ORDER, deadline=0.05)
        assert not caught.value.outcome_unknown
        assert isinstance(first.exception(), ConnectionFailed)


def test_a_task_that_waits_for_a_turn_is_told_so() -> None:
    """As a thread is."""

    async def main(url: str) -> None:
        async with AsyncKustomClient(CANARY, base_url=url, max_in_flight=1) as kustom:
            first = asyncio.create_task(kustom.cancel(ORDER, deadline=0.3))
            await asyncio.sleep(0)
            with pytest.raises(ConnectionFailed, match=STARVED) as caught:
                await kustom.cancel(ORDER, deadline=0.05)
            assert not caught.value.outcome_unknown
            with pytest.raises(ConnectionFailed, match="deadline"):
                await first

    with serving(never) as url:
        asyncio.run(main(url))


def test_cancelled_handshakes_cost_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """250 calls against a TLS server that is silent at first: httpcore's pool lost 100 slots."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    talks = threading.Event()

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        if not talks.is_set():
            ended.wait()
            return
        with context.wrap_socket(connection, server_side=True) as secure:
            while secure.recv(65536):
                secure.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
                )

    async def main(url: str) -> None:
        async with AsyncKustomClient(CANARY, base_url=url, max_in_flight=100) as kustom:

            async def interrupted() -> None:
                async with asyncio.timeout(1.0):
                    await kustom.get_order(ORDER)

            calls = [interrupted() for _ in range(250)]
            errors = await asyncio.gather(*calls, return_exceptions=True)
            assert {type(error) for error in errors} == {TimeoutError}
            talks.set()
            orders = await asyncio.gather(*(kustom.get_order(ORDER) for _ in range(100)))
            assert {order.order_id for order in orders} == {ORDER}

    with authority.cert_pem.tempfile() as path, serving(answer) as url:
        monkeypatch.setenv("SSL_CERT_FILE", path)
        asyncio.run(main(url.replace("http://127.0.0.1", HOST)))


def test_a_blocking_call_goes_over_tls_and_a_stalled_handshake_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the deadline, and nothing was sent."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            orders(secure, ended)

    with authority.cert_pem.tempfile() as path:
        monkeypatch.setenv("SSL_CERT_FILE", path)
        with serving(answer) as url:
            kustom = KustomClient(CANARY, base_url=url.replace("http://127.0.0.1", HOST))
            assert kustom.get_order(ORDER).order_id == ORDER
            kustom.close()
        with serving(never) as url:
            kustom = KustomClient(CANARY, base_url=url.replace("http://127.0.0.1", HOST))
            with pytest.raises(ConnectionFailed, match="deadline") as caught:
                kustom.cancel(ORDER, deadline=0.2)
            kustom.close()
    assert not caught.value.outcome_unknown


def test_a_connection_that_does_not_close_disturbs_nobody() -> None:
    """The call that gave it up has its own end."""

    class Stuck:
        async def aclose(self) -> None:
            closed.append(True)
            raise RuntimeError("stuck")

    async def fail(_: Connection) -> None:
        raise ValueError("broken")

    async def main() -> None:
        connections = AsyncConnections(lambda: Connection(Stuck()), Limiter(1))
        with pytest.raises(ValueError, match="broken"):
            await connections.run(fail, 1.0)
        await connections.aclose()

    closed: list[bool] = []
    asyncio.run(main())
    assert closed == [True]


def test_an_idle_connection_is_used_again_and_then_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last one used comes first. The others are closed after a while, as with httpx."""
    monkeypatch.setattr("kustom_facade._sending.connections._LONGEST_IDLE", 0.05)
    made: list[Connection] = []

    def make() -> Connection:
        made.append(Connection(object(), Network(None, httpx)))
        return made[-1]

    connections = Connections(make, Limiter(3))
    connections.run(lambda _: connections.run(lambda _: None, 1.0), 1.0)
    assert len(made) == 2
    assert connections.run(lambda connection: connection, 1.0) is made[0]
    time.sleep(0.1)
    assert connections.run(lambda connection: connection, 1.0) is made[0]
    assert [connection for _, connection in connections._idle] == [made[0]]


def in_a_child(action: Callable[[], str]) -> str:
    """Return what an action says in the child of a fork."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = action()
        except BaseException as error:  # noqa: BLE001  # the parent is told
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def orders(connection: socket.socket, _: threading.Event) -> None:
    """Answer each request with the order that it asks for, and the connection's own number."""
    while head := connection.recv(65536):
        order_id = head.split(b" ")[1].rpartition(b"/")[2].decode()
        body = json.dumps({"order_id": order_id, "merchant_reference1": str(id(connection))})
        answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        connection.sendall(answer.encode())


def test_a_fork_gives_the_child_connections_of_its_own() -> None:
    """Four children and their parent read at the same time, each its own orders."""
    with serving(orders) as url, KustomClient(CANARY, base_url=url) as kustom:
        clone = kustom.with_options(max_attempts=1)
        used = kustom.get_order(ORDER).merchant_reference1

        def read() -> str:
            wrong, places = 0, set()
            for client in (kustom, clone) * 10:
                order_id = str(uuid4())
                order = client.get_order(order_id)
                wrong += order.order_id != order_id
                places.add(order.merchant_reference1)
            return f"{wrong} wrong, {'shared' if used in places else 'its own'}"

        with ThreadPoolExecutor() as pool:
            children = [pool.submit(in_a_child, read) for _ in range(4)]
            assert read() == "0 wrong, shared"  # the parent goes on over the connection it had
            assert {child.result() for child in children} == {"0 wrong, its own"}


def test_a_fork_gives_the_child_an_event_loop_of_its_own() -> None:
    """The parent's loop goes on with the connection that it had."""

    async def read(kustom: AsyncKustomClient) -> str:
        return str((await kustom.get_order(ORDER)).merchant_reference1)

    with serving(orders) as url, asyncio.Runner() as runner:
        kustom = AsyncKustomClient(CANARY, base_url=url)
        used = runner.run(read(kustom))
        assert in_a_child(lambda: asyncio.run(read(kustom))) not in ("", used)
        assert runner.run(read(kustom)) == used
        runner.run(kustom.aclose())


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_callers_transport_is_refused_after_a_fork(mode: str) -> None:
    """It cannot be made anew, and two processes cannot share it."""
    client = Client(mode, transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    said = in_a_child(lambda: str(client.get_order(ORDER)))
    assert said.startswith("ConfigurationError: this client's transport= was made in another proc")
    client.close()


def test_a_fork_ends_no_lock_that_a_thread_holds() -> None:
    """The key guard's is new in the child."""
    with KustomClient(CANARY, base_url="http://127.0.0.1:9") as kustom, guard._lock:
        said = in_a_child(lambda: str(kustom.cancel(ORDER, max_attempts=1)))
    assert said.startswith("ConnectionFailed")


def test_closing_from_another_event_loop_ends_the_calls_of_the_first() -> None:
    """At once, and with the same words; a loop that has ended is no error."""

    async def main(url: str) -> ConnectionFailed:
        kustom = AsyncKustomClient(CANARY, base_url=url)
        reading = asyncio.create_task(kustom.get_order(ORDER))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(lambda: asyncio.run(kustom.aclose()))
        with pytest.raises(ConnectionFailed, match="closed during the call") as caught:
            await asyncio.wait_for(reading, 5)
        return caught.value

    with serving(never) as url:
        assert asyncio.run(main(url)).attempts == 1

    async def use(kustom: AsyncKustomClient) -> None:
        with pytest.raises(ConnectionFailed):
            await kustom.get_order(ORDER, max_attempts=1)

    kustom = AsyncKustomClient(CANARY, base_url="http://127.0.0.1:9")
    asyncio.run(use(kustom))
    asyncio.run(kustom.aclose())
