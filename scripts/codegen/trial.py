"""A trial of built bindings, in a process of its own: all of them are imported and used.

Run as ``python -m codegen.trial`` with the bindings, and for verbs the facade, on the path. It
reads a plan as JSON from its input, and writes what it found as JSON.
"""

import importlib
import inspect
import json
import logging
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import httpx

_PACKAGE = "kustom_order_management"
#: Headers of the connection and the credentials, which no document is about.
_IDLE_HEADERS = frozenset(
    ("accept", "accept-encoding", "authorization", "connection", "content-length", "host",
     "user-agent")
)  # fmt: skip
#: A random UUID, which is another one in each run (RFC 9562, section 5.4).
_NEW_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def main() -> None:
    """Carry out a plan: samples of the models, probes of the verbs, and answers to them."""
    plan = json.load(sys.stdin)
    logging.disable()
    found = _describe(plan["samples"])
    if "probes" in plan and not found["problems"]:
        found["outcomes"] = _probe(plan["probes"], plan["answers"], found["operations"])
    json.dump(found, sys.stdout)


# --- the bindings by themselves


def _describe(samples: Mapping[str, Any]) -> dict[str, Any]:
    """Import every module, use every model and endpoint, and return what they are."""
    problems: list[str] = []
    modules = {}
    package = importlib.import_module(_PACKAGE)
    for info in pkgutil.walk_packages(package.__path__, f"{_PACKAGE}."):
        try:
            modules[info.name] = importlib.import_module(info.name)
        except Exception as error:  # noqa: BLE001  # a module can fail with any error
            problems.append(f"{info.name} cannot be imported: {_said(error)}")
    found: dict[str, Any] = {"problems": problems, "models": {}, "endpoints": {}}
    if problems:
        return found
    for name in modules[f"{_PACKAGE}.models"].__all__:
        model = getattr(modules[f"{_PACKAGE}.models"], name)
        if issubclass(model, Enum):
            members = {member.name: member.value for member in model}
            found["models"][name] = {"module": _tail(model.__module__), "members": members}
        else:
            found["models"][name] = _model(model)
            problems += _used(model, samples.get(name, {}))
    for name, module in modules.items():
        if hasattr(module, "_get_kwargs"):
            try:
                found["endpoints"][name.removeprefix(f"{_PACKAGE}.api.")] = _endpoint(module)
            except Exception as error:  # noqa: BLE001  # what an endpoint raises is asked
                problems.append(f"{name} builds no request: {_said(error)}")
    facts = modules[f"{_PACKAGE}.document"]
    return {**found, "operations": facts.OPERATIONS, "limits": facts.SCHEMAS}


def _model(model: Any) -> dict[str, Any]:
    required = inspect.signature(model).parameters
    fields = {
        name: (model.__annotations__[name], required[name].default is inspect.Parameter.empty)
        for name in model.wire_names.values()
    }
    return {"module": _tail(model.__module__), "fields": fields, "wire": dict(model.wire_names)}


def _used(model: Any, sample: Mapping[str, Any]) -> Iterator[str]:
    """Yield why a model does not give back what it has read."""
    read = model.from_dict(sample)
    built = model(**{name: getattr(read, name) for name in model.wire_names.values()})
    for way, value in (("read", read), ("built", built)):
        if value.to_dict() != sample:
            yield f"{model.__name__} as {way} does not give back its sample {sample!r:.80}"


def _endpoint(module: ModuleType) -> dict[str, Any]:
    """Build a full request of an endpoint, and return its arguments and what is sent where."""
    build = getattr(module, "_get_kwargs")  # noqa: B009  # private by name, as the facade uses it
    given, path, arguments = {}, [], {}
    for name, parameter in inspect.signature(build).parameters.items():
        kind = inspect.formatannotation(parameter.annotation)
        required = parameter.default is inspect.Parameter.empty
        arguments[name] = re.sub(r"[\w.]+\.(\w+)", r"\1", kind), required
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            path.append("{" + name + "}")
        else:
            given[name] = _value(parameter.annotation)
            given[name] = name if given[name] == "1" else given[name]  # text that is known again
    sent = build(*path, **given)
    texts = [
        text for key in ("params", "headers", "cookies") for text in sent.get(key, {}).values()
    ]
    texts.append(sent.get("json"))
    unsent = [name for name, value in given.items() if value == name and name not in texts]
    if unsent:
        raise ValueError(f"it does not send the arguments {', '.join(unsent)}")
    httpx.Request(**{**sent, "url": f"https://example.com{sent['url']}"})
    places = {"query": "params", "header": "headers", "cookie": "cookies"}
    return {
        "method": sent["method"],
        "path": unquote(sent["url"]),
        "arguments": arguments,
        "sent": {place: list(sent.get(key, ())) for place, key in places.items()},
        "body": next((key for key in ("json", "data") if key in sent), None),
    }


def _value(kind: Any) -> Any:
    """Return a value of an annotated type."""
    if kind is Any:
        return "x"
    options = [option for option in getattr(kind, "__args__", ()) if option is not type(None)]
    origin = getattr(kind, "__origin__", None)
    if origin is list:
        return [_value(options[0])]
    if options:
        return _value(options[0])
    if hasattr(kind, "from_dict"):
        return kind.from_dict({})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    samples = {"UUID": ("f3392f8b-6116-4073-ab96-e330819e2c07",), "date": (2020, 9, 29)}
    samples["datetime"] = samples["date"]
    name = getattr(kind, "__name__", "")
    return kind(*samples.get(name, (1,)))


# --- the verbs on them


def _probe(
    probes: list[dict[str, Any]], answers: Mapping[str, Any], operations: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return what each probe of a verb sends, returns and raises."""
    try:
        facade = importlib.import_module("kustom_facade")
    except Exception as error:  # noqa: BLE001  # the facade can fail with any error
        raised = f"the facade cannot be imported: {_said(error)}"
        return [{"raises": raised, "sends": []} for _ in probes]
    sent: list[dict[str, Any]] = []
    made: dict[str, Any] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        headers = {
            key: "a new key" if _NEW_KEY.fullmatch(text) else text
            for key, text in request.headers.items()
            if key not in _IDLE_HEADERS
        }
        body = json.loads(request.content) if request.content else None
        target = request.url.raw_path.decode()
        sent.append({"request": f"{request.method} {target}", "headers": headers, "body": body})
        if request.method == "POST" and isinstance(body, dict):
            made[target.rstrip("/").rpartition("/")[2]] = body
        for name, facts in operations.items():
            pattern = re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(facts["path"]))
            if facts["method"] == request.method and re.fullmatch(pattern, request.url.path):
                sent[-1]["undeclared"] = _undeclared(body, facts["body"])
                told = answers[name]
                shown = _with_made(told["body"], made)
                return httpx.Response(told["status"], headers=told["headers"], json=shown)
        return httpx.Response(404)

    outcomes = []
    with facade.KustomClient(
        "kco_test_api_trial",
        transport=httpx.MockTransport(answer),
        check="off",
        guard_keys=False,
        retry=facade.RetryPolicy(attempts=1, base=0),
    ) as client:
        for probe in probes:
            sent.clear()
            made.clear()
            outcome: dict[str, Any] = {}
            value = None
            try:
                for _ in range(probe["times"]):
                    value = getattr(client, probe["verb"])(**probe["arguments"])
                outcome["returns"] = _kinds(value)
            except (facade.KustomError, TypeError, ValueError) as error:
                outcome["refuses"] = _said(error)
            except Exception as error:  # noqa: BLE001  # what a verb raises is asked
                outcome["raises"] = _said(error)
            outcomes.append({**outcome, "sends": list(sent)})
    return outcomes


def _with_made(body: Any, made: Mapping[str, Any]) -> Any:
    """Return an answer whose lists of captures and refunds show what was made, as far as they can.

    A value of another type than is declared there is none that the API would show.
    """
    if not isinstance(body, dict):
        return body
    shown = dict(body)
    for name, sent in made.items():
        if isinstance(body.get(name), list):
            shown[name] = [
                {
                    key: sent[key] if type(sent.get(key)) is type(was) else was
                    for key, was in part.items()
                }
                for part in body[name]
            ]
    return shown


def _undeclared(body: Any, schema: str | None) -> list[str]:
    """Return the fields of a body that the document does not declare."""
    if body is None or schema is None:
        return []
    limits = importlib.import_module("kustom_facade._operations.body_limits")
    schemas = importlib.import_module(f"{_PACKAGE}.document").SCHEMAS
    unknown: list[Any] = []
    for _ in limits.problems(body, {"schema": schema}, schemas, unknown=unknown):
        pass  # it has none, or it would not have been sent
    return sorted({re.sub(r"\[\d+\]", "[]", place) for place, *_ in unknown})


def _kinds(value: Any) -> Any:
    """Return the kinds of what a verb returns, and of all it holds."""
    if isinstance(value, list):
        return [_kinds(item) for item in value[:1]]
    if hasattr(value, "wire_names"):
        return {name: _kinds(getattr(value, name)) for name in value.wire_names.values()}
    if hasattr(value, "idempotency_key"):  # what came of a write
        names = ("id", "location")
        return {name: _kinds(getattr(value, name)) for name in names if hasattr(value, name)}
    return "enum" if isinstance(value, Enum) else type(value).__name__


def _said(error: BaseException) -> str:
    text = re.sub(r" \(/[^()]*\)$", "", " ".join(str(error).split()))  # a path of this machine
    return f"{type(error).__name__}: {text[:160]}"


def _tail(module: str) -> str:
    return module.rpartition(".")[2]


if __name__ == "__main__":
    main()
