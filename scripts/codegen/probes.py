"""Probes of the verbs: what each of them sends, returns and refuses, on two bindings.

Arguments are made of the documents: all of them, the required ones, and for each limit of the
body one call that breaks it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from . import verbs
from .document import Document
from .facts import body_schema
from .locations import beginnings, operations, shape
from .names import operation_name
from .report import Change
from .samples import sample, violations
from .verb_coverage import used_endpoints

#: The id of all that a probe is about.
_ID: Final = "f3392f8b-6116-4073-ab96-e330819e2c07"
_ALL: Final = "all arguments"
_REQUIRED: Final = "the required arguments"
_AGAIN: Final = "all arguments, twice"
#: What a workflow is called with.
_EVENT: Final = {"order_id": _ID, "amount": 1, "reference": "trial"}


@dataclass(frozen=True)
class Probe:
    """One call of a verb."""

    verb: str
    #: What is special about the arguments.
    label: str
    arguments: dict[str, Any]
    #: Whether the call breaks a limit that the new document has.
    must_be_refused: bool = False
    #: How often it is made, the last time about what is there already.
    times: int = 1


def plan(root: Path, old: Document, new: Document) -> list[Probe]:
    """Return the probes of every verb, made of both documents' limits."""
    probes = list[Probe]()
    used = used_endpoints(root)
    for path, module in verbs.modules(root):
        for function in verbs.public_functions(module):
            if path.startswith("_exactly_once/"):
                given = [name for name, _ in verbs.parameters(function) if name in _EVENT]
                probes += (
                    Probe(function.name, label, {name: _EVENT[name] for name in given}, times=times)
                    for label, times in ((_ALL, 1), (_AGAIN, 2))
                )
            elif function.name in used:
                was = _operation(old, used[function.name])
                now = _same_operation(new, was) if was else None
                probes += _probes(function, (new, now), (old, was))
    return probes


def answers(document: Document) -> dict[str, Any]:
    """Return the success of each operation, as the document declares it."""
    told = {}
    for path, _, operation in operations(document):
        status, response = _success(operation["responses"])
        schemas = [part.get("schema") for part in (response.get("content") or {}).values()]
        body = sample(document, schemas[0], is_sent=False) if schemas and schemas[0] else None
        for part in body if isinstance(body, list) else [body]:
            if isinstance(part, dict):  # about what was asked for
                part.update({key: _ID for key in part if key.endswith("_id")})
                _forget_refunds(part)
        headers: dict[str, str] = dict.fromkeys(response.get("headers") or (), _ID)
        if "Location" in headers:
            headers["Location"] = f"{re.sub(r'{.*?}', _ID, path)}/{_ID}"
        told[operation["operationId"]] = {"status": status, "headers": headers, "body": body}
    return told


def _forget_refunds(body: dict[str, Any]) -> None:
    """Let nothing be refunded of an order, so that there is something to refund."""
    for name, part in body.items():
        for inner in part if isinstance(part, list) else [part]:
            if isinstance(inner, dict):
                _forget_refunds(inner)
        if name == "refunded_amount" and isinstance(part, int):
            body[name] = 0


def _success(responses: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    """Return the status and the declaration of a success, which may be one for many statuses."""
    for status, response in responses.items():
        if status.startswith("2"):
            return int(status.replace("XX", "00")), response
    return 200, responses.get("default") or {}


def keeps_a_verb(root: Path, old: Document, new: Document) -> bool:
    """Return whether the operation of any verb is in the new document."""
    present = [_operation(old, name) for name in used_endpoints(root).values()]
    return any(_same_operation(new, found) for found in present if found)


def _operation(document: Document, endpoint: str) -> tuple[str, str, dict[str, Any]] | None:
    module = endpoint.rpartition(".")[2]
    for path, method, operation in operations(document):
        if operation_name(operation["operationId"]) == module:
            return path, method, operation
    return None


def _same_operation(
    document: Document, was: tuple[str, str, dict[str, Any]]
) -> tuple[str, str, dict[str, Any]] | None:
    """Return the operation of the same method and path, or else of the same id."""
    path, method, operation = was
    found = [now for now in operations(document) if now[1] == method]
    same = [now for now in found if shape(now[0]) == shape(path)]
    named = [now for now in found if now[2]["operationId"] == operation["operationId"]]
    return next(iter(same + named), None)


def _probes(
    function: verbs.Function, *places: tuple[Document, tuple[str, str, dict[str, Any]] | None]
) -> Iterator[Probe]:
    seen = list[dict[str, Any]]()
    # What is sent in full is the same for both bindings, so it is made of the present document.
    for document, found in reversed(places):
        schema = body_schema(found[2]) if found else None
        body = {} if schema is None else sample(document, schema)
        if not seen:
            yield Probe(function.name, _ALL, _arguments(function, body, optional=True))
            seen.append({})
            least = {} if schema is None else sample(document, schema, is_least=True)
            given = least if isinstance(least, dict) else {}
            yield Probe(
                function.name, _REQUIRED, _arguments(function, {**body, **given}, optional=False)
            )
    for number, (document, found) in enumerate(places):
        schema = body_schema(found[2]) if found else None
        if schema is None or not isinstance(sample(document, schema), dict):
            continue
        for label, broken in violations(document, schema):
            if isinstance(broken, dict):
                arguments = _arguments(function, broken, optional=True)
                is_told = arguments != _arguments(function, sample(document, schema), optional=True)
                if is_told and arguments not in seen:
                    seen.append(arguments)
                    yield Probe(function.name, label, arguments, must_be_refused=number == 0)


def _arguments(
    function: verbs.Function, body: Mapping[str, Any], *, optional: bool
) -> dict[str, Any]:
    """Return the arguments of a verb that give a body, as far as it has them."""
    given = dict(verbs.parameters(function))
    arguments = {}
    for name, is_required in given.items():
        if name == "idempotency_key":
            arguments[name] = "trial"
        elif not optional and not is_required:
            continue
        elif name in body:
            arguments[name] = body[name]
        elif name.endswith("_id"):
            arguments[name] = _ID
        else:  # the amount of a capture or a refund has another name in the body
            alike = [field for field in body if field.endswith(f"_{name}") and field not in given]
            arguments.update((name, body[field]) for field in alike[:1])
    return arguments


# --- comparison


def compare(
    probes: list[Probe], before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> list[Change]:
    """Return each difference as a change of the verb, those that break first."""
    changes: dict[Change, None] = {}
    failed = set()
    for probe, was, now in zip(probes, before, after, strict=True):
        if probe.verb in failed:  # for one reason, whatever its arguments are
            continue
        usual = probe.label in (_ALL, _REQUIRED, _AGAIN)
        found = list(_usual(probe, was, now) if usual else _limit(probe, was, now))
        if usual and any("raises" in change.what or "refused" in change.what for change in found):
            failed.add(probe.verb)
        changes |= dict.fromkeys(found)
    return list(changes)


def failures(probes: list[Probe], outcomes: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with the verbs on their bindings, one line each."""
    lines: dict[str, None] = {}
    for probe, now in zip(probes, outcomes, strict=True):
        if "raises" in now:
            lines[f"verb {probe.verb} raises {now['raises']}"] = None
        elif probe.label in (_ALL, _AGAIN) and "refuses" in now:
            lines[f"verb {probe.verb} refuses {probe.label}: {now['refuses']}"] = None
        elif probe.must_be_refused and "refuses" not in now:
            lines[f"verb {probe.verb} sends {probe.label}, which the document forbids"] = None
    return list(lines)


def _usual(probe: Probe, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the changes of a call that breaks no limit."""
    verb, given = f"verb {probe.verb}", f"with {probe.label}"
    if "raises" in now and now.get("raises") != was.get("raises"):
        yield Change("breaking", verb, f"raises {now['raises']}")
    elif "refuses" in now and "refuses" not in was:
        yield Change("breaking", verb, f"is refused {given}: {now['refuses']}")
    elif "refuses" in was and "refuses" not in now:
        yield Change("behaviour", verb, f"is taken {given}")
    if ("returns" in was) == ("returns" in now):
        yield from _all_sent(verb, given, was["sends"], now["sends"])
    if "returns" in was and "returns" in now:
        yield from _returned(verb, was["returns"], now["returns"], "")


def _all_sent(verb: str, given: str, was: list[Any], now: list[Any]) -> Iterator[Change]:
    if len(was) != len(now):
        yield Change("breaking", verb, f"sends {len(now)} requests, not {len(was)}, {given}")
    for before, after in zip(was, now, strict=False):
        yield from _sent(verb, given, before, after)
        for name in after["undeclared"]:
            if name not in before["undeclared"]:
                yield Change("breaking", verb, f"sends {name}, which the document does not declare")


def _sent(
    verb: str, given: str, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Change]:
    if was["request"] != now["request"]:
        left, right = beginnings(was["request"], now["request"])
        yield Change("behaviour", verb, f"sends to {right}, not {left}")
    for name in was["headers"].keys() | now["headers"].keys():
        left, right = was["headers"].get(name), now["headers"].get(name)
        if left != right:
            yield Change("behaviour", verb, f"sends the header {name} {right}, not {left}")
    if was["body"] != now["body"]:
        yield Change("behaviour", verb, f"sends another body {given}")


def _returned(verb: str, was: Any, now: Any, place: str) -> Iterator[Change]:
    """Yield what a verb does not return any more, or as something else."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name, part in was.items():
            if name in now:
                yield from _returned(verb, part, now[name], f"{place}.{name}".lstrip("."))
            else:
                yield Change("breaking", verb, f"returns no {place}.{name}".replace(" .", " "))
    elif isinstance(was, list) and isinstance(now, list):
        for left, right in zip(was, now, strict=False):
            yield from _returned(verb, left, right, f"{place}[]")
    elif was != now:
        kinds = [kind if isinstance(kind, str) else type(kind).__name__ for kind in (was, now)]
        yield Change("breaking", verb, f"returns {place or 'it'} as {kinds[1]}, not {kinds[0]}")


def _limit(probe: Probe, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the changes of a call that breaks a limit."""
    verb = f"verb {probe.verb}"
    if "raises" in now and "raises" not in was:
        yield Change("breaking", verb, f"raises {now['raises']}")
    elif "refuses" in now and "refuses" not in was:
        yield Change("breaking", verb, f"refuses {probe.label}")
    elif "refuses" not in now and probe.must_be_refused:
        yield Change("breaking", verb, f"does not refuse {probe.label}")
    elif "refuses" in was and "refuses" not in now:
        yield Change("compatible", verb, f"takes {probe.label}")
