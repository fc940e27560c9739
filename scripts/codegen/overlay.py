"""Fixes to the vendor's document as data, applied strictly to a copy of it.

OpenAPI Overlay 1.0 (and what it shares with 1.1): an action removes what its target selects, or
merges ``update`` into it. Two things are stricter than the specification asks: a target must match
something, and what the vendor says there now (``x-expect``) must still hold. An action that fails
one of them is *stale* (the vendor fixed it) or *moved*.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from jsonpath import JSONPathEnvironment, JSONPathError
from ruamel.yaml import YAML

from .document import Document, RegenerationError
from .moves import JsonPath, moved, paths
from .references import resolve

_ENVIRONMENT: Final = JSONPathEnvironment(strict=True)
#: What an action may hold; ``x-expect`` is ours.
_MEMBERS: Final = ("target", "description", "update", "remove", "x-expect")


class _DoesNotApply(RegenerationError):
    """An action makes sense, but not for this document."""


@dataclass(frozen=True)
class Applied:
    """The document with the actions that apply, and what became of the others."""

    document: Document
    #: One line for each action that does not apply: stale or moved, its name, and what to do.
    left_out: tuple[str, ...]
    #: One line for each action that was applied in another place than it names.
    followed: tuple[str, ...] = ()
    #: These actions with their new places, as YAML.
    pasted: tuple[str, ...] = ()


def apply(document: Document, overlay: Mapping[str, Any]) -> Document:
    """Return a copy of the document with every action carried out, in order."""
    applied = apply_what_fits(document, overlay)
    if applied.left_out:
        raise RegenerationError("; ".join(applied.left_out))
    return applied.document


def apply_what_fits(
    document: Document, overlay: Mapping[str, Any], present: Document | None = None
) -> Applied:
    """Carry out the actions that apply, and list the others. Refuse one that makes no sense.

    Args:
        document: what the actions are applied to.
        overlay: the actions.
        present: the document that they were written for, to follow those whose target has moved.
    """
    if not str(overlay.get("overlay", "")).startswith(("1.0.", "1.1.")):
        raise RegenerationError(
            "the overlay does not say that it is one: 'overlay: 1.0.0' is missing"
        )
    actions = overlay.get("actions")
    if not isinstance(actions, list):
        raise RegenerationError("the overlay has no list of actions")
    patched = deepcopy(document)
    left_out, followed, pasted = list[str](), list[str](), list[str]()
    named = []
    for number, action in enumerate(actions, start=1):
        if not isinstance(action, Mapping):
            raise RegenerationError(f"overlay action {number}: is not an object")
        name = f"overlay action {number} ({action.get('description', 'without description')})"
        named.append((name, action))
        try:
            _require_sense(document, action)
        except RegenerationError as problem:
            raise RegenerationError(f"{name}: {problem}") from None
    for name, action in named:
        try:
            _apply_action(patched, action, _selected(patched, action["target"]))
        except _DoesNotApply as problem:
            places = _new_places(present, patched, action)
            if places:
                _apply_action(patched, action, places)
                targets = [_text(path) for path in places]
                followed.append(f"followed: {name} to {', '.join(targets)}")
                pasted += (_yaml({**action, "target": target}) for target in targets)
            else:
                verdict, hint = _verdict(patched, action)
                left_out.append(f"{verdict}: {name}: {problem}; {hint}")
    return Applied(patched, tuple(left_out), tuple(followed), tuple(pasted))


def _require_sense(document: Document, action: Mapping[str, Any]) -> None:
    """Refuse an action that makes no sense in any document."""
    target, remove = action.get("target"), action.get("remove", False)
    unknown = sorted(str(name) for name in action if name not in _MEMBERS)
    if unknown:  # a misspelt x-expect would expect nothing, without a word
        raise RegenerationError(
            f"has {', '.join(unknown)}, which is no part of an action; "
            f"known are {', '.join(_MEMBERS)}"
        )
    if (
        not isinstance(target, str)
        or not isinstance(remove, bool)
        or ("update" in action) == remove
    ):
        raise RegenerationError("needs a target, and either update or remove: true")
    if () in _selected(document, target) and not (
        target.strip() == "$" and isinstance(action.get("update"), Mapping)
    ):
        raise RegenerationError(
            "its target is the whole document, which can be updated with an object and nothing else"
        )


def _apply_action(
    document: Document, action: Mapping[str, Any], selected: Mapping[JsonPath, Any]
) -> None:
    """Apply one action to what it selects, or say why it does not apply."""
    target = action["target"]
    if not selected:
        raise _DoesNotApply(f"its target {target} matches nothing any more")
    for value in selected.values():
        difference = _unexpected(document, action, value)
        if difference:
            raise _DoesNotApply(f"x-expect no longer holds at {target}: {difference}")
    for _, part in paths(action.get("update")):
        ref = part.get("$ref") if isinstance(part, dict) else None
        try:
            resolve(document, {"$ref": ref} if ref else None)
        except RegenerationError:
            raise _DoesNotApply(f"its update refers to {ref}, which is not there") from None
    # From the last to the first, so that removing from a list leaves the other paths valid.
    for path in sorted(selected, key=lambda path: [f"{step:>9}" for step in path], reverse=True):
        if not path:
            document.update(_merged(document, action["update"]))
            continue
        holder: Any = document
        for step in path[:-1]:
            holder = holder[step]
        if "update" in action:
            holder[path[-1]] = _merged(holder[path[-1]], action["update"])
        else:
            del holder[path[-1]]


# --- an action that does not apply


def _new_places(
    present: Document | None, document: Document, action: Mapping[str, Any]
) -> dict[JsonPath, Any]:
    """Return where all that an action was written for stands now, if that is what it expects."""
    places = {}
    for old in _selected(present, action["target"]) if present is not None else ():
        path = moved(present or {}, document, old)
        if path is None:
            return {}
        value: Any = document
        for step in path:
            value = value[step]
        if _unexpected(document, action, value):
            return {}
        places[path] = value
    return places


def _yaml(action: Mapping[str, Any]) -> str:
    stream = StringIO()
    YAML(typ="safe", pure=True).dump([dict(action)], stream)
    return stream.getvalue()


def _verdict(document: Document, action: Mapping[str, Any]) -> tuple[str, str]:
    """Return whether an action that does not apply is *stale* or *moved*, and what to do."""
    selected, update = _selected(document, action["target"]), action.get("update")
    applied = "update" in action and all(
        _same(_merged(value, update), value) for value in selected.values()
    )
    if selected and applied:
        return "stale", "the vendor fixed it, delete the action"
    if selected and all(_is_fixed(value, action) for value in selected.values()):
        return "stale", "the vendor fixed it in another way, delete the action"
    if selected:
        return (
            "moved",
            "the vendor changed what stands there, look again and give the action a new x-expect",
        )
    return "stale", "what it fixed is gone, delete the action"


def _is_fixed(value: Any, action: Mapping[str, Any]) -> bool:
    """Return whether the vendor has fixed what an action fixes: the keys that it changes."""
    expected, update = action.get("x-expect"), action.get("update")
    if (
        not isinstance(expected, dict)
        or not isinstance(update, dict)
        or not isinstance(value, dict)
    ):
        return False
    defects = [key for key in update if expected.get(key) is not None]
    rest = {key: expected[key] for key in expected if key not in defects}
    still = any(key in value and _same(expected[key], value[key]) for key in defects)
    return bool(defects) and not still and not _difference(rest, value)


def _text(path: JsonPath) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in path)


# --- values


def _selected(document: Document, target: str) -> dict[JsonPath, Any]:
    """Return what a target selects, by its path."""
    try:
        return {node.parts: node.obj for node in _ENVIRONMENT.finditer(target, document)}
    except JSONPathError as error:
        raise RegenerationError(f"the target is not a JSONPath: {error}") from error


def _unexpected(document: Document, action: Mapping[str, Any], value: Any) -> str | None:
    """Return where a place does not say what an action expects, in any spelling."""
    if "x-expect" not in action:
        return None
    expected = action["x-expect"]
    spelled = _spelled_as(document, expected, value)
    return _difference(expected, value) and _difference(expected, spelled)


def _spelled_as(document: Document, expected: Any, value: Any) -> Any:
    """Return a value without references, lists of one type, and parameters of media types."""
    if not isinstance(value, Mapping) or not isinstance(expected, Mapping):
        return value
    result = {}
    for key, part in (value if "$ref" in expected else resolve(document, value)).items():
        name = key.partition(";")[0] if "/" in key else key
        kinds = [kind for kind in part if kind != "null"] if isinstance(part, list) else []
        is_type = key == "type" and len(kinds) == 1
        result[name] = kinds[0] if is_type else _spelled_as(document, expected.get(name), part)
    return result


def _difference(expected: Any, actual: Any, where: str = "") -> str | None:
    """Return where a value is not the expected one.

    Every key of a mapping must hold, and ``null`` means that the key must not be there.
    """
    if not isinstance(expected, Mapping) or not isinstance(actual, Mapping):
        if _same(expected, actual):
            return None
        return f"{where or 'the target'} is {actual!r:.80}, not {expected!r:.80}"
    for key, value in expected.items():
        place = f"{where}.{key}" if where else str(key)
        if value is None and key in actual:
            return f"{place} is there now: {actual[key]!r:.80}"
        if value is not None and key not in actual:
            return f"{place} is gone"
        if value is not None and (difference := _difference(value, actual[key], place)):
            return difference
    return None


def _same(expected: Any, actual: Any) -> bool:
    """Return whether two values are the same JSON: in Python True == 1, and 1 == 1.0."""
    return json.dumps(expected, sort_keys=True) == json.dumps(actual, sort_keys=True)


def _merged(node: Any, update: Any) -> Any:
    """Merge objects key by key, append to a list, and replace anything else."""
    if isinstance(node, dict) and isinstance(update, Mapping):
        return {**node, **{key: _merged(node.get(key), value) for key, value in update.items()}}
    if isinstance(node, list):
        return [*node, *deepcopy(update)] if isinstance(update, list) else [*node, deepcopy(update)]
    return deepcopy(update)
