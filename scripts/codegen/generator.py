"""The pinned generator, run with our templates in a scratch folder."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any, Final

from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError

from . import facts, locations
from .document import Document, RegenerationError, one_line
from .names import bindings_names, class_name
from .normalization import Normalized
from .references import resolve, schema_name

PACKAGE: Final = "kustom_order_management"
#: An object without a text of its own: its address differs in every run.
_OBJECT: Final = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>|\S*UntrustedString\S*")
_TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
#: Null reads as absent and is never sent. A default is the server's, and never sent.
_UNREAD: Final = ("nullable", "default", "discriminator")


def build(normalized: Normalized, scratch: Path) -> Path:
    """Build the package of a normalized document below ``scratch``, and return its folder."""
    source = scratch / "document.json"
    output = scratch / "generated" / PACKAGE
    output.parent.mkdir()
    source.write_text(json.dumps(_for_generator(normalized.document)), encoding="utf-8")
    overrides = {}
    for schema, name in bindings_names(locations.named(normalized.document)).items():
        if name != class_name(schema):
            overrides[class_name(schema)] = {"class_name": name}
    _generate(source, output, overrides)
    _hide_credentials(output / "client.py")
    (output / "py.typed").touch()
    (output / "document.py").write_text(facts.module(normalized.document), encoding="utf-8")
    ruff = ("--isolated", "--no-cache", "--quiet", "--line-length", "100")
    # F401: the templates import what most models need, and this takes out what one does not.
    _ruff("check", *ruff, "--fix-only", "--select", "F401,I", str(output))
    _ruff("format", *ruff, "--target-version", "py311", str(output))
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


def _generate(source: Path, output: Path, overrides: dict[str, dict[str, str]]) -> None:
    settings = ConfigFile.model_validate({"post_hooks": [], "class_overrides": overrides})
    config = Config.from_sources(
        settings,
        MetaType.NONE,
        document_source=source,
        file_encoding="utf-8",
        overwrite=False,
        output_path=output,
    )
    try:
        with redirect_stdout(StringIO()):  # where it greets
            errors = generate(config=config, custom_template_path=_TEMPLATES)
    except Exception as error:  # noqa: BLE001  # it fails with any error where it refuses nothing
        said = f"it failed with {type(error).__name__}: {error}"
    else:
        said = _cause(errors)
    if said:
        raise RegenerationError(
            f"openapi_python_client refused the document: {one_line(said)[:100].rstrip('; .')}; "
            "fix this in scripts/overlay.yaml"
        )


def _cause(errors: Sequence[GeneratorError]) -> str:
    """Return what the generator says of the document."""
    said = [
        _OBJECT.sub("", line).strip()
        for error in errors
        for line in f"{error.header}\n{error.detail or ''}".splitlines()
    ]
    # What is wrong with a schema is the cause of what is wrong where it is used.
    at = next((number for number, line in enumerate(said) if line.startswith("Unable to")), 0)
    return "; ".join(filter(None, said[at:]))


def _ruff(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RegenerationError(f"ruff refused the output: {one_line(done.stderr)[:100]}")
