"""What several tests share: both clients behind one door,
and a server that answers with exactly the bytes it is told.
"""

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from kustom_facade import AsyncKustomClient, KustomClient, RetryPolicy

ORDER: Final = "f3392f8b-6116-4073-ab96-e330819e2c07"
#: A key that is nowhere else, so that a search for it finds every leak.
CANARY: Final = "kco_test_api_CANARY-7f3b0c52"
#: As patient as the default, without the waiting.
AT_ONCE: Final = RetryPolicy(base=0.0)

#: Methods of a client that are no single operation of the API.
ENSURING: Final = ("ensure_capture", "ensure_refund", "void")
NO_OPERATIONS: Final = ("close", "with_options", *ENSURING)
VERBS: Final = tuple(
    sorted(
        name
        for name, member in vars(KustomClient).items()
        if inspect.isfunction(member) and not name.startswith("_") and name not in NO_OPERATIONS
    )
)


class Client:
    """Either client, called in the blocking way, so that one test speaks for both modes."""

    def __init__(self, mode: str, **options: Any) -> None:
        self.mode = mode
        options.setdefault("api_key", CANARY)
        options.setdefault("retry", AT_ONCE)
        self._runner = asyncio.Runner() if mode == "async" else None
        self.client: Any = (AsyncKustomClient if self._runner else KustomClient)(**options)

    def __getattr__(self, name: str) -> Any:
        member = getattr(self.client, name)
        if self._runner is None or name not in (*VERBS, *ENSURING, "aclose"):
            return member

        def called(*args: Any, **kwargs: Any) -> Any:
            assert self._runner is not None
            return self._runner.run(member(*args, **kwargs))

        return called

    def close(self) -> None:
        """Close the client, and its event loop."""
        if self._runner is None:
            self.client.close()
        else:
            self._runner.run(self.client.aclose())
            self._runner.close()


@dataclass(frozen=True)
class Received:
    """A request as the server saw it."""

    method: str
    path: str
    #: Names in lower case.
    headers: Mapping[str, str]
    body: bytes


def answer(
    status: int, body: bytes | str = b"", *, length: int | None = None, **headers: Any
) -> Callable[[], tuple[bytes, bool]]:
    """An answer in bytes; a ``length`` above that of the body means that it breaks off."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X"]
    if status != 204:
        lines.append(f"Content-Length: {len(content) if length is None else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    raw = "\r\n".join([*lines, "", ""]).encode() + content
    return lambda: (raw, length is not None)


def json_answer(status: int, body: str, **headers: Any) -> Callable[[], tuple[bytes, bool]]:
    """An answer with a JSON body."""
    return answer(status, body, Content_Type="application/json", **headers)


def hang_up() -> tuple[bytes, bool]:
    """No answer: the connection is closed."""
    return b"", True


@dataclass
class Wire:
    """A server on loopback that answers the n-th request with the n-th answer,
    and keeps what it received.
    """

    url: str
    answers: list[Callable[[], tuple[bytes, bool]]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def will(self, *answers: Callable[[], tuple[bytes, bool]]) -> None:
        """Answer so from here on; what was received is forgotten."""
        self.answers[:] = answers
        self.received.clear()


@contextmanager
def wire() -> Iterator[Wire]:
    """Serve a :class:`Wire`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.received.append(Received(self.command, self.path, headers, body))
            raw, self.close_connection = state.answers.pop(0)() if state.answers else (b"", True)
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the base class
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Wire(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
