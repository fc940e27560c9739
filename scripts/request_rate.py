"""Measure how many requests per second a served sandbox answers.

Run it as `python scripts/request_rate.py --writes --state FILE`. The server is a process of its
own. Each connection sets the references of an order under a fresh idempotency key, and reads the
order in between. Every response is checked, and with a state, that each write is in the file.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kustom_facade.sandbox import EXAMPLE_ORDER_ID

_ORDER = f"/ordermanagement/v1/orders/{EXAMPLE_ORDER_ID}"
_HEAD = "HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic kco_test_api_made-up\r\n"
_READ = f"GET {_ORDER} {_HEAD}\r\n".encode()


@dataclass(frozen=True)
class Load:
    """Describe what is asked of the server.

    Attributes:
        connections: How many there are at the same time.
        seconds: How long they ask.
        writes_only: Whether nothing is read in between.
        state: The file in which the server keeps its state, if any.
    """

    connections: int = 64
    seconds: float = 5.0
    writes_only: bool = False
    state: Path | None = None


@dataclass(frozen=True)
class Figures:
    """Count what was answered, and in which time."""

    reads: int
    writes: int
    seconds: float

    def __str__(self) -> str:
        """Return the rates in one line."""
        both = (self.reads + self.writes) / self.seconds
        return f"{both:.0f} requests/s, of which {self.writes / self.seconds:.0f} writes/s"


def measured(load: Load) -> Figures:
    """Serve, ask, and count.

    Raises:
        AssertionError: A response is not what was asked for, or a write is not in the state.
    """
    command = [sys.executable, "-m", "kustom_facade.sandbox", "--port", "0"]
    command += ["--state", str(load.state)] if load.state else []
    # A server whose coverage is measured would be another one.
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")
    }
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        try:
            figures = asyncio.run(_ask(url, load))
        finally:
            server.kill()  # what was answered is kept all the same
    if load.state:
        with closing(sqlite3.connect(load.state)) as database:
            (kept,) = database.execute("SELECT count(*) FROM keys WHERE status = 204").fetchone()
        assert kept == figures.writes, f"{figures.writes} writes were answered, {kept} are kept"
    return figures


async def _ask(url: str, load: Load) -> Figures:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 0
    started = time.perf_counter()
    work = [_work(host, port, name, load) for name in range(load.connections)]
    counts = await asyncio.gather(*work)
    reads, writes = (sum(column) for column in zip(*counts, strict=True))
    return Figures(reads, writes, time.perf_counter() - started)


async def _work(host: str, port: int, name: int, load: Load) -> tuple[int, int]:
    reader, writer = await asyncio.open_connection(host, port)
    reads = writes = 0
    until = time.perf_counter() + load.seconds
    while not writes or time.perf_counter() < until:
        if not load.writes_only:
            writer.write(_READ)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readuntil(b"\r\n0\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert EXAMPLE_ORDER_ID.encode() in body
            reads += 1
        writer.write(_write(f"{name}-{writes}"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204 ")
        writes += 1
    writer.close()
    await writer.wait_closed()
    return reads, writes


def _write(key: str) -> bytes:
    body = json.dumps({"merchant_reference1": key})
    return (
        f"PATCH {_ORDER}/merchant-references {_HEAD}Content-Type: application/json\r\n"
        f"Klarna-Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description="how many requests a served sandbox answers")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--writes", action="store_true", help="read nothing in between")
    parser.add_argument("--state", type=Path, metavar="FILE", help="a file that is not there yet")
    given = parser.parse_args()
    load = Load(given.connections, given.seconds, given.writes, given.state)
    kept = ", with --state" if load.state else ""
    print(f"{measured(load)} over {load.connections} connections in {load.seconds:g} s{kept}")


if __name__ == "__main__":
    main()
