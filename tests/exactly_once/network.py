"""A sandbox behind a network on which a test decides."""

from collections.abc import Callable
from typing import Any, Final

import httpx

from kustom_facade import RetryPolicy
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox

ID: Final = EXAMPLE_ORDER_ID
#: Each call once, and no waiting between reads.
ONCE: Final = RetryPolicy(attempts=1, base=0.0)
Script = Callable[[httpx.Request], httpx.Response | None]


class FaultyTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A sandbox behind a network: a test decides what fails, before or after the effect."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.before: list[Script] = []
        self.after: list[Script] = []
        self.seen: list[tuple[str, str | None]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request to the sandbox and its answer back, unless the test decides otherwise."""
        self.seen.append((request.method, request.headers.get("klarna-idempotency-key")))
        early = self._next(self.before, request)
        if early is not None:
            return early
        answer = self.sandbox.handle_request(request)
        late = self._next(self.after, request)
        return answer if late is None else late

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The same for the other client."""
        return self.handle_request(request)

    @staticmethod
    def _next(scripts: list[Script], request: httpx.Request) -> httpx.Response | None:
        return scripts.pop(0)(request) if scripts and request.method != "GET" else None

    @property
    def writes(self) -> int:
        """How many writes were sent."""
        return sum(method != "GET" for method, _ in self.seen)


def lost(_: httpx.Request) -> httpx.Response:
    """The network gives up."""
    raise httpx.ReadTimeout("late")


def answer(status: int, code: str = "X") -> Script:
    """An answer of somebody's own."""
    return lambda _: httpx.Response(status, json={"error_code": code, "error_messages": []})


def effects(network: FaultyTransport, kind: str = "captures") -> list[tuple[str, int]]:
    """References and amounts of what the order holds."""
    amount = "captured_amount" if kind == "captures" else "refunded_amount"
    return [
        (effect.get("reference", ""), effect[amount]) for effect in network.sandbox.order(ID)[kind]
    ]


class RewrittenReads(FaultyTransport):
    """A network whose reads of the order show what a test makes of it, so often or always."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.views: list[Callable[[dict[str, Any]], dict[str, Any]]] = []
        self.always: Callable[[dict[str, Any]], dict[str, Any]] = lambda order: order

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Writes go through; a read shows the next view."""
        if request.method != "GET":
            return super().handle_request(request)
        self.seen.append((request.method, None))
        view = self.views.pop(0) if self.views else self.always
        return httpx.Response(200, json=view(self.sandbox.order(ID)))


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A view of an order without some of its fields."""
    return lambda order: {name: value for name, value in order.items() if name not in names}


def with_(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A view of an order with other fields."""
    return lambda order: {**order, **fields}
