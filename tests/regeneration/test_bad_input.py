"""What is no document, or one that means harm: refused in one line, nothing executed, fetched or written elsewhere."""

import ast
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from regeneration import building, checking, mending, reading, running
from regeneration.reading import Refused

MINIMAL = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n"


def _taken(path: Path) -> None:
    """The first steps of a run."""
    document = reading.load(path)
    running._sound(document)
    mending.mend(document)


def _wide_bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return MINIMAL + "\n".join(rows)


def _merge_bomb() -> str:
    rows = ["a0: &a0 {x: 1}"]
    rows += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 12)]
    return MINIMAL + "\n".join(rows)


BAD: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty"),
    "blank": (" \n\n", "is empty"),
    "swagger": ("swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n", "this is Swagger 2.0; convert it"),
    "html": ("<!DOCTYPE html>\n<html><body>openapi: 3.0.3</body></html>", "is HTML or XML"),
    "not utf-8": (MINIMAL.encode() + b"x: \xff\xfe\n", "is not text in UTF-8"),
    "utf-16": (MINIMAL.encode("utf-16"), "is not text in UTF-8"),
    "binary": (bytes(range(256)), "is not text in UTF-8"),
    "wide bomb": (_wide_bomb(), "more than 200,000 values"),
    "merging bomb": (_merge_bomb(), "merges more than 200,000 values"),
    "deep aliases": (MINIMAL + "a: &a [b]\n" + "\n".join(f"x{n}: &x{n} [*x{n - 1}]" for n in range(1, 200)).replace("*x0", "*a"), "nested too deeply"),
    "circle": (MINIMAL + "x-a: &a [*a]\n", "holds itself by an alias"),
    "deep yaml": (MINIMAL + "a: " + "[" * 100_000, "cannot be read as YAML"),
    "deep json": ('{"openapi": ' + "[" * 100_000, "cannot be read as YAML"),
    "deep closed json": ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "cannot be read as YAML"),
    "twice in yaml": (MINIMAL + "info: {title: U, version: '2'}\n", "is not YAML or JSON"),
    "twice in json": ('{"openapi": "3.0.3", "openapi": "3.0.3"}', "'openapi' stands twice"),
    "twice by kind": (MINIMAL + "x-a: {404: 1, '404': 2}\n", "'404' stands twice"),
    "nan": (MINIMAL + "x-a: .nan\n", "holds what JSON cannot"),
    "json nan": ('{"openapi": NaN}', "holds what JSON cannot"),
    "infinite": ('{"openapi": 1e999}', "holds what JSON cannot"),
    "half a pair": ('{"openapi": "\\ud800"}', "holds what JSON cannot"),
    "huge number": (MINIMAL + "x-a: " + "9" * 5000 + "\n", "cannot be read as YAML"),
    "python tag": (MINIMAL + "x-a: !!python/object/apply:os.system [exit 3]\n", "is not YAML or JSON"),
    "bytes": (MINIMAL + "x-a: !!binary aGVsbG8=\n", "holds what JSON cannot"),
    "two documents": (MINIMAL + "---\n" + MINIMAL, "is not YAML or JSON"),
    "a list": ("- openapi\n", "holds no OpenAPI document"),
    "a text": ("openapi\n", "holds no OpenAPI document"),
    "dangling": (MINIMAL + "components: {schemas: {A: {$ref: '#/components/schemas/B'}}}\n", "leads nowhere"),
    "round": (
        MINIMAL + "components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}}}\n",
        "runs in a circle",
    ),
    "a file": (MINIMAL + "components: {schemas: {A: {$ref: 'file:///etc/passwd'}}}\n", "leads out of the document"),
    "a neighbour": (MINIMAL + "components: {schemas: {A: {$ref: 'other.yaml#/A'}}}\n", "leads out of the document"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused(tmp_path: Path, name: str) -> None:
    """The reason is named, whatever the file holds."""
    content, why = BAD[name]
    path = tmp_path / "document.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Refused, match=why):
        _taken(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes into, nothing at all, a device."""
    os.mkfifo(tmp_path / "pipe")
    for path, why in (
        (tmp_path, "is not a file"),
        (tmp_path / "pipe", "is not a file"),
        (tmp_path / "nothing", "cannot be read: No such file"),
        (Path("/dev/zero"), "is not a file"),
        (tmp_path / ("x" * 300), "cannot be read: File name too long"),
    ):
        with pytest.raises(Refused, match=why):
            reading.load(path)


def test_a_large_file_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    """50 MB: what is read is no more than the limit."""
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.write(MINIMAL.encode())
        file.truncate(50_000_000)
    with pytest.raises(Refused, match="is larger than 2,000,000 bytes"):
        reading.load(path)


@pytest.mark.parametrize(
    "text", ["\ufeff" + MINIMAL, "\ufeff" + json.dumps({"openapi": "3.0.3"}), "{openapi: 3.0.3}"]
)
def test_a_byte_order_mark_and_flow_style_are_read(tmp_path: Path, text: str) -> None:
    """They are no reason to refuse."""
    path = tmp_path / "document"
    path.write_text(text, encoding="utf-8")
    assert reading.load(path)["openapi"] == "3.0.3"


class _Answers(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Answer anything, and remember it."""
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")


@pytest.fixture
def address() -> Iterator[str]:
    """Where a server listens that must not be asked."""
    _Answers.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/x.json"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "more",
    [
        {"components": {"schemas": {"A": {"$ref": "URL"}}}},
        {"components": {"schemas": {"A": {"$ref": "URL#/A"}}}},
        {"components": {"schemas": {"A": {"properties": {"x": {"allOf": [{"$ref": "URL"}]}}}}}},
        {"components": {"schemas": {"A": {"example": {"$ref": "URL"}, "type": "object"}}}},
        {"components": {"examples": {"A": {"$ref": "URL"}}}},
        {"components": {"responses": {"A": {"description": "", "content": {"a/b": {"examples": {"e": {"$ref": "URL"}}}}}}}},
        {"components": {"schemas": {"A": {"$id": "URL", "properties": {"x": {"$ref": "#/components/schemas/B"}}}, "B": {"$schema": "URL"}}}},
        {"components": {"schemas": {"A": {"$id": "URL", "$dynamicRef": "URL#x", "default": {}}}}},
        {"components": {"schemas": {"A": {"properties": {"x": {"$ref": "#/components/schemas/B"}}, "default": {"x": 1}, "$id": "URL"}, "B": {"type": "integer"}}}},
        {"jsonSchemaDialect": "URL"},
        {"paths": {"/x": {"$ref": "URL"}}},
        {"paths": {"/x": {"get": {"parameters": [{"$ref": "URL"}], "responses": {"200": {"$ref": "URL"}}}}}},
        {"components": {"schemas": {"A": {"discriminator": {"propertyName": "x", "mapping": {"a": "URL"}}, "type": "object"}}}},
        {"externalDocs": {"url": "URL"}, "servers": [{"url": "URL"}]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_nothing_is_fetched(address: str, more: dict[str, Any], version: str, tmp_path: Path) -> None:
    """Whatever names an address, and however: the server there sees no request, and a file there is not read."""
    document = {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {}, **more}
    for target in (address, (tmp_path / "secret.json").as_uri()):
        path = tmp_path / "document.json"
        path.write_text(json.dumps(document).replace("URL", target), encoding="utf-8")
        try:
            _taken(path)
        except Refused as refusal:
            said = str(refusal)
        else:
            said = "taken, and nothing was asked for"
        assert "No such file" not in said
    assert _Answers.asked == []


#: Texts that would be code in Python, in Jinja, in a format string or in a shell; each would run CANARY.
ATTACKS = (
    '"""\nCANARY()\n"""', "'''\nCANARY()\n'''", '"+CANARY()+"', "'+CANARY()+'", '\\"+CANARY()#', "\\'+CANARY()#",
    '\\\\"+CANARY()#', "{CANARY()}", "{{CANARY()}}", "{% set x = CANARY() %}{{ cycler.__init__ }}", "{# CANARY #}",
    "#}CANARY()", "\nCANARY()\n", "\r\nCANARY()", "\\N{BULLET}\\nCANARY()", "\\x22+CANARY()#", "${CANARY}`CANARY`",
    "%(CANARY)s", "\u2028CANARY()", "]\nCANARY()\nx=[", ")\nCANARY()\n(", "x: CANARY() = 1", "\\", '"', "'", "{", "}",
    '\\"""\nCANARY()\n', "a\\\nCANARY()", "*/CANARY()/*", "# CANARY()\nCANARY()", "../../../CANARY", "\\U0000CANARY",
)  # fmt: skip


def _hostile(attack: str, number: int, *, names: bool) -> dict[str, Any]:
    """A document with an attack in every text, and in every name too if asked for."""
    name = attack if names else f"name{number}"
    text = {"type": "string", "title": attack, "description": attack, "example": attack, "default": attack}
    fields = {
        name: text,
        f"kind{number}": {"type": "string", "enum": [attack, "b"], "default": attack, "title": attack},
    }
    fields |= {
        f"date{number}": {"type": "string", "format": "date-time", "description": attack},
        "plain": {"type": "string", "pattern": re.escape(attack)},
    }
    answer = {
        "application/json": {
            "schema": {
                "type": "object",
                "title": attack,
                "description": attack,
                "properties": fields,
                "example": {attack: attack},
            }
        }
    }
    return {
        "tags": [attack],
        "summary": attack,
        "description": attack,
        "operationId": f"{attack} {number}" if names else f"op{number}",
        "parameters": [
            {"name": name, "in": "query", "description": attack, "example": attack, "schema": {"type": "string", "default": attack}},
            {"name": f"X-{number}", "in": "header", "schema": {"type": "string", "enum": ["a", attack], "description": attack}},
        ],
        "requestBody": {"description": attack, "content": answer},
        "responses": {
            "200": {"description": attack, "headers": {attack if names else "X-A": {"schema": {"type": "string"}, "description": attack}}, "content": answer},
            "400": {"description": attack, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}, "examples": {attack: {"value": attack}}}}},
        },
    }  # fmt: skip


def _in_a_path(attack: str) -> str:
    """The attack without braces, which are parameters there, and line ends, with which a path is refused."""
    return "".join(letter for letter in attack if letter.isprintable() and letter not in "{}")


def _hostile_document(attacks: tuple[str, ...], *, names: bool) -> dict[str, Any]:
    everything = " ".join(attacks)
    return {
        "openapi": "3.0.3",
        "info": {"title": everything, "version": everything, "description": everything},
        "servers": [{"url": "https://x", "description": everything}],
        "paths": {f"/{number}/{_in_a_path(attack) if names else ''}": {"post": _hostile(attack, number, names=names)} for number, attack in enumerate(attacks)},
        "components": {
            "schemas": {
                "S": {"type": "object", "title": everything, "description": everything, "x-enum-varnames": [everything]},
                "E": {"type": "string", "enum": ["a", "b"], "x-enum-varnames": ["CANARY()", "class"], "description": everything},
                "I": {"type": "integer", "enum": [1, 2], "x-enum-varnames": ["x\nCANARY()", "1=CANARY()"]},
            }
        },
    }  # fmt: skip


def _built(document: dict[str, Any], folder: Path) -> Path:
    document = reading.parse(Path("x.json"), json.dumps(document).encode())
    running._sound(document)
    mended = mending.mend(document)
    package = building.build(mended, folder)
    checking.counterparts(mended.document, package)
    return package


def _harmless(package: Path) -> None:
    """The canary is nowhere read or called in the code; what stands in texts and comments is none."""
    for module in package.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and isinstance(
                node.ctx, ast.Load
            ):  # a member of an enum may be called so
                assert node.id != "CANARY", module
            if isinstance(node, ast.Attribute):
                assert node.attr != "CANARY", module
            if isinstance(node, ast.FormattedValue):
                assert "CANARY" not in ast.unparse(node), module


@pytest.mark.parametrize("names", [False, True])
def test_no_text_becomes_code(
    names: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, imported: Callable[[Path, str], Any]
) -> None:
    """Every attack in every text: in the output it is text, the modules import, and no file is anywhere else."""
    private = tmp_path / "tmp"
    private.mkdir()
    monkeypatch.setenv("TMPDIR", str(private))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    package = _built(_hostile_document(ATTACKS, names=names), scratch)
    _harmless(package)
    imported(package, f"hostile_{names}")
    assert list(private.iterdir()) == []
    assert {one.name for one in tmp_path.iterdir()} == {"tmp", "scratch"}
    assert {one.name for one in scratch.iterdir()} == {
        "document.json",
        "settings.json",
        "templates",
        "generated",
    }
    assert [one.name for one in (scratch / "generated").iterdir()] == [building.PACKAGE]
    assert all(
        one.suffix in {".py", ".typed"}
        for one in package.rglob("*")
        if one.is_file() and "__pycache__" not in one.parts
    )


def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A line end in a path would be dropped by the generator: named and refused, on one line for whoever reads it."""
    answer = {"200": {"description": ""}}
    document: dict[str, Any] = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}}
    document["paths"] = {"/a\nCANARY()": {"get": {"operationId": "a\n\x1b[2Jb", "responses": answer}}}
    with pytest.raises(Refused, match="dropped operation") as refusal:
        _built(document, tmp_path)
    said = reading.line(str(refusal.value))
    assert said.isprintable()
    assert "\\x1b[2Jb" in said
