"""The overlay: fixes to the vendor's document as data, applied strictly to a copy of it.

OpenAPI Overlay 1.0 (and what it shares with 1.1): an action removes what its target selects, or merges
``update`` into it. Two things are stricter than the specification asks: a target must match something, and what
the vendor says there now (``x-expect``) must still hold. An action that fails one of them is *stale* (the vendor
mended it) or *moved*.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathError

from .reading import Document, Refused, references, resolve

#: The way to a value: a key or an index for each step.
Place = tuple[int | str, ...]

_paths = JSONPathEnvironment(strict=True)
#: What an action may hold; ``x-expect`` is ours.
_PARTS = ("target", "description", "update", "remove", "x-expect")


class _DoesNotApply(Refused):
    """An action that is sound, but not for this document."""


@dataclass(frozen=True)
class Applied:
    """The document with the actions that apply, and what became of the others."""

    document: Document
    #: One line for each action that does not apply: whether it is stale or moved, its name, and what to do.
    left_out: tuple[str, ...]


def apply(document: Document, overlay: Mapping[str, Any]) -> Document:
    """The document with every action carried out, in order; the given one stays as it is."""
    applied = apply_what_fits(document, overlay)
    if applied.left_out:
        raise Refused("; ".join(applied.left_out))
    return applied.document


def apply_what_fits(document: Document, overlay: Mapping[str, Any]) -> Applied:
    """The same, but actions that do not apply are left out and told about; one that makes no sense is refused."""
    if not str(overlay.get("overlay", "")).startswith(("1.0.", "1.1.")):
        raise Refused("the overlay does not say that it is one: 'overlay: 1.0.0' is missing")
    actions = overlay.get("actions")
    if not isinstance(actions, list):
        raise Refused("the overlay has no list of actions")
    mended, left_out = copy(document), []
    claimed = {place for action in actions for place in _claimed(document, action)}
    for number, action in enumerate(actions, start=1):
        if not isinstance(action, Mapping):
            raise Refused(f"overlay action {number}: is not an object")
        name = f"overlay action {number} ({action.get('description', 'without description')})"
        try:
            _carry_out(mended, action)
        except _DoesNotApply as problem:
            verdict, advice = _verdict(mended, action, claimed)
            left_out.append(f"{verdict}: {name}: {problem}; {advice}")
        except Refused as problem:
            raise Refused(f"{name}: {problem}") from None
    return Applied(mended, tuple(left_out))


def _carry_out(document: Document, action: Mapping[str, Any]) -> None:
    """Carry out one action, or say why it does not apply."""
    target, remove = _parts(action)
    selected = _selected(document, target)
    if not selected:
        raise _DoesNotApply(f"its target {target} matches nothing any more")
    if () in selected and not (target.strip() == "$" and isinstance(action.get("update"), Mapping)):
        raise Refused(
            "its target is the whole document, which can be updated with an object and nothing else"
        )
    for value in selected.values():
        difference = _difference(action["x-expect"], value) if "x-expect" in action else None
        if difference:
            raise _DoesNotApply(f"x-expect no longer holds at {target}: {difference}")
    _check_references(document, action)
    # From the last to the first, so that removing from a list leaves the other places valid.
    for place in sorted(selected, key=_order, reverse=True):
        if not place:
            document.update(_merged(document, action["update"]))
            continue
        holder, last = _own_holder(document, place), place[-1]
        if remove:
            del holder[last]
        else:
            holder[last] = _merged(holder[last], action["update"])


def _parts(action: Mapping[str, Any]) -> tuple[str, bool]:
    """Target and remove of an action that makes sense."""
    target, remove = action.get("target"), action.get("remove", False)
    unknown = sorted(str(name) for name in action if name not in _PARTS)
    if unknown:  # a misspelt x-expect would expect nothing, without a word
        raise Refused(
            f"has {', '.join(unknown)}, which is no part of an action; known are {', '.join(_PARTS)}"
        )
    if not isinstance(target, str) or not isinstance(remove, bool) or ("update" in action) == remove:
        raise Refused("needs a target, and either update or remove: true")
    return target, remove


def _check_references(document: Document, action: Mapping[str, Any]) -> None:
    for _, reference in references(action.get("update")):
        try:
            resolve(document, {"$ref": reference})
        except Refused:
            raise _DoesNotApply(f"its update refers to {reference}, which is not there") from None


def _claimed(document: Document, action: Any) -> Iterable[Place]:
    """The places that an action is about; what makes no sense is refused later, by its name."""
    target = action.get("target") if isinstance(action, Mapping) else None
    try:
        return _selected(document, target) if isinstance(target, str) else ()
    except Refused:
        return ()


def _verdict(document: Document, action: Mapping[str, Any], claimed: set[Place]) -> tuple[str, str]:
    """Whether an action that does not apply is *stale* or *moved*, and so what to do with it."""
    selected = _selected(document, action["target"])
    mended = (
        selected
        and "update" in action
        and all(_same(_merged(one, action["update"]), one) for one in selected.values())
    )
    if mended:
        return "stale", "the vendor mended it, delete the action"
    elsewhere = sorted(_path(place) for place in _elsewhere(document, action) - claimed)
    if elsewhere:
        return "moved", f"give the action its new place, {' or '.join(elsewhere[:3])}"
    if selected and all(_is_over(one, action) for one in selected.values()):
        return "stale", "the vendor mended it in another way, delete the action"
    if selected:
        return "moved", "the vendor changed what stands there, look again and give the action a new x-expect"
    return "stale", "what it mended is gone, delete the action"


def _is_over(value: Any, action: Mapping[str, Any]) -> bool:
    """Whether nothing is left of what an action mends: the keys that it changes, and of which it expects a value."""
    expected, update = action.get("x-expect"), action.get("update")
    if not isinstance(expected, Mapping) or not isinstance(update, Mapping) or not isinstance(value, Mapping):
        return False
    defects = [key for key in update if expected.get(key) is not None]
    rest = {key: one for key, one in expected.items() if key not in defects}
    return (
        bool(defects)
        and not _difference(rest, value)
        and not any(key in value and _same(expected[key], value[key]) for key in defects)
    )


def _elsewhere(document: Document, action: Mapping[str, Any]) -> set[Place]:
    """Where else that stands which an action expects, below the same last names as its target's."""
    steps = [step[0] or step[1] for step in re.findall(r"\['([^']*)'\]|\.(\w+)", action["target"])]
    if "x-expect" not in action or len(steps) < 2:
        return set()
    tail = tuple(steps[-2:])
    return {
        place
        for place, value in _places(document, ())
        if place[-2:] == tail and not _difference(action["x-expect"], value)
    }


def _places(node: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    yield place, node
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _places(child, (*place, key))


def _path(place: Place) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f"['{part}']" for part in place)


def _selected(document: Document, target: str) -> dict[Place, Any]:
    """What a target selects, by its place."""
    try:
        selected = {node.parts: node.obj for node in _paths.finditer(target, document)}
    except JSONPathError as error:
        raise Refused(f"the target is not a JSONPath: {error}") from error
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
