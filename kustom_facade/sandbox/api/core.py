"""The sandbox without HTTP: requests in, responses out, and the state in between."""

import copy
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice
from threading import RLock
from typing import Literal

from ..clock import Clock
from ..faults import Fault, Faults
from . import line_checks, routes
from .credentials import api_key
from .history import History
from .ids import IdGenerator
from .lifecycle import Switches, expire
from .operations import OperationContext
from .order_schema import complete_orders, copies
from .orders import EXAMPLE_ORDER_ID
from .refusals import Refusal, unauthorized
from .replay import KeyScope, Replays
from .routes import RouteMatch
from .schema import read_body
from .store import KeyedResponse, NoStore, State, Store, all_effects
from .wire import Answer, Exchange, Json, Outcome, Request, Response

#: How many orders a sandbox holds.
MOST_ORDERS = 10_000


class Core:
    """Hold the state of the sandbox, and answer requests.

    Args:
        orders: Orders to start with, besides the published example. See `add_order`.
        clock: The time for dates, expiry and keys, by default the system's.
        seed: The seed for the ids of orders, captures and refunds.
        status_after_full_refund: The status once everything captured is refunded. CAPTURED was
            recorded, and some documents say CLOSED.
        refunds_on_captures: Whether a refund counts in the `refunded_amount` of the capture that
            its goods refer to. A 0 that stays was recorded.
        key_lifetime: How long an idempotency key is remembered.
        key_scope: Whether a key counts everywhere, which is the stricter test, or per order and
            operation. The vendor says neither.
        replay_refusals: Whether a refusal, too, is replayed for its key.
        check_lines: Whether lines that do not add up are refused with 400, and an update of the
            authorization whose amount is not the sum of its lines. The rules are those of
            checkout. No refusal by order management is on record: the 400 is an assumption.
        authorization_days: How many days an authorization lasts, at first and after an extension.
        remembered_calls: How many of the last exchanges `calls` keeps, of 16 MiB at most.

    Attributes:
        clock: The sandbox's time, which tests can move.
        faults: What goes wrong between client and API.
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
        authorization_days: int = 28,
        remembered_calls: int = 200,
    ) -> None:
        self.clock = clock or Clock()
        self.faults = Faults()
        self._seed = seed
        self._generation = 0
        self._check_lines = check_lines
        self._switches = Switches(status_after_full_refund, refunds_on_captures, authorization_days)
        self._new_replays: Callable[[], Replays] = lambda: Replays(
            key_lifetime, key_scope, refusals=replay_refusals
        )
        self._history = History(remembered_calls)
        self._lock = RLock()
        self._store: Store = NoStore()
        self._first_orders = copies(orders)
        self._start()

    def _start(self) -> None:
        self.faults.clear()
        self._ids = IdGenerator(self._seed)
        self._replays = self._new_replays()
        self._history.clear()
        self._orders: dict[str, Json] = {}
        self.add_orders(self._first_orders)
        if EXAMPLE_ORDER_ID not in self._orders:
            self.add_order({"order_id": EXAMPLE_ORDER_ID})

    def reset(self) -> None:
        """Restore the start: orders, keys, calls, faults, and the clock."""
        with self._lock:
            self._store.clear()
            self.clock.reset()
            self._start()

    def advance(self, by: timedelta | float) -> None:
        """Move the clock forward as `clock.advance` does, and keep that in the state."""
        with self._lock:
            self.clock.advance(by)
            self._store.save_clock(self.clock.moved.total_seconds())

    def state(self) -> State:
        """Return everything that `restore` needs."""
        orders, keys = list(self._orders.values()), list(self._replays)
        return State(self._generation, self.clock.moved.total_seconds(), orders, keys)

    def restore(self, state: State) -> None:
        """Take up a state again. New ids differ from all ids before."""
        self._generation = state.generation
        self._ids = IdGenerator(f"{self._seed} {self._generation}")
        self.clock.reset()
        self.clock.advance(state.moved)
        self._orders = {order["order_id"]: order for order in state.orders}
        self._replays = self._new_replays()
        for keyed in state.keys:
            self._replays.remember(keyed)

    def keep_in(self, store: Store) -> None:
        """Tell a store of each change from now on, before its response is given."""
        self._store = store

    def add_order(self, order: Json) -> str:
        """Add an order and return its id.

        Fields that it lacks get defaults, amounts those that follow from lines and captures.

        Raises:
            ValueError: A field does not fit the spec, the id is taken, or there are too many.
            TypeError: The order holds something that is not JSON.
        """
        return self.add_orders([order])[0]

    def add_orders(self, orders: Iterable[Json]) -> tuple[str, ...]:
        """Add all of these orders or, if one is refused, none. See `add_order`."""
        with self._lock:
            room = MOST_ORDERS - len(self._orders)
            orders = list(islice(orders, room + 1))
            if len(orders) > room:
                raise ValueError(f"there can be {MOST_ORDERS} orders at most")
            added: dict[str, Json] = {}
            for order in complete_orders(
                orders, self.clock.now(), self._ids, self._switches.authorization_days
            ):
                order_id: str = order["order_id"]
                if order_id in self._orders or order_id in added:
                    raise ValueError(f"there is an order {order_id} already")
                added[order_id] = order
            self._orders |= added
            for order in added.values():
                self._store.save_order(order, all_effects(order))
        return tuple(added)

    def order(self, order_id: str) -> Json:
        """Return a copy of an order as it is now.

        Raises:
            KeyError: There is no such order.
        """
        with self._lock:
            order = self._orders[order_id.lower()]
            expire(order, self.clock.now())
            return copy.deepcopy(order)

    @property
    def order_ids(self) -> tuple[str, ...]:
        """Return the ids of all orders, in the order in which they were added."""
        with self._lock:
            return tuple(self._orders)

    @property
    def calls(self) -> tuple[Exchange, ...]:
        """Return the last exchanges, oldest first, without credentials."""
        with self._lock:
            return tuple(self._history)

    def respond(self, request: Request) -> Response:
        """Return the API's own response to a request, without faults."""
        with self._lock:
            now = self.clock.now()
            answer = self._answer(request, now)
            self._log(now, request, answer.response, answer)
            return answer.response

    def exchange(self, request: Request) -> Outcome:
        """Return what the client gets. Requests of all threads are handled one at a time."""
        with self._lock:
            if not self.faults.list():
                return Outcome(self.respond(request))
            now = self.clock.now()
            route = routes.find(request)
            fault = self._next_fault(request, route, now)
            if fault is None:
                return Outcome(self.respond(request))
            answer = self._answer(request, now) if fault.reaches_the_api else None
            if answer and fault.kind == "duplicate":
                self._log(now, request, answer.response, answer)
                answer = self._answer(request, now)
            response = answer.response if answer else None
            if fault.kind == "status":
                response = fault.response(self._ids.new_trace())
            if route and fault.in_progress and request.key:
                where = route.operation.name, route.order_id
                self._replays.hold(request.key, *where, fault.seconds)
            self._log(now, request, response, answer, fault.kind)
            return Outcome(response, fault.kind, fault.seconds if fault.kind == "delay" else 0)

    def _next_fault(
        self, request: Request, route: RouteMatch | None, now: datetime
    ) -> Fault | None:
        fault = self.faults.next_fault(route, is_read=request.is_read)
        order = self._orders.get(route.order_id) if route else None
        if order and fault and fault.kind == "stale":
            until = None if fault.reads else now + timedelta(seconds=fault.seconds)
            before = copy.deepcopy(order)
            self.faults.stale_reads.remember(before, now, until, fault.reads or 0)
        return fault

    def _log(
        self,
        at: datetime,
        request: Request,
        response: Response | None,
        answer: Answer | None,
        fault: str = "",
    ) -> None:
        done, is_replay = answer or (None, False)
        public = request.without_credentials()
        self._history.add(Exchange(at, public, response, fault, done, is_replay))

    def _answer(self, request: Request, now: datetime) -> Answer:
        if not api_key(request).startswith("kco_test_"):
            return Answer(unauthorized())
        correlation_id = self._ids.new_trace()
        try:
            return self._answer_once(request, routes.match(request), correlation_id, now)
        except Refusal as refusal:
            return Answer(refusal.response(correlation_id))

    def _answer_once(
        self, request: Request, route: RouteMatch, correlation_id: str, now: datetime
    ) -> Answer:
        """Carry out an operation, or replay the response that its key already has."""
        if request.is_read:
            return Answer(self._perform(request, route, correlation_id, now))
        key, where = request.key, (route.operation.name, route.order_id)
        if self._replays.is_held(key, *where):
            raise Refusal(409, "CONFLICT")
        for forgotten in self._replays.forget(now):
            self._store.forget_key(forgotten)
        replayed = self._replays.recall(key, *where, now)
        if replayed is not None:
            return Answer(replayed, is_replay=True)
        try:
            response = self._perform(request, route, correlation_id, now)
        except Refusal as refusal:
            response = refusal.response(correlation_id)
        # The order of a 404 may be added later, and its key must work then.
        is_known = route.order_id in self._orders
        if key and is_known and self._replays.is_remembered(response):
            keyed = KeyedResponse(key, *where, now, response)
            self._replays.remember(keyed)
            self._store.save_key(keyed)
        return Answer(response)

    def _perform(
        self, request: Request, route: RouteMatch, correlation_id: str, now: datetime
    ) -> Response:
        operation = route.operation
        body = read_body(request, operation.body) if operation.body else {}
        order = self._orders.get(route.order_id)
        if order is None:
            raise Refusal(404, operation.no_order, "No such order")
        problems = tuple(line_checks.problems(body)) if self._check_lines else ()
        if problems:
            raise Refusal(400, "BAD_REQUEST", *problems)
        expire(order, now)
        if request.is_read:
            order = self.faults.stale_reads.snapshot(route.order_id, now) or order
        context = OperationContext(
            order=order,
            body=body,
            effect_id=route.effect_id,
            order_url=f"{request.origin}/ordermanagement/v1/orders/{route.order_id}",
            correlation_id=correlation_id,
            now=now,
            ids=self._ids,
            switches=self._switches,
        )
        response = operation.run(context)
        if not request.is_read:
            self._store.save_order(order, context.changed)
        return response
