"""Faults: rules for what goes wrong between a client and the API.

`Core`, the transport and the server carry them out.
"""

import random
import re
from dataclasses import dataclass, fields
from email.utils import format_datetime, parsedate_to_datetime
from threading import Lock
from typing import Any, Literal, get_args

from .api.ids import is_uuid
from .api.operations import OPERATIONS
from .api.refusals import Refusal
from .api.routes import RouteMatch
from .api.stale_reads import StaleReads
from .api.wire import CORRELATION_ID, Json, Response, reason

Kind = Literal["refuse", "drop", "lose", "cut", "delay", "status", "stale", "duplicate"]
Body = Literal["html", "json", "empty", "broken"]

_VERBS = sorted({name for operation in OPERATIONS for name in operation.aliases})
_MANY = 2**31 - 1
#: Each request is held against every fault that is set.
_MOST_FAULTS = 1000
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
_BOOLEANS = (True, False)
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
    """Define which requests fail, and how. Without a condition every request fails.

    A `refuse` is a refused connection, `httpx.ConnectError`, in the same process only. A served
    sandbox has accepted the connection before it can know the request, so it resets the
    connection instead. Nothing is done there either, but the client gets the error of a lost
    response, and cannot tell.

    Args:
        kind: `refuse` the connection. `drop` it before anything is done. Carry out the request
            and `lose` the response, `cut` it in half or `delay` it. Answer with an error
            `status`. Show `stale` reads after a write. `duplicate` the request, as a proxy that
            repeats it does, and give the second response.
        verb: Only requests like `capture` or `captureOrder`, `POST`,
            `POST /captures/*/shipping-info`, `read` or `write`.
        order_id: Only requests about this order.
        nth: From the n-th matching request on, counted from 1. Without `every` and `times`:
            only that request.
        every: Every n-th matching request.
        times: At most this number of times.
        probability: The chance of each request that meets all other conditions, drawn from
            `seed`.
        seed: The seed for `probability`.
        seconds: How long a response is delayed, or how long reads are stale. Staleness runs on
            the sandbox's clock.
        reads: How many reads are stale, instead of how long.
        in_progress: Whether a delayed write is still being worked on until its response is sent.
            Its key answers 409 as long.
        status: The error status, such as 429, 503 or 520.
        body: The body of such an error: `html`, `json` as the API has it, `empty`, or `broken`
            JSON. The default is JSON for a 429 or with a `code`, else HTML.
        retry_after: The `Retry-After` of such an error, in seconds or as an HTTP date like
            `Wed, 21 Oct 2026 07:28:00 GMT`. There is none by default.
        effect: Whether the request is carried out before that error.
        code: The `error_code` of such an error in JSON. It may be one that is in no published
            list, such as `PAYMENT_METHOD_FAILED` with a 403. The default fits the status.

    Raises:
        ValueError: A value is not among these, there is a `code` with a `body` that is not JSON,
            or something other than a delay is `in_progress`.
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
    in_progress: bool = False

    def __post_init__(self) -> None:
        _require_one_of("kind", self.kind, get_args(Kind))
        if self.body is not None:
            _require_one_of("body", self.body, get_args(Body))
        if self.verb is not None:
            _require_one_of("verb", self.verb, _VERBS)
        order_id: Any = self.order_id  # over HTTP it may be anything
        if order_id is not None and not (isinstance(order_id, str) and is_uuid(order_id)):
            raise ValueError(f"order_id must be a UUID, not {order_id!r}")
        values: dict[str, Any] = {name: getattr(self, name) for name in _RANGES}
        if isinstance(self.retry_after, str):
            _require_http_date("retry_after", values.pop("retry_after"))
        for name, value in values.items():
            if value is not None or name in {"probability", "seed", "seconds", "status"}:
                _require_in_range(name, value)
        for name in ("effect", "in_progress"):
            _require_one_of(name, getattr(self, name), _BOOLEANS)
        if self.in_progress:
            _require_one_of("kind of a fault that is in_progress", self.kind, ("delay",))
        if self.code is not None:
            _require_code("code", self.code)
            _require_one_of("body of an answer with a code", self.body, (None, "json"))

    @property
    def reaches_the_api(self) -> bool:
        """Return whether the request is carried out all the same."""
        return self.effect if self.kind == "status" else self.kind not in {"refuse", "drop"}

    def to_json(self) -> Json:
        """Return the values that differ from the defaults."""
        values = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {name: value for name, (value, default) in values.items() if value != default}

    def response(self, correlation_id: str) -> Response:
        """Return the error of a `status`."""
        status, retry_after = self.status, _retry_after_header(self.retry_after)
        body = self.body or ("json" if self.code or status == 429 else "html")
        if body == "json":
            default_code = "BAD_REQUEST" if status < 500 else "INTERNAL_ERROR"
            code = self.code or _CODES.get(status, default_code)
            return Refusal(status, code, headers=retry_after).response(correlation_id)
        if body == "empty":
            return Response(status, (("content-length", "0"), *retry_after))
        if body == "broken":
            headers = (("content-type", "application/json"), (CORRELATION_ID, correlation_id))
            return Response(status, (*headers, *retry_after), b'{"error_code":"')
        title = f"{status} {reason(status)}".strip()
        page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
        headers = (("content-type", "text/html"), ("content-length", str(len(page))))
        return Response(status, (*headers, *retry_after), page.encode())


def _require_one_of(name: str, value: object, known: Any) -> None:
    # 1 is equal to True, and is a mistake all the same.
    if not any(value == each and type(value) is type(each) for each in known):
        raise ValueError(f"{name} must be one of {', '.join(map(str, known))}, not {value!r}")


def _require_in_range(name: str, value: Any) -> None:
    kind, least, most = _RANGES[name]
    is_number = isinstance(value, kind | int) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        number = "a whole number" if kind is int else "a number"
        raise ValueError(f"{name} must be {number} from {least} to {most}, not {value!r}")


def _require_http_date(name: str, text: str) -> None:
    try:
        is_date = format_datetime(parsedate_to_datetime(text), usegmt=True) == text
    except ValueError:
        is_date = False
    if not is_date:
        raise ValueError(f"{name} must be a number of seconds or an HTTP date, not {text!r}")


def _require_code(name: str, code: object) -> None:
    if not (isinstance(code, str) and _CODE.fullmatch(code)):
        raise ValueError(f"{name} must be like PAYMENT_METHOD_FAILED, not {code!r}")


def _retry_after_header(retry_after: float | str | None) -> tuple[tuple[str, str], ...]:
    """Return the header, with seconds as plain decimals without trailing zeros."""
    if retry_after is None:
        return ()
    if not isinstance(retry_after, str):
        retry_after = f"{retry_after:.3f}".rstrip("0").rstrip(".")
    return (("retry-after", retry_after),)


class _Rule:
    """Count how often a fault matched and fired."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._matched = self._fired = 0
        self._random = random.Random(f"fault {fault.seed}")  # noqa: S311  to be repeatable is the point

    def matches(self, route: RouteMatch | None, *, is_read: bool) -> bool:
        """Return whether the fault is about a request, and count it if so."""
        fault = self.fault
        if fault.verb and not (route and fault.verb in route.operation.aliases):
            return False
        if fault.order_id and not (route and fault.order_id.lower() == route.order_id):
            return False
        if fault.kind == "stale" and is_read:  # only a write makes later reads stale
            return False
        self._matched += 1
        return True

    def fires(self) -> bool:
        """Return whether the fault fires at the request that was counted last."""
        fault, matched = self.fault, self._matched
        first, step = fault.nth or fault.every or 1, fault.every or 1
        is_single = fault.nth and not (fault.every or fault.times)
        if is_single and matched > first:  # also if chance has spared that one request
            return False
        if matched < first or (matched - first) % step or self._fired >= (fault.times or _MANY):
            return False
        fires = self._random.random() < fault.probability
        self._fired += fires
        return fires


class Faults:
    """Hold the faults of a sandbox.

    At each request the first one that is due fires, in the order in which they were added.

    Attributes:
        stale_reads: What reads show after a `stale` fault.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def add(self, *faults: Fault) -> None:
        """Add faults to those that are set.

        Raises:
            ValueError: There are too many.
        """
        with self._lock:
            if len(self._rules) + len(faults) > _MOST_FAULTS:
                raise ValueError(f"there can be {_MOST_FAULTS} faults at most")
            self._rules += tuple(_Rule(fault) for fault in faults)

    def clear(self) -> None:
        """Remove all faults, end stale reads, and reset the counts."""
        with self._lock:
            self._rules: tuple[_Rule, ...] = ()
            self._counts: dict[str, int] = {}
            self.stale_reads = StaleReads()

    def remove(self, fault: Fault) -> None:
        """Remove one fault, the first of several that are equal.

        Raises:
            ValueError: There is no such fault.
        """
        with self._lock:
            for index, rule in enumerate(self._rules):
                if rule.fault == fault:
                    self._rules = self._rules[:index] + self._rules[index + 1 :]
                    return
            raise ValueError("there is no such fault")

    def list(self) -> tuple[Fault, ...]:
        """Return the faults that are set."""
        return tuple(rule.fault for rule in self._rules)

    def counts(self) -> dict[str, int]:
        """Return how often faults fired, by kind."""
        with self._lock:
            return dict(self._counts)

    def next_fault(self, route: RouteMatch | None, *, is_read: bool) -> Fault | None:
        """Return the fault that fires at a request, which counts for every fault it matches."""
        with self._lock:
            matching = [rule for rule in self._rules if rule.matches(route, is_read=is_read)]
            for rule in matching:
                if rule.fires():
                    kind = rule.fault.kind
                    self._counts[kind] = self._counts.get(kind, 0) + 1
                    return rule.fault
            return None
