"""The commands of ``kustom``."""

from __future__ import annotations

import logging
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
import typer

from .. import batch as batches
from ..client import KustomClient
from ..config import LIVE, PLAYGROUND, is_loopback
from ..errors import ConfigurationError, InvalidRequest, KustomError, NoSuchOrder
from . import rows
from .display import console, order_view, printable
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


def _say(message: str) -> None:
    console(errors=True).print(printable(message), soft_wrap=True)


def _fail(message: object, status: int = WRONG_USE) -> typer.Exit:
    _say(f"kustom: {message}")
    return typer.Exit(status)


def _client(**options: Any) -> KustomClient:
    """Return a client of the environment's settings, and say where its requests go.

    Raises:
        typer.Exit: the settings are missing or contradictory.
    """
    logger = logging.getLogger("kustom_facade")  # outcomes say it all, and a bar stays whole
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    try:
        kustom = KustomClient(**options)
    except (ConfigurationError, TypeError) as error:
        raise _fail(error) from None
    url = kustom._config.base_url
    _say(f"{_environment(url)}: {url}")
    return kustom


def _environment(url: str) -> str:
    """Return what is at an address. What is not known is taken as live."""
    if url == PLAYGROUND:
        return "playground"
    if is_loopback(urlsplit(url).hostname or ""):
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
    max_in_flight: Annotated[
        int, typer.Option(min=1, help="Events under way at the same time.")
    ] = 16,
    rate_limit: Annotated[float | None, typer.Option(help="Requests a second at most.")] = None,
    stop_after: Annotated[
        int, typer.Option(min=1, help="Failures in a row that end the run.")
    ] = 50,
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
    path = results or events.with_name(f"{events.name}.results.jsonl")
    if dry_run:
        count, wrong = _checked(events, lambda: False)
        print(f"{count} events, {len(wrong)} wrong rows; nothing was sent")  # noqa: T201
        raise typer.Exit(WRONG_USE if wrong else GOOD)
    report = Report(path)
    with (
        _stopping(report) as stop,  # to the end, so that a late signal changes no exit status
        _client(rate_limit=rate_limit, max_in_flight=max(50, max_in_flight)) as kustom,
    ):
        if "LIVE" in _environment(kustom._config.base_url) and not live:
            raise _fail("this moves real money: say so with --live")
        count, wrong = _checked(events, stop)
        if stop():
            raise _fail("stopped, and nothing was sent", UNFINISHED)
        if wrong and not skip_wrong_rows:
            raise _fail(f"{len(wrong)} wrong rows, nothing was sent (or --skip-wrong-rows)")
        report.total = sum(1 for _ in _sound(events, wrong)) if wrong else count
        outcomes = batches.run(
            kustom,
            report.watch(_sound(events, wrong)),
            results=path,
            max_in_flight=max_in_flight,
            stop_after=stop_after,
            repeat_refused=repeat_refused,
            stop=stop,
            on_progress=report.update,
        )
        _carry_out(outcomes, report)
        raise typer.Exit(GOOD if report.is_complete and not wrong else UNFINISHED)


def _checked(events: Path, stop: Callable[[], bool]) -> tuple[int, list[rows.Row]]:
    """Return how many events a file has, and its wrong rows, which are shown."""
    try:
        if events.exists() and not events.is_file():  # a pipe, say
            raise _fail(f"{events}: must be a file, which is read twice")
        count, wrong = rows.check(events, stop)
    except (OSError, ValueError) as error:
        raise _fail(f"{events}: {error}") from None
    for row in wrong[:_MOST_SHOWN]:
        _say(f"{events}:{row.line}: {row.problem}")
    if len(wrong) > _MOST_SHOWN:
        _say(f"… and {len(wrong) - _MOST_SHOWN} more wrong rows")
    return count, wrong


def _sound(events: Path, wrong: list[rows.Row]) -> Iterator[batches.Event]:
    """Yield the events that may be meant in one way only."""
    contradictory = {row.event.identity for row in wrong if row.event is not None}
    for row in rows.read(events):
        if row.event is not None and row.event.identity not in contradictory:
            yield row.event


def _carry_out(outcomes: Iterator[batches.Outcome], report: Report) -> None:
    """Carry out the events, and show what becomes of them."""
    try:
        with report:
            for outcome in outcomes:
                report.tell(outcome)
    except KustomError as error:
        status = UNFINISHED if report.has_begun else WRONG_USE
        raise _fail(f"ended early: {error}", status) from None
    finally:
        report.summarize()


@contextmanager
def _stopping(report: Report) -> Iterator[Callable[[], bool]]:
    """End a run on Ctrl-C or SIGTERM: nothing new begins. The second one ends at once."""

    def handle(*_: object) -> None:
        if report.is_stopping:
            report.abandon(UNFINISHED)
        report.stop()

    former = {one: signal.signal(one, handle) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: report.is_stopping
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)


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
            is_misuse = isinstance(error, InvalidRequest)
            raise _fail(error, WRONG_USE if is_misuse else UNFINISHED) from None
    if as_json:  # UTF-8, whatever the terminal has
        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        typer.echo(orjson.dumps(found.to_dict(), option=options), nl=False)
    else:
        console().print(order_view(found))


@app.command()
def check() -> None:
    """Say whether the credentials work, and where they go. Nothing is changed."""
    with _client() as kustom:
        try:
            kustom.get_order(uuid.uuid4())
        except NoSuchOrder:
            print("The credentials work.")  # noqa: T201
        except KustomError as error:
            raise _fail(error, UNFINISHED) from None
        else:
            raise _fail(
                "the server knows an order that was made up just now: no such API", UNFINISHED
            )
