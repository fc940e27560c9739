"""A model of the API as a pure value: one order, its keys, its lagging reads and its network.

It is written from the reference (api-facts, sections 2 to 6), and knows neither the sandbox nor
how the facade decides. Every assumption about the API is a switch. What an assumption makes
impossible for any client is left out here, narrowly, and each such place is marked ``Excluded``
with its reason:

- A key is not forgotten while a run of its event, or a request with it, is under way: keys live
  for hours, a run for minutes. Else a read before and a send after it would do the event twice.
- Once a key is forgotten, each read shows its effect by one piece of evidence at least: a list, a
  count, or what remains. Else nothing tells the event from a new one.
- Where refusals are not kept with their keys, a request that is still under way when its key is
  refused is dropped. No later run could know of it.
- A left-over answer names another order, or the other kind. One of the same kind and order looks
  like the right one.
- A gateway refuses with what passes (429, 5xx). Its 401 and 403 speak of the caller, not of the
  event.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field as attribute
from random import Random
from typing import Any, Final, NamedTuple

from kustom_facade._operations.call import Request
from kustom_facade._sending.steps import Received

ORDER: Final = "f3392f8b-6116-4073-ab96-e330819e2c07"
OTHER_ORDER: Final = "0b1b5f6a-7c1c-4c7a-9a53-6d1f8f0e7a11"
ORDER_AMOUNT: Final = 10_000
#: What a read shows, each of which may lag by itself.
PARTS: Final = (
    "captures", "refunds", "captured_amount", "refunded_amount", "remaining", "status",
)  # fmt: skip
#: By which of them a read may show an effect whose key is forgotten.
EVIDENCE: Final = (
    {"captures", "refunds"},
    {"captured_amount", "refunded_amount"},
    {"remaining", "refunds"},
)
#: An event: its kind and its reference.
Name = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Switches:
    """What the API and the network of one interleaving do, each as a chance or a rule."""

    #: Steps after which a key is forgotten; ``None`` for never.
    key_lifetime: int | None = None
    #: Whether a key counts for one operation, or for all of them.
    key_per_operation: bool = False
    replays_refusals: bool = True
    #: Parts of a read that lag, and how often each does.
    lagging: frozenset[str] = frozenset()
    lag: float = 0.0
    #: How often an order contradicts itself for a while.
    contradicts: float = 0.0
    #: How often a customer cannot be charged.
    unpaid: float = 0.0
    #: Whether an order that was refunded in full is CLOSED.
    closes: bool = False
    #: Fates of a write, see ``schedule.Schedule``, with their weights.
    fates: Mapping[str, int] = attribute(default_factory=dict)
    crash: float = 0.0
    #: Whether callers go on with the next attempt after a refusal that was sent and answered.
    advances: bool = False


class Effect(NamedTuple):
    """A capture or refund that took place."""

    kind: str
    id: str
    reference: str
    amount: int
    #: When its request was sent, and when it took place.
    sent: int
    at: int


class Arrival(NamedTuple):
    """A request on its way, or under way at the API."""

    due: int
    request: Request
    sent: int
    #: Whether the API works on it already, so that its key is taken.
    busy: bool


class Kept(NamedTuple):
    """What the API keeps with a key."""

    answer: Received
    since: int
    name: Name
    #: How many effects there were, its own included.
    version: int


class Api:
    """One order behind an API: requests in, answers out; ``effects`` is the truth."""

    def __init__(self, rng: Random, switches: Switches) -> None:
        self.rng, self.switches = rng, switches
        self.now = 0
        self.effects: list[Effect] = []
        self.keys: dict[str, Kept] = {}
        self.arrivals: list[Arrival] = []
        #: How many effects each read shows by some evidence, whatever lags.
        self.settled = 0
        self.contradicts_until = 0

    # --- writes

    def arrive(self, request: Request, sent: int) -> Received:
        """Carry out a write, or answer its key with what is kept."""
        key = self.scoped_key(request)
        if any(one.busy and self.scoped_key(one.request) == key for one in self.arrivals):
            return answer(409, "CONFLICT")
        if key in self.keys:
            return self.keys[key].answer
        given = self._carry_out(request, sent)
        if given.status == 201 or self.switches.replays_refusals:
            self.keys[key] = Kept(given, self.now, name_of(request), len(self.effects))
        else:  # Excluded: see above
            self.arrivals = [one for one in self.arrivals if self.scoped_key(one.request) != key]
        return given

    def finish(self, arrival: Arrival) -> Received:
        """End a request that was under way."""
        self.arrivals.remove(arrival)
        return self.arrive(arrival.request, arrival.sent)

    def forget_keys(self, running: Collection[Name]) -> None:
        """Forget the keys that are older than their lifetime."""
        if self.switches.key_lifetime is None:
            return
        oldest = self.now - self.switches.key_lifetime
        for key in [key for key, kept in self.keys.items() if kept.since < oldest]:
            kept = self.keys[key]
            under_way = {*running, *(name_of(one.request) for one in self.arrivals)}
            if kept.name not in under_way:  # Excluded: see above
                del self.keys[key]
                self.settled = max(self.settled, kept.version)

    def knows(self, request: Request) -> bool:
        """Return whether a key is kept, or under way."""
        key = self.scoped_key(request)
        return key in self.keys or any(
            one.busy and self.scoped_key(one.request) == key for one in self.arrivals
        )

    def scoped_key(self, request: Request) -> str:
        """Return the key of a write, within its scope."""
        key = request.headers["Klarna-Idempotency-Key"]
        return f"{request.path} {key}" if self.switches.key_per_operation else key

    def _carry_out(self, request: Request, sent: int) -> Received:
        kind, reference = name_of(request)
        field = "captured_amount" if kind == "capture" else "refunded_amount"
        amount = json.loads(request.content or b"")[field]
        captured, refunded = total(self.effects, "capture"), total(self.effects, "refund")
        left = ORDER_AMOUNT - captured if kind == "capture" else captured - refunded
        if not 0 < amount <= left:
            return answer(403, f"{kind.upper()}_NOT_ALLOWED")
        if kind == "capture" and self.rng.random() < self.switches.unpaid:
            return answer(403, "PAYMENT_METHOD_FAILED")
        made = Effect(kind, f"{kind}-{len(self.effects)}", reference, amount, sent, self.now)
        self.effects.append(made)
        return created(kind, made.id)

    # --- reads

    def read(self) -> dict[str, Any]:
        """Return the order as a read shows it: each part may be of any earlier state."""
        rng, latest = self.rng, len(self.effects)
        shown = rng.choice(EVIDENCE)
        of_all = rng.randint(self.settled, latest)  # a whole replica that lags
        lags_in_all = rng.random() < self.switches.lag / 2

        def version(part: str) -> int:
            oldest = self.settled if part in shown else 0  # Excluded: see above
            if part in self.switches.lagging and rng.random() < self.switches.lag:
                return rng.randint(oldest, latest)
            return of_all if lags_in_all and self.switches.lagging else latest

        of = {part: self.effects[: version(part)] for part in PARTS}
        order = {
            "order_id": ORDER,
            "purchase_currency": "SEK",
            "fraud_status": "ACCEPTED",
            "order_amount": ORDER_AMOUNT,
            "captures": [
                {"capture_id": one.id, "reference": one.reference, "captured_amount": one.amount}
                for one in of["captures"]
                if one.kind == "capture"
            ],
            "refunds": [
                {"refund_id": one.id, "reference": one.reference, "refunded_amount": one.amount}
                for one in of["refunds"]
                if one.kind == "refund"
            ],
            "captured_amount": total(of["captured_amount"], "capture"),
            "refunded_amount": total(of["refunded_amount"], "refund"),
            "remaining_authorized_amount": ORDER_AMOUNT - total(of["remaining"], "capture"),
            "status": self._status(of["status"]),
        }
        return self._contradicted(order)

    def _status(self, effects: list[Effect]) -> str:
        captured, refunded = total(effects, "capture"), total(effects, "refund")
        if captured < ORDER_AMOUNT:
            return "PART_CAPTURED" if captured else "AUTHORIZED"
        return "CLOSED" if refunded == captured and self.switches.closes else "CAPTURED"

    def _contradicted(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the order, for a while without its lists, but counted and of its status."""
        if self.rng.random() < self.switches.contradicts:
            self.contradicts_until = self.now + 12
        if self.now < self.contradicts_until:
            order |= {
                "captured_amount": total(self.effects, "capture"),
                "refunded_amount": total(self.effects, "refund"),
                "status": self._status(self.effects),
                "captures": [],
            }
            del order["refunds"]
        return order


def total(effects: list[Effect], kind: str) -> int:
    """Return the sum of the captures or refunds among effects."""
    return sum(one.amount for one in effects if one.kind == kind)


def name_of(request: Request) -> Name:
    """Return which event a write is about."""
    kind = "capture" if request.path.endswith("/captures") else "refund"
    return kind, json.loads(request.content or b"")["reference"]


def created(kind: str, made: str, order: str = ORDER) -> Received:
    """Return the answer to what was made."""
    path = f"https://api.kustom.co/ordermanagement/v1/orders/{order}/{kind}s/{made}"
    return Received(201, {f"{kind}-id": made, "location": path}, b"")


def answer(status: int, code: str | None = None) -> Received:
    """Return an error: the API's own, or that of a gateway without a code."""
    body = {"error_code": code, "error_messages": [], "correlation_id": "c"} if code else None
    return Received(status, {}, json.dumps(body).encode() if body else b"<html></html>")


def is_sound_without(order: Mapping[str, Any], name: Name) -> bool:
    """Return whether a read is that of some order in which an event did not happen.

    It may be one of which the rest was released.
    """
    kind, reference = name
    refunds = order.get("refunds", [])
    listed = order["captures"] if kind == "capture" else refunds
    if any(one["reference"] == reference for one in listed):
        return False
    if kind == "capture" or not captures_are_sound(order):
        return captures_are_sound(order)
    captured: int = order["captured_amount"]
    refunded: int = order["refunded_amount"]
    if sum(one["refunded_amount"] for one in refunds) != refunded or refunded > captured:
        return False
    return order["status"] != "CLOSED" or refunded == captured


def captures_are_sound(order: Mapping[str, Any]) -> bool:
    """Return whether what a read shows of the captures goes together."""
    captured: int = order["captured_amount"]
    left: int = order["remaining_authorized_amount"]
    if sum(one["captured_amount"] for one in order["captures"]) != captured:
        return False
    if order["status"] in ("CAPTURED", "CLOSED"):
        return captured > 0 and left == 0
    is_open_as_told = (order["status"] == "PART_CAPTURED") == (captured > 0)
    return left == ORDER_AMOUNT - captured > 0 and is_open_as_told
