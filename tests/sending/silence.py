"""Servers of raw sockets that are silent, slow or odd."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[socket.socket, threading.Event], None]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Serve each connection in a thread of its own, until the end of the block."""
    ended = threading.Event()
    threads: list[threading.Thread] = []
    open_ones: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client goes away, which is the point
            answer(connection, ended)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_ones.append(connection)
            threads.append(threading.Thread(target=handle, args=(connection,)))
            threads[-1].start()

    listener = socket.create_server(("127.0.0.1", 0), backlog=500)
    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for connection in open_ones:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def never(connection: socket.socket, _: threading.Event) -> None:
    """Take everything, and say nothing."""
    while connection.recv(65536):
        pass


def dripping(head: bytes) -> Answer:
    """Answer with a beginning, and then a letter now and then for ever."""

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(head)
        while not ended.wait(0.02):
            connection.sendall(b"a")

    return answer
