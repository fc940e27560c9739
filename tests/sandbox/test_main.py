"""The command `python -m kustom_facade.sandbox`: options, messages, exit codes and signals."""

import io
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID
from kustom_facade.sandbox.__main__ import main

from .api_client import ApiClient, line, problem

_ID = "00000000-0000-0000-0000-00000000000a"
_COMMAND = [sys.executable, "-m", "kustom_facade.sandbox"]


def test_its_options_reach_the_sandbox(tmp_path: Path) -> None:
    """Orders, seed, the scope of keys, refusals, and the status after a full refund."""
    orders = tmp_path / "orders.json"
    orders.write_text(f'{{"order_id": "{_ID}", "order_amount": 500}}')
    command = [
        sys.executable,
        "-m",
        "kustom_facade.sandbox",
        "--orders",
        str(orders),
        "--seed",
        "7",
    ]
    command += [
        "--key-scope",
        "operation",
        "--status-after-full-refund",
        "CLOSED",
        "--no-replay-refusals",
    ]
    ids: list[str] = []
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            with httpx.Client(
                base_url=process.stdout.readline().strip(), trust_env=False
            ) as client:
                api = ApiClient(client, _ID)
                assert api("POST", "/refunds", {"refunded_amount": 500}, key="k").status_code == 403
                captured = api("POST", "/captures", {"captured_amount": 500}, key="k")
                assert api("POST", "/refunds", {"refunded_amount": 500}, key="k").status_code == 201
                assert api.order()["status"] == "CLOSED"
                ids.append(captured.headers["capture-id"])
            process.terminate()
    assert ids[0] == ids[1]


def test_its_other_switches_reach_the_sandbox() -> None:
    """Refunds on captures, whether lines have to add up, and how long keys and orders live."""
    command = [sys.executable, "-m", "kustom_facade.sandbox", "--key-lifetime", "0.5"]
    command += ["--refunds-on-captures", "--check-lines", "--authorization-days", "1"]
    body = {"captured_amount": 700, "order_lines": [line(700)]}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with httpx.Client(base_url=process.stdout.readline().strip(), trust_env=False) as client:
            api = ApiClient(client)
            for seconds in (0, 1799, 1):
                client.post("/_sandbox/clock", json={"advance": seconds})
                api("POST", "/captures", body, key="k")
            odd = line(700) | {"quantity": 3}
            assert problem(api.refund(700, order_lines=[odd]))[:2] == (400, "BAD_REQUEST")
            assert api.refund(700, order_lines=[line(700)]).status_code == 201
            assert [capture["refunded_amount"] for capture in api.order()["captures"]] == [700, 0]
            client.post("/_sandbox/clock", json={"advance": 86400})
            assert api.order()["status"] == "EXPIRED"
        process.terminate()


def test_a_dump_of_the_orders_can_be_served_again(tmp_path: Path) -> None:
    """The example order in it takes the place of the published one, and a reset brings it back."""
    orders, dumps = tmp_path / "orders.json", []
    orders.write_text(
        f'[{{"order_id": "{EXAMPLE_ORDER_ID}", "order_amount": 5}}, {{"order_id": "{_ID}"}}]'
    )
    for _ in range(2):
        command = [sys.executable, "-m", "kustom_facade.sandbox", "--orders", str(orders)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            with httpx.Client(
                base_url=process.stdout.readline().strip(), trust_env=False
            ) as client:
                dumps.append(client.get("/_sandbox/orders").text)
                assert ApiClient(client).capture(5).status_code == 201
                client.post("/_sandbox/reset")
                assert client.get("/_sandbox/orders").json()[0]["captured_amount"] == 0
            process.terminate()
        orders.write_text(dumps[-1])
    assert dumps[0] == dumps[1]
    assert '"order_amount":5,' in dumps[0]


def test_the_help_says_how_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    """With which order and which key."""
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert EXAMPLE_ORDER_ID in text
    assert "Any API key that starts with kco_test_ is accepted" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory"),
        (b"{", "It is not valid JSON"),
        (b"\xff", "It is not valid JSON"),
        (b"7", "orders[0]: must be an object"),
        (b"[" * 900 + b"]" * 900, "orders[0]: must not be nested deeper than 32 levels"),
        (b" " * (64 * 1024 * 1024 + 1), "It must have at most 67108864 bytes"),
        (b'[{}, {"order_amount": "7"}]', "orders[1].order_amount: must be an integer"),
        (
            b'{"order_amont": 7}',
            "order_amont: is not a field; did you mean order_amount?",
        ),
        (b'{"status": "OPEN"}', "orders[0].status: must be one of AUTHORIZED, "),
        (b'{"order_id": "7"}', "orders[0].order_id: must be a UUID"),
        (b'{"expires_at": "soon"}', "orders[0].expires_at: must be a date like 2020-"),
        (b'{"created_at": "9999-12-31"}', "orders[0].created_at: must be a date like 2020-"),
        (
            f'[{{"order_id": "{_ID}"}}, {{"order_id": "{_ID}"}}]'.encode(),
            f"there is an order {_ID} already",
        ),
    ],
)
def test_orders_that_cannot_be_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, message: str
) -> None:
    """One line that names the file and what is wrong, and exit code 2."""
    path = tmp_path / "orders.json"
    if content is not None:
        path.write_bytes(content)
    assert main(["--orders", str(path)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"python -m kustom_facade.sandbox: --orders {path}: ")
    assert message in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--seed", "x"],
        ["--key-scope", "order"],
        ["--port", "x"],
        ["--status-after-full-refund", "x"],
        ["--authorization-days", "0"],
        ["--authorization-days", "91"],
        ["--key-lifetime", "soon"],
        ["--key-lifetime", "0"],
        ["--key-lifetime", "nan"],
        ["--key-lifetime", "1e300"],
    ],
)
def test_bad_values_are_named(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, with the option and the value."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    last = capsys.readouterr().err.splitlines()[-1]
    assert arguments[0] in last
    assert arguments[1] in last


@contextmanager
def _process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*_COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_the_process_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    """It prints its URL, answers, and exits with 0 while a client is connected."""
    with _process("--port", "0") as process:
        assert process.stdout is not None
        url = process.stdout.readline().rstrip("\n")
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert ApiClient(client).order()["order_amount"] == 10000
            process.send_signal(number)
            assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 0


def test_the_process_says_that_its_port_is_taken() -> None:
    """One line for people, and exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with _process("--port", port) as process:
            out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert err == f"cannot listen on 127.0.0.1:{port}: Address already in use\n"


class _Terminal(io.StringIO):
    """Answer the first line that is printed with Ctrl-C."""

    def flush(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_the_command_leaves_signals_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in this process: it prints its URL, stops, and a later Ctrl-C is somebody else's."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main([]) == 0
    assert terminal.getvalue().startswith("http://127.0.0.1:")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_the_command_reports_a_taken_port(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and a reason, without a URL."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "in use" in printed.err


@pytest.mark.parametrize(
    "arguments", [["--port", "http"], ["--port", "65536"], ["--port", "-1"], ["8080"]]
)
def test_a_wrong_command_exits_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As any command does."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: python -m kustom_facade.sandbox" in capsys.readouterr().err
