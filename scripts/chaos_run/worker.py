"""Work for the chaos run: jobs come in as JSON lines over a socket, answers go out.

It may be killed at any moment. Run as ``python worker.py URL PORT MODE SAFETY HANDS ORDER``.

``MODE`` is how the hands work:

fresh: one, in a process that made its own client.
forking: each in a child, forked again when it dies, with the client that this process has used.
asyncio: all in this process, as tasks that share a client.

``SAFETY`` is safe, which is what the library offers, or unsafe. Unsafe is what most integrators
write, a fresh key per attempt and no reading, over connections that a fork does not renew. The
count at the end must catch it.
"""

import asyncio
import json
import logging
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from kustom_facade import (
    AsyncKustomClient,
    KustomClient,
    KustomError,
    RetryPolicy,
    UnexpectedResponse,
)
from kustom_facade._sending import connections

Json = dict[str, Any]

HOST: Final = "127.0.0.1"
#: Short waits: the run is about what happens, not about how long it takes.
OPTIONS: Final[Json] = {"retry": RetryPolicy(attempts=2, base=0.02, cap=0.05), "timeout": 2.0}


def verb(kustom: Any, job: Json, safety: str) -> Callable[[], Any]:
    """Return the call that does a job once."""
    arguments = (job["order"], job["amount"])
    options = {"reference": job["reference"]}
    if safety == "safe":
        ensure = getattr(kustom, f"ensure_{job['kind']}")
        return lambda: ensure(*arguments, **options)
    write = getattr(kustom, job["kind"])
    return lambda: write(*arguments, **options, max_attempts=1)


def failure(error: KustomError) -> Json:
    """Return the answer to a job that failed. An answer about something else has its own name."""
    is_foreign = isinstance(error, UnexpectedResponse) and "something else" in str(error)
    return {"outcome": "ForeignAnswer" if is_foreign else type(error).__name__}


def carry_out(kustom: KustomClient, job: Json, safety: str) -> Json:
    """Read the order, do a job, and return what came of it."""
    try:
        read = kustom.get_order(job["order"], max_attempts=1).order_id
        made = verb(kustom, job, safety)().id
    except KustomError as error:
        return failure(error)
    return {"outcome": "done", "read": read, "made": made}


async def carry_out_async(kustom: AsyncKustomClient, job: Json, safety: str) -> Json:
    """Read the order, do a job, and return what came of it."""
    try:
        read = (await kustom.get_order(job["order"], max_attempts=1)).order_id
        made = (await verb(kustom, job, safety)()).id
    except KustomError as error:
        return failure(error)
    return {"outcome": "done", "read": read, "made": made}


def work(kustom: KustomClient, port: int, safety: str) -> None:
    """Be one hand: say which process it is, and answer each line with one line."""
    with socket.create_connection((HOST, port)) as connection, connection.makefile() as lines:
        connection.sendall(f"{os.getpid()}\n".encode())
        for line in lines:
            answer = carry_out(kustom, json.loads(line), safety)
            connection.sendall(f"{json.dumps(answer)}\n".encode())


async def work_async(kustom: AsyncKustomClient, port: int, safety: str) -> None:
    """Be one hand of several in this process."""
    lines, writer = await asyncio.open_connection(HOST, port)
    writer.write(f"{os.getpid()}\n".encode())
    while line := await lines.readline():
        answer = await carry_out_async(kustom, json.loads(line), safety)
        writer.write(f"{json.dumps(answer)}\n".encode())
        await writer.drain()
    writer.close()


def fork_hands(kustom: KustomClient, port: int, safety: str, hands: int, order: str) -> None:
    """Fork hands, and another for each that is killed, until one ends by itself."""
    if safety == "unsafe":
        connections._all.clear()  # what the hook after a fork renews
    living = 0
    while True:
        while living < hands:
            with suppress(KustomError):  # a fault; the connection was used all the same
                kustom.get_order(order)
            if os.fork() == 0:
                with suppress(ConnectionError):  # the run is over
                    work(kustom, port, safety)
                os._exit(0)
            living += 1
        _, status = os.wait()
        if os.waitstatus_to_exitcode(status) >= 0:
            return
        living -= 1


async def share_a_client(url: str, port: int, safety: str, hands: int) -> None:
    """Be many hands, as tasks."""
    async with AsyncKustomClient("kco_test_chaos", base_url=url, **OPTIONS) as kustom:
        await asyncio.gather(*(work_async(kustom, port, safety) for _ in range(hands)))


def main(url: str, port_number: str, mode: str, safety: str, number: str, order: str) -> None:
    """Work until the other end of the socket is closed."""
    port, hands = int(port_number), int(number)
    # Thousands of repeats are the point.
    logging.getLogger("kustom_facade").addHandler(logging.NullHandler())
    if mode == "asyncio":
        asyncio.run(share_a_client(url, port, safety, hands))
        return
    with KustomClient("kco_test_chaos", base_url=url, **OPTIONS) as kustom:
        if mode == "forking":
            fork_hands(kustom, port, safety, hands, order)
        else:
            work(kustom, port, safety)


if __name__ == "__main__":
    with suppress(ConnectionError):  # the run is over
        main(*sys.argv[1:])
