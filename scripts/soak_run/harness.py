"""The soak: a served sandbox with faults on, and clients that call everything at random over 16
connections. Now and then the sandbox is killed, and goes on with its state.

At the end the books of every order must add up, and what the clients were told must be what is
there: a capture, a refund or a shipment that was answered with a success is there once, one that
was refused is not, and one whose outcome stayed unknown is there once or not at all.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sandbox.invariants import violations
from served_sandbox import Server, served

from kustom_facade import AsyncKustomClient, KustomError, NotFound, RetryPolicy

CONNECTIONS: Final = 16
#: So many calls an order on average: enough for a life from purchase to refund.
CALLS_PER_ORDER: Final = 25
AMOUNT: Final = 100_000
#: So many times the sandbox is killed while it is called.
KILLS: Final = 4

Json = dict[str, Any]


@dataclass
class Figures:
    """What happened in a run."""

    seed: int
    calls: int
    #: Calls by what became of them: done, the name of an error, with "(unknown)" where the outcome
    #: is.
    outcomes: Counter[str] = field(default_factory=Counter)
    #: Faults that fired, by kind.
    faults: dict[str, int] = field(default_factory=dict)
    #: Everything that is wrong, one line each.
    wrong: list[str] = field(default_factory=list)
    #: How often the sandbox was killed.
    kills: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        outcomes = ", ".join(f"{name} {count}" for name, count in sorted(self.outcomes.items()))
        rate = self.calls / self.seconds
        return (
            f"soak, seed {self.seed}: {self.calls} calls over {CONNECTIONS} connections "
            f"in {self.seconds:.0f} s ({rate:.0f}/s), sandbox killed {self.kills} times; "
            f"outcomes: {outcomes}; faults: {faults}; "
            f"wrong: {len(self.wrong)}"
        )


@dataclass
class Ledger:
    """What the clients were told of each thing they made, by its name, which no other thing has."""

    #: Amounts (for shipments 0) of what was answered with a success.
    made: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)


def run(calls: int, seed: int) -> Figures:
    """Make so many calls, and look at what is there."""
    figures, ledger = Figures(seed, calls), Ledger()
    orders = [
        str(UUID(int=0x50AC0000000000000000000000000000 + n))
        for n in range(max(1, calls // CALLS_PER_ORDER))
    ]
    new_orders = [{"order_id": order_id, "order_amount": AMOUNT} for order_id in orders]
    with served(seed, new_orders, _faults(seed)) as server:
        began = time.monotonic()
        asyncio.run(_work(server, orders, figures, ledger))
        figures.seconds = time.monotonic() - began
        figures.faults = server.fired()
        before = server.orders()
        server.kill()
        there = server.orders()
        figures.kills = server.kills
    if there != before:
        figures.wrong.append("the orders are not what they were before the last kill")
    figures.wrong += [*_unsound(there), *contradictions(ledger, there)]
    return figures


def _unsound(orders: list[Json]) -> Iterator[str]:
    for order in orders:
        yield from (
            f"{order['order_id']}: it does not hold that {what}" for what in violations(order)
        )


def contradictions(ledger: Ledger, orders: list[Json]) -> Iterator[str]:
    """Where the orders are not what the clients were told."""
    expected = {**ledger.unknown, **ledger.made}
    things = _things(orders)
    for name, amounts in things.items():
        if name in ledger.refused:
            yield f"{name} was refused, and is there"
        elif name not in expected:
            yield f"{name} is there, and nobody made it"
        elif amounts[0] != expected[name]:
            yield f"{name} has another amount"
        if len(amounts) > 1:
            yield f"{name} is there {len(amounts)} times"
    yield from (f"{name} was done, and is not there" for name in ledger.made if name not in things)


def _things(orders: list[Json]) -> dict[str, list[int]]:
    """Return the amounts of all that is there, by its name."""
    things: dict[str, list[int]] = {}
    for order in orders:
        for kind in ("capture", "refund"):
            amount = "captured_amount" if kind == "capture" else "refunded_amount"
            for effect in order.get(f"{kind}s", ()):
                things.setdefault(f"{kind} {effect['reference']}", []).append(effect[amount])
        for holder in (order, *order["captures"]):
            for shipment in holder.get("shipping_info", ()):
                things.setdefault(f"shipment {shipment['tracking_number']}", []).append(0)
    return things


def _faults(seed: int) -> list[Json]:
    return [
        {"kind": "lose", "verb": "write", "probability": 0.03, "seed": seed},
        {"kind": "drop", "probability": 0.02, "seed": seed + 1},
        {"kind": "cut", "probability": 0.02, "seed": seed + 2},
        {"kind": "status", "status": 503, "probability": 0.02, "seed": seed + 3},
        {
            "kind": "status",
            "status": 520,
            "effect": True,
            "verb": "write",
            "probability": 0.02,
            "seed": seed + 4,
        },
        {"kind": "status", "status": 429, "retry_after": 0, "probability": 0.02, "seed": seed + 5},
        {"kind": "delay", "seconds": 0.01, "probability": 0.05, "seed": seed + 6},
        {"kind": "stale", "seconds": 0.05, "probability": 0.05, "seed": seed + 7},
        {"kind": "duplicate", "verb": "write", "probability": 0.03, "seed": seed + 8},
        {"kind": "refuse", "probability": 0.01, "seed": seed + 9},
    ]


# --- the clients


async def _work(server: Server, orders: list[str], figures: Figures, ledger: Ledger) -> None:
    shares = [
        figures.calls // CONNECTIONS + (n < figures.calls % CONNECTIONS) for n in range(CONNECTIONS)
    ]
    is_up = asyncio.Event()
    is_up.set()
    async with asyncio.TaskGroup() as group:
        for number, share in enumerate(shares):
            caller = _Caller(server, number, orders, figures, ledger, is_up)
            group.create_task(caller.call(share))


class _Caller:
    """One client on its own connection, whose calls the dice choose."""

    def __init__(
        self,
        server: Server,
        number: int,
        orders: list[str],
        figures: Figures,
        ledger: Ledger,
        is_up: asyncio.Event,
    ) -> None:
        self._server = server
        self._name = f"c{number}"
        self._dice = random.Random(f"{figures.seed} {number}")  # noqa: S311  # to be repeatable is the point
        self._orders = orders
        self._figures = figures
        self._ledger = ledger
        self._is_up = is_up
        self._count = 0
        #: Ids of what was captured and refunded, with their orders, for reading them again.
        self._captures: list[tuple[str, str]] = []
        self._refunds: list[tuple[str, str]] = []

    async def call(self, times: int) -> None:
        """Call so many times."""
        policy = RetryPolicy(attempts=3, base=0.005, cap=0.02)
        async with AsyncKustomClient(
            "kco_test_soak", base_url=self._server.url, retry=policy, timeout=5
        ) as self._kustom:
            calls: list[Callable[[str], Awaitable[None]]] = [
                *[self._capture] * 6,
                *[self._refund] * 4,
                *[self._read] * 4,
                self._read_part,
                self._ship,
                self._ship_part,
                self._update,
                self._other,
                self._other,
            ]
            for _ in range(times):
                await self._is_up.wait()
                self._count += 1
                await self._count_outcome(self._dice.choice(calls)(self._dice.choice(self._orders)))

    async def _count_outcome(self, call: Awaitable[None]) -> None:
        try:
            await call
        except KustomError as error:
            outcome = f"{type(error).__name__}{' (unknown)' if error.outcome_unknown else ''}"
        else:
            outcome = "done"
        self._figures.outcomes[outcome] += 1
        step = self._figures.calls // (KILLS + 1)
        if sum(self._figures.outcomes.values()) in range(step, step * KILLS + 1, step):
            self._is_up.clear()
            await asyncio.to_thread(self._server.kill)  # while the others' calls are under way
            self._is_up.set()

    async def _booked(self, name: str, amount: int, call: Awaitable[Any]) -> Any:
        """Make something, and write down what was told of it."""
        try:
            result = await call
        except KustomError as error:
            if error.outcome_unknown:
                self._ledger.unknown[name] = amount
            else:
                self._ledger.refused.add(name)
            raise
        self._ledger.made[name] = amount
        return result

    @property
    def _fresh(self) -> str:
        return f"{self._name}-{self._count}"

    async def _capture(self, order_id: str) -> None:
        amount = self._dice.randrange(1, AMOUNT // 4)
        done = await self._booked(
            f"capture {self._fresh}",
            amount,
            self._kustom.capture(order_id, amount, reference=self._fresh),
        )
        self._captures.append((order_id, done.id))

    async def _refund(self, order_id: str) -> None:
        amount = self._dice.randrange(1, AMOUNT // 8)
        done = await self._booked(
            f"refund {self._fresh}",
            amount,
            self._kustom.refund(order_id, amount, reference=self._fresh),
        )
        self._refunds.append((order_id, done.id))

    async def _ship(self, order_id: str) -> None:
        shipment = [{"tracking_number": self._fresh}]
        await self._booked(
            f"shipment {self._fresh}", 0, self._kustom.add_shipping_info(order_id, shipment)
        )

    async def _ship_part(self, order_id: str) -> None:
        if not self._captures:
            await self._ship(order_id)
            return
        order_id, part = self._dice.choice(self._captures)
        shipment = [{"tracking_number": self._fresh}]
        call = self._kustom.add_capture_shipping_info(order_id, part, shipment)
        await self._booked(f"shipment {self._fresh}", 0, call)

    async def _read(self, order_id: str) -> None:
        order = await self._kustom.get_order(order_id)
        self._same(order.order_id, order_id)
        await self._kustom.list_captures(order_id)

    async def _read_part(self, order_id: str) -> None:
        try:  # a stale read may not know the part yet
            if self._captures:
                place, part = self._dice.choice(self._captures)
                self._same((await self._kustom.get_capture(place, part)).capture_id, part)
            if self._refunds:
                place, part = self._dice.choice(self._refunds)
                self._same((await self._kustom.get_refund(place, part)).refund_id, part)
        except NotFound:
            await self._read(order_id)

    async def _update(self, order_id: str) -> None:
        amount = self._dice.randrange(AMOUNT // 2, AMOUNT * 2)
        line = {"name": "All", "quantity": 1, "unit_price": amount, "total_amount": amount}
        await self._kustom.update_authorization(order_id, amount, [line])

    async def _other(self, order_id: str) -> None:
        kustom = self._kustom
        calls: list[Callable[[], Awaitable[Any]]] = [
            lambda: kustom.acknowledge(order_id),
            lambda: kustom.update_merchant_references(order_id, merchant_reference1=self._fresh),
            lambda: kustom.update_customer_details(
                order_id, shipping_address={"city": self._fresh}
            ),
            lambda: kustom.extend_authorization_time(order_id),
            lambda: kustom.release_remaining_authorization(order_id),
            lambda: kustom.cancel(order_id),
        ]
        await self._dice.choices(calls, weights=[4, 4, 4, 4, 1, 1])[0]()

    def _same(self, got: object, asked: str) -> None:
        if got != asked:
            self._figures.wrong.append(f"{asked} was asked for, and {got} came")
