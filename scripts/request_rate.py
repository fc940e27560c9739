"""Measure how many requests per second a served sandbox answers.

Run it as `python scripts/request_rate.py [connections] [seconds] [state file]`. The server is a
process of its own. Half of the requests read an order, the other half set its references under a
fresh idempotency key. Every response is checked, for which the tests of the sandbox use it too.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from urllib.parse import urlsplit

from kustom_facade.sandbox import EXAMPLE_ORDER_ID

_ORDER = f"/ordermanagement/v1/orders/{EXAMPLE_ORDER_ID}"
_HEAD = "HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic kco_test_api_made-up\r\n"
_READ = f"GET {_ORDER} {_HEAD}\r\n".encode()


def _write(key: str) -> bytes:
    body = json.dumps({"merchant_reference1": key})
    return (
        f"PATCH {_ORDER}/merchant-references {_HEAD}Content-Type: application/json\r\n"
        f"Klarna-Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def _work(host: str, port: int, name: int, until: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    count = 0
    while time.perf_counter() < until:
        writer.write(_READ)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readuntil(b"\r\n0\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert EXAMPLE_ORDER_ID.encode() in body
        writer.write(_write(f"{name}-{count}"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204 ")
        count += 2
    writer.close()
    await writer.wait_closed()
    return count


async def _measure(url: str, connections: int, seconds: float) -> float:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 0
    started = time.perf_counter()
    work = [_work(host, port, name, started + seconds) for name in range(connections)]
    return sum(await asyncio.gather(*work)) / (time.perf_counter() - started)


def measured(connections: int, seconds: float, state: str = "") -> float:
    """Serve, and return the requests per second."""
    command = [sys.executable, "-m", "kustom_facade.sandbox", "--port", "0"]
    command += ["--state", state] if state else []
    # A server whose coverage is measured would be another one.
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")
    }
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        try:
            return asyncio.run(_measure(url, connections, seconds))
        finally:
            server.terminate()


def main(connections: str = "64", seconds: str = "5", state: str = "") -> None:
    """Measure, and print one line."""
    rate = measured(int(connections), float(seconds), state)
    kept = ", with --state" if state else ""
    sys.stdout.write(f"{rate:.0f} requests/s over {connections} connections in {seconds} s{kept}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
