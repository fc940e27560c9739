"""What a line of the state file may hold: one change, as `Core` writes it and takes it back."""

from datetime import datetime
from typing import Any

from ._brought import ORDER
from ._clock import FARTHEST_DAYS
from ._schema import Problems
from ._wire import Json

_FARTHEST = FARTHEST_DAYS * 86_400


def is_sound(record: Json) -> bool:
    """Whether a record can be taken back; what it has besides is of no interest."""
    moved, generation = record.get("moved", 0), record.get("generation", 0)
    return (
        _is_number(moved, float)
        and 0 <= moved <= _FARTHEST
        and _is_number(generation, int)
        and generation >= 0
        and _is_order(record.get("order"))
        and _is_answer(record.get("answer"))
    )


def _is_number(value: Any, kind: type) -> bool:
    return isinstance(value, int | kind) and not isinstance(value, bool)


def _is_order(order: Any) -> bool:
    if order is None:
        return True
    problems = Problems()
    ORDER.read(order, "", problems)
    return not problems.malformed and not problems.beyond


def _is_answer(answer: Any) -> bool:
    if answer is None:
        return True
    match answer:
        case [[*where], str(at), int(status), [*headers], str()]:
            return (
                _are_texts(where)
                and _is_moment(at)
                and 200 <= status <= 599
                and all(isinstance(pair, list) and len(pair) == 2 and _are_texts(pair) for pair in headers)
            )
        case _:
            return False


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
