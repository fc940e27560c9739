"""The shape of the package: its public names, who imports whom, and that both clients are one in two modes."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kustom_order_management import document, models
from support import ENSURING, VERBS

import kustom_facade
from kustom_facade import AsyncKustomClient, KustomClient, _calls
from kustom_facade._verbs import Verbs

PACKAGE = Path(kustom_facade.__file__).parent

#: What each module of the facade may import of the facade; ``generated`` stands for the bindings. Data, so that a
#: new module needs a decision here.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": {"_calls", "aio", "client", "config", "errors", "money", "retry", "generated"},
    "_limits": set(),
    "_checks": {"money"},
    "_amounts": {"_checks", "money", "generated"},
    "_parting": {"_amounts", "money", "generated"},
    "_remaining": {"_amounts", "orders", "generated"},
    "lines": {"_amounts", "_parting", "money", "generated"},
    "orders": {"_amounts", "money", "generated"},
    "errors": set(),
    "money": set(),
    "idempotency": set(),
    "retry": set(),
    "config": {"errors"},
    "_calls": {"_amounts", "_checks", "_limits", "errors", "idempotency", "money", "generated"},
    "_flow": {"_calls", "errors", "idempotency", "retry"},
    "_ensure": {"_amounts", "_calls", "_flow", "_remaining", "errors", "idempotency", "orders"},
    "_void": {"_calls", "_ensure", "_flow", "_remaining", "errors", "orders"},
    "_verbs": {"_calls", "_ensure", "_flow", "config", "retry"},
    "client": {"_calls", "_ensure", "_flow", "_verbs", "_void", "config", "retry"},
    "aio": {"_calls", "_ensure", "_flow", "_verbs", "_void", "config", "errors", "retry"},
}
#: The design's 15 flat verbs.
DESIGNED = [
    "acknowledge", "add_capture_shipping_info", "add_shipping_info", "cancel", "capture", "extend_authorization_time",
    "get_capture", "get_order", "get_refund", "list_captures", "refund", "release_remaining_authorization",
    "update_authorization", "update_customer_details", "update_merchant_references",
]  # fmt: skip


def imports(module: Path) -> set[str]:
    """The modules of the facade that a module imports, ``generated`` and ``httpx`` as they are."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                found |= {base.split(".")[0]} if base else {name.name for name in node.names}
            elif base.split(".")[0] == "kustom_facade":
                found |= {base.split(".")[1]} if "." in base else {name.name for name in node.names}
            else:
                found.add(base.split(".")[0])
    return {"generated" if name == "kustom_order_management" else name for name in found}


def modules() -> dict[str, Path]:
    """The modules of the facade, without the sandbox."""
    return {path.stem: path for path in PACKAGE.glob("*.py")}


def test_every_module_has_its_rule() -> None:
    """A module that is added, renamed or gone needs a line in the table above."""
    assert set(modules()) == set(MAY_IMPORT)


@pytest.mark.parametrize("name", sorted(MAY_IMPORT))
def test_who_imports_whom(name: str) -> None:
    """The layers of the design, read from the source, also what stands below TYPE_CHECKING."""
    ours = {*MAY_IMPORT, "generated", "sandbox", "lines"}
    assert imports(modules()[name]) & ours <= MAY_IMPORT[name]


def test_httpx_stays_where_the_design_puts_it() -> None:
    """So that a successor of httpx is a handful of lines."""
    assert {name for name, path in modules().items() if "httpx" in imports(path)} == {
        "client",
        "aio",
        "_flow",
    }


def test_the_sandbox_imports_nothing_of_the_facade() -> None:
    """It judges the facade, so it must not share its mistakes; and it needs httpx in one module only."""
    using_httpx = set()
    for path in (PACKAGE / "sandbox").glob("*.py"):
        if path.stem == "pytest":  # fixtures of clients; nothing of the sandbox imports it
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.level < 2, path
                assert node.module is None or not node.module.startswith("kustom_order_management"), path
                if (node.module or "").startswith("kustom_facade"):
                    assert (node.module or "").startswith("kustom_facade.sandbox"), path
            if isinstance(node, ast.Import):
                assert not any(
                    name.name.startswith(("kustom_order", "kustom_facade")) for name in node.names
                ), path
        if "httpx" in imports(path):
            using_httpx.add(path.stem)
    assert len(using_httpx) == 1


def test_importing_the_facade_loads_neither_models_nor_sandbox() -> None:
    """Each costs more than all the rest, and not every program needs them."""
    code = (
        "import sys, kustom_facade; "
        "print([m for m in sys.modules if m.startswith(('kustom_order_management.models.', 'kustom_facade.sandbox',"
        " 'iso4217'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_sorted_and_there() -> None:
    """``__all__`` holds exactly what can be imported, in order, and dir() shows it."""
    names = kustom_facade.__all__
    assert names == sorted(names, key=lambda name: (not name.isupper(), name.startswith("__"), name))
    assert len(set(names)) == len(names)
    for name in names:
        assert getattr(kustom_facade, name) is not None
    assert dir(kustom_facade) == sorted(names)


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="has no attribute 'MerchantOrderDto'"):
        getattr(kustom_facade, "MerchantOrderDto")  # noqa: B009  # a type checker knows better


def test_models_are_the_generated_classes_under_the_names_of_the_documents() -> None:
    """Without Dto; every model that a request or an answer holds, and no wrong one."""
    for name in vars(models)["__all__"]:
        short = name.replace("Dto", "")
        if name != short and short in kustom_facade.__all__:
            assert getattr(kustom_facade, short) is getattr(models, name)
    bodies = {facts["body"] for facts in document.OPERATIONS.values()}
    unused = {"ErrorMessageDto", "ErrorMessageDtoErrorCode"}  # errors are exceptions here
    expected = {
        name.replace("Dto", "")
        for name in vars(models)["__all__"]
        if "Dto" in name and name not in bodies | unused
    }
    assert expected <= set(kustom_facade.__all__)


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
    documented = inspect.signature(getattr(Verbs, verb))  # where the docstring stands
    assert documented.parameters == inspect.signature(sync).parameters
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
        assert str(left.annotation).replace("Base", "AsyncBase") == str(right.annotation) or left == right


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
    arguments = re.findall(r"^    (\w+):", text.partition("Args:")[2].partition("Raises:")[0], re.MULTILINE)
    assert arguments == [name for name in inspect.signature(member).parameters if name != "self"]
    assert "KustomError" in text.partition("Raises:")[2]


#: Where a docstring gives a limit: verb, argument, schema and field of the document.
LIMITS = [
    ("update_authorization", "order_amount", "UpdateAuthorizationDto", "order_amount"),
    ("update_authorization", "order_lines", "UpdateAuthorizationDto", "order_lines"),
    ("update_authorization", "description", "UpdateAuthorizationDto", "description"),
    (
        "update_merchant_references",
        "merchant_reference1",
        "UpdateMerchantReferencesDto",
        "merchant_reference1",
    ),
    (
        "update_merchant_references",
        "merchant_reference2",
        "UpdateMerchantReferencesDto",
        "merchant_reference2",
    ),
    ("add_shipping_info", "shipping_info", "UpdateShippingInfoDto", "shipping_info"),
    ("add_capture_shipping_info", "shipping_info", "UpdateShippingInfoDto", "shipping_info"),
    ("capture", "amount", "CaptureObjectDto", "captured_amount"),
    ("capture", "reference", "CaptureObjectDto", "reference"),
    ("capture", "description", "CaptureObjectDto", "description"),
    ("capture", "order_lines", "CaptureObjectDto", "order_lines"),
    ("capture", "shipping_info", "CaptureObjectDto", "shipping_info"),
    ("refund", "amount", "RefundObjectDto", "refunded_amount"),
    ("refund", "reference", "RefundObjectDto", "reference"),
    ("refund", "description", "RefundObjectDto", "description"),
    ("refund", "order_lines", "RefundObjectDto", "order_lines"),
]


@pytest.mark.parametrize(("verb", "argument", "schema", "field"), LIMITS)
def test_limits_in_docstrings_are_those_of_the_document(
    verb: str, argument: str, schema: str, field: str
) -> None:
    """When the vendor changes a limit, this test says which docstring to mend."""
    text = inspect.getdoc(getattr(KustomClient, verb)) or ""
    entry = re.search(rf"^    {argument}: (.*?)(?=^    \w+:|^Raises)", text, re.MULTILINE | re.DOTALL)
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
            if not attribute.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
                assert inspect.getdoc(value), f"{name}.{attribute}"


def test_every_endpoint_has_what_the_calls_use() -> None:
    """``_get_kwargs`` is private by name: the day the generator renames it, this says so."""
    source = Path(_calls.__file__).read_text(encoding="utf-8")
    used = set(re.findall(r"\b((?:orders|captures|refunds)\.\w+)\b", source)) - {"orders.get", "captures.get"}
    assert len(used) == len(document.OPERATIONS)
    for name in used:
        tag, endpoint = name.split(".")
        module = getattr(getattr(_calls, tag), endpoint)
        assert callable(module._get_kwargs)
