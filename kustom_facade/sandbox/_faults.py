"""What can go wrong between a client and the API, by rule; what a fault does is up to `Core` and the transports."""

import random
import re
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from threading import Lock
from typing import Any, Literal, get_args

from ._operations import OPERATIONS, Place
from ._orders import is_uuid
from ._wire import CORRELATION_ID, Json, Refusal, Response, reason, refused

Kind = Literal["refuse", "drop", "lose", "cut", "delay", "status", "stale", "duplicate"]
Body = Literal["html", "json", "empty", "broken"]

_VERBS = sorted({name for operation in OPERATIONS for name in operation.names})
_MANY = 2**31 - 1
_RANGES: dict[str, tuple[type[float], float, float]] = {
    "nth": (int, 1, _MANY),
    "every": (int, 1, _MANY),
    "times": (int, 1, _MANY),
    "probability": (float, 0, 1),
    "seed": (int, 0, _MANY),
    "seconds": (float, 0, _MANY),
    "reads": (int, 1, _MANY),
    "status": (int, 400, 599),
    "retry_after": (float, 0, _MANY),
}
_CODE = re.compile("[A-Z0-9_]+")
_CODES = {
    401: "FORBIDDEN",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "INVALID_REQUEST_PARAMETERS",
    429: "TOO_MANY_REQUESTS",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule: which calls it is about, and what happens to them. Without a condition it fires at every call.

    A `refuse` is a refused connection, `httpx.ConnectError`, in the same process only. A served sandbox has taken the
    connection before it can know what is asked on it, so it resets the connection instead: nothing is done there either,
    but its client gets the error of a lost answer, and cannot tell.

    Args:
        kind: `refuse` the connection; `drop` it before anything is done; do what was asked and `lose` the answer, `cut`
            it in half or `delay` it; answer with an error `status`; show `stale` reads after a write; `duplicate` the
            request as a proxy that repeats it would, and give the second answer.
        verb: only at `capture` or `captureOrder`, `POST`, `POST /captures/*/shipping-info`, `read` or `write`.
        order_id: only at requests about this order.
        nth: from the n-th matching call, counted from 1; alone, at that call only.
        every: at every n-th matching call.
        times: at most so many times.
        probability: how likely it is, at each call that the rest is true of; drawn from `seed`.
        seconds: how long an answer is delayed, or reads are stale (on the sandbox's clock).
        reads: how many reads are stale, instead of how long.
        status: the error status, as 429, 503 or 520.
        body: what such an answer holds: `html`, `json` as the API itself has it, `empty`, or
            `broken` JSON; by default JSON for a 429 or with a `code`, else HTML.
        retry_after: the answer's `Retry-After`, in seconds or as an HTTP date like `Wed, 21 Oct 2026 07:28:00 GMT`; by
            default there is none.
        effect: whether what was asked is done before that answer.
        code: the `error_code` of such an answer in JSON, also one that is in no published list,
            such as `PAYMENT_METHOD_FAILED` with a 403; by default one that fits the status.

    Raises:
        ValueError: a value is not among these, or a `code` was given to a `body` that is no JSON.
    """

    kind: Kind
    verb: str | None = None
    order_id: str | None = None
    nth: int | None = None
    every: int | None = None
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    seconds: float = 1.0
    reads: int | None = None
    status: int = 503
    body: Body | None = None
    retry_after: float | str | None = None
    effect: bool = False
    code: str | None = None

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, get_args(Kind))
        if self.body is not None:
            _one_of("body", self.body, get_args(Body))
        if self.verb is not None:
            _one_of("verb", self.verb, _VERBS)
        given: Any = self.order_id  # over HTTP it may be anything
        if given is not None and not (isinstance(given, str) and is_uuid(given)):
            raise ValueError(f"order_id must be a UUID, not {given!r}")
        values: dict[str, Any] = {name: getattr(self, name) for name in _RANGES}
        if isinstance(self.retry_after, str):
            _must_be_date("retry_after", values.pop("retry_after"))
        for name, (kind, least, most) in _RANGES.items():
            value = values.get(name)
            if value is None and name not in {"probability", "seed", "seconds", "status"}:
                continue
            if isinstance(value, bool) or not isinstance(value, kind | int) or not least <= value <= most:
                whole = "a whole number" if kind is int else "a number"
                raise ValueError(f"{name} must be {whole} from {least} to {most}, not {value!r}")
        effect: Any = self.effect  # as above
        if not isinstance(effect, bool):
            raise ValueError(f"effect must be one of True, False, not {effect!r}")  # noqa: TRY004  as all the others
        if self.code is not None:
            _must_be_code("code", self.code)
            _one_of("body of an answer with a code", self.body, (None, "json"))

    def to_json(self) -> Json:
        """What was set of it."""
        values = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {name: value for name, (value, default) in values.items() if value != default}

    def answer(self, correlation_id: str) -> Response:
        """The error of a `status`."""
        more = () if self.retry_after is None else (("retry-after", _on_the_wire(self.retry_after)),)
        body = self.body or ("json" if self.code or self.status == 429 else "html")
        if body == "json":
            code = self.code or _CODES.get(
                self.status, "BAD_REQUEST" if self.status < 500 else "INTERNAL_ERROR"
            )
            return refused(Refusal(self.status, code, headers=more), correlation_id)
        if body == "empty":
            return Response(self.status, (("content-length", "0"), *more))
        if body == "broken":
            trace = (CORRELATION_ID, correlation_id)
            return Response(
                self.status, (("content-type", "application/json"), trace, *more), b'{"error_code":"'
            )
        title = f"{self.status} {reason(self.status)}".strip()
        page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n".encode()
        return Response(
            self.status, (("content-type", "text/html"), ("content-length", str(len(page))), *more), page
        )


def _one_of(name: str, value: object, known: Any) -> None:
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(map(str, known))}, not {value!r}")


def _must_be_date(name: str, text: str) -> None:
    try:
        is_date = format_datetime(parsedate_to_datetime(text), usegmt=True) == text
    except ValueError:
        is_date = False
    if not is_date:
        raise ValueError(f"{name} must be a number of seconds or an HTTP date, not {text!r}")


def _must_be_code(name: str, code: object) -> None:
    if not (isinstance(code, str) and _CODE.fullmatch(code)):
        raise ValueError(f"{name} must be like PAYMENT_METHOD_FAILED, not {code!r}")


def _on_the_wire(retry_after: float | str) -> str:
    """Seconds without an exponent, and without a fraction where there is none."""
    if isinstance(retry_after, str):
        return retry_after
    return f"{retry_after:.3f}".rstrip("0").rstrip(".")


class _Rule:
    """A fault, and how often it was looked at and fired."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._seen = self._fired = 0
        self._random = random.Random(f"fault {fault.seed}")  # noqa: S311  to be repeatable is the point

    def matches(self, place: Place | None, *, is_read: bool) -> bool:
        """Whether it is about this call, which then counts."""
        fault = self.fault
        if fault.verb and not (place and fault.verb in place.operation.names):
            return False
        if fault.order_id and not (place and fault.order_id.lower() == place.order_id):
            return False
        if fault.kind == "stale" and is_read:  # it is writes that reads do not show
            return False
        self._seen += 1
        return True

    def fires(self) -> bool:
        """Whether it is its turn, after so many calls."""
        fault = self.fault
        first, step = fault.nth or fault.every or 1, fault.every or 1
        if fault.nth and not (fault.every or fault.times) and self._seen > fault.nth:
            return False  # alone it is about that call, also where chance has let it pass
        if self._seen < first or (self._seen - first) % step or self._fired >= (fault.times or _MANY):
            return False
        fires = self._random.random() < fault.probability
        self._fired += fires
        return fires


class Stale:
    """Orders as they were before a write, for reads that do not show it yet."""

    def __init__(self) -> None:
        self._views: dict[str, tuple[Json, datetime | None, int]] = {}

    def keep(self, before: Json, fault: Fault, now: datetime) -> None:
        """From now on reads see this; if they already saw an older state, they go on to see that."""
        order_id = before["order_id"]
        older = self.view(order_id, now, reads=0)
        until = None if fault.reads else now + timedelta(seconds=fault.seconds)
        self._views[order_id] = (older or before, until, fault.reads or 0)

    def view(self, order_id: str, now: datetime, reads: int = 1) -> Json | None:
        """What a read sees instead of the order, if it is stale."""
        if order_id not in self._views:
            return None
        before, until, left = self._views[order_id]
        if now >= until if until else not left:
            del self._views[order_id]
            return None
        self._views[order_id] = (before, until, left - reads)
        return before


class Faults:
    """The faults of a sandbox. At each call the first that is due fires, in the order in which they were added."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def add(self, *faults: Fault) -> None:
        """Sets faults, besides those that are."""
        with self._lock:
            self._rules += tuple(_Rule(fault) for fault in faults)

    def clear(self) -> None:
        """Lifts all faults, stale reads too, and counts anew."""
        with self._lock:
            self._rules: tuple[_Rule, ...] = ()
            self._counts: dict[str, int] = {}
            self.stale = Stale()

    def list(self) -> tuple[Fault, ...]:
        """The faults that are set."""
        return tuple(rule.fault for rule in self._rules)

    def counts(self) -> dict[str, int]:
        """How often faults fired, by kind."""
        with self._lock:
            return dict(self._counts)

    def due(self, place: Place | None, *, is_read: bool) -> Fault | None:
        """The fault that fires at a call; each one counts the calls that match it."""
        if not self._rules:
            return None
        with self._lock:
            matching = [rule for rule in self._rules if rule.matches(place, is_read=is_read)]
            for rule in matching:
                if rule.fires():
                    kind = rule.fault.kind
                    self._counts[kind] = self._counts.get(kind, 0) + 1
                    return rule.fault
            return None
