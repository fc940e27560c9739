"""What became of an event, and what to do about it: one table for all errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, Self, TypeAlias

from ..errors import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    ConfigurationError,
    ConnectionFailed,
    DuplicateReference,
    Forbidden,
    IdempotencyKeyReused,
    InvalidRequest,
    KustomError,
    NoSuchCapture,
    NoSuchOrder,
    NotFound,
    ReferenceConflict,
    UnexpectedResponse,
)
from ..results import Created, Voided
from .events import Event

Status: TypeAlias = Literal["done", "already_done", "refused", "retry", "invalid"]
STATUSES: Final[tuple[Status, ...]] = ("done", "already_done", "refused", "retry", "invalid")

#: Seconds after which an event can be run again, where the API names none. Gateways give up after
#: 30 seconds, and what was under way has arrived by then, or never will.
RETRY_AFTER: Final = 30.0


class _Rule(NamedTuple):
    """What an error comes to."""

    status: Status
    #: What it comes to where it is transient, or where its outcome is unknown.
    open_status: Status = "retry"
    #: Whether it says nothing about the event, but that every other one would fail too.
    is_about_all: bool = False


#: What the errors come to. A class that is not here is as the next one above it in the tree.
RULES: Final[Mapping[type[KustomError], _Rule]] = {
    KustomError: _Rule("refused"),
    ApiError: _Rule("refused"),
    AuthenticationFailed: _Rule("retry", is_about_all=True),
    BadRequest: _Rule("invalid"),
    ConfigurationError: _Rule("retry", is_about_all=True),
    ConnectionFailed: _Rule("retry"),
    # A person has to look, however often it is run again.
    DuplicateReference: _Rule("refused", "refused"),
    Forbidden: _Rule("retry", is_about_all=True),
    # Sent, and answered with the answer to something else. The same key gets that again.
    IdempotencyKeyReused: _Rule("refused", "refused"),
    InvalidRequest: _Rule("invalid"),
    NoSuchCapture: _Rule("refused"),
    NoSuchOrder: _Rule("refused"),
    NotFound: _Rule("refused"),
    ReferenceConflict: _Rule("refused", "refused"),
    # One that may pass by itself is. An order that cannot be read is for a person.
    UnexpectedResponse: _Rule("refused"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event. It pickles, and is plain JSON data both ways.

    ============  =====================================================================
    status        meaning
    ============  =====================================================================
    done          it took effect now
    already_done  it had taken effect before, and nothing was done
    retry         not done, or not known: run it again, with the same arguments
    refused       a person has to look, for running it again would not help
    invalid       the event itself is wrong, and was not done
    ============  =====================================================================
    """

    event: Event
    status: Status
    #: Of ``done`` and ``already_done``.
    result: Created | Voided | None = None
    #: Of the others. Its ``hint`` says what to do.
    error: KustomError | None = None
    #: Seconds after which to run it again, of ``retry``.
    retry_after: float | None = None
    #: Read from the results of an earlier run, or of earlier in this one.
    skipped: bool = False

    @property
    def is_done(self) -> bool:
        """Return whether the event has taken effect, now or before."""
        return self.status in ("done", "already_done")

    @property
    def is_final(self) -> bool:
        """Return whether running the event again unchanged would bring nothing."""
        return self.status != "retry"

    def __str__(self) -> str:
        name = " ".join(self.event.identity)
        told = self.error or (self.result.note if self.result else "")
        return f"{name}: {self.status}{f': {told}' if told else ''}"

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON data."""
        return {
            "event": self.event.to_dict(),
            "status": self.status,
            "result": None if self.result is None else self.result.to_dict(),
            "error": None if self.error is None else self.error.to_dict(),
            "retry_after": self.retry_after,
            "skipped": self.skipped,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the outcome of which this is ``to_dict()``.

        Raises:
            ValueError: the status is none, or the event or the error is none of this library.
            KeyError: a field is missing.
            TypeError: a field is of another type.
        """
        event, status = Event.from_dict(data["event"]), data["status"]
        if status not in STATUSES:
            raise ValueError(f"no outcome has the status {status!r}")
        result, error = data["result"], data["error"]
        receipt: type[Created | Voided] = Voided if event.kind == "void" else Created
        return cls(
            event,
            status,
            None if result is None else receipt.from_dict(result),
            None if error is None else KustomError.from_dict(error),
            data["retry_after"],
            data["skipped"],
        )


def of_result(event: Event, result: Created | Voided) -> Outcome:
    """Return the outcome of an event that a verb carried out."""
    was_done = result.action == "nothing" if isinstance(result, Voided) else result.already_done
    return Outcome(event, "already_done" if was_done else "done", result)


def of_error(event: Event, error: KustomError) -> Outcome:
    """Return the outcome of an event over which a verb raised an error."""
    rule = rule_for(error)
    is_open = error.transient or error.outcome_unknown or is_about_all(error)
    status = rule.open_status if is_open else rule.status
    if status != "retry":
        return Outcome(event, status, error=error)
    seconds = getattr(error, "retry_after", None) or RETRY_AFTER
    return Outcome(event, status, error=error, retry_after=seconds)


def of_wrong_event(event: Event, problem: str) -> Outcome:
    """Return the outcome of an event that cannot be meant."""
    return Outcome(event, "invalid", error=InvalidRequest(problem, problems=(problem,)))


def is_about_all(error: KustomError) -> bool:
    """Return whether every other event would fail as well: the key, the host, what lies between.

    A redirect, and a 404 without the API's own code, come from a server that is not the API.
    """
    if isinstance(error, UnexpectedResponse):
        return 300 <= error.status < 400
    if isinstance(error, NotFound):
        return error.code is None
    return rule_for(error).is_about_all


def rule_for(error: KustomError) -> _Rule:
    """Return the rule of an error: that of its class, or of the next one above."""
    return next(RULES[kind] for kind in type(error).__mro__ if kind in RULES)
