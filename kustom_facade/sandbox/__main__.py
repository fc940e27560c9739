"""The command that serves a sandbox: `python -m kustom_facade.sandbox --port 8080`."""

import argparse
import asyncio
import json
import os
import signal
import sys
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from .api.lifecycle import LONGEST_AUTHORIZATION_DAYS
from .api.orders import EXAMPLE_ORDER_ID
from .api.refusals import Refusal
from .api.schema import parse
from .api.wire import Json
from .clock import FARTHEST_DAYS
from .serving.control import as_list
from .serving.database import StateError
from .serving.server import HOST, listen
from .serving.state_file import StateFile
from .transport import Sandbox

_STOPPING = (signal.SIGINT, signal.SIGTERM)
#: Bytes of a file of orders.
_MOST_BYTES = 64 * 1024 * 1024
_PROGRAM = "python -m kustom_facade.sandbox"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the URL, serve until Ctrl-C or SIGTERM, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        orders = _read_orders(options.orders) if options.orders else []
        sandbox = _sandbox(orders, options)
        if options.state is None:
            return _serve(sandbox, options.port)
        return _serve_with_state(sandbox, orders, options)
    except _BadFile as error:
        sys.stderr.write(f"{_PROGRAM}: {error}\n")
        return 2


class _BadFile(Exception):
    """Report in one line why a file that was named cannot be used."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="A stand-in for the Kustom Order Management API, on the loopback interface. "
        "Its first line is its URL, where a browser finds a page of what happens; "
        "faults, clock and orders are set below /_sandbox/.",
        epilog=f"There is an order {EXAMPLE_ORDER_ID} to begin with. "
        "Any API key that starts with kco_test_ is accepted. "
        "Without --state everything is forgotten when it stops.",
    )
    add = parser.add_argument
    add("--port", type=_port, default=0, help="where to listen; 0, the default, takes a free one")
    add(
        "--orders",
        type=Path,
        metavar="FILE",
        help="JSON with an order or a list of orders; what they lack is made up",
    )
    add(
        "--state",
        type=Path,
        metavar="FILE",
        help="keep the state there over restarts, in a SQLite database",
    )
    add("--seed", type=int, default=0, help="ids follow from this number; 0 by default")
    add(
        "--key-scope",
        choices=("global", "operation"),
        default="global",
        help="where an idempotency key counts",
    )
    add(
        "--key-lifetime",
        type=_hours,
        metavar="HOURS",
        default=24,
        help="how long an idempotency key is remembered; 24 by default",
    )
    add(
        "--status-after-full-refund",
        choices=("CAPTURED", "CLOSED"),
        default="CAPTURED",
        help="CAPTURED is what was recorded, CLOSED what documents say",
    )
    add(
        "--no-replay-refusals",
        dest="replay_refusals",
        action="store_false",
        help="carry out a request again whose key was refused",
    )
    add(
        "--refunds-on-captures",
        action="store_true",
        help="count a refund in the refunded_amount of the capture that its goods refer to",
    )
    add(
        "--authorization-days",
        type=int,
        choices=range(1, LONGEST_AUTHORIZATION_DAYS + 1),
        default=28,
        metavar="DAYS",
        help="how long an authorization lasts, at first and after each extension; 28 by default",
    )
    add(
        "--check-lines",
        action="store_true",
        help="refuse lines that do not add up; checkout does, order management is not known to",
    )
    return parser


def _sandbox(orders: list[Json], options: argparse.Namespace) -> Sandbox:
    try:
        return Sandbox(
            orders=orders,
            seed=options.seed,
            key_lifetime=timedelta(hours=options.key_lifetime),
            key_scope=options.key_scope,
            status_after_full_refund=options.status_after_full_refund,
            refunds_on_captures=options.refunds_on_captures,
            replay_refusals=options.replay_refusals,
            check_lines=options.check_lines,
            authorization_days=options.authorization_days,
        )
    except ValueError as error:
        raise _BadFile(f"--orders {options.orders}: {error}") from error


def _serve_with_state(sandbox: Sandbox, orders: list[Json], options: argparse.Namespace) -> int:
    try:
        with closing(StateFile(options.state, sandbox)) as state:
            # Orders that the state has were loaded by an earlier start, and may have changed since.
            known = frozenset(sandbox.order_ids)
            sandbox.add_orders(order for order in orders if order["order_id"].lower() not in known)
            state.sync()
            return _serve(sandbox, options.port, state)
    except StateError as error:
        raise _BadFile(f"--state {error}") from error


def _serve(sandbox: Sandbox, port: int, state: StateFile | None = None) -> int:
    before = {number: signal.getsignal(number) for number in _STOPPING}
    try:
        asyncio.run(listen(sandbox, port, _announce, state))
    except OSError as error:
        # The message of asyncio would repeat the address.
        sys.stderr.write(f"cannot listen on {HOST}:{port}: {os.strerror(error.errno or 0)}\n")
        return 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _read_orders(path: Path) -> list[Json]:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise _BadFile(f"--orders {path}: It must have at most {_MOST_BYTES} bytes")
        orders = as_list(parse(data))
    except OSError as error:
        raise _BadFile(f"--orders {path}: {error.strerror}") from error
    except Refusal as refusal:
        reasons = "; ".join(refusal.messages).replace("Body", "It")
        raise _BadFile(f"--orders {path}: {reasons}") from refusal
    for number, order in enumerate(orders):
        if isinstance(order, dict):  # anything else is refused by the sandbox
            # The id must repeat at each start, or a state would have the order twice.
            content = f"{number} {json.dumps(order, sort_keys=True)}"
            order.setdefault("order_id", str(uuid.uuid5(uuid.NAMESPACE_URL, content)))
    return orders


def _announce(url: str, stop: Callable[[], object]) -> None:
    for number in _STOPPING:
        signal.signal(number, lambda *_: stop())
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return int(text)


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 < hours <= 24 * FARTHEST_DAYS:
        message = f"{text} is no number of hours from 0 to {24 * FARTHEST_DAYS}"
        raise argparse.ArgumentTypeError(message)
    return hours


if __name__ == "__main__":
    sys.exit(main())
