"""An independent judge of answers: whether the document, as the overlay mends it, allows them."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator
from regeneration import overlay, reading

ROOT = Path(__file__).resolve().parents[2]


@cache
def document() -> dict[str, Any]:
    """The vendor's document with the overlay applied."""
    return overlay.apply(reading.load(ROOT / "openapi.yaml"), reading.load(ROOT / "scripts" / "overlay.yaml"))


def problems(method: str, path: str, status: int, headers: dict[str, str], body: bytes) -> list[str]:
    """What the document does not allow about an answer; empty for a good one.

    Args:
        method: of the request.
        path: of the request, without query.
        status: of the answer.
        headers: of the answer, names in lower case.
        body: of the answer.
    """
    operation = _operation(method, path)
    if operation is None:
        return (
            []
            if status in (404, 405)
            else [f"{method} {path} is no operation, and was answered with {status}"]
        )
    response = operation["responses"].get(str(status))
    if response is None:
        return [f"{method} {path}: the status {status} is not declared"]
    found = [
        f"header {name} is missing" for name in response.get("headers", {}) if name.lower() not in headers
    ]
    content = response.get("content", {})
    kind = headers.get("content-type", "").partition(";")[0]
    if not content:
        return [*found, *(["there is a body where none is declared"] if body else [])]
    if kind not in content:
        return [*found, f"the media type {kind!r} is not declared for {status}"]
    if kind == "application/json":
        schema = {**content[kind]["schema"], "components": document()["components"]}
        found += [error.message for error in OAS30Validator(schema).iter_errors(json.loads(body))]
    return found


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, item in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in item:
            found: dict[str, Any] = item[method.lower()]
            return found
    return None
