"""The commands of ``kustom``."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console

from .. import batch as batches
from ..client import KustomClient
from ..config import LIVE, PLAYGROUND
from ..errors import ConfigurationError, KustomError, NoSuchOrder
from . import rows
from .display import order_view
from .reporting import Report

app = typer.Typer(
    help="The Kustom Order Management API. KUSTOM_API_KEY and the like are in the environment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
#: Exit statuses.
GOOD, UNFINISHED, WRONG_USE = 0, 1, 2
#: Wrong rows that are shown.
_MOST_SHOWN = 50


def _errors() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def _fail(message: str, status: int = WRONG_USE) -> typer.Exit:
    _errors().print(f"kustom: {message}", markup=False)
    return typer.Exit(status)


def _client(**options: Any) -> KustomClient:
    """Return a client of the environment's settings, having said where its requests go.

    Raises:
        typer.Exit: the settings are missing or contradictory.
    """
    logger = logging.getLogger("kustom_facade")  # outcomes say it all, and a bar stays whole
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    try:
        kustom = KustomClient(**options)
    except (ConfigurationError, TypeError) as error:
        raise _fail(str(error)) from None
    url = kustom._config.base_url
    _errors().print(f"{_environment(url)}: {url}", markup=False)
    return kustom


def _environment(url: str) -> str:
    """Return what is at an address. What is not known is taken as live."""
    if url == PLAYGROUND:
        return "playground"
    host = urlsplit(url).hostname or ""
    if host in ("localhost", "::1") or host.startswith("127."):
        return "this machine"
    return "LIVE" if url == LIVE else "another address, taken as LIVE"


@app.command()
def batch(
    events: Annotated[Path, typer.Argument(help="CSV or JSON lines, an event a row.")],
    results: Annotated[
        Path | None, typer.Option(help="Outcomes, to go on from. EVENTS.results.jsonl by default.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the file.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Move real money.")] = False,
    max_in_flight: Annotated[int, typer.Option(help="Events under way at the same time.")] = 16,
    rate_limit: Annotated[float | None, typer.Option(help="Requests a second at most.")] = None,
    stop_after: Annotated[int, typer.Option(help="Failures in a row that end the run.")] = 50,
    repeat_refused: Annotated[
        bool, typer.Option("--repeat-refused", help="Try again what was refused.")
    ] = False,
    skip_wrong_rows: Annotated[
        bool, typer.Option("--skip-wrong-rows", help="Leave them out, instead of doing nothing.")
    ] = False,
) -> None:
    """Capture, refund and void what a file says, exactly once however often it is run.

    Exit status: 0 all is done, 1 something needs a person or another run, 2 wrong use, such as a
    wrong row.
    """
    try:
        count, wrong = rows.check(events)
    except (OSError, ValueError) as error:
        raise _fail(f"{events}: {error}") from None
    for row in wrong[:_MOST_SHOWN]:
        _errors().print(f"{events}:{row.line}: {row.problem}", markup=False)
    if len(wrong) > _MOST_SHOWN:
        _errors().print(f"… and {len(wrong) - _MOST_SHOWN} more wrong rows")
    contradictory = {row.event.identity for row in wrong if row.event is not None}
    if dry_run:
        print(f"{count} events, {len(wrong)} wrong rows; nothing was sent")  # noqa: T201
        raise typer.Exit(WRONG_USE if wrong else GOOD)
    if wrong and not skip_wrong_rows:
        raise _fail(f"{len(wrong)} wrong rows, and nothing was sent (--skip-wrong-rows goes on)")
    with _client(rate_limit=rate_limit, max_in_flight=max(50, max_in_flight)) as kustom:
        if "LIVE" in _environment(kustom._config.base_url) and not live:
            raise _fail("this moves real money: say so with --live")
        sound = (
            row.event
            for row in rows.read(events)
            if row.event is not None and row.event.identity not in contradictory
        )
        path = results or events.with_name(f"{events.name}.results.jsonl")
        report = Report(count, path)
        try:
            with _stopping(report) as stop:
                outcomes = batches.run(
                    kustom,
                    sound,
                    results=path,
                    max_in_flight=max_in_flight,
                    stop_after=stop_after,
                    repeat_refused=repeat_refused,
                    stop=stop,
                    on_progress=report.update,
                )
                with report:
                    for outcome in outcomes:
                        report.tell(outcome)
        except ConfigurationError as error:
            raise _fail(str(error)) from None
        except KustomError as error:
            raise _fail(f"ended early: {error}", UNFINISHED) from None
        finally:
            report.summarize()
    good = not wrong and report.is_complete
    raise typer.Exit(GOOD if good else UNFINISHED)


class _stopping:  # noqa: N801  # used as a function is
    """End a run on Ctrl-C or SIGTERM: nothing new begins. The second one ends at once."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._is_stopped = False

    def __enter__(self) -> Callable[[], bool]:
        self._former = [signal.signal(one, self._handle) for one in (signal.SIGINT, signal.SIGTERM)]
        return lambda: self._is_stopped

    def __exit__(self, *_: object) -> None:
        for one, former in zip((signal.SIGINT, signal.SIGTERM), self._former, strict=True):
            signal.signal(one, former)

    def _handle(self, *_: object) -> None:
        if self._is_stopped:
            os.write(2, b"\nEnded at once. What was under way is not known: run it again.\n")
            os._exit(UNFINISHED)
        self._is_stopped = True
        os.write(2, b"\nStopping: what is under way is finished. Again to end at once.\n")


@app.command()
def order(
    order_id: Annotated[str, typer.Argument(help="The order's UUID.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
) -> None:
    """Show an order: status, amounts, lines, captures and refunds."""
    with _client() as kustom:
        try:
            found = kustom.get_order(order_id)
        except KustomError as error:
            raise _fail(str(error), UNFINISHED) from None
    if as_json:
        json.dump(found.to_dict(), sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        Console(highlight=False).print(order_view(found))


@app.command()
def check() -> None:
    """Say whether the credentials work, and where they go. Nothing is changed."""
    with _client() as kustom:
        try:
            kustom.get_order(uuid.uuid4())
        except NoSuchOrder:
            print("The credentials work.")  # noqa: T201
        except KustomError as error:
            raise _fail(str(error), UNFINISHED) from None
        else:
            raise _fail("the server knows an order that was made up just now: no such API", 1)
