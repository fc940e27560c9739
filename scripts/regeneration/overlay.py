"""The overlay: fixes to the vendor's document as data, applied strictly to a copy of it.

OpenAPI Overlay 1.0 (and what it shares with 1.1): an action removes what its target selects, or merges
``update`` into it. Two things are stricter than the specification asks: a target must match something, and what
the vendor says there now (``x-expect``) must still hold.
"""

from collections.abc import Mapping, Sequence
from copy import copy, deepcopy
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathError

from .reading import Document, Refused

#: The way to a value: a key or an index for each step.
Place = tuple[int | str, ...]

_paths = JSONPathEnvironment(strict=True)


def apply(document: Document, overlay: Mapping[str, Any]) -> Document:
    """The document with every action carried out, in order; the given one stays as it is."""
    if not str(overlay.get("overlay", "")).startswith(("1.0.", "1.1.")):
        raise Refused("the overlay does not say that it is one: 'overlay: 1.0.0' is missing")
    actions = overlay.get("actions")
    if not isinstance(actions, list):
        raise Refused("the overlay has no list of actions")
    mended = copy(document)
    for number, action in enumerate(actions, start=1):
        if not isinstance(action, Mapping):
            raise Refused(f"overlay action {number}: is not an object")
        name = f"overlay action {number} ({action.get('description', 'without description')})"
        try:
            _carry_out(mended, action)
        except Refused as problem:
            raise Refused(f"{name}: {problem}") from None
    return mended


def _carry_out(document: Document, action: Mapping[str, Any]) -> None:
    """Carry out one action, or say why it does not apply."""
    target, remove = action.get("target"), action.get("remove", False)
    if not isinstance(target, str) or not isinstance(remove, bool) or ("update" in action) == remove:
        raise Refused("needs a target, and either update or remove: true")
    selected = _selected(document, target)
    if "x-expect" in action:
        for value in selected.values():
            difference = _difference(action["x-expect"], value)
            if difference:
                raise Refused(
                    f"x-expect no longer holds at {target}: {difference}; the vendor changed it, look again"
                )
    # From the last to the first, so that removing from a list leaves the other places valid.
    for place in sorted(selected, key=_order, reverse=True):
        holder, last = _own_holder(document, place), place[-1]
        if remove:
            del holder[last]
        else:
            holder[last] = _merged(holder[last], action["update"])


def _selected(document: Document, target: str) -> dict[Place, Any]:
    """What a target selects, by its place; at least one."""
    try:
        selected = {node.parts: node.obj for node in _paths.finditer(target, document)}
    except JSONPathError as error:
        raise Refused(f"the target is not a JSONPath: {error}") from error
    if not selected:
        raise Refused(
            f"its target {target} matches nothing any more; delete the action, or give it the new place"
        )
    if () in selected:
        raise Refused("its target is the whole document")
    return selected


def _order(place: Place) -> list[tuple[int, int, str]]:
    """Sorts places as they stand in the document, a part after what holds it."""
    return [(0, part, "") if isinstance(part, int) else (1, 0, part) for part in place]


def _own_holder(document: Document, place: Place) -> Any:
    """What holds the value at a place, after copying all on the way to it.

    So neither the document that was given changes, nor another place that shares a part by a YAML alias.
    """
    holder: Any = document
    for part in place[:-1]:
        holder[part] = copy(holder[part])
        holder = holder[part]
    return holder


def _difference(expected: Any, actual: Any, where: str = "") -> str | None:
    """Where a value is not what was expected: every key of a mapping must hold, ``null`` means not there."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        found = (_key_difference(key, value, actual, where) for key, value in expected.items())
        return next((one for one in found if one), None)
    if not _same(expected, actual):
        return f"{where or 'the target'} is {actual!r:.80}, not {expected!r:.80}"
    return None


def _key_difference(key: Any, expected: Any, actual: Mapping[Any, Any], where: str) -> str | None:
    place = f"{where}.{key}" if where else str(key)
    if expected is None:
        return f"{place} is there now: {actual[key]!r:.80}" if key in actual else None
    return _difference(expected, actual[key], place) if key in actual else f"{place} is gone"


def _same(expected: Any, actual: Any) -> bool:
    """Whether two values are the same JSON: True == 1 and 1 == 1.0 in Python, not there."""
    if type(expected) is not type(actual):
        return False
    if isinstance(expected, Mapping):
        return expected.keys() == actual.keys() and all(
            _same(value, actual[key]) for key, value in expected.items()
        )
    if isinstance(expected, Sequence) and not isinstance(expected, str | bytes):
        return len(expected) == len(actual) and all(map(_same, expected, actual))
    return bool(expected == actual)


def _merged(node: Any, update: Any) -> Any:
    """Objects are merged key by key, what is updated into a list is appended, anything else replaces."""
    if isinstance(node, dict) and isinstance(update, Mapping):
        return {**node, **{key: _merged(node.get(key), value) for key, value in update.items()}}
    if isinstance(node, list):
        return [*node, *deepcopy(update)] if isinstance(update, list) else [*node, deepcopy(update)]
    return deepcopy(update)
