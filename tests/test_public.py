"""The shape of the package: its public names, who imports whom, and its two clients."""

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kustom_order_management import document, models
from support import ENSURING, VERBS

import kustom_facade
from kustom_facade import AsyncKustomClient, KustomClient, errors
from kustom_facade._operations import captures, orders, refunds

PACKAGE = Path(kustom_facade.__file__).parent
BINDINGS = "kustom_order_management"

#: What each module imports: of its own folder module by module, of others the folder. ``bindings``
#: are the generated models, ``endpoints`` what builds requests. Compared for equality, so that a
#: permission ends with its need. The sandbox is held to its own by tests/sandbox/test_isolation.py.
IMPORTS: dict[str, str] = {
    "__init__": "_sending aio bindings client config errors money results retry",
    "_base": "_operations _sending config errors retry",
    "_batch.__init__": "",
    "_batch.async_runs": (
        "_batch.events _batch.execution _batch.outcomes _batch.runs _batch.schedule aio errors"
    ),
    "_batch.events": "_exactly_once _operations errors idempotency money results",
    "_batch.execution": "_batch.events _batch.outcomes aio client errors results",
    "_batch.journal": "_batch.events _batch.outcomes _batch.table errors",
    "_batch.outcomes": "_batch.events errors results",
    "_batch.runs": (
        "_batch.events _batch.execution _batch.journal _batch.outcomes _batch.schedule client"
    ),
    "_batch.schedule": (
        "_batch.events _batch.execution _batch.journal _batch.outcomes _batch.table errors"
    ),
    "_batch.table": "",
    "_exactly_once.__init__": "",
    "_exactly_once.effects": "_lines _operations bindings errors orders",
    "_exactly_once.ensure": (
        "_exactly_once.effects _lines _operations _sending bindings errors idempotency "
        "orders results"
    ),
    "_exactly_once.void": (
        "_exactly_once.effects _operations _sending bindings errors orders results"
    ),
    "_lines.__init__": "",
    "_lines.splitting": "_lines.values bindings money",
    "_lines.values": "bindings errors money",
    "_operations.__init__": "",
    "_operations.body_limits": "money",
    "_operations.call": "_operations.line_checks bindings money results",
    "_operations.captures": (
        "_operations.call _operations.ids _operations.line_checks _operations.request "
        "_operations.response bindings endpoints results"
    ),
    "_operations.decoding": "",
    "_operations.ids": "_operations.call errors idempotency money",
    "_operations.line_checks": "money",
    "_operations.orders": (
        "_operations.call _operations.ids _operations.line_checks _operations.request "
        "_operations.response bindings endpoints errors results"
    ),
    "_operations.refunds": (
        "_operations.call _operations.ids _operations.line_checks _operations.request "
        "_operations.response bindings endpoints results"
    ),
    "_operations.request": (
        "_lines _operations.body_limits _operations.call _operations.ids "
        "_operations.line_checks _operations.response _privacy bindings errors money results"
    ),
    "_privacy": "",
    "_operations.response": (
        "_lines _operations.call _operations.decoding _operations.ids bindings errors results"
    ),
    "_sending.__init__": "",
    "_sending.attempts": (
        "_operations _sending.failures _sending.key_guard _sending.session _sending.steps "
        "_sending.telemetry errors retry"
    ),
    "_sending.async_connections": (
        "_sending.connections _sending.limiter _sending.network _sending.steps"
    ),
    "_sending.connections": "_sending.limiter _sending.steps",
    "_sending.driver": (
        "_privacy _sending.async_connections _sending.connections _sending.http "
        "_sending.interruptions _sending.network _sending.steps config"
    ),
    "_sending.failures": "_operations _privacy _sending.steps errors",
    "_sending.http": (
        "_privacy _sending.async_connections _sending.connections _sending.interruptions "
        "_sending.limiter _sending.network _sending.steps config errors httpx httpx2"
    ),
    "_sending.interruptions": "",
    "_sending.key_guard": "_operations errors",
    "_sending.limiter": "_sending.steps",
    "_sending.network": "_sending.interruptions _sending.steps",
    "_sending.session": "_sending.limiter _sending.steps _sending.telemetry config retry",
    "_sending.steps": "_operations",
    "_sending.telemetry": "_operations _sending.interruptions errors",
    "aio": (
        "_base _exactly_once _operations _privacy _sending bindings config errors results retry"
    ),
    "batch": "_batch",
    "cli.__init__": "cli.commands",
    "cli.__main__": "cli.main",
    "cli.commands": "batch cli.display cli.reporting cli.rows client config errors",
    "cli.display": "bindings money",
    "cli.reporting": "batch cli.display",
    "cli.rows": "_batch batch errors money",
    "client": "_base _exactly_once _operations _privacy _sending bindings config results retry",
    "config": "errors",
    "errors": "",
    "idempotency": "",
    "lines": "_lines bindings money",
    "money": "",
    "orders": "_lines bindings money",
    "results": "",
    "retry": "",
}
#: The operations of the API, which only clients and workflows may name.
DOMAIN = {"captures", "orders", "refunds"}
#: Modules of more than 300 lines, each with its reason.
LONG = {
    "_exactly_once.ensure": "one workflow, told in the order in which it happens",
    "aio": "18 verbs, written by scripts/regenerate.py",
    "client": "18 verbs, written by scripts/regenerate.py",
    "config": "all that a client is built from, checked in one place",
    "errors": "one tree",
    "lines": "one builder for each type of line, each with its documentation",
    "money": "Money and TaxRate, each with its arithmetic",
}
#: The design's 15 flat verbs.
DESIGNED = [
    "acknowledge",
    "add_capture_shipping_info",
    "add_shipping_info",
    "cancel",
    "capture",
    "extend_authorization_time",
    "get_capture",
    "get_order",
    "get_refund",
    "list_captures",
    "refund",
    "release_remaining_authorization",
    "update_authorization",
    "update_customer_details",
    "update_merchant_references",
]


def modules() -> dict[str, Path]:
    """Return the modules of the facade by their dotted names, without the sandbox."""
    paths = {path.relative_to(PACKAGE).with_suffix(""): path for path in PACKAGE.rglob("*.py")}
    return {
        ".".join(name.parts): path for name, path in paths.items() if name.parts[0] != "sandbox"
    }


def imports(name: str) -> set[str]:
    """Return all that a module imports, also below TYPE_CHECKING, by full dotted names."""
    package = ["kustom_facade", *name.split(".")[:-1]]
    imported = set()
    for node in ast.walk(ast.parse(modules()[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            base += node.module.split(".") if node.module else []
            imported |= {".".join([*base, alias.name]) for alias in node.names}
    return imported


def rooms(name: str) -> Iterator[str]:
    """Yield what of this project and of HTTP libraries a module imports, as the table names it."""
    for imported in imports(name):
        top, *rest = imported.split(".")
        if top == BINDINGS:
            yield "endpoints" if rest[0] == "api" else "bindings"
        elif top in ("httpx", "httpx2"):
            yield top
        elif top == "kustom_facade":
            is_near = rest[0] == name.split(".", maxsplit=1)[0] and len(rest) > 1
            yield ".".join(rest[:2]) if is_near else rest[0]


def importers(*wanted: str) -> set[str]:
    """Return the rooms whose modules import any of these."""
    return {
        name.split(".")[0] for name, names in IMPORTS.items() if set(wanted) & set(names.split())
    }


def test_who_imports_whom() -> None:
    """The table above is what the sources say, no less and no more."""
    assert {name: " ".join(sorted(set(rooms(name)))) for name in modules()} == IMPORTS


def test_the_rules_of_the_layers() -> None:
    """What the table must hold, whatever is added to it."""
    ours = {*(name.split(".")[0] for name in IMPORTS), "sandbox"}
    for leaf in ("_privacy", "errors", "idempotency", "money", "results", "retry"):
        assert not set(IMPORTS[leaf].split()) & ours
    assert set(IMPORTS["config"].split()) & ours == {"errors"}
    assert not importers("_sending") & {"_operations", "_lines", "_sending"}
    assert not importers("sandbox")
    assert importers("client", "aio") == {"__init__", "_batch", "cli"}
    assert importers("endpoints") == {"_operations"}
    assert {name for name, names in IMPORTS.items() if "httpx" in names} == {"_sending.http"}


def test_sending_knows_no_operation() -> None:
    """A call is a value to it: it names none of the modules that make calls."""
    for name in modules():
        if name.startswith("_sending."):
            named = {tuple(imported.split(".")[1:3]) for imported in imports(name)}
            assert not named & {("_operations", module) for module in DOMAIN}


def test_modules_can_be_read_in_one_go() -> None:
    """At most 300 lines, but for those whose reason is in the table, each of which needs it."""
    lengths = {name: path.read_text("utf-8").count("\n") for name, path in modules().items()}
    assert {name for name, length in lengths.items() if length > 300} == set(LONG)


def test_importing_the_facade_loads_no_sandbox() -> None:
    """Programs that talk to the API do not need the stand-in."""
    code = "import sys, kustom_facade; print([m for m in sys.modules if 'facade.sandbox' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_sorted_and_there() -> None:
    """``__all__`` holds exactly what can be imported, in order."""
    names = kustom_facade.__all__
    assert names == sorted(
        names, key=lambda name: (not name.isupper(), name.startswith("__"), name)
    )
    assert len(set(names)) == len(names)
    for name in names:
        assert getattr(kustom_facade, name) is not None


def test_the_public_models_are_the_generated_classes() -> None:
    """Every model that an order, a line or an answer holds, but for bodies and error answers."""
    unused = {facts["body"] for facts in document.OPERATIONS.values()}
    unused |= {name for name in models.__all__ if hasattr(errors, name) or "Error" in name}
    public = set(models.__all__) - unused
    assert public <= set(kustom_facade.__all__)
    assert not unused & set(kustom_facade.__all__) - set(vars(errors))
    for name in public:
        assert getattr(kustom_facade, name) is getattr(models, name)


def test_the_verbs_are_the_designed_ones() -> None:
    """15 flat verbs, one for each operation of the document."""
    assert list(VERBS) == DESIGNED
    assert len(document.OPERATIONS) == len(VERBS)


@pytest.mark.parametrize("verb", [*VERBS, *ENSURING])
def test_both_modes_have_the_same_signature_and_docstring(verb: str) -> None:
    """A user who knows one client knows the other."""
    sync, other = getattr(KustomClient, verb), getattr(AsyncKustomClient, verb)
    assert inspect.signature(sync) == inspect.signature(other)
    assert sync.__doc__ == other.__doc__ is not None
    assert inspect.iscoroutinefunction(other)
    assert not inspect.iscoroutinefunction(sync)


@pytest.mark.parametrize("name", ["__init__", "with_options"])
def test_both_clients_are_built_alike(name: str) -> None:
    """But for the kind of the transport."""
    for left, right in zip(
        inspect.signature(getattr(KustomClient, name)).parameters.values(),
        inspect.signature(getattr(AsyncKustomClient, name)).parameters.values(),
        strict=True,
    ):
        assert (left.name, left.kind, left.default) == (right.name, right.kind, right.default)
        assert (
            str(left.annotation).replace("Transport", "AsyncTransport") == str(right.annotation)
            or left == right
        )


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_the_options_of_a_call(verb: str) -> None:
    """Timeout and max_attempts on each, idempotency_key on the writes; all by keyword."""
    parameters = inspect.signature(getattr(KustomClient, verb)).parameters
    expected = {"timeout", "max_attempts"} | (
        set() if verb.startswith(("get", "list")) else {"idempotency_key"}
    )
    assert expected <= set(parameters)
    assert all(parameters[name].kind is inspect.Parameter.KEYWORD_ONLY for name in expected)
    assert ("idempotency_key" in parameters) == ("idempotency_key" in expected)


@pytest.mark.parametrize("verb", [*VERBS, *ENSURING])
def test_every_docstring_explains_every_argument_and_the_errors(verb: str) -> None:
    """One entry for each, and none for what is not there."""
    member = getattr(KustomClient, verb)
    text = inspect.getdoc(member) or ""
    arguments = re.findall(
        r"^    (\w+):", text.partition("Args:")[2].partition("Raises:")[0], re.MULTILINE
    )
    assert arguments == [name for name in inspect.signature(member).parameters if name != "self"]
    assert "KustomError" in text.partition("Raises:")[2]


#: Where a docstring gives a limit: verb, argument, schema and field of the document.
LIMITS = [
    ("update_authorization", "order_amount", "UpdateAuthorization", "order_amount"),
    ("update_authorization", "order_lines", "UpdateAuthorization", "order_lines"),
    ("update_authorization", "description", "UpdateAuthorization", "description"),
    (
        "update_merchant_references",
        "merchant_reference1",
        "UpdateMerchantReferences",
        "merchant_reference1",
    ),
    (
        "update_merchant_references",
        "merchant_reference2",
        "UpdateMerchantReferences",
        "merchant_reference2",
    ),
    ("add_shipping_info", "shipping_info", "UpdateShippingInfo", "shipping_info"),
    ("add_capture_shipping_info", "shipping_info", "UpdateShippingInfo", "shipping_info"),
    ("capture", "amount", "CaptureObject", "captured_amount"),
    ("capture", "reference", "CaptureObject", "reference"),
    ("capture", "description", "CaptureObject", "description"),
    ("capture", "order_lines", "CaptureObject", "order_lines"),
    ("capture", "shipping_info", "CaptureObject", "shipping_info"),
    ("refund", "amount", "RefundObject", "refunded_amount"),
    ("refund", "reference", "RefundObject", "reference"),
    ("refund", "description", "RefundObject", "description"),
    ("refund", "order_lines", "RefundObject", "order_lines"),
]


@pytest.mark.parametrize(("verb", "argument", "schema", "field"), LIMITS)
def test_limits_in_docstrings_are_those_of_the_document(
    verb: str, argument: str, schema: str, field: str
) -> None:
    """When the vendor changes a limit, this test says which docstring to correct."""
    text = inspect.getdoc(getattr(KustomClient, verb)) or ""
    entry = re.search(
        rf"^    {argument}: (.*?)(?=^    \w+:|^Raises)", text, re.MULTILINE | re.DOTALL
    )
    assert entry is not None
    said = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", entry[1])}
    rule: dict[str, Any] = document.SCHEMAS[schema]["properties"][field]
    upper = rule.get("maxLength", rule.get("maxItems", rule.get("maximum")))
    assert upper in said
    assert rule.get("minItems", 0) in said | {0}


def test_every_public_thing_has_a_docstring() -> None:
    """Names of the package, and the public methods and properties of what it defines itself."""
    for name in kustom_facade.__all__:
        member = getattr(kustom_facade, name)
        if not inspect.isclass(member) or not member.__module__.startswith("kustom_facade"):
            continue
        assert member.__doc__, name
        for attribute, value in vars(member).items():
            if not attribute.startswith("_") and (
                inspect.isfunction(value) or isinstance(value, property)
            ):
                assert inspect.getdoc(value), f"{name}.{attribute}"


def test_every_endpoint_has_what_the_calls_use() -> None:
    """``_get_kwargs`` is private by name: the day the generator renames it, this says so."""
    endpoints: dict[str, Callable[..., Any]] = {
        f"{module.__name__}.{name}": value._get_kwargs
        for module in (captures, orders, refunds)
        for name, value in vars(module).items()
        if getattr(value, "__name__", "").startswith(f"{BINDINGS}.api.")
    }
    assert len(endpoints) == len(document.OPERATIONS)
    assert all(map(callable, endpoints.values()))
