"""Callers of the model's API, one seeded schedule of all their steps, and a judge.

The flows are the facade's own, through their public functions and the protocol of steps. A run is
one call in one process: it knows its arguments and nothing else, unless a process is shared.

The judge knows the truth, and finds:

- ``doubled``: a reference with two effects of a kind.
- ``false done``: a result, and at the end no such effect, or one of another amount or id.
- ``false definite``: an error that is neither open nor transient, and an effect of the event that
  was there, or that comes of a request sent before the error.
- ``lost``: an event that was handed out often enough in the end, in calm, and is not settled.

Two rules of callers are kept, for no client can do without them. The next attempt begins only
after a refusal that was sent and answered, while no other run of the event is under way, and never
where two amounts share a reference. A result with a ``note`` that nobody looked at proves nothing
of two amounts under one reference.

Two amounts under one reference break the contract of the verbs. While the key is known only one of
them takes effect. Once it is forgotten, a difference that the order does not list is too small or
too large to be the other one, so both may: that is excused, and counted. So is the conflict that
one of them is told: it says that the other amount is there, and a person has to look.

Of the errors that nothing was sent for, two are excused, and counted. Each of the last two reads
is that of a sound order without the event: by design, two reads that agree decide. Or the event had
not happened yet, and a request of another process was on its way: no read shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from random import Random
from typing import Any, Final, NamedTuple

import orjson

from kustom_facade import KustomError, RetryPolicy, config
from kustom_facade._exactly_once import ensure
from kustom_facade._operations.call import Request
from kustom_facade._sending.session import Session
from kustom_facade._sending.steps import NoAnswer, Received, Send, Sleep, Steps
from kustom_facade.errors import DuplicateReference, NotAllowed, ReferenceConflict
from kustom_facade.results import Created

from .model import (
    ORDER,
    OTHER_ORDER,
    PARTS,
    Api,
    Arrival,
    Effect,
    Name,
    Switches,
    answer,
    created,
    is_sound_without,
)

#: What may become of a write, and how often.
FATES: Final[Mapping[str, int]] = {
    "answered": 40,
    "never sent": 4,  # and the client knows
    "lost before": 6,
    "lost after": 10,
    "late": 10,  # the client gave up, and it arrives afterwards
    "duplicated": 6,  # answered, and arrives again
    "slow": 8,  # under way for some steps, and the client waits
    "slow and lost": 6,  # under way for some steps, and the client gave up
    "gateway before": 5,
    "gateway after": 5,
    "foreign before": 3,  # a left-over success of another request
    "foreign after": 3,
    "foreign and late": 2,
}
#: Those in which the request arrives at once, and afterwards (as well).
ARRIVING: Final = ("answered", "lost after", "duplicated", "gateway after", "foreign after")
LATE: Final = ("late", "duplicated", "foreign and late")
#: Those that are under way for a while, and what becomes of them where the key is known already.
SLOW: Final = {"slow": "answered", "slow and lost": "lost after"}
CALM: Final[Mapping[str, int]] = {"answered": 1}
#: Steps of the schedule, before what is under way arrives and it gets calm.
STEPS: Final = 70
#: How often an event is handed out in calm before it counts as lost.
PATIENCE: Final = 6
#: Later than any step.
NEVER: Final = 1_000_000
KINDS: Final = ("doubled", "false done", "false definite", "lost")
_scopes: Final = count(1)


class Definite(NamedTuple):
    """An error that says that nothing of the event was done."""

    error: KustomError
    #: When what it says was known: the API's answer, or the last read.
    at: int
    #: Why it is not the judge's to blame.
    excuse: str
    #: The process that was told.
    scope: str


@dataclass
class Event:
    """A business event: the arguments of its calls, and what its callers were told."""

    kind: str
    reference: str
    amount: int | None
    #: Whether another caller uses the reference with another amount.
    has_twin: bool = False
    attempt: int = 1
    settled: bool = False
    handed_out: int = 0
    results: list[Created] = field(default_factory=list)
    errors: list[Definite] = field(default_factory=list)
    #: When its caller calls again.
    due: int = 0

    @property
    def name(self) -> Name:
        """Return what it is found again by."""
        return self.kind, self.reference

    def owns(self, effect: Effect) -> bool:
        """Return whether an effect is this event's."""
        return (effect.kind, effect.reference) == self.name and (
            self.amount is None or effect.amount == self.amount
        )


@dataclass
class Run:
    """One call: its flow, and what it is given at its next step."""

    event: Event
    flow: Steps[Created]
    reply: Received | NoAnswer | None = None
    #: A request that the API works on, for whose answer the run waits.
    waits_for: Arrival | None = None
    #: The last two reads.
    reads: list[dict[str, Any]] = field(default_factory=list)
    has_sent: bool = False
    scope: str = ""
    #: When what decides was asked for: the last write, else the last read.
    asked: int = 0


@dataclass
class Findings:
    """What the judge has to say, and how much was tried."""

    interleavings: int = 0
    runs: int = 0
    crashes: int = 0
    effects: int = 0
    told: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    #: Kind of finding, seed and what it is about.
    wrong: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Count what another part of the work found."""
        self.interleavings += other.interleavings
        self.runs += other.runs
        self.crashes += other.crashes
        self.effects += other.effects
        self.told += other.told
        self.excused += other.excused
        self.wrong += other.wrong

    def __str__(self) -> str:
        kinds = Counter(kind for kind, *_ in self.wrong)
        found = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS)
        told, excused = (
            ", ".join(f"{number} {what}" for what, number in sorted(counter.items())) or "none"
            for counter in (self.told, self.excused)
        )
        return (
            f"{self.interleavings} interleavings, {self.runs} runs ({self.crashes} crashed), "
            f"{self.effects} effects, told: {told}; {found}; excused: {excused}"
        )


def explore(seeds: Iterable[int]) -> Findings:
    """Run one interleaving for each seed, and judge it."""
    findings = Findings()
    for seed in seeds:
        findings.add(Schedule(seed).play())
    return findings


def draw_switches(rng: Random) -> Switches:
    """Return assumptions at random: each that can be on is, at some strength."""
    return Switches(
        key_lifetime=rng.choice((None, 5, 15, 40)),
        key_per_operation=rng.random() < 0.5,
        replays_refusals=rng.random() < 0.5,
        lagging=frozenset(part for part in PARTS if rng.random() < 0.6),
        lag=rng.choice((0.1, 0.4, 0.8)),
        contradicts=rng.choice((0.0, 0.05)),
        unpaid=rng.choice((0.05, 0.3)),
        closes=rng.random() < 0.5,
        fates=FATES,
        crash=rng.choice((0.01, 0.08)),
        advances=rng.random() < 0.5,
    )


def draw_events(rng: Random) -> list[Event]:
    """Return some captures and refunds, maybe of one reference, maybe beyond what is there."""
    events = [
        Event(kind, f"{rng.choice('es')}-{number // 2}", rng.choice(amounts), due=number * 8)
        for kind, amounts, number in (
            ("capture", (2_000, 4_000, 6_000, 10_000, None), 0),
            ("capture", (3_000, 4_000, 6_000, None), 2),
            ("capture", (1_000, 5_000, None), 4),
            ("refund", (1_000, 2_000, 5_000, None), 1),
            ("refund", (1_000, 3_000, None), 3),
        )
        if number < 2 or rng.random() < 0.4
    ]
    original = rng.choice(events)
    if original.amount and rng.random() < 0.2:
        original.has_twin = True
        twin = Event(original.kind, original.reference, original.amount + 1_000, has_twin=True)
        events.append(twin)
    return events


def excuse(run: Run, error: KustomError) -> str:
    """Return why a definite error may be false and nobody is to blame; empty where not."""
    event = run.event
    if error.decided_locally and all(is_sound_without(order, event.name) for order in run.reads):
        return "two reads agreed"
    if event.has_twin and isinstance(error, ReferenceConflict):
        return "told of the other amount"
    return ""


@cache
def _settings() -> config.Config:
    return config.resolve(
        api_key="kco_test_api_model", username=None, base_url=None, proxy=None, timeout=None,
        integrator=None, environ={},
    )  # fmt: skip


class Schedule:
    """One interleaving: an order, its events, and their runs, stepped in random order."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = Random(seed)  # noqa: S311  # repeatable, not secret
        self.switches = draw_switches(self.rng)
        self.api = Api(self.rng, self.switches)
        self.events = draw_events(self.rng)
        self.running: list[Run] = []
        self.findings = Findings(interleavings=1)
        self.policy = RetryPolicy(attempts=self.rng.choice((1, 3)), base=0.0)
        self.shared_process = f"process {next(_scopes)}"
        self.is_calm = False
        #: The process of each write, by the time when it was sent.
        self.senders: dict[int, str] = {}

    def play(self) -> Findings:
        """Run it to its end, and return what the judge found."""
        for _ in range(STEPS):
            self._tick()
            self._act()
        while self.running or self.api.arrivals:  # no more calls and crashes
            self._tick()
            if self.running:
                self._step(self.rng.choice(self.running))
        self.api.switches = self.switches = replace(
            self.switches, lag=0.0, lagging=frozenset(), contradicts=0.0, unpaid=0.0, fates=CALM
        )
        self.api.contradicts_until = 0
        self.is_calm = True
        for event in self.events:
            for _ in range(PATIENCE):
                if event.settled:
                    break
                self._hand_out(event)
                while self.running:
                    self._tick()
                    self._step(self.running[0])
        self._judge()
        return self.findings

    # --- the schedule

    def _tick(self) -> None:
        api = self.api
        api.now += 1
        for arrival in [one for one in api.arrivals if one.due <= api.now]:
            if arrival not in api.arrivals:
                continue  # dropped by the one before
            received = api.finish(arrival)
            for run in self.running:
                if run.waits_for is arrival:
                    run.waits_for, run.reply, run.asked = None, received, api.now - 1
        api.forget_keys({run.event.name for run in self.running})

    def _act(self) -> None:
        rng = self.rng
        open_runs = Counter(run.event.name for run in self.running)
        startable = [
            event
            for event in self.events
            if open_runs[event.name] < 2 and (event.due <= self.api.now or rng.random() < 0.03)
        ]
        if startable and (not self.running or rng.random() < 0.12):
            self._hand_out(rng.choice(startable))
        elif self.running:
            run = rng.choice(self.running)
            if rng.random() < self.switches.crash:
                self.findings.crashes += 1
                self.running.remove(run)
                run.flow.close()
            else:
                self._step(run)

    def _hand_out(self, event: Event) -> None:
        event.handed_out += 1
        self.findings.runs += 1
        is_shared = self.rng.random() < 0.5
        scope = self.shared_process if is_shared else f"process {next(_scopes)}"
        session = Session(
            replace(_settings(), scope=scope),
            self.policy,
            clock=lambda: float(self.api.now) / 100,
            now=lambda: float(self.api.now),
            jitter=lambda: 0.0,
        )
        ensured = ensure.ensure_capture if event.kind == "capture" else ensure.ensure_refund
        flow = ensured(
            session, ORDER, event.amount, reference=event.reference, attempt=event.attempt
        )
        self.running.append(Run(event, flow, scope=scope))

    def _step(self, run: Run) -> None:
        """Give a run its reply, and carry out what it asks for next."""
        if run.waits_for is not None:
            return
        reply, run.reply = run.reply, None
        try:
            asked = run.flow.throw(reply) if isinstance(reply, NoAnswer) else run.flow.send(reply)
        except StopIteration as end:
            self._settle(run, end.value)
        except KustomError as error:
            self._fail(run, error)
        else:
            if isinstance(asked, Send):
                asked.begin()
                self._send(run, asked.request)
            else:
                assert isinstance(asked, Sleep)

    def _send(self, run: Run, request: Request) -> None:
        if request.method == "GET":
            run.reply = self._read(run)
            return
        api, rng = self.api, self.rng
        run.has_sent, run.asked = True, api.now
        self.senders[api.now] = run.scope
        fate = rng.choices(list(self.switches.fates), list(self.switches.fates.values()))[0]
        if fate in SLOW and api.knows(request):
            fate = SLOW[fate]
        if fate in LATE or fate in SLOW:
            due = api.now + rng.randint(1, 25)
            arrival = Arrival(due, request, api.now, busy=fate in SLOW)
            api.arrivals.append(arrival)
            if fate == "slow":
                run.waits_for = arrival
                return
        received = api.arrive(request, api.now) if fate in ARRIVING else None
        run.reply = received if fate in ("answered", "duplicated") else self._bad_reply(run, fate)

    def _bad_reply(self, run: Run, fate: str) -> Received | NoAnswer:
        """Return what the client sees of a write whose answer it does not get."""
        if fate.startswith("gateway"):
            statuses = (429, 500, 502, 503, 520) if fate == "gateway before" else (500, 502, 504)
            return answer(self.rng.choice(statuses))
        if fate.startswith("foreign"):
            return self._foreign_answer(run.event.kind)
        never_sent = fate == "never sent"
        return NoAnswer(TimeoutError("lost"), never_sent=never_sent, transient=True)

    def _read(self, run: Run) -> Received | NoAnswer:
        order = self.api.read()
        if not self.is_calm and self.rng.random() < 0.08:
            left_over = orjson.dumps(order | {"order_id": OTHER_ORDER})
            half = orjson.dumps(order)[:100]
            return self.rng.choice(
                (
                    NoAnswer(TimeoutError("lost"), never_sent=False, transient=True),
                    answer(502),
                    answer(200),  # a gateway's page
                    Received(200, {}, left_over),
                    Received(200, {}, half),
                )
            )
        run.reads = [*run.reads[-1:], order]
        if not run.has_sent:
            run.asked = self.api.now
        return Received(200, {}, orjson.dumps(order))

    def _foreign_answer(self, kind: str) -> Received:
        """Return the success of another request, which names another order or kind."""
        other = "refund" if kind == "capture" else "capture"
        if self.rng.random() < 0.5:
            return created(other, f"{other}-7", self.rng.choice((ORDER, OTHER_ORDER)))
        return created(kind, f"{kind}-7", OTHER_ORDER)

    # --- what callers do with what they are told

    def _settle(self, run: Run, result: Created) -> None:
        self.running.remove(run)
        run.event.settled = True
        run.event.due = NEVER
        run.event.results.append(result)
        self.findings.told["done"] += 1

    def _fail(self, run: Run, error: KustomError) -> None:
        self.running.remove(run)
        event = run.event
        event.due = self.api.now + self.rng.randint(1, 40)
        event.settled = False
        if error.outcome_unknown or error.transient:
            self.findings.told["open"] += 1
            return
        self.findings.told["refused"] += 1
        event.errors.append(Definite(error, run.asked, excuse(run, error), run.scope))
        if error.decided_locally:  # its hint: once the order allows it, the same again
            event.settled = self.is_calm
        elif self._may_advance(event, error):
            event.attempt += 1
        else:
            event.settled = True
            event.due = NEVER

    def _may_advance(self, event: Event, error: KustomError) -> bool:
        others = any(other.event.name == event.name for other in self.running)
        is_allowed = self.switches.advances and not others and not event.has_twin
        return is_allowed and isinstance(error, NotAllowed) and event.attempt < 3

    # --- the judge

    def _judge(self) -> None:
        effects = self.api.effects
        self.findings.effects += len(effects)
        for name in {(effect.kind, effect.reference) for effect in effects}:
            self._judge_effects(name, [one for one in effects if (one.kind, one.reference) == name])
        for event in self.events:
            own = [effect for effect in effects if event.owns(effect)]
            for result in event.results:
                is_own = not result.id or result.id in {effect.id for effect in own}
                if not (own and is_own) and not (event.has_twin and result.note):
                    self._found("false done", f"{event.name} {result}")
            for definite in event.errors:
                if self._is_false(definite, event, own):
                    self._judge_error(definite, event, own)
            if not event.settled:
                self._found("lost", f"{event.name}")

    def _judge_effects(self, name: Name, effects: list[Effect]) -> None:
        if len(effects) == 1:
            return
        amounts = [effect.amount for effect in effects]
        if len(set(amounts)) == len(amounts) and self.api.settled:  # see the module's docstring
            self.findings.excused["two amounts after a key was forgotten"] += 1
        else:
            self._found("doubled", f"{name} {amounts}")

    def _judge_error(self, definite: Definite, event: Event, own: list[Effect]) -> None:
        excused = definite.excuse or self._on_its_way(definite, own)
        if excused:
            self.findings.excused[excused] += 1
        else:
            self._found("false definite", f"{event.name} {definite}")

    def _is_false(self, definite: Definite, event: Event, own: list[Effect]) -> bool:
        if isinstance(definite.error, DuplicateReference):  # it says that the event was done
            there = [one for one in self.api.effects if (one.kind, one.reference) == event.name]
            return len(there) < 2
        return any(effect.sent <= definite.at for effect in own)

    def _on_its_way(self, definite: Definite, own: list[Effect]) -> str:
        """Return the excuse for a local refusal while a request of another run was on its way."""
        if not definite.error.decided_locally or any(one.at <= definite.at for one in own):
            return ""
        senders = {self.senders[one.sent] for one in own if one.sent <= definite.at}
        return "" if definite.scope in senders else "on its way from another process"

    def _found(self, kind: str, what: str) -> None:
        self.findings.wrong.append((kind, self.seed, what))
