"""The overlay: fixes to the vendor's document as data, applied strictly to a copy of it.

OpenAPI Overlay 1.0 (and what it shares with 1.1): an action removes what its target selects, or merges
``update`` into it. Two things are stricter than the specification asks: a target must match something, and what
the vendor says there now (``x-expect``) must still hold.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathError

from .reading import Document, Refused

_paths = JSONPathEnvironment(strict=True)


def apply(document: Document, overlay: Mapping[str, Any]) -> Document:
    """The document with every action carried out, in order; the given one stays as it is."""
    if not str(overlay.get("overlay", "")).startswith(("1.0", "1.1")):
        raise Refused("the overlay does not say that it is one: 'overlay: 1.0.0' is missing")
    mended = deepcopy(document)
    for number, action in enumerate(overlay.get("actions") or (), start=1):
        name = f"overlay action {number} ({action.get('description', 'without description')})"
        problem = _carry_out(mended, action)
        if problem:
            raise Refused(f"{name}: {problem}")
    return mended


def _carry_out(document: Document, action: Mapping[str, Any]) -> str | None:
    """Carry out one action; returns why it does not apply, if it does not."""
    target = action.get("target")
    if not isinstance(target, str) or ("update" in action) == bool(action.get("remove")):
        return "needs a target, and either update or remove: true"
    try:
        nodes = list(_paths.finditer(target, document))
    except JSONPathError as error:
        return f"the target is not a JSONPath: {error}"
    if not nodes:
        return f"its target {target} matches nothing any more; delete the action, or give it the new place"
    if "x-expect" in action:
        for node in nodes:
            difference = _difference(action["x-expect"], node.obj)
            if difference:
                return (
                    f"x-expect no longer holds at {target}: {difference}; the vendor changed it, look again"
                )
    # From the last to the first, so that removing from a list leaves the other places valid.
    for node in reversed(nodes):
        if not node.parts:
            return "its target is the whole document"
        holder = document
        for part in node.parts[:-1]:
            holder = holder[part]
        if action.get("remove"):
            del holder[node.parts[-1]]
        else:
            holder[node.parts[-1]] = _merged(node.obj, action["update"])
    return None


def _difference(expected: Any, actual: Any, where: str = "") -> str | None:
    """Where a value is not what was expected: every key of a mapping must hold, ``null`` means not there."""
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return f"{where or 'the target'} is {actual!r:.80}"
        for key, value in expected.items():
            place = f"{where}.{key}" if where else str(key)
            if value is None:
                if key in actual:
                    return f"{place} is there now: {actual[key]!r:.80}"
            elif key not in actual:
                return f"{place} is gone"
            elif found := _difference(value, actual[key], place):
                return found
        return None
    # True == 1 and 1 == 1.0 in Python, not in JSON.
    if expected != actual or type(expected) is not type(actual):
        return f"{where or 'the target'} is {actual!r:.80}, not {expected!r:.80}"
    return None


def _merged(node: Any, update: Any) -> Any:
    """Objects are merged key by key, what is updated into a list is appended, anything else replaces."""
    if isinstance(node, dict) and isinstance(update, Mapping):
        return {**node, **{key: _merged(node.get(key), value) for key, value in update.items()}}
    if isinstance(node, list):
        return [*node, *update] if isinstance(update, list) else [*node, deepcopy(update)]
    return deepcopy(update)
