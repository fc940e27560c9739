"""What is no document is refused in one line, and a document is read as plain JSON data."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from codegen import document as documents, pipeline
from codegen.document import RegenerationError
from codegen_support import built, small_document

MINIMAL = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n"


def _wide_bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return MINIMAL + "\n".join(rows)


BAD: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty"),
    "blank": (" \n\n", "is empty"),
    "swagger": (
        "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n",
        "this is Swagger 2.0; convert it",
    ),
    "html": ("<!DOCTYPE html>\n<html><body>openapi: 3.0.3</body></html>", "is HTML or XML"),
    "half utf-16": (MINIMAL.encode("utf-16")[:-1], "is not text in utf-16"),
    "binary": (bytes(range(256)), "is not text in utf-16-be"),
    "wide bomb": (_wide_bomb(), "more than 200,000 values"),
    "deep aliases": (
        MINIMAL
        + "a: &a [b]\n"
        + "\n".join(f"x{n}: &x{n} [*x{n - 1}]" for n in range(1, 200)).replace("*x0", "*a"),
        "nested too deeply",
    ),
    "circle": (MINIMAL + "x-a: &a [*a]\n", "holds itself by an alias"),
    "tab": ("openapi: 3.0.3\ninfo:\n\ttitle: T\n", "line 3, column 1: found character"),
    "open bracket": (MINIMAL + "x-a: [1\nx-b: 2\n", "expected ',' or ']', but got ':'"),
    "deep yaml": (MINIMAL + "a: " + "[" * 10_000, "cannot be read as YAML"),
    "deep json": ('{"openapi": ' + "[" * 10_000, "cannot be read as YAML"),
    "deep closed json": ('{"a": ' + "[" * 10_000 + "]" * 10_000 + "}", "cannot be read as YAML"),
    "twice in yaml": (MINIMAL + "info: {title: U, version: '2'}\n", "is not YAML or JSON"),
    "twice in json": ('{"openapi": "3.0.3", "openapi": "3.0.3"}', "'openapi' stands twice"),
    "twice by kind": (MINIMAL + "x-a: {404: 1, '404': 2}\n", "'404' stands twice"),
    "nan": (MINIMAL + "x-a: .nan\n", "holds what JSON cannot"),
    "json nan": ('{"openapi": NaN}', "holds what JSON cannot"),
    "infinite": ('{"openapi": 1e999}', "holds what JSON cannot"),
    "huge number": (MINIMAL + "x-a: " + "9" * 5000 + "\n", "cannot be read as YAML"),
    "python tag": (
        MINIMAL + "x-a: !!python/object/apply:os.system [exit 3]\n",
        "is not YAML or JSON",
    ),
    "bytes": (MINIMAL + "x-a: !!binary aGVsbG8=\n", "holds what JSON cannot"),
    "two documents": (MINIMAL + "---\n" + MINIMAL, "is not YAML or JSON"),
    "no version": ("info: {}\n", "OpenAPI 3.0 or 3.1 is needed, the document says nothing"),
    "version 4": ("openapi: 4.0.0\n", "the document says 4.0.0"),
    "no paths": ("openapi: 3.0.3\ninfo: {title: T, version: '1'}\n", "not valid at its top"),
    "no info": ("openapi: 3.1.0\ninfo: {title: T}\npaths: {}\n", "not valid at info"),
    "a list": ("- openapi\n", "holds no OpenAPI document"),
    "a text": ("openapi\n", "holds no OpenAPI document"),
    "dangling": (
        MINIMAL + "components: {schemas: {A: {$ref: '#/components/schemas/B'}}}\n",
        "leads nowhere",
    ),
    "round": (
        MINIMAL
        + "components: {schemas: {A: {$ref: '#/components/schemas/B'}, "
        + "B: {$ref: '#/components/schemas/A'}}}\n",
        "runs in a circle",
    ),
    "a file": (
        MINIMAL + "components: {schemas: {A: {$ref: 'file:///etc/passwd'}}}\n",
        "leads out of the document",
    ),
    "a neighbour": (
        MINIMAL + "components: {schemas: {A: {$ref: 'other.yaml#/A'}}}\n",
        "leads out of the document",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused(tmp_path: Path, name: str) -> None:
    """One line of why, whatever the file holds."""
    content, why = BAD[name]
    path = tmp_path / "document.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(RegenerationError, match=why):
        pipeline.prepare(documents.load(path), [])


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, nothing at all, a name that cannot be."""
    for path, why in (
        (tmp_path, "cannot be read: Is a directory"),
        (tmp_path / "nothing", "cannot be read: No such file"),
        (tmp_path / ("x" * 300), "cannot be read: File name too long"),
    ):
        with pytest.raises(RegenerationError, match=why):
            documents.load(path)


def test_a_large_file_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    """50 MB: what is read is no more than the limit."""
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.write(MINIMAL.encode())
        file.truncate(50_000_000)
    with pytest.raises(RegenerationError, match="is larger than 2,000,000 bytes"):
        documents.load(path)


@pytest.mark.parametrize(
    "text", ["\ufeff" + MINIMAL, "\ufeff" + json.dumps({"openapi": "3.0.3"}), "{openapi: 3.0.3}"]
)
def test_a_byte_order_mark_and_flow_style_are_read(tmp_path: Path, text: str) -> None:
    """They are no reason to refuse."""
    path = tmp_path / "document"
    path.write_text(text, encoding="utf-8")
    assert documents.load(path)["openapi"] == "3.0.3"


EXTENSIONS = [
    lambda d: d["paths"].update({"x-note": "hello"}),
    lambda d: d["paths"].update({"x-note": [1]}),
    lambda d: d["paths"]["/a"].update({"x-note": {"headers": 1}}),
    lambda d: d["paths"]["/a"]["post"]["responses"].update({"x-note": "b"}),
    lambda d: d["paths"]["/a"]["post"]["responses"].update({"x-note": {"headers": 1}}),
]


@pytest.mark.parametrize("extend", EXTENSIONS)
def test_extensions_are_passed_over(
    tmp_path: Path, extend: Callable[[dict[str, Any]], None]
) -> None:
    """They are legal wherever paths, operations and responses stand, and none of these."""
    document = small_document()
    extend(document)
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert built(documents.load(path), tmp_path)


def test_what_an_alias_names_is_a_copy_in_each_place(tmp_path: Path) -> None:
    """So an action of the overlay, or a rule, changes the one place that it is about."""
    path = tmp_path / "document.yaml"
    path.write_text(MINIMAL + "x-a: &a {b: {c: 1}}\nx-d: *a\n", encoding="utf-8")
    document = documents.load(path)
    del document["x-a"]["b"]["c"]
    assert document["x-d"] == {"b": {"c": 1}}


@pytest.mark.parametrize(
    "encoding", ["windows-1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_other_encodings_are_read_and_told(encoding: str) -> None:
    """By a mark, by zero bytes, or by what the bytes can be; 0x81 is nothing in Windows-1252."""
    title = "Größe" + ("\x81" if encoding == "latin-1" else "")
    text = json.dumps({"info": {"title": title}}, ensure_ascii=False)
    fixes: list[str] = []
    document = documents.parse(Path("x.json"), text.encode(encoding), fixes)
    assert document["info"]["title"].startswith("Größe")
    assert fixes == [f"the file is read as {encoding}; UTF-8 is expected"]


def test_a_date_is_the_text_that_stands_there() -> None:
    """Written anew it would be another value on the wire; an impossible one ends no run."""
    text = "a: 2024-01-01T00:00:00Z\nb: 2024-13-99\nc: 2020-09-29\n"
    assert documents.parse(Path("x.yaml"), text.encode(), []) == {
        "a": "2024-01-01T00:00:00Z",
        "b": "2024-13-99",
        "c": "2020-09-29",
    }
