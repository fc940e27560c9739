"""The Python API of the bindings, old against new."""

from collections.abc import Iterator, Mapping
from typing import Any

from .counterparts import Bindings
from .report import Change, Mark

_PACKAGE = "kustom_order_management"


def compare(old: Bindings, new: Bindings, renamed: Mapping[str, str]) -> list[Change]:
    """Return the changes of models and endpoints between two versions, by their paths.

    Args:
        old: what codegen.trial found in the present bindings.
        new: the same of the new ones.
        renamed: the classes that have another name now.
    """
    before, after = dict(_parts(old)), dict(_parts(new))
    changes = list[Change]()
    for was, now in renamed.items():
        paths = f"{_PACKAGE}.models.{was}", f"{_PACKAGE}.models.{now}"
        if was != now and paths[0] in before and paths[1] in after:
            # The values of an enum are text, and go on working under another name of the class.
            mark: Mark = "behaviour" if "members" in old["models"][was] else "breaking"
            changes.append(Change(mark, paths[0], f"becomes {now}"))
            before[paths[1]] = before.pop(paths[0])
    changes += (Change("breaking", path, "removed") for path in before.keys() - after.keys())
    changes += (Change("compatible", path, "added") for path in after.keys() - before.keys())
    for path in before.keys() & after.keys():
        changes += _changes(path, before[path], after[path], renamed)
    return sorted(changes, key=lambda change: (change.mark, change.where, change.what))


def _parts(bindings: Bindings) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path of each model and endpoint, and what it is built with."""
    for name, model in bindings["models"].items():
        members = {key: (repr(value), False) for key, value in model.get("members", {}).items()}
        yield f"{_PACKAGE}.models.{name}", model.get("fields", members)
    for name, endpoint in bindings["endpoints"].items():
        yield f"{_PACKAGE}.api.{name}", endpoint["arguments"]


def _changes(
    path: str, was: Mapping[str, Any], now: Mapping[str, Any], renamed: Mapping[str, str]
) -> Iterator[Change]:
    is_endpoint = ".api." in path
    for name in was.keys() - now.keys():
        if is_endpoint:
            yield Change("breaking", path, f"argument {name} removed")
        else:
            yield Change("breaking", f"{path}.{name}", "attribute removed")
    for name in now.keys() - was.keys():
        kind = "required" if now[name][1] else "optional"
        mark: Mark = "breaking" if now[name][1] else "compatible"
        if not is_endpoint:
            yield Change("compatible", f"{path}.{name}", "attribute added")
        if is_endpoint or now[name][1]:
            yield Change(mark, path, f"{kind} argument {name} added")
    for name in was.keys() & now.keys():
        (kind, was_required), (new_kind, required) = was[name], now[name]
        words = kind.replace("[", " [ ").replace("]", " ] ").split()
        expected = "".join(renamed.get(word, word) for word in words)
        if expected != new_kind.replace(" ", ""):
            yield Change("breaking", path, f"argument {name}: {kind} becomes {new_kind}")
        elif required and not was_required:
            yield Change("breaking", path, f"argument {name} is required now")
