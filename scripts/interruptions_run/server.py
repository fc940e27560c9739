"""A server that answers late, or never, over plain HTTP and over TLS, in a process of its own."""

import asyncio
import multiprocessing
import random
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

#: The longest that an answer, or a handshake, takes in seconds.
SLOWEST: Final = 0.01


@contextmanager
def serving(certificate: Path) -> Iterator[tuple[str, str]]:
    """Serve, and yield the URLs: plain, and over TLS."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, certificate), daemon=True)
    process.start()
    try:
        plain, secure = here.recv()
        yield f"http://127.0.0.1:{plain}", f"https://localhost:{secure}"
    finally:
        process.terminate()
        process.join()


def _serve(port: Connection, certificate: Path) -> None:
    asyncio.run(_serve_both(port, certificate))


async def _serve_both(port: Connection, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=500)
    secure = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context, backlog=500)
    port.send([server.sockets[0].getsockname()[1] for server in (plain, secure)])
    ended = asyncio.Event()  # with whoever started it, even if that is killed
    asyncio.get_running_loop().add_reader(port.fileno(), ended.set)
    await ended.wait()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each request with an order that has the id it asks for, a bit at a time."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            order_id = head.split(b" ")[1].rpartition(b"/")[2]
            body = b'{"order_id": "%s", "order_amount": 100}' % order_id
            answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
            for part in (answer[:30], answer[30:]):
                await asyncio.sleep(random.random() * SLOWEST)  # noqa: S311  # no secret
                writer.write(part)
                await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        writer.close()  # the client has gone, which is what this is about
