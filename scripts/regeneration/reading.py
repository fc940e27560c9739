"""The first step: a file becomes a document, or a refusal that says what is wrong with it."""

from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Document = dict[str, Any]

_VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}


class Refused(Exception):
    """The run cannot go on; the message says why and what to do, in one line."""


def load(path: Path) -> Document:
    """Read a document; JSON is YAML too."""
    try:
        document = YAML(typ="safe", pure=False).load(path.read_bytes())
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from error
    except YAMLError as error:
        raise Refused(f"{path} is not YAML or JSON: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise Refused(f"{path} holds no OpenAPI document")
    return document


def validate(document: Document) -> None:
    """Hold a document against the OpenAPI specification that it names."""
    version = str(document.get("openapi", ""))
    validator = next((_VALIDATORS[known] for known in _VALIDATORS if version.startswith(known)), None)
    if validator is None:
        raise Refused(f"OpenAPI 3.0 or 3.1 is needed, the document says {version or 'nothing'}")
    for error in validator(document).iter_errors():
        where = "/".join(str(part) for part in error.absolute_path)
        raise Refused(f"the document is not valid at {where or 'its top'}: {error.message[:300]}")
