"""The server: many connections at once, its start and its end."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox, serve

from ..api_client import ApiClient, problem
from .raw import GET, exchange


def test_64_connections_get_their_own_answers() -> None:
    """Each one works on its own order, in step with the others, and nothing is lost or mixed up."""
    connections, rounds = 64, 5
    sandbox = Sandbox(orders=[{"order_amount": 100_000 + number} for number in range(connections)])
    ids = [order_id for order_id in sandbox.order_ids if order_id != EXAMPLE_ORDER_ID]
    together = threading.Barrier(connections, timeout=60)

    with serve(sandbox) as url, httpx.Client(base_url=url, trust_env=False) as shared:
        context = httpx.create_ssl_context(trust_env=False)

        def work(number: int) -> list[str]:
            with httpx.Client(base_url=url, verify=context, trust_env=False) as client:
                api = ApiClient(client, ids[number])
                api.order()  # the connection is open from here on
                together.wait()
                capture_ids: list[str] = []
                for turn in range(rounds):
                    response = api.capture(number + 1, reference=f"{number}-{turn}")
                    capture_ids.append(response.headers["capture-id"])
                    assert ids[number] in response.headers["location"]
                    assert api.order()["captured_amount"] == (number + 1) * (turn + 1)
                return capture_ids

        with ThreadPoolExecutor(connections) as pool:
            capture_ids = list(pool.map(work, range(connections)))
        distinct = {capture_id for of_order in capture_ids for capture_id in of_order}
        assert len(distinct) == connections * rounds
        for number, order_id in enumerate(ids):
            order = ApiClient(shared, order_id).order()
            assert order["order_amount"] == 100_000 + number
            assert [entry["capture_id"] for entry in order["captures"]] == capture_ids[number]
            expected = [f"{number}-{turn}" for turn in range(rounds)]
            assert [entry["reference"] for entry in order["captures"]] == expected


def test_one_key_at_the_same_time_has_one_effect() -> None:
    """Requests with one key that come together all get the same capture."""
    sandbox = Sandbox()
    together = threading.Barrier(8, timeout=20)
    with serve(sandbox) as url:
        context = httpx.create_ssl_context(trust_env=False)

        def work(_: int) -> str:
            with httpx.Client(base_url=url, verify=context, trust_env=False) as client:
                together.wait()
                response = ApiClient(client)("POST", "/captures", {"captured_amount": 9}, key="k")
                capture_id: str = response.headers["capture-id"]
                return capture_id

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(work, range(8)))) == 1
    assert sandbox.order(EXAMPLE_ORDER_ID)["captured_amount"] == 9


def test_the_server_is_gone_after_the_block(sandbox: Sandbox) -> None:
    """Open connections are closed, the port is free again, and the state is still there."""
    with serve(sandbox) as url:
        port = urlsplit(url).port or 0
        idle = socket.create_connection(("127.0.0.1", port), timeout=5)
        idle.sendall(GET)
        assert idle.recv(65536).startswith(b"HTTP/1.1 200 ")
    with idle:
        assert _ends(idle)
    with serve(sandbox, port=port) as again:
        assert again == url
        assert exchange(("127.0.0.1", port), GET).startswith(b"HTTP/1.1 200 ")


def _ends(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_there_is_no_such_port(sandbox: Sandbox) -> None:
    """Whatever keeps it from listening is raised, and nobody waits for ever."""
    with pytest.raises(OverflowError, match="port must be 0-65535"):
        serve(sandbox, port=70_000).__enter__()


def test_a_taken_port_is_an_error_of_its_caller(sandbox: Sandbox) -> None:
    """Not of a thread that nobody looks at."""
    with serve(sandbox) as url:
        second = serve(sandbox, port=urlsplit(url).port or 0)
        with pytest.raises(OSError, match="address already in use"):
            second.__enter__()


def test_a_failure_of_its_own_is_a_500(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In the API's shape of errors and with a line in the log, on each kind of path."""

    def fail(*_: object) -> None:
        raise RuntimeError("a fault of the sandbox")

    monkeypatch.setattr(sandbox, "exchange", fail)
    monkeypatch.setattr(sandbox, "reset", fail)
    with serve(sandbox) as url, httpx.Client(base_url=url, trust_env=False) as client:
        for response in (ApiClient(client).capture(1), client.post("/_sandbox/reset")):
            status, code, messages = problem(response)
            assert (status, code) == (500, "INTERNAL_ERROR")
            assert messages == ["The sandbox itself has failed: a fault of the sandbox"]
        assert client.get("/_sandbox/clock").status_code == 200
    lines = [record.getMessage() for record in caplog.records if record.exc_info]
    assert [line.partition(": ")[0].rpartition("/")[2] for line in lines] == ["captures", "reset"]
