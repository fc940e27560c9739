"""The sandbox without any HTTP: a request goes in, an answer comes out, and what it did stays."""

import base64
import copy
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal
from urllib.parse import unquote

from . import _arithmetic as arithmetic
from ._clock import Clock
from ._lifecycle import Switches, expire
from ._operations import Place, Visit, route
from ._orders import EXAMPLE_ORDER_ID, Names, filled_in, is_uuid
from ._replay import KeyScope, Replays
from ._schema import read_body
from ._wire import Call, Json, Refusal, Request, Response, refused, unauthorized

BODY_LIMIT = 1024 * 1024
"""Bytes of a request body; more answer 413."""

_TEST_KEY = "kco_test_"
_SECRETS = frozenset({"authorization", "proxy-authorization", "cookie"})


class Core:
    """The state of the stand-in, and the one function that answers requests.

    Args:
        orders: orders to start with, besides the published example; see `add_order`.
        clock: the time for dates, expiry and keys; by default the system's.
        seed: ids of orders, captures and refunds follow from it.
        status_after_full_refund: the status once everything captured is refunded; recorded is CAPTURED, some
            documents say CLOSED.
        refunds_on_captures: whether a refund counts in the `refunded_amount` of the capture that its lines
            match; recorded is a 0 that stays.
        key_lifetime: how long an idempotency key is remembered.
        key_scope: whether a key counts everywhere, which is the stricter test, or per order and operation; the vendor
            says neither.
        replay_refusals: whether a refusal, too, is the answer to its key from then on.
        check_lines: whether lines that do not add up are refused with 400.
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
        check_lines: bool = True,
        remembered_calls: int = 200,
    ) -> None:
        self.clock = clock or Clock()
        self._names = Names(seed)
        self._check_lines = check_lines
        self._switches = Switches(status_after_full_refund, refunds_on_captures)
        self._replays = Replays(key_lifetime, key_scope, replay_refusals)
        self._calls: deque[Call] = deque(maxlen=remembered_calls)
        self._orders: dict[str, Json] = {}
        self._lock = Lock()
        for order in orders:
            self.add_order(order)
        if EXAMPLE_ORDER_ID not in self._orders:
            self.add_order({"order_id": EXAMPLE_ORDER_ID})

    def add_order(self, order: Json) -> str:
        """Adds an order and returns its id; whatever it lacks is filled in, amounts from lines and captures.

        Raises:
            ValueError: the id is no UUID or is taken, or a date cannot be read.
            TypeError: it holds something that is not JSON.
        """
        with self._lock:
            complete = filled_in(order, self.clock.now(), self._names)
            order_id: str = complete["order_id"]
            if order_id in self._orders:
                raise ValueError(f"there is an order {order_id} already")
            self._orders[order_id] = complete
        return order_id

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
        """The answer to one request. Requests are answered one at a time, from however many threads they come."""
        with self._lock:
            now = self.clock.now()
            response = self._answer(request, now)
            public = {name: text for name, text in request.headers.items() if name not in _SECRETS}
            self._calls.append(Call(now, replace(request, headers=public), response))
            return response

    def _answer(self, request: Request, now: datetime) -> Response:
        if not _is_authorized(request.headers.get("authorization", "")):
            return unauthorized()
        correlation_id = self._names.new_trace()
        try:
            return self._once(request, _place(request), correlation_id, now)
        except Refusal as refusal:
            return refused(refusal, correlation_id)

    def _once(self, request: Request, place: Place, correlation_id: str, now: datetime) -> Response:
        """Carries out an operation, unless its key says that this has been done."""
        key = request.headers.get("klarna-idempotency-key", "").strip()
        if not key or request.method == "GET":
            return self._perform(request, place, correlation_id, now)
        known = self._replays.recall(place, key, now)
        if known is not None:
            return known
        try:
            response = self._perform(request, place, correlation_id, now)
        except Refusal as refusal:
            response = refused(refusal, correlation_id)
        self._replays.remember(place, key, now, response)
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
    place = route(request.method, tuple(unquote(segment) for segment in request.path.split("/")[1:]))
    if len(request.body) > BODY_LIMIT:
        raise Refusal(413, "PAYLOAD_TOO_LARGE", f"Body must be at most {BODY_LIMIT} bytes")
    if not is_uuid(place.order_id):
        raise Refusal(400, "INVALID_ORDER_ID", "Order id must be a UUID")
    return place


def _is_authorized(header: str) -> bool:
    """Both published forms: the key as it is, or username and key in base64."""
    scheme, _, credentials = header.partition(" ")
    credentials = credentials.strip()
    if scheme.lower() != "basic":
        return False
    if credentials.startswith(_TEST_KEY):
        return True
    try:
        _, _, key = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:  # no base64, or no text in it
        return False
    return key.startswith(_TEST_KEY)
