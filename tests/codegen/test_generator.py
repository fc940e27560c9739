"""The generator's run: the same output each time, and its refusals told plainly."""

import ast
import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from codegen import document as documents, generator
from codegen.document import RegenerationError
from codegen.normalization import Normalized
from codegen.pipeline import prepare
from codegen.replacement import differences
from codegen_support import TEXT, built, import_package, small_document


def test_a_second_build_is_the_same(
    normalized: dict[str, Any], built_bindings: Path, tmp_path: Path
) -> None:
    """In the same process, into another folder, the same bytes come out."""
    generator.build(Normalized(deepcopy(normalized)), tmp_path)
    scratch = built_bindings.parents[1]
    assert list(differences(tmp_path, scratch, ("generated",))) == []


def test_the_generators_refusal_is_told_plainly(tmp_path: Path) -> None:
    """One short line with what to do; the same in every run, and nobody is sent elsewhere."""
    header = {"name": "X", "in": "header", "schema": {"type": "array", "items": TEXT}}
    operation: dict[str, Any] = {"parameters": [header]}
    refusals = []
    for number in range(2):
        scratch = tmp_path / str(number)
        scratch.mkdir()
        with pytest.raises(RegenerationError) as refusal:
            built(small_document(**deepcopy(operation)), scratch)
        refusals.append(str(refusal.value))
    assert refusals[0] == refusals[1]
    assert refusals[0].endswith("fix this in scripts/overlay.yaml")
    assert "object at 0x" not in refusals[0]
    assert "open an issue" not in refusals[0]
    assert len(refusals[0]) <= 200


def test_a_failure_of_the_generator_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in this process, and what it raises ends in one line and no traceback."""

    def fail(**_: Any) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(generator, "generate", fail)
    with pytest.raises(RegenerationError, match="it failed with RecursionError: too deep; fix"):
        generator.build(prepare(small_document(), []), tmp_path)


#: Texts that would be code in Python, Jinja, a format string or a shell, and run CANARY.
ATTACKS = (
    '"""\nCANARY()\n"""',
    "'''\nCANARY()\n'''",
    '"+CANARY()+"',
    "'+CANARY()+'",
    '\\"+CANARY()#',
    "\\'+CANARY()#",
    '\\\\"+CANARY()#',
    "{CANARY()}",
    "{{CANARY()}}",
    "{% set x = CANARY() %}{{ cycler.__init__ }}",
    "{# CANARY #}",
    "#}CANARY()",
    "\nCANARY()\n",
    "\r\nCANARY()",
    "\\N{BULLET}\\nCANARY()",
    "\\x22+CANARY()#",
    "${CANARY}`CANARY`",
    "%(CANARY)s",
    "\u2028CANARY()",
    "]\nCANARY()\nx=[",
    ")\nCANARY()\n(",
    "x: CANARY() = 1",
    "\\",
    '"',
    "'",
    "{",
    "}",
    '\\"""\nCANARY()\n',
    "a\\\nCANARY()",
    "*/CANARY()/*",
    "# CANARY()\nCANARY()",
    "../../../CANARY",
    "\\U0000CANARY",
)


def _hostile(attack: str, number: int, *, names: bool) -> dict[str, Any]:
    """Return a document with an attack in every text, and in every name too if asked for."""
    name = _printable(attack) if names else f"name{number}"
    text = {
        "type": "string",
        "title": attack,
        "description": attack,
        "example": attack,
        "default": attack,
    }
    fields = {
        name: text,
        f"kind{number}": {
            "type": "string",
            "enum": [attack, "b"],
            "default": attack,
            "title": attack,
        },
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
            {
                "name": name,
                "in": "query",
                "description": attack,
                "example": attack,
                "schema": {"type": "string", "default": attack},
            },
            {
                "name": f"X-{number}",
                "in": "header",
                "schema": {"type": "string", "enum": ["a", attack], "description": attack},
            },
        ],
        "requestBody": {"description": attack, "content": answer},
        "responses": {
            "200": {
                "description": attack,
                "headers": {
                    _printable(attack) if names else "X-A": {
                        "schema": {"type": "string"},
                        "description": attack,
                    }
                },
                "content": answer,
            },
            "400": {
                "description": attack,
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/S"},
                        "examples": {attack: {"value": attack}},
                    }
                },
            },
        },
    }


def _printable(attack: str) -> str:
    """Return the attack without what the generator drops from names, which is refused."""
    return "".join(letter for letter in attack if letter.isprintable())


def _in_a_path(attack: str) -> str:
    """Return the attack without braces, which are parameters there, and line ends."""
    return "".join(letter for letter in _printable(attack) if letter not in "{}")


def _hostile_document(attacks: tuple[str, ...], *, names: bool) -> dict[str, Any]:
    everything = " ".join(attacks)
    document = {
        "openapi": "3.0.3",
        "info": {"title": everything, "version": everything, "description": everything},
        "servers": [{"url": "https://x", "description": everything}],
        "paths": {
            f"/{number}/{_in_a_path(attack) if names else ''}": {
                "post": _hostile(attack, number, names=names)
            }
            for number, attack in enumerate(attacks)
        },
        "components": {
            "schemas": {
                "S": {
                    "type": "object",
                    "title": everything,
                    "description": everything,
                    "x-enum-varnames": [everything],
                },
                "E": {
                    "type": "string",
                    "enum": ["a", "b"],
                    "x-enum-varnames": ["CANARY()", "class"],
                    "description": everything,
                },
                "I": {
                    "type": "integer",
                    "enum": [1, 2],
                    "x-enum-varnames": ["x\nCANARY()", "1=CANARY()"],
                },
            }
        },
    }
    return documents.parse(Path("x.json"), json.dumps(document).encode(), [])


def _harmless(package: Path) -> None:
    """Require that the canary is nowhere read or called, but for texts and comments."""
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
def test_no_text_becomes_code(names: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every attack in every text is text in the output, and no file is anywhere else."""
    private = tmp_path / "tmp"
    private.mkdir()
    monkeypatch.setenv("TMPDIR", str(private))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    package = built(_hostile_document(ATTACKS, names=names), scratch)
    _harmless(package)
    import_package(package, f"hostile_{names}")
    assert list(private.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"tmp", "scratch"}
    assert {path.name for path in scratch.iterdir()} == {"document.json", "generated"}
    assert [path.name for path in (scratch / "generated").iterdir()] == [generator.PACKAGE]
    assert all(
        path.suffix in {".py", ".typed"}
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """The generator would drop a line end in a path: refused, on one line."""
    answer = {"200": {"description": ""}}
    document: dict[str, Any] = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}}
    document["paths"] = {
        "/a\nCANARY()": {"get": {"operationId": "a\n\x1b[2Jb", "responses": answer}}
    }
    with pytest.raises(RegenerationError, match="is not there") as refusal:
        built(document, tmp_path)
    said = documents.one_line(str(refusal.value))
    assert said.isprintable()
    assert "\\x1b[2Jb" in said
