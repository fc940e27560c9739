"""What is to happen once to an order, as values: a capture, a refund, a void."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from operator import index
from typing import Any, ClassVar, Final, Literal, TypeAlias, cast
from uuid import UUID

from .._exactly_once.effects import check_event
from .._operations import captures, refunds
from .._operations.call import Amount, Call, Lines, OrderId, Shipments
from .._operations.ids import minor_units, order_uuid
from ..errors import InvalidRequest
from ..idempotency import key_for
from ..money import Money, is_whole
from ..results import Created

Kind: TypeAlias = Literal["capture", "refund", "void"]
#: Stands for an amount that is not known before the order is read.
_ANY_AMOUNT: Final = 1


@dataclass(frozen=True, slots=True)
class Event:
    """The base of Capture, Refund and Void: a frozen value, plain JSON data both ways.

    It can be built with values that the API would not take. Then ``check`` says what is wrong, and
    its outcome is ``invalid``. Only another type of Python is a ``TypeError`` at once.
    """

    kind: ClassVar[Kind]

    #: The order's UUID.
    order_id: str

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not one.default:
                object.__setattr__(self, one.name, _READERS[one.name](one.name, value))

    def __hash__(self) -> int:
        return hash(self.identity)

    @property
    def order(self) -> str:
        """Return the order's id in one spelling."""
        return self.order_id.lower()

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what an event is known by: kind, order and, but for a void, the reference."""
        return self.kind, self.order

    @property
    def terms(self) -> tuple[int | None, ...]:
        """Return what must not differ between two events of one identity."""
        return ()

    def check(self) -> None:
        """Raise what the API would never be asked for, without sending anything.

        Raises:
            InvalidRequest: a value breaks a limit.
        """
        order_uuid(self.order_id)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON data. What is as by default is left out."""
        data: dict[str, Any] = {"kind": self.kind}
        for one in fields(self):
            value = getattr(self, one.name)
            if one.default is MISSING or value != one.default:
                data[one.name] = _json(one.name, value)
        return data

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Event:
        """Return the event of which this is ``to_dict()``.

        Raises:
            ValueError: the kind is none, a field is missing, or one is not known.
            TypeError: a field is of another type.
        """
        if not isinstance(data, Mapping):
            raise TypeError(f"an event must be an object, not {type(data).__name__}")
        given = dict(data)
        kind = given.pop("kind", None)
        if not isinstance(kind, str) or kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
        known = {one.name: one.default is MISSING for one in fields(KINDS[kind])}
        if missing := [name for name, needed in known.items() if needed and name not in given]:
            raise ValueError(f"{', '.join(missing)}: missing")
        if unknown := [str(name) for name in given if name not in known]:
            raise ValueError(f"{', '.join(unknown)}: no field of a {kind}")
        return KINDS[kind](**given)


@dataclass(frozen=True, slots=True)
class _Movement(Event):
    """What a capture and a refund have in common."""

    #: Minor units of the order's currency, or Money. ``None`` for all that is left, then.
    amount: Amount | None
    #: Your own id of the event, such as the shipment's or the return's number.
    reference: str
    #: 2 and more after a refusal that the API itself answered with, as of ``ensure_capture``.
    attempt: int = 1
    #: A person has looked, and the event is not in an order that contradicts itself.
    verified_absent: bool = False
    description: str | None = None
    order_lines: Lines | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what an event is known by: kind, order and reference."""
        return self.kind, self.order, self.reference

    @property
    def terms(self) -> tuple[int | None, ...]:
        """Return the amount in minor units, and the attempt."""
        minor = None if self.amount is None else minor_units("amount", self.amount)
        return minor, self.attempt

    @property
    def options(self) -> dict[str, Any]:
        """Return the arguments of the call, besides the order, the amount and the reference."""
        return {"description": self.description, "order_lines": self.order_lines}

    def check(self) -> None:
        """Raise what the API would never be asked for, without sending anything.

        Raises:
            InvalidRequest: a value breaks a limit.
        """
        check_event(self.amount, self.reference)
        try:
            key_for(self.kind, order_uuid(self.order_id), self.reference, attempt=self.attempt)
            self._call(_ANY_AMOUNT if self.amount is None else self.amount)
        except InvalidRequest:
            raise
        except (TypeError, ValueError) as error:  # within a line, say
            raise InvalidRequest(str(error), problems=(str(error),)) from error

    def _call(self, amount: Amount) -> Call[Created]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Capture(_Movement):
    """Capture once, as ``ensure_capture`` does with the same arguments."""

    kind: ClassVar[Kind] = "capture"

    shipping_info: Shipments | None = None
    shipping_delay: int | None = None

    __hash__ = Event.__hash__

    @property
    def options(self) -> dict[str, Any]:
        """Return the arguments of the call, besides the order, the amount and the reference."""
        return {
            "description": self.description,
            "order_lines": self.order_lines,
            "shipping_info": self.shipping_info,
            "shipping_delay": self.shipping_delay,
        }

    def _call(self, amount: Amount) -> Call[Created]:
        return captures.capture(self.order_id, amount, reference=self.reference, **self.options)


@dataclass(frozen=True, slots=True)
class Refund(_Movement):
    """Refund once, as ``ensure_refund`` does with the same arguments."""

    kind: ClassVar[Kind] = "refund"

    __hash__ = Event.__hash__

    def _call(self, amount: Amount) -> Call[Created]:
        return refunds.refund(self.order_id, amount, reference=self.reference, **self.options)


@dataclass(frozen=True, slots=True)
class Void(Event):
    """Let go of what has not been captured, as ``void`` does."""

    kind: ClassVar[Kind] = "void"

    #: For your own records. It is not sent, and the order alone says which event it is.
    reference: str | None = None

    __hash__ = Event.__hash__


KINDS: Final[Mapping[str, type[Event]]] = {one.kind: one for one in (Capture, Refund, Void)}


# --- the fields


def _order_id(name: str, value: OrderId) -> str:
    return _text(name, str(value) if isinstance(value, UUID) else value)


def _text(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return str.__str__(value)


def _amount(name: str, value: Any) -> Amount | None:
    if isinstance(value, Mapping):  # Money as JSON data
        if "minor" not in value or "currency" not in value:
            raise ValueError(f"{name}: an object must have minor and currency, as Money has")
        return Money.from_dict(value)
    return value if value is None or isinstance(value, Money) else minor_units(name, value)


def _number(name: str, value: Any) -> int:
    if not is_whole(value):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    return index(value)


def _switch(name: str, value: bool) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {type(value).__name__}")
    return value


def _parts(name: str, values: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    """Return lines or shipments as plain data of the event's own."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a list, not {type(values).__name__}")
    parts = [_plain(name, value) for value in values]
    if odd := [part for part in parts if not isinstance(part, dict)]:
        raise TypeError(f"{name} must hold models or mappings, not {type(odd[0]).__name__}")
    return tuple(cast("list[dict[str, Any]]", parts))


def _plain(name: str, value: Any) -> Any:
    """Return a value as what it is in JSON, with keys in the order that they have."""
    if hasattr(value, "to_dict"):
        value = value.to_dict()
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if is_whole(value):
        return index(value)
    if isinstance(value, Mapping):
        return {_text(name, key): _plain(name, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(name, item) for item in value]
    raise TypeError(f"{name}: {type(value).__name__} is no JSON")


def _json(name: str, value: Any) -> Any:
    return _plain(name, list(value) if isinstance(value, tuple) else value)


_READERS: Final[Mapping[str, Any]] = {
    "order_id": _order_id,
    "amount": _amount,
    "reference": _text,
    "attempt": _number,
    "verified_absent": _switch,
    "description": _text,
    "order_lines": _parts,
    "shipping_info": _parts,
    "shipping_delay": _number,
}
