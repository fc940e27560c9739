"""One event carried out: an outcome for everything, an exception for mistakes of the program."""

import asyncio
from typing import Any

import pytest
from support import AT_ONCE, CANARY, ORDER

from batch.values import capture
from kustom_facade import AsyncKustomClient, KustomClient
from kustom_facade.batch import Capture, Event, Outcome, Refund, Void, perform, perform_async
from kustom_facade.sandbox import Fault, Sandbox

pytestmark = pytest.mark.usefixtures("fresh_guard")


@pytest.fixture(params=["sync", "async"])
def mode(request: pytest.FixtureRequest) -> str:
    """Both ways."""
    return str(request.param)


def done(mode: str, sandbox: Sandbox, *events: Event, **options: Any) -> list[Outcome]:
    """The outcomes of events, one after the other."""
    options = {"transport": sandbox, "retry": AT_ONCE, **options}
    if mode == "sync":
        with KustomClient(CANARY, **options) as kustom:
            return [perform(kustom, event) for event in events]

    async def all_of_them() -> list[Outcome]:
        async with AsyncKustomClient(CANARY, **options) as kustom:
            return [await perform_async(kustom, event) for event in events]

    return asyncio.run(all_of_them())


def test_what_becomes_of_events(mode: str) -> None:
    """Done, done before, refused, and wrong: one outcome each."""
    sandbox = Sandbox()
    told = done(
        mode,
        sandbox,
        capture("a"),
        capture("a"),
        capture("a", 101),
        Refund(ORDER, 99999, "r"),
        Refund(ORDER, 60, "r"),
        Capture("no", 1, "b"),
        Capture(ORDER, 5, "c", order_lines=[{"quantity": 1.5}]),
        capture("d", order="00000000-0000-4000-8000-000000000000"),
        Void(ORDER),
        Void(ORDER),
    )
    assert [outcome.status for outcome in told] == [
        "done", "already_done", "refused", "refused", "done", "invalid", "invalid", "refused",
        "done", "already_done",
    ]  # fmt: skip
    assert [one["captured_amount"] for one in sandbox.order(ORDER)["captures"]] == [100]


def test_a_lost_answer_is_found_and_an_outage_is_run_again(mode: str) -> None:
    """Nothing is doubled, and nothing raised."""
    sandbox = Sandbox()
    sandbox.faults.add(Fault("status", status=503, times=3))
    sandbox.faults.add(Fault("lose", verb="capture", times=1))
    told = done(mode, sandbox, capture("a"), capture("a"))
    assert [outcome.status for outcome in told] == ["retry", "done"]
    assert told[0].retry_after
    assert len(sandbox.order(ORDER)["captures"]) == 1


def test_mistakes_of_the_program_are_raised(mode: str) -> None:
    """The wrong client carries out nothing and looks as if it had; JSON data is no event."""
    with pytest.raises(TypeError, match="an event must be"):
        done(mode, Sandbox(), {"kind": "capture"})  # type: ignore[arg-type]  # that is the point
    if mode == "sync":
        with pytest.raises(TypeError, match="KustomClient"):
            perform(AsyncKustomClient(CANARY, transport=Sandbox()), capture("a"))  # type: ignore[arg-type]  # as above
    else:
        with pytest.raises(TypeError, match="AsyncKustomClient"):
            asyncio.run(perform_async(KustomClient(CANARY, transport=Sandbox()), capture("a")))  # type: ignore[arg-type]  # as above


def test_a_type_error_that_is_not_the_events_is_raised(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of this library must not look like one of the event."""

    def broken(*_: object, **__: object) -> None:
        raise TypeError("ours")

    for kind in (KustomClient, AsyncKustomClient):
        monkeypatch.setattr(kind, "ensure_capture", broken)
    with pytest.raises(TypeError, match="ours"):
        done(mode, Sandbox(), capture("a"))
