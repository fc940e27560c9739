"""Interleavings of the independent model: the workflows stand, and broken rules are caught."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from model_run import harness

from kustom_facade import KustomError, idempotency
from kustom_facade._exactly_once import effects, ensure
from kustom_facade._operations import response
from kustom_facade._sending import attempts
from kustom_facade.errors import Conflict

from .schedule import Schedule, explore

SEEDS = range(2_000)
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: Patch) -> None:
    """Thousands of lost answers are the point."""
    monkeypatch.setattr(logging.getLogger("kustom_facade"), "disabled", True)


def test_nothing_is_doubled_or_told_wrong() -> None:
    """All assumptions at random, crashes, races, late and foreign answers: the judge is content."""
    findings = explore(SEEDS)
    assert not findings.wrong, findings
    assert findings.crashes > 1_000
    assert min(findings.told[what] for what in ("done", "open", "refused")) > 1_000
    # What is excused is rare: a model that excuses much proves little.
    assert findings.excused.total() < findings.told["refused"] / 100, findings


def test_a_seed_is_one_interleaving() -> None:
    """The same seed plays the same steps again."""
    first, second = explore([7]), explore([7])
    assert (first.told, first.runs, first.effects) == (second.told, second.runs, second.effects)


def test_the_script_plays_the_same() -> None:
    """What the long run plays in portions, on all cores, is what is played here."""
    assert str(harness.run(4, seed=40)) == str(explore(range(40, 44)))


def _fresh_key(patch: Patch) -> None:
    patch.setattr(idempotency, "key_for", lambda *_, **__: str(uuid4()))


def _key_of_reference_alone(patch: Patch) -> None:
    key_for = idempotency.key_for
    patch.setattr(idempotency, "key_for", lambda _, *args, **more: key_for("any", *args, **more))


def _order_not_read_first(patch: Patch) -> None:
    def send_at_once(event: Any) -> Any:
        order = yield from attempts.steps(event.reading, event.session)
        return (yield from attempts.steps(event.build(event.amount_in(order)), event.session))

    patch.setattr(ensure, "_ensure", send_at_once)


def _contradiction_ignored(patch: Patch) -> None:
    patch.setattr(effects.History, "may_hide", lambda *_: False)


def _earlier_reads_forgotten(patch: Patch) -> None:
    may_hide = effects.History.may_hide
    patch.setattr(effects.History, "may_hide", lambda self, amount, _: may_hide(self, amount))


def _one_read_refuses_and_attempt_advances(patch: Patch) -> None:
    def refuse(event: Any, order: Any) -> Any:
        refusal = event.refusal(order)
        if refusal:
            error = ensure._not_allowed(event, refusal)
            error.decided_locally = False
            raise error
        return None, order
        yield

    patch.setattr(ensure, "_check_allowed", refuse)


def _foreign_answer_is_success(patch: Patch) -> None:
    note = response._foreign_note

    def noted(*args: Any, **_: bool) -> str:
        return note(*args, key_is_new=True)

    patch.setattr(response, "_foreign_note", noted)


def _conflict_settles(patch: Patch) -> None:
    recover = ensure._recover

    def settled(event: Any, error: KustomError, amount: int) -> Any:
        if isinstance(error, Conflict):
            error.outcome_unknown = error.transient = False
            raise error
        return (yield from recover(event, error, amount))

    patch.setattr(ensure, "_recover", settled)


def _lost_answer_is_failure(patch: Patch) -> None:
    def failed(_event: Any, error: KustomError, _amount: int) -> Any:
        error.outcome_unknown = error.transient = False
        raise error
        yield

    patch.setattr(ensure, "_recover", failed)


def _references_swapped(patch: Patch) -> None:
    def swapped(order: Any) -> Any:
        parts = order.captures
        if parts and len(parts) > 1:
            parts[0].reference, parts[1].reference = parts[1].reference, parts[0].reference
        return effects.captures_of(order)

    patch.setitem(ensure._HISTORY, "capture", swapped)


def _any_capture_is_the_event(patch: Patch) -> None:
    find = ensure._find_existing

    def find_any(event: Any, order: Any) -> Any:
        for part in order.captures or ():
            part.reference = event.reference
        return find(event, order)

    patch.setattr(ensure, "_find_existing", find_any)


def _list_not_searched(patch: Patch) -> None:
    patch.setattr(ensure, "_find_existing", lambda *_: None)


def _success_not_confirmed(patch: Patch) -> None:
    def believe(_event: Any, created: Any) -> Any:
        return created
        yield

    patch.setattr(ensure, "_confirm", believe)


def _amount_not_compared(patch: Patch) -> None:
    find = ensure._find_existing
    patch.setattr(
        ensure, "_find_existing", lambda event, order: find(replace(event, amount=None), order)
    )


#: What each is to be caught for.
MUTANTS: dict[Callable[[Patch], None], str] = {
    _fresh_key: "doubled",
    _key_of_reference_alone: "lost",
    _order_not_read_first: "doubled",
    _contradiction_ignored: "doubled",
    _earlier_reads_forgotten: "false definite",
    _one_read_refuses_and_attempt_advances: "doubled",
    _foreign_answer_is_success: "false done",
    _conflict_settles: "false definite",
    _lost_answer_is_failure: "false definite",
    _references_swapped: "false done",
    _any_capture_is_the_event: "false done",
    _list_not_searched: "doubled",
    _success_not_confirmed: "false done",
    _amount_not_compared: "false done",
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__.strip("_"))
def test_a_broken_rule_is_caught(mutant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """Each mutant of a rule of ours is found within the same seeds, for what it breaks."""
    mutant(monkeypatch)
    for seed in SEEDS:
        if MUTANTS[mutant] in {kind for kind, *_ in Schedule(seed).play().wrong}:
            return
    pytest.fail("the judge did not find it")
