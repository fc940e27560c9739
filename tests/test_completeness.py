"""Every public callable as tools see it: types, signatures, documentation."""

import inspect
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import griffe
import jedi
import pytest
from pydantic import validate_call

import kustom_facade
from kustom_facade import idempotency, lines, money, orders
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox

PACKAGE = Path(kustom_facade.__file__).parent
CLIENTS = (kustom_facade.KustomClient, kustom_facade.AsyncKustomClient)
#: What is public beside the package's own names: its modules of functions.
MODULES = (idempotency, lines, money, orders)


def callables() -> Iterator[tuple[str, Callable[..., Any]]]:
    """All functions, classes and methods that a user may call, by their dotted names."""
    for name in kustom_facade.__all__:
        thing = getattr(kustom_facade, name)
        if inspect.isclass(thing):
            yield name, thing
            if thing.__module__.startswith("kustom_facade"):
                for method, member in inspect.getmembers(thing, inspect.isfunction):
                    if not method.startswith("_") and member.__module__.startswith("kustom_facade"):
                        yield f"{name}.{method}", member
    for module in MODULES:
        for name, member in inspect.getmembers(module, inspect.isfunction):
            if not name.startswith("_") and member.__module__.startswith("kustom_facade"):
                yield f"{module.__name__.removeprefix('kustom_facade.')}.{name}", member


#: What a client's ``with_response`` gives.
ANSWERING = tuple(client("kco_test_x").with_response.__class__ for client in CLIENTS)
CALLABLES = dict(callables())
for _kind in ANSWERING:
    for _name, _member in inspect.getmembers(_kind, inspect.isfunction):
        if not _name.startswith("_"):
            CALLABLES[f"{_kind.__name__}.{_name}"] = _member


def test_there_is_something_to_hold() -> None:
    """A collection that finds nothing would hold nothing: all verbs of both clients are in it."""
    for client in CLIENTS:
        verbs = [name for name in CALLABLES if name.startswith(f"{client.__name__}.")]
        assert len(verbs) == 15 + 3 + 2, verbs  # the operations, the workflows, closing and options


@pytest.mark.parametrize("name", CALLABLES)
def test_hints_resolve(name: str) -> None:
    """As frameworks resolve them that inject or validate arguments."""
    hints = typing.get_type_hints(CALLABLES[name])
    if inspect.isfunction(CALLABLES[name]):
        assert "return" in hints


@pytest.mark.parametrize("name", CALLABLES)
def test_signatures_evaluate(name: str) -> None:
    """With no annotation left as a string."""
    signature = inspect.signature(CALLABLES[name], eval_str=True)
    for parameter in signature.parameters.values():
        assert not isinstance(parameter.annotation, str)


@pytest.mark.parametrize("name", CALLABLES)
def test_the_documentation_stands_on_the_thing_itself(name: str) -> None:
    """And begins with a whole sentence or a phrase of it."""
    thing = CALLABLES[name]
    documentation = vars(thing).get("__doc__") if inspect.isclass(thing) else thing.__doc__
    assert documentation
    assert documentation.strip()


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_static_tools_see_the_documentation(client: type) -> None:
    """The tool griffe reads the source, imports nothing, and finds each verb's documentation."""
    package = griffe.load("kustom_facade", search_paths=[str(PACKAGE.parent)])
    seen = package[f"{'client' if client is CLIENTS[0] else 'aio'}.{client.__name__}"]
    for name, member in inspect.getmembers(client, inspect.isfunction):
        if name.startswith("_") or name == "with_options":
            continue
        function = seen.members[name]
        assert inspect.cleandoc(function.docstring.value) == inspect.getdoc(member)
        assert [one.name for one in function.parameters] == list(
            inspect.signature(member).parameters
        )
        documented = {
            argument.name
            for section in function.docstring.parse("google")
            if section.kind is griffe.DocstringSectionKind.parameters
            for argument in section.value
        }
        assert documented == set(inspect.signature(member).parameters) - {"self"}


def test_an_editor_sees_the_documentation() -> None:
    """jedi, which completes in editors and notebooks, shows each verb's signature and docstring."""
    source = "from kustom_facade import KustomClient\nKustomClient()."
    completions = {one.name: one for one in jedi.Script(source).complete(2, len("KustomClient()."))}
    for name, member in inspect.getmembers(CLIENTS[0], inspect.isfunction):
        if name.startswith("_"):
            continue
        text = completions[name].docstring()
        assert text.startswith(f"{name}(")
        assert (inspect.getdoc(member) or "").splitlines()[0] in text


def test_pydantic_can_wrap_each_verb() -> None:
    """``validate_call`` reads the annotations of every verb, and the call goes through."""
    with kustom_facade.KustomClient("kco_test_x", transport=Sandbox()) as kustom:
        wrapped = {
            name: validate_call(getattr(kustom, name))
            for name, _ in inspect.getmembers(CLIENTS[0], inspect.isfunction)
            if not name.startswith("_") and name not in ("close", "with_options")
        }
        assert len(wrapped) == 18
        order = wrapped["get_order"](EXAMPLE_ORDER_ID)
        done = wrapped["capture"](EXAMPLE_ORDER_ID, 3990, order_lines=order.order_lines[:1])
        assert wrapped["get_capture"](EXAMPLE_ORDER_ID, done.id).captured_amount == 3990


def test_every_read_has_its_twin_with_the_answer() -> None:
    """Equal but for what it returns, and nothing else has one: a write's result has its ids."""
    for client, answering in zip(CLIENTS, ANSWERING, strict=True):
        reads = {"get_order", "list_captures", "get_capture", "get_refund"}
        methods = dict(inspect.getmembers(answering, inspect.isfunction))
        assert {name for name in methods if not name.startswith("_")} == reads
        for name in reads:
            plain = inspect.signature(getattr(client, name), eval_str=True)
            twin = inspect.signature(methods[name], eval_str=True)
            assert twin.parameters == plain.parameters
            assert typing.get_origin(twin.return_annotation) is kustom_facade.Response
            assert typing.get_args(twin.return_annotation) == (plain.return_annotation,)
            assert inspect.getdoc(methods[name]) == inspect.getdoc(getattr(client, name))


def test_both_clients_are_equal_in_every_signature_and_docstring() -> None:
    """Written from one source they cannot drift, and nor can what is written by hand."""
    blocking, asynchronous = (
        {
            name: (inspect.signature(member), inspect.getdoc(member))
            for name, member in inspect.getmembers(client, inspect.isfunction)
            if not name.startswith("_") and name not in ("close", "aclose")
        }
        for client in CLIENTS
    )
    assert blocking == asynchronous
