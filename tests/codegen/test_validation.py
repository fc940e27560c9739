"""Validity of documents, without anything being fetched."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from codegen import document as documents, pipeline
from codegen.document import RegenerationError
from codegen.normalization import normalize
from codegen_support import small_document


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
        {
            "components": {
                "responses": {
                    "A": {
                        "description": "",
                        "content": {"a/b": {"examples": {"e": {"$ref": "URL"}}}},
                    }
                }
            }
        },
        {
            "components": {
                "schemas": {
                    "A": {"$id": "URL", "properties": {"x": {"$ref": "#/components/schemas/B"}}},
                    "B": {"$schema": "URL"},
                }
            }
        },
        {"components": {"schemas": {"A": {"$id": "URL", "$dynamicRef": "URL#x", "default": {}}}}},
        {
            "components": {
                "schemas": {
                    "A": {
                        "properties": {"x": {"$ref": "#/components/schemas/B"}},
                        "default": {"x": 1},
                        "$id": "URL",
                    },
                    "B": {"type": "integer"},
                }
            }
        },
        {"jsonSchemaDialect": "URL"},
        {"paths": {"/x": {"$ref": "URL"}}},
        {
            "paths": {
                "/x": {
                    "get": {"parameters": [{"$ref": "URL"}], "responses": {"200": {"$ref": "URL"}}}
                }
            }
        },
        {
            "components": {
                "schemas": {
                    "A": {
                        "discriminator": {"propertyName": "x", "mapping": {"a": "URL"}},
                        "type": "object",
                    }
                }
            }
        },
        {"externalDocs": {"url": "URL"}, "servers": [{"url": "URL"}]},
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_nothing_is_fetched(
    address: str, more: dict[str, Any], version: str, tmp_path: Path
) -> None:
    """However an address is named: its server sees no request, its file is not read."""
    document = {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {}, **more}
    for target in (address, (tmp_path / "secret.json").as_uri()):
        path = tmp_path / "document.json"
        path.write_text(json.dumps(document).replace("URL", target), encoding="utf-8")
        try:
            document = documents.load(path)
            pipeline.prepare(document, [])
            normalize(document)
        except RegenerationError as refusal:
            said = str(refusal)
        else:
            said = "taken, and nothing was asked for"
        assert "No such file" not in said
    assert _Answers.asked == []


#: A fault of one field, and what the refusal says.
FAULTS: dict[str, tuple[Any, str]] = {
    "null": (None, "A/properties/x (type): None is not of type 'object'"),
    "wrong type": ({"type": "money"}, "A/properties/x/type (enum): 'money' is not one of"),
    "flag": ({"required": True}, "A/properties/x/required (type): True is not of type 'array'"),
    "list": ({"properties": []}, "A/properties/x/properties (type): [] is not of type 'object'"),
    "fraction": ({"maxLength": 1.5}, "A/properties/x/maxLength (type): 1.5 is not of type"),
    "negative": ({"maxLength": -1}, "A/properties/x/maxLength (minimum): -1 is less than"),
    "number": ({"$ref": 5}, "A/properties/x/$ref (type): 5 is not of type 'string'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refusal_names_field_keyword_and_place(fault: str) -> None:
    """Also within a schema, which the validator looks at by itself."""
    field, said = FAULTS[fault]
    document = small_document(
        {"A": {"type": "object", "properties": {"x": field}}}, version="3.0.3"
    )
    with pytest.raises(RegenerationError) as refusal:
        pipeline.prepare(document, [])
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (None, "paths//a/post (type): None is not of type 'object'"),
        ({"responses": {"200": "yes"}}, "responses/200 (type): 'yes' is not of type 'object'"),
        (
            {"responses": {"200": {"description": "", "content": {"application/json": None}}}},
            "responses/200/content/application/json (type): None is not of type 'object'",
        ),
        ({"parameters": ["a"]}, "parameters/0 (type): 'a' is not of type 'object'"),
        ({"requestBody": "x"}, "requestBody (type): 'x' is not of type 'object'"),
    ],
)
def test_a_refusal_names_the_cause_and_not_the_part_that_holds_it(
    operation: dict[str, Any] | None, said: str
) -> None:
    """A part that could be a reference instead is none: what is wrong is below it."""
    document = small_document(version="3.0.3")
    whole = {"responses": {"200": {"description": ""}}}
    document["paths"]["/a"]["post"] = operation and whole | operation
    with pytest.raises(RegenerationError) as refusal:
        pipeline.prepare(document, [])
    assert said in str(refusal.value)
