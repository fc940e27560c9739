"""Serves a sandbox until it is interrupted: `python -m kustom_facade.sandbox --port 8080`."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Sequence

from ._server import HOST, listen
from ._transport import Sandbox

_STOPPING = (signal.SIGINT, signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the URL, serves, and returns the exit code once it was told to stop (Ctrl-C or SIGTERM)."""
    parser = argparse.ArgumentParser(
        prog="python -m kustom_facade.sandbox",
        description="A stand-in for the Kustom Order Management API, on the loopback interface.",
        epilog="It accepts any API key that starts with kco_test_, and forgets everything when it stops.",
    )
    parser.add_argument(
        "--port", type=_port, default=0, help="where to listen; 0, the default, takes a free one"
    )
    port: int = parser.parse_args(arguments).port
    before = {number: signal.getsignal(number) for number in _STOPPING}
    try:
        asyncio.run(listen(Sandbox().respond, port, _announce))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {HOST}:{port}: {error.strerror}\n")
        return 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _announce(url: str, stop: Callable[[], None]) -> None:
    for number in _STOPPING:
        signal.signal(number, lambda *_: stop())
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not a port")
    return port


if __name__ == "__main__":
    sys.exit(main())
