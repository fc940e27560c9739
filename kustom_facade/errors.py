"""The errors of this library, as one tree.

    KustomError
    ├── ConfigurationError          a client that cannot be built or used as asked
    ├── InvalidRequest              refused before sending: a field breaks a limit of the document
    │   └── IdempotencyKeyReused    the key was used for another request
    ├── ReferenceConflict           ensure_…: the reference exists with another amount
    ├── DuplicateReference          ensure_…: the reference exists more than once
    ├── ConnectionFailed            no answer came
    ├── UnexpectedResponse          an answer came that could not be read
    └── ApiError                    an answer with an error status
        ├── AuthenticationFailed    401
        ├── Forbidden               403 without an error code: a firewall, not the API
        ├── NotAllowed              403 with an error code: the order's state does not allow it
        │   ├── CaptureNotAllowed
        │   ├── RefundNotAllowed
        │   └── CancelNotAllowed
        ├── NotFound                404
        │   ├── NoSuchOrder
        │   └── NoSuchCapture
        ├── BadRequest              400, 413, 415, 422
        ├── Conflict                409
        ├── RateLimited             429
        └── ServerError             5xx, the unofficial ones too

Misuse of Python itself (a float as an amount, a missing argument) is a ``TypeError`` or
``ValueError``. Every error pickles, compares by type and content, and holds no secret.
"""

# KustomError.args is a property:
# pyright: reportIncompatibleVariableOverride=false
from collections.abc import Mapping
from typing import Any, ClassVar


class KustomError(Exception):
    """The root of all errors of this library.

    ``str()`` gives the message, the details that the vendor's support asks for, and one hint.
    """

    #: The hint of the class, for an error without one of its own.
    default_hint: ClassVar[str] = ""
    #: True when the cause may go away by itself, so that a later call may succeed.
    transient: bool = False
    #: True when the API was not asked: an ``ensure_`` verb refused, from the order as it was read.
    decided_locally: bool = False

    #: The problem in one sentence, without details and hint.
    message: str
    #: The key of the write. ``None`` for a read, and for a write refused before it had a key.
    idempotency_key: str | None
    #: How often the request was sent.
    attempts: int
    #: True when a write may have taken effect although no success was seen.
    outcome_unknown: bool
    #: The caller's id of the event, in the errors of the ``ensure_`` verbs.
    reference: str | None

    def __init__(
        self,
        message: str,
        state: Mapping[str, Any] | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        attempts: int = 0,
        outcome_unknown: bool = False,
        reference: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.idempotency_key = idempotency_key
        self.attempts = attempts
        self.outcome_unknown = outcome_unknown
        self.reference = reference
        self._hint = ""
        self._restore(state)

    # A property, so that what is set later is there too.
    @property
    def args(self) -> tuple[Any, ...]:  # type: ignore[override]  # see above
        """Return the message and the rest as plain JSON data.

        The class called with them gives an equal error, as queues with JSON results do.
        """
        return self.message, self._state()

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON data, of which ``from_dict`` makes an equal error."""
        return {
            "type": type(self).__name__,
            "message": self.message,
            **self._state(),
            "hint": self.hint,
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "KustomError":
        """Return the error of which this is ``to_dict()``.

        Raises:
            ValueError: it is that of none.
        """
        kinds = [KustomError]
        for kind in kinds:
            kinds += kind.__subclasses__()
        for kind in kinds:
            if kind.__name__ == data.get("type"):
                return kind(data["message"], data)
        raise ValueError(f"no error of this library has the type {data.get('type')!r}")

    def _state(self) -> dict[str, Any]:
        """Return what is set on this error, besides the message, as plain JSON data."""
        state = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in vars(self).items()
            if name not in ("message", "__notes__")
        }
        return {**state, "transient": self.transient, "decided_locally": self.decided_locally}

    def _restore(self, state: Mapping[str, Any] | None) -> None:
        """Set what ``_state`` gave. Names of a newer version are left out."""
        known = {*vars(self), "transient", "decided_locally"}
        for name, value in (state or {}).items():
            if name in known and name not in ("message", "hint"):
                setattr(self, name, tuple(value) if isinstance(value, list) else value)

    @property
    def hint(self) -> str:
        """Return one line of advice about this error. It can be set."""
        if self._hint:
            return self._hint
        if not self.outcome_unknown:
            if self.transient and self.reference is not None:
                return (
                    "Nothing was done by this call; call again later with the same "
                    f"reference={self.reference!r}."
                )
            return self.default_hint
        if self.reference is not None:
            return (
                "It is not known whether this took effect, and it is safe to call again with the "
                f"same reference={self.reference!r}: what is there will be found, and nothing done "
                "twice."
            )
        if self.idempotency_key is None:
            return (
                "It is not known whether this took effect: read the order, and do not repeat the "
                "call blindly."
            )
        return (
            "It is not known whether this took effect: read the order, or call again with the same "
            f"arguments and idempotency_key={self.idempotency_key!r}; a new key could do it twice."
        )

    @hint.setter
    def hint(self, hint: str) -> None:
        self._hint = hint

    def _details(self) -> list[str]:
        """Return the details that ``str()`` puts in parentheses."""
        return (
            [f"{self.attempts} attempt{'s' if self.attempts > 1 else ''}"] if self.attempts else []
        )

    def __str__(self) -> str:
        details = ", ".join(self._details())
        return f"{self.message}{f' ({details})' if details else ''}. {self.hint}".rstrip()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r})"

    # Calls the class with ``args`` only. The default sets what is in ``__dict__`` as well.
    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.args

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.args == getattr(other, "args", None)

    def __hash__(self) -> int:
        return hash((type(self), str(self)))


class ConfigurationError(KustomError, ValueError):
    """A client that cannot be built or used as asked: the key, the environment, an option."""


class InvalidRequest(KustomError, ValueError):
    """A request that was refused before sending. Nothing has happened."""

    default_hint = "Nothing was sent. Correct the call."

    #: All problems, each with the path of its field and the limit it breaks.
    problems: tuple[str, ...]

    def __init__(
        self,
        message: str,
        state: Mapping[str, Any] | None = None,
        /,
        *,
        problems: tuple[str, ...] = (),
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.problems = problems
        self._restore(state)


class IdempotencyKeyReused(InvalidRequest):
    """An idempotency key that was used before with another operation, order or body.

    A first use in this process is found before sending, and ``attempts`` is 0. After one elsewhere
    the API answers with the first result. That is found where the answer names another operation
    or order, and then it is not known whether this call took effect.
    """

    default_hint = (
        "Nothing was sent: the API would silently answer with the first result. "
        "Use one key for one event, or build the client with guard_keys=False."
    )

    @property
    def hint(self) -> str:
        """Return one line of advice, which depends on whether the request was sent."""
        if self.attempts and not self._hint:
            return (
                "The answer does not tell whether this took effect. Read the order, which does. "
                f"A new key instead of {self.idempotency_key!r} could do it twice."
            )
        return super().hint

    @hint.setter
    def hint(self, hint: str) -> None:
        self._hint = hint


class ReferenceConflict(KustomError):
    """A reference that an ``ensure_`` verb found with another amount. Nothing was done."""

    default_hint = (
        "Read the order. A reference names one event: give another event another reference."
    )


class DuplicateReference(KustomError):
    """A reference that an ``ensure_`` verb found more than once: an event was done twice."""

    default_hint = (
        "Read the order: the reference stands there more than once, and a person has to look at it."
    )


class ConnectionFailed(KustomError):
    """A missing answer: network, name, certificate, timeout or a broken connection.

    For a write that may have reached the API, ``outcome_unknown`` is true and ``hint`` tells how to
    go on.
    """

    default_hint = "Nothing was changed. Try again later."
    transient = True


class _Answered(KustomError):
    """An error that an answer of the server caused."""

    #: The HTTP status.
    status: int
    #: The answer's headers, names in lower case.
    headers: Mapping[str, str]
    #: The answer's body as text.
    text: str
    #: The id that the vendor's support asks for. ``None`` when a gateway answered without one.
    correlation_id: str | None

    def __init__(
        self,
        message: str,
        state: Mapping[str, Any] | None = None,
        /,
        *,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        text: str = "",
        correlation_id: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.status = status
        self.headers = dict(headers or {})
        self.text = text
        self.correlation_id = correlation_id
        self._restore(state)

    def _details(self) -> list[str]:
        named = [f"correlation id {self.correlation_id}"] if self.correlation_id else []
        return named + super()._details()


class UnexpectedResponse(_Answered):
    """An answer that cannot be read: no JSON where data was asked for, a redirect, …"""

    default_hint = (
        "Look at .status, .headers and .text; a proxy or a wrong base_url is the usual reason."
    )


class ApiError(_Answered):
    """An answer with an error status.

    Decide by class, ``status`` and ``code``. The vendor's message texts change.
    """

    default_hint = "Look at .status and .text; repeating the call unchanged will not help."

    #: The API's ``error_code``. ``None`` when a gateway answered.
    code: str | None
    #: The API's ``error_messages``, for people.
    messages: tuple[str, ...]
    #: Seconds to wait, as the API asked in ``Retry-After``. ``None`` when it did not.
    retry_after: float | None

    def __init__(
        self,
        message: str,
        state: Mapping[str, Any] | None = None,
        /,
        *,
        code: str | None = None,
        messages: tuple[str, ...] = (),
        retry_after: float | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.code = code
        self.messages = messages
        self.retry_after = retry_after
        self._restore(state)


class AuthenticationFailed(ApiError):
    """401: a key that is missing, wrong, or of the other environment."""

    default_hint = (
        "Check KUSTOM_API_KEY: a kco_test_ key works in the playground and the sandbox only, "
        "a kco_live_ key in production only, and some keys only together with their username "
        "(KUSTOM_USERNAME)."
    )


class Forbidden(ApiError):
    """403 without an error code: a firewall refused before the credentials were checked."""

    default_hint = (
        "A firewall refused, not the API: check the address and the region that the request "
        "comes from."
    )


class NotAllowed(ApiError):
    """403 with an error code: the credentials are fine, but the order's state forbids it."""

    default_hint = "Read the order: its status, its expiry or its amounts do not allow this."


class CaptureNotAllowed(NotAllowed):
    """403 for an amount that cannot be captured."""

    default_hint = (
        "Read the order: its status must be AUTHORIZED or PART_CAPTURED, its fraud_status "
        "ACCEPTED, and the amount from 1 to its remaining_authorized_amount."
    )


class RefundNotAllowed(NotAllowed):
    """403 for an amount that cannot be refunded."""

    default_hint = (
        "Read the order: a refund needs a capture, and all refunds together at most what was "
        "captured."
    )


class CancelNotAllowed(NotAllowed):
    """403 for an order that cannot be cancelled."""

    default_hint = (
        "Read the order: only one without captures, that is not cancelled or expired, can be "
        "cancelled. What has been captured can be refunded, and the remaining authorization "
        "released."
    )


class NotFound(ApiError):
    """404: an id that is not there."""

    default_hint = (
        "Check the id, and that the key and the base_url belong to the environment that it "
        "came from."
    )


class NoSuchOrder(NotFound):
    """404: an order that is not there."""


class NoSuchCapture(NotFound):
    """404: a capture that is not there on the order."""


class BadRequest(ApiError):
    """400, 413, 415 or 422: a request that the API could not accept as it was."""

    default_hint = "Correct the request; repeating it unchanged will not help."


class Conflict(ApiError):
    """409: another change of the order under way at the same time."""

    default_hint = (
        "Read the order; if this is still to be done, call again with the same idempotency key."
    )
    transient = True


class RateLimited(ApiError):
    """429: too many requests. ``retry_after`` is the wait in seconds, if the API named one."""

    default_hint = (
        "Wait (.retry_after holds the seconds, where the API names them), then call again with "
        "the same key."
    )
    transient = True


class ServerError(ApiError):
    """5xx, with the unofficial ones (520 to 599) that gateways send."""

    default_hint = "Try again later."
    transient = True


_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: BadRequest,
    401: AuthenticationFailed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: BadRequest,
    415: BadRequest,
    422: BadRequest,
    429: RateLimited,
}
_BY_CODE: Mapping[tuple[int, str], type[ApiError]] = {
    (403, "CAPTURE_NOT_ALLOWED"): CaptureNotAllowed,
    (403, "REFUND_NOT_ALLOWED"): RefundNotAllowed,
    (403, "CANCEL_NOT_ALLOWED"): CancelNotAllowed,
    (404, "NO_SUCH_ORDER"): NoSuchOrder,
    (404, "NO_SUCH_CAPTURE"): NoSuchCapture,
}


def class_for(status: int, code: str | None) -> type[ApiError]:
    """Return the class of an error answer, by its status and the API's error code."""
    if status >= 500:
        return ServerError
    if status == 403 and code is None:
        return Forbidden
    return _BY_CODE.get((status, code or ""), _BY_STATUS.get(status, ApiError))


#: Error code of a refused capture whose customer could not be charged. A later attempt may succeed
#: (api-facts, section 4).
PAYMENT_METHOD_FAILED = "PAYMENT_METHOD_FAILED"
PAYMENT_METHOD_FAILED_HINT = (
    "The customer could not be charged, which may change. Try again later with another idempotency "
    "key, since the API may answer this one with the same refusal: ensure_capture takes the next "
    "attempt= (attempt=2 after the first)."
)
