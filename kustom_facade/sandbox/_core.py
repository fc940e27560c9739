"""The sandbox without any HTTP: a request goes in, an answer comes out, and what it did stays."""

import base64
import copy
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Literal
from urllib.parse import unquote

from . import _arithmetic as arithmetic
from ._brought import complete
from ._clock import Clock
from ._faults import Fault, Faults
from ._lifecycle import Switches, expire
from ._operations import Place, Visit, route
from ._orders import EXAMPLE_ORDER_ID, Names, is_uuid
from ._replay import KeyScope, Replays
from ._schema import read_body
from ._wire import Call, Json, Outcome, Refusal, Request, Response, refused, unauthorized

BODY_LIMIT = 1024 * 1024
"""Bytes of a request body; more answer 413."""

# A doubled slash was recorded as answered like a single one.
_SLASHES = re.compile("//+")
_SECRETS = frozenset({"authorization", "proxy-authorization", "cookie"})


class Core:
    """The state of the stand-in, and the one function that answers requests.

    `clock` moves its time, and `faults` has what goes wrong.

    Args:
        orders: orders to start with, besides the published example; see `add_order`.
        clock: the time for dates, expiry and keys; by default the system's.
        seed: ids of orders, captures and refunds follow from it.
        status_after_full_refund: the status once everything captured is refunded; recorded is CAPTURED, some
            documents say CLOSED.
        refunds_on_captures: whether a refund counts in the `refunded_amount` of the capture that
            its goods refer to; recorded is a 0 that stays.
        key_lifetime: how long an idempotency key is remembered.
        key_scope: whether a key counts everywhere, which is the stricter test, or per order and operation; the vendor
            says neither.
        replay_refusals: whether a refusal, too, is the answer to its key from then on.
        check_lines: whether lines that do not add up are refused with 400, and an update of the
            authorization whose amount is not the sum of its lines. The rules are those of checkout.
            No refusal by order management is on record: the 400 is an assumption.
        remembered_calls: how many of the last exchanges `calls` keeps.
    """

    def __init__(
        self,
        *,
        orders: Iterable[Json] = (),
        clock: Clock | None = None,
        seed: int = 0,
        status_after_full_refund: Literal["CAPTURED", "CLOSED"] = "CAPTURED",
        refunds_on_captures: bool = False,
        key_lifetime: timedelta = timedelta(hours=24),
        key_scope: KeyScope = "global",
        replay_refusals: bool = True,
        check_lines: bool = False,
        remembered_calls: int = 200,
    ) -> None:
        self.clock = clock or Clock()
        self.faults = Faults()
        self._seed = seed
        self._generation = 0
        self._check_lines = check_lines
        self._switches = Switches(status_after_full_refund, refunds_on_captures)
        self._new_replays: Callable[[], Replays] = lambda: Replays(key_lifetime, key_scope, replay_refusals)
        self._calls: deque[Call] = deque(maxlen=remembered_calls)
        self._lock = RLock()
        self._keep: Callable[[Json], None] | None = None
        self._first_orders = copy.deepcopy(tuple(orders))
        self._begin()

    def _begin(self) -> None:
        self.faults.clear()
        self._names = Names(self._seed)
        self._replays = self._new_replays()
        self._calls.clear()
        self._orders: dict[str, Json] = {}
        self.add_orders(self._first_orders)
        if EXAMPLE_ORDER_ID not in self._orders:
            self.add_order({"order_id": EXAMPLE_ORDER_ID})

    def reset(self) -> None:
        """Makes everything as it was at the start: orders, keys, calls, faults, and the clock's moves."""
        with self._lock:
            self._write({"reset": True})
            self.clock.reset()
            self._begin()

    def advance(self, by: timedelta | float) -> None:
        """Moves the clock forward, as `clock.advance` does; unlike that, a journal takes note of it."""
        with self._lock:
            self.clock.advance(by)
            self._write({"moved": self.clock.moved.total_seconds()})

    def snapshot(self) -> Iterator[Json]:
        """Records from which `restore` makes this state, in the order in which it takes them."""
        yield {"generation": self._generation, "moved": self.clock.moved.total_seconds()}
        yield from ({"order": order} for order in self._orders.values())
        yield from ({"answer": entry} for entry in self._replays.entries())

    def restore(self, records: Iterable[Json]) -> None:
        """Takes the state from records. Ids that come after it are others than those that came before."""
        self._orders.clear()
        for record in records:
            if "reset" in record:
                self.clock.reset()
                self._replays = self._new_replays()
                self._orders.clear()
            if "moved" in record:
                self.clock.reset()
                self.clock.advance(record["moved"])
            if record.get("order"):
                self._orders[record["order"]["order_id"]] = record["order"]
            if record.get("answer"):
                self._replays.restore(record["answer"])
            self._generation = record.get("generation", self._generation)
        self._generation += 1
        self._names = Names(f"{self._seed} {self._generation}")

    def keep(self, write: Callable[[Json], None]) -> None:
        """Has a record written of each change from now on, before its answer is given."""
        self._keep = write

    def _write(self, record: Json) -> None:
        if self._keep:
            self._keep(record)

    def add_order(self, order: Json) -> str:
        """Adds an order and returns its id; whatever it lacks is filled in, amounts from lines and captures.

        Raises:
            ValueError: a field is not what the published document says it is, or the id is taken.
            TypeError: it holds something that is not JSON.
        """
        return self.add_orders([order])[0]

    def add_orders(self, orders: Iterable[Json]) -> tuple[str, ...]:
        """Adds all of these or, if one is refused, none; see `add_order`."""
        with self._lock:
            added: dict[str, Json] = {}
            for order in complete(orders, self.clock.now(), self._names):
                order_id: str = order["order_id"]
                if order_id in self._orders or order_id in added:
                    raise ValueError(f"there is an order {order_id} already")
                added[order_id] = order
            self._orders |= added
            for order in added.values():
                self._write({"order": order})
        return tuple(added)

    def order(self, order_id: str) -> Json:
        """A copy of an order as it is now; a `KeyError` if there is none."""
        with self._lock:
            order = self._orders[order_id.lower()]
            expire(order, self.clock.now())
            return copy.deepcopy(order)

    @property
    def order_ids(self) -> tuple[str, ...]:
        """The ids of all orders, in the order in which they came."""
        with self._lock:
            return tuple(self._orders)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The last exchanges, oldest first, without credentials."""
        with self._lock:
            return tuple(self._calls)

    def respond(self, request: Request) -> Response:
        """The API's own answer to one request, without faults."""
        with self._lock:
            now = self.clock.now()
            response = self._answer(request, now)
            self._log(now, request, response)
            return response

    def exchange(self, request: Request) -> Outcome:
        """What becomes of one request. They are answered one at a time, from however many threads they come."""
        with self._lock:
            now = self.clock.now()
            fault = self._fault(request, now)
            if fault is None:
                return Outcome(self.respond(request))
            response = None
            if fault.effect if fault.kind == "status" else fault.kind not in {"refuse", "drop"}:
                response = self._answer(request, now)
            if fault.kind == "duplicate":
                self._log(now, request, response)
                response = self._answer(request, now)
            if fault.kind == "status":
                response = fault.answer(self._names.new_trace())
            self._log(now, request, response, fault.kind)
            return Outcome(response, fault.kind, fault.seconds if fault.kind == "delay" else 0)

    def _fault(self, request: Request, now: datetime) -> Fault | None:
        try:
            place = _place(request)
        except Refusal:
            place = None
        fault = self.faults.due(place, is_read=request.is_read)
        order = self._orders.get(place.order_id) if place else None
        if order and fault and fault.kind == "stale":
            self.faults.stale.keep(copy.deepcopy(order), fault, now)
        return fault

    def _log(self, at: datetime, request: Request, response: Response | None, fault: str = "") -> None:
        public = {name: text for name, text in request.headers.items() if name not in _SECRETS}
        self._calls.append(Call(at, replace(request, headers=public), response, fault))

    def _answer(self, request: Request, now: datetime) -> Response:
        if not api_key(request).startswith("kco_test_"):
            return unauthorized()
        correlation_id = self._names.new_trace()
        try:
            return self._once(request, _place(request), correlation_id, now)
        except Refusal as refusal:
            return refused(refusal, correlation_id)

    def _once(self, request: Request, place: Place, correlation_id: str, now: datetime) -> Response:
        """Carries out an operation, unless its key says that this has been done."""
        if request.is_read:
            return self._perform(request, place, correlation_id, now)
        key = request.headers.get("klarna-idempotency-key", "").strip()
        known = self._replays.recall(place, key, now) if key else None
        if known is not None:
            return known
        try:
            response = self._perform(request, place, correlation_id, now)
        except Refusal as refusal:
            response = refused(refusal, correlation_id)
        order = self._orders.get(place.order_id)
        if order is None:  # it may come yet, and the key is to be of use then
            return response
        answer = self._replays.remember(place, key, now, response)
        if answer or response.status < 300:
            self._write({"order": order if response.status < 300 else None, "answer": answer})
        return response

    def _perform(self, request: Request, place: Place, correlation_id: str, now: datetime) -> Response:
        operation = place.operation
        body = read_body(request, operation.body) if operation.body else {}
        order = self._orders.get(place.order_id)
        if order is None:
            raise Refusal(404, operation.no_order, "No such order")
        wrong = tuple(arithmetic.problems(body)) if self._check_lines else ()
        if wrong:
            raise Refusal(400, "BAD_REQUEST", *wrong)
        expire(order, now)
        if request.is_read:
            order = self.faults.stale.view(place.order_id, now) or order
        visit = Visit(
            order=order,
            body=body,
            part_id=place.part_id,
            order_url=f"{request.origin}/ordermanagement/v1/orders/{place.order_id}",
            correlation_id=correlation_id,
            now=now,
            names=self._names,
            switches=self._switches,
        )
        return operation.run(visit)


def _place(request: Request) -> Place:
    """Where a request goes; what is refused here is refused before its key is looked at."""
    place = route(
        "GET" if request.is_read else request.method,
        tuple(unquote(segment) for segment in _SLASHES.sub("/", request.path).split("/")[1:]),
    )
    if len(request.body) > BODY_LIMIT:
        raise Refusal(413, "PAYLOAD_TOO_LARGE", f"Body must be at most {BODY_LIMIT} bytes")
    if not is_uuid(place.order_id):
        raise Refusal(400, "INVALID_ORDER_ID", "Order id must be a UUID")
    return place


def api_key(request: Request) -> str:
    """The key that a request carries in either published form: as it is, or after a username in base64."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    credentials = credentials.strip()
    if scheme.lower() != "basic":
        return ""
    if credentials.startswith("kco_"):
        return credentials
    try:
        _, _, key = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:  # no base64, or no text in it
        return ""
    return key
