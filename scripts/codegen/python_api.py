"""The Python API of the bindings, old against new."""

from collections.abc import Iterator
from pathlib import Path

from . import bindings
from .report import Change, Mark


def compare(old: Path, new: Path) -> list[Change]:
    """Return the changes of models and endpoints between two versions, by their paths."""
    before, after = dict(_modules(old)), dict(_modules(new))
    changes = {Change("breaking", path, "module removed") for path in before.keys() - after.keys()}
    changes |= {Change("compatible", path, "module added") for path in after.keys() - before.keys()}
    for path in before.keys() & after.keys():
        changes.update(_changes(*before[path], *after[path]))
    return sorted(changes, key=lambda change: (change.mark, change.where, change.what))


def _modules(package: Path) -> Iterator[tuple[str, tuple[str, bindings.Arguments]]]:
    """Yield each module's path, the path of what it holds, and how that is called."""
    for module, model, _ in bindings.models(package):
        members = {name: (repr(value), False) for name, value in bindings.members(model).items()}
        path = f"{package.name}.models.{module}"
        yield path, (f"{path}.{model.name}", bindings.fields(model) | members)
    for module, function in bindings.endpoints(package):
        path = f"{package.name}.api.{module}"
        yield path, (path, bindings.arguments(function))


def _changes(
    old: str, was: bindings.Arguments, path: str, now: bindings.Arguments
) -> Iterator[Change]:
    if old != path:
        yield Change("breaking", old, f"becomes {path}")
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
        if was[name][0] != now[name][0]:
            what = f"argument {name}: {was[name][0]} becomes {now[name][0]}"
            yield Change("breaking", path, what)
        elif now[name][1] and not was[name][1]:
            yield Change("breaking", path, f"argument {name} is required now")
