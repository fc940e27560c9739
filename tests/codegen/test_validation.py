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
