"""The verbs of both clients are written from the operations."""

import subprocess
import sys
from pathlib import Path

import pytest
from codegen import document as documents, verbs
from codegen.document import RegenerationError
from codegen_support import contents, regenerate
from ruamel.yaml import YAML

ORDER = "/ordermanagement/v1/orders/{order_id}"
CLIENTS = ("kustom_facade/client.py", "kustom_facade/aio.py")

#: What a newcomer writes for two new operations, at the end of a module of operations.
OPERATIONS = '''

def get_note(order_id: OrderId, note_id: PartId) -> Call[Note]:
    """Read one note (GET note).

    Args:
        order_id: the order's UUID.
        note_id: the note's id.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`.
    """
    path = order_uuid(order_id), path_segment("note_id", note_id)
    return request.reading("getNote", get_note_endpoint, response.one(Note), *path)


def add_note(
    order_id: OrderId, text: str = "", *, idempotency_key: str | None = None
) -> Call[Done]:
    """Add a note to an order (POST notes).

    Args:
        order_id: the order's UUID.
        text: the note.
        idempotency_key: your own key, used as it is.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`.
    """
    body = request.body_of(Note, text=text)
    return request.writing(
        "addNote", add_note_endpoint, idempotency_key, order_uuid(order_id), body=body
    )
'''
IMPORTS = """from kustom_order_management.api.refunds import (
    add_note as add_note_endpoint,
    get_note as get_note_endpoint,
)
from kustom_order_management.models import Note
"""

#: A program that calls the new verbs on both clients, and prints what was sent.
CALLS = """
import asyncio, inspect, json, typing
import httpx
from kustom_facade import AsyncKustomClient, KustomClient

ORDER_ID = "f3392f8b-6116-4073-ab96-e330819e2c07"

def answer(request):
    body = request.content.decode()
    print(request.method, request.url.path, body, "Klarna-Idempotency-Key" in request.headers)
    if request.method == "GET":
        return httpx.Response(200, json={"note_id": "n 1", "text": "hello"})
    return httpx.Response(204)

with KustomClient("kco_test_x", transport=httpx.MockTransport(answer)) as kustom:
    print(kustom.get_note(ORDER_ID, "n1").text)
    print(kustom.add_note(ORDER_ID, "hello", idempotency_key="k-1", timeout=5).idempotency_key)

async def main():
    async with AsyncKustomClient("kco_test_x", transport=httpx.MockTransport(answer)) as kustom:
        print((await kustom.get_note(ORDER_ID, "n1")).text)
        done = await kustom.add_note(ORDER_ID, "hello", idempotency_key="k-1", max_attempts=1)
        print(done.idempotency_key)

asyncio.run(main())
for client in (KustomClient, AsyncKustomClient):
    typing.get_type_hints(client.get_note)
    print(inspect.signature(client.add_note))
"""
SIGNATURE = (
    "(self, order_id: 'OrderId', text: 'str' = '', *, idempotency_key: 'str | None' = None, "
    "timeout: 'float | None' = None, "
    "deadline: 'float | None' = None, max_attempts: 'int | None' = None) -> 'Done'"
)


def _newer(tree: Path) -> Path:
    """Write a document with a GET and a POST that the vendor's does not have."""
    document = documents.load(tree / "openapi.yaml")
    path = {"in": "path", "required": True, "schema": {"type": "string"}}
    uuid = {"type": "string", "format": "uuid"}
    order_id = {**path, "name": "order_id", "schema": uuid}
    key = {"name": "Klarna-Idempotency-Key", "in": "header", "schema": {"type": "string"}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/NoteDto"}}}
    text = {"type": "string", "maxLength": 10}
    fields = {"note_id": {"type": "string"}, "text": text}
    document["components"]["schemas"]["NoteDto"] = {"type": "object", "properties": fields}
    document["paths"][f"{ORDER}/notes"] = {
        "post": {
            "tags": ["Refunds"],
            "operationId": "addNote",
            "parameters": [order_id, key],
            "requestBody": {"required": True, "content": content},
            "responses": {"204": {"description": "Done."}},
        }
    }
    document["paths"][f"{ORDER}/notes/{{note_id}}"] = {
        "get": {
            "tags": ["Refunds"],
            "operationId": "getNote",
            "parameters": [order_id, {**path, "name": "note_id"}],
            "responses": {"200": {"description": "The note.", "content": content}},
        }
    }
    spec = tree.parent / "newer.yaml"
    with spec.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(document, file)
    return spec


def test_a_new_operation_needs_one_function_and_one_command(tree: Path) -> None:
    """A GET and a POST: adopted, written as functions, and there on both clients."""
    adopted = regenerate(tree, "--spec", str(_newer(tree)))
    assert adopted.returncode == 0, adopted.stderr
    for operation in ("add_note", "get_note"):
        assert f"operation refunds.{operation} has no verb".replace("_", "\\_") in adopted.stdout
    module = tree / "kustom_facade" / "_operations" / "refunds.py"
    text = module.read_text(encoding="utf-8").replace(
        "from ..results import Created", f"{IMPORTS}from ..results import Created, Done", 1
    )
    module.write_text(text + OPERATIONS, encoding="utf-8")
    run = regenerate(tree)
    assert (run.returncode, run.stderr) == (0, "")
    assert [line for line in run.stdout.splitlines() if line.startswith("changed")] == [
        f"changed: {name}" for name in CLIENTS
    ]
    checked = regenerate(tree, "--check")
    assert checked.returncode == 0, checked.stdout
    done = subprocess.run(
        [sys.executable, "-c", CALLS],
        cwd=tree,  # it comes first on the path
        env={"PYTHONPATH": f"{tree}:{tree / 'generated'}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    path = ORDER.format(order_id="f3392f8b-6116-4073-ab96-e330819e2c07")
    calls = [
        f"GET {path}/notes/n1  False",
        "hello",
        f'POST {path}/notes {{"text":"hello"}} True',
        "k-1",
    ]
    assert done.stdout.splitlines() == [*calls, *calls, SIGNATURE, SIGNATURE]


def test_the_printed_skeletons_are_verbs(tree: Path) -> None:
    """Pasted as they are, they are on both clients, and do what the document says."""
    adopted = regenerate(tree, "--spec", str(_newer(tree)))
    _, *printed = adopted.stdout.split("A verb for a new operation, to complete:\n\n")
    assert len(printed) == 2
    module = tree / "kustom_facade" / "_operations" / "refunds.py"
    text = module.read_text(encoding="utf-8").replace("import Created", "import Created, Done", 1)
    for skeleton in printed:
        imports, _, function = skeleton.partition("\n\n\n")
        text = text.replace("from ..results", f"{imports}\nfrom ..results", 1)
        text += f"\n\n{function.partition('regenerate: ')[0].rstrip()}\n"
    module.write_text(text, encoding="utf-8")
    assert regenerate(tree).returncode == 0
    checked = regenerate(tree, "--check")
    assert checked.returncode == 0, checked.stdout
    client = (tree / "kustom_facade" / "client.py").read_text(encoding="utf-8")
    assert "def add_note(" in client
    assert "def get_note(" in client


def test_written_files_are_those_of_the_repository(tree: Path) -> None:
    """Both whole files, and nothing is left beside them."""
    before = contents(tree)
    written = verbs.written(tree)
    assert {name: text.encode() for name, text in written.items()} == {
        name: before[name] for name in CLIENTS
    }
    assert contents(tree) == before


@pytest.mark.parametrize("mark", [verbs.BEGIN, verbs.END])
@pytest.mark.parametrize("name", CLIENTS)
def test_a_missing_mark_is_refused(tree: Path, name: str, mark: str) -> None:
    """By the name of the file, and nothing is written."""
    text = (tree / name).read_text(encoding="utf-8")
    (tree / name).write_text(text.replace(mark, ""), encoding="utf-8")
    with pytest.raises(RegenerationError, match=f"{name} has lost a mark of the written verbs"):
        verbs.written(tree)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def f(order_id: OrderId) -> Call[Done]: ...", "f needs a docstring"),
        ('def f(order_id) -> Call[Done]: """Do it."""', "a type for each argument"),
        ('def f(order_id: OrderId) -> None: """Do it."""', "as its result"),
        ("def f(:", "refunds.py:1 is not Python"),
        ('def f(order_id: Missing) -> Call[Done]: """Do it."""', "Undefined name `Missing`"),
        ('async def f() -> Call[Done]: """Do it."""', "f is async"),
        ('def f(a: int, /) -> Call[Done]: """Do it."""', "f has .* pass on by name: a$"),
        ('def f(*b: int) -> Call[Done]: """Do it."""', "f has .* pass on by name: b$"),
        ('def f(**c: int) -> Call[Done]: """Do it."""', "f has .* pass on by name: c$"),
        ('def f() -> Call[Done]: r"""Do \\d."""', "f has a backslash or three quotes"),
        ("def f() -> Call[Done]: '''Do \"\"\" it.'''", "f has a backslash or three quotes"),
        ('def f() -> list[Done]: """Do it."""', "as its result"),
        ('def f() -> Call[int]: """Do."""\n' * 2, "Redefinition of unused `f`"),
        *(
            (f'def f(a: int, {name}: int) -> Call[Done]: """Do it."""', f"verb needs .*: {name}$")
            for name in (
                *verbs.OPTIONS,
                *verbs.SOURCES.values(),
                "self",
                "session",
                "call",
                "steps",
            )
        ),
    ],
)
def test_what_no_verb_can_be_written_from_is_refused(tree: Path, code: str, why: str) -> None:
    """By module and function, with what is missing."""
    path = tree / "kustom_facade" / "_operations" / "refunds.py"
    path.write_text(code, encoding="utf-8")
    with pytest.raises(RegenerationError, match=why):
        verbs.written(tree)


def test_a_function_that_goes_takes_its_verb_and_imports_along(tree: Path) -> None:
    """Private functions are no verbs, and a type that nobody names any more is not imported."""
    path = tree / "kustom_facade" / "_operations" / "captures.py"
    text = path.read_text(encoding="utf-8").replace("def list_captures(", "def _list_captures(")
    path.write_text(text, encoding="utf-8")
    client = verbs.written(tree)[CLIENTS[0]]
    assert "def list_captures(" not in client
    path.write_text(text.replace("def get_capture(", "def _get_capture("), encoding="utf-8")
    client = verbs.written(tree)[CLIENTS[0]]
    assert "import MerchantOrder, Refund\n" in client
