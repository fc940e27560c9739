"""The pinned generator, run with our templates in a scratch folder."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from . import facts, locations
from .document import Document, RegenerationError, one_line
from .names import bindings_names, class_name
from .normalization import Normalized
from .references import resolve, schema_name

PACKAGE: Final = "kustom_order_management"
#: An object without a text of its own: its address differs in every run.
_OBJECT: Final = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>|\S*UntrustedString\S*")
_TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
#: Lines of the generator that say nothing about the document.
_GREETINGS: Final = (
    "Warning(s) encountered", "Error(s) encountered", "If you believe", "Generating ",
)  # fmt: skip
#: Null reads as absent and is never sent. A default is the server's, and never sent.
_UNREAD: Final = ("nullable", "default", "discriminator")


def build(normalized: Normalized, scratch: Path) -> Path:
    """Build the package of a normalized document below ``scratch``, and return its folder."""
    source, settings = scratch / "document.json", scratch / "settings.json"
    output = scratch / "generated" / PACKAGE
    output.parent.mkdir()
    source.write_text(json.dumps(_for_generator(normalized.document)), encoding="utf-8")
    overrides = {}
    for schema, name in bindings_names(locations.named(normalized.document)).items():
        if name != class_name(schema):
            overrides[class_name(schema)] = {"class_name": name}
    options = {"post_hooks": [], "class_overrides": overrides}
    settings.write_text(json.dumps(options), encoding="utf-8")
    _run(
        "openapi_python_client",
        "generate",
        *("--path", str(source), "--config", str(settings), "--output-path", str(output)),
        *("--custom-template-path", str(_TEMPLATES), "--meta", "none", "--fail-on-warning"),
    )
    _hide_credentials(output / "client.py")
    for module in sorted(output.rglob("*.py")):
        _require_python(module)
    (output / "py.typed").touch()
    (output / "document.py").write_text(facts.module(normalized.document), encoding="utf-8")
    ruff = ("--isolated", "--no-cache", "--quiet", "--line-length", "100")
    # F401: the templates import what most models need, and this takes out what one does not.
    _run("ruff", "check", *ruff, "--fix-only", "--select", "F401,I", str(output))
    _run("ruff", "format", *ruff, "--target-version", "py311", str(output))
    return output


def _for_generator(document: Document) -> Document:
    """Return a copy for the generator, whose templates see one schema at a time.

    A title would be the class's name, so it goes into the description. The mark for personal data
    becomes the list of the class's fields that hold such data. The values that tell the classes of
    a union apart become the tags of each class.
    """
    plain = deepcopy(document)
    tags = _tags(document)
    for name, schema in locations.named(plain).items():
        texts = (schema.pop("title", None), schema.get("description"))
        if any(texts):
            schema["description"] = "\n\n".join(text for text in texts if text)
        schema["x-personal"] = list(_personal(document, schema))
        schema["x-tags"] = tags.get(name, {})
    for location in locations.schemas(plain):
        schema = location.part
        if "$ref" in schema:
            location.holder[location.key] = {"$ref": schema["$ref"]}
        for key in _UNREAD:
            schema.pop(key, None)
    return plain


def _personal(document: Document, schema: dict[str, Any]) -> Iterator[str]:
    """Yield the fields of a class that are marked, or hold a marked schema."""
    for name, field in (schema.get("properties") or {}).items():
        if schema.get("x-personal") or _is_personal(document, field):
            yield name


def _is_personal(document: Document, schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    inner = [*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")]
    if "$ref" in schema:
        schema = {**resolve(document, schema), **schema}
    return bool(schema.get("x-personal")) or any(_is_personal(document, part) for part in inner)


def _tags(document: Document) -> dict[str, dict[str, list[Any]]]:
    """Return the values of each class's fields by which a union knows it, by class and field."""
    tags: dict[str, dict[str, list[Any]]] = {}
    for name, schema in locations.named(document).items():
        for field, part in (schema.get("properties") or {}).items():
            values = resolve(document, part).get("enum") or ()
            if len(values) == 1:
                tags.setdefault(name, {})[field] = list(values)
    for location in locations.schemas(document):
        told = location.part.get("discriminator") or {}
        for value, ref in (told.get("mapping") or {}).items():
            mapped = tags.setdefault(schema_name(ref) or "", {})
            mapped.setdefault(told["propertyName"], []).append(value)
    return tags


def _hide_credentials(client: Path) -> None:
    """Drop the reprs of the stock clients, which would show the API key and the headers."""
    text = client.read_text(encoding="utf-8")
    if text.count("@define\nclass ") != 2:
        raise RegenerationError(
            "the generator's client.py is another one; adapt scripts/codegen/generator.py"
        )
    client.write_text(text.replace("@define\nclass ", "@define(repr=False)\nclass "), "utf-8")


def _require_python(module: Path) -> None:
    try:
        # Compiled and not only parsed, which would let two arguments of one name pass.
        compile(module.read_text(encoding="utf-8"), module.name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise RegenerationError(
            f"the generator made no Python of {module.parent.name}/{module.name} ({error}); "
            "fix the document in scripts/overlay.yaml"
        ) from error


def _run(module: str, *arguments: str) -> None:
    # The locale and the time zone of the caller must not reach the output.
    fixed = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **fixed},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        output = (done.stderr.strip() or done.stdout).strip()
        if "Traceback (most recent call last)" in output:  # its last line says what happened
            output = f"it failed with {output.splitlines()[-1]}"
        raise RegenerationError(
            f"{module} refused the document: {_cause(output)}; fix this in scripts/overlay.yaml"
        )


def _cause(output: str) -> str:
    """Return what the generator says of the document, on one line."""
    lines = [_OBJECT.sub("", line).strip() for line in output.splitlines()]
    said = [line for line in lines if line and not line.startswith(_GREETINGS)]
    # What is wrong with a schema is the cause of what is wrong where it is used.
    at = next((number for number, line in enumerate(said) if line.startswith("Unable to")), 0)
    said = said[at:]
    # After the first lines comes the part of the document, which may be all of it.
    return one_line("; ".join(said))[:100].rstrip("; .")
