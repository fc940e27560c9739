"""An independent judge of answers: whether the document, with what the wire adds, allows them."""

import json
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from codegen import document as documents, mending, overlay
from jsonschema import FormatChecker  # type: ignore[import-untyped]  # it comes without types, and needs none here
from openapi_schema_validator import OAS30Validator

#: RFC 3339, as the document has it; the standard library's reader takes more.
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
#: What a path that is no operation is answered with, beside the gateway's 401.
_NOWHERE = ("404", "405")
ROOT = Path(__file__).resolve().parents[2]


@cache
def document() -> dict[str, Any]:
    """The vendor's document with the overlay, the rules, and what was seen on the wire."""
    patched = documents.load(ROOT / "openapi.yaml")
    for path in (ROOT / "scripts" / "overlay.yaml", Path(__file__).with_name("wire.yaml")):
        patched = overlay.apply(patched, documents.load(path))
    return mending.mend(patched, [])


def problems(
    method: str, path: str, status: int, headers: dict[str, str], body: bytes
) -> list[str]:
    """What the document does not allow about an answer; empty for a good one.

    Args:
        method: of the request.
        path: of the request, without query.
        status: of the answer.
        headers: of the answer, names in lower case.
        body: of the answer.
    """
    responses = (operation(method, path) or _nowhere())["responses"]
    response = responses.get(str(status))
    if response is None:
        return [f"{method} {path}: the status {status} is not declared"]
    found = [
        f"header {name} is missing"
        for name in response.get("headers", {})
        if name.lower() not in headers
    ]
    content = response.get("content", {})
    kind = headers.get("content-type", "").partition(";")[0]
    if not content:
        return [*found, *(["there is a body where none is declared"] if body else [])]
    if kind not in content:
        return [*found, f"the media type {kind!r} is not declared for {status}"]
    if kind == "application/json":
        errors = _judge(json.dumps(content[kind]["schema"])).iter_errors(json.loads(body))
        found += [error.message for error in errors]
    return found


def operation(method: str, path: str) -> dict[str, Any] | None:
    """Return the operation at a path, if any; a HEAD is a GET, a doubled slash a single one."""
    name = "get" if method == "HEAD" else method.lower()
    path = re.sub("//+", "/", path)
    for template, item in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and name in item:
            found: dict[str, Any] = item[name]
            return found
    return None


def _nowhere() -> dict[str, Any]:
    """What the document would have to say of a path that it does not have."""
    known: dict[str, Any] = next(iter(document()["paths"].values()))["get"]["responses"]
    error = {
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ErrorMessageDto"}}
        }
    }
    return {"responses": {"401": known["401"], **dict.fromkeys(_NOWHERE, error)}}


@cache
def _judge(schema: str) -> Any:
    whole = {**json.loads(schema), "components": document()["components"]}
    return OAS30Validator(whole, format_checker=_FORMATS)


def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or bool(
        _DATE_TIME.fullmatch(value) and datetime.fromisoformat(value)
    )


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (
        len(value) == len("1941-03-21") and bool(date.fromisoformat(value))
    )


def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or str(UUID(value)) == value.lower()


def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


def _is_int64(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63


#: Formats that the document uses; a validator takes no notice of them by itself.
_FORMATS = FormatChecker(formats=())
for _name, _check in {
    "date-time": _is_date_time,
    "date": _is_date,
    "uuid": _is_uuid,
    "int32": _is_int32,
    "int64": _is_int64,
}.items():
    _FORMATS.checks(_name, raises=ValueError)(_check)
