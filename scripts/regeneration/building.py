"""The bindings of a document, built in a scratch folder by the pinned generator and our templates."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openapi_python_client

from . import facts, fields
from .mending import Mended
from .reading import Refused, line

PACKAGE = "kustom_order_management"
#: How Python shows an object that has no text of its own: with an address, which differs in every run.
_OBJECT = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>|\S*UntrustedString\S*")
_STOCK = Path(openapi_python_client.__file__).parent / "templates"
#: How the stock template writes the name of a parameter, how ours does, and how often it stands there.
_PARAMETERS = (
    (
        """'headers["' + (parameter.name | in_double_quote_literal) + '"]' + " = " + expression""",
        """"headers[" + wire(parameter) + "] = " + expression""",
        1,
    ),
    ('cookies["{{ parameter.name | in_double_quote_literal }}"]', "cookies[{{ wire(parameter) }}]", 2),
    ('params["{{ property.name | in_double_quote_literal }}"]', "params[{{ wire(property) }}]", 1),
)
_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_RUFF = ("--isolated", "--no-cache", "--quiet", "--line-length", "110", "--target-version", "py311")


def build(mended: Mended, scratch: Path) -> Path:
    """Build the package of a mended document below ``scratch``; returns its folder."""
    source, settings, output = (
        scratch / "document.json",
        scratch / "settings.json",
        scratch / "generated" / PACKAGE,
    )
    output.parent.mkdir()
    for_generator = fields.rename(mended.document)
    mended.mends.extend(one for one in for_generator.mends if one not in mended.mends)
    source.write_text(json.dumps(for_generator.document), encoding="utf-8")
    _write_templates(scratch / "templates", for_generator.wire_names)
    settings.write_text(json.dumps({"post_hooks": []}), encoding="utf-8")
    _run(
        "openapi_python_client",
        "generate",
        *("--path", str(source), "--config", str(settings), "--output-path", str(output)),
        *("--custom-template-path", str(scratch / "templates"), "--meta", "none", "--fail-on-warning"),
    )
    for stock in ("client.py", "errors.py"):  # for the response handling that our endpoints do not have
        (output / stock).unlink()
    for module in sorted(output.rglob("*.py")):
        _must_be_python(module)
    (output / "py.typed").touch()
    (output / "document.py").write_text(facts.module(mended.document), encoding="utf-8")
    # F401: the templates import what most models need, and this takes out what one does not; I: import order.
    _run("ruff", "check", *_RUFF, "--fix-only", "--select", "F401,I", str(output))
    _run("ruff", "format", *_RUFF, str(output))
    return output


def _write_templates(folder: Path, wire_names: dict[str, str]) -> None:
    """Our templates, and the stock one of parameters with the names of the wire in it."""
    shutil.copytree(_TEMPLATES, folder)
    # Python's literals as strings of JSON, which are Jinja's too: no letter is left for either to make something of.
    names = json.dumps({new: ascii(wire) for new, wire in wire_names.items()}, sort_keys=True)
    macro = (
        f"{{% set wire_names = {names} %}}"
        "{% macro wire(property) %}{% if property.name in wire_names %}{{ wire_names[property.name] }}"
        '{% else %}"{{ property.name | in_double_quote_literal }}"{% endif %}{% endmacro %}'
    )
    (folder / "wire_names.jinja").write_text(macro, encoding="utf-8")
    stock = (_STOCK / "endpoint_macros.py.jinja").read_text(encoding="utf-8")
    for old, new, times in _PARAMETERS:
        if stock.count(old) != times:
            raise Refused(
                "the generator's template of parameters is another one; adapt scripts/regeneration/building.py"
            )
        stock = stock.replace(old, new)
    (folder / "endpoint_macros.py.jinja").write_text(
        '{% from "wire_names.jinja" import wire %}\n' + stock, encoding="utf-8"
    )


def _must_be_python(module: Path) -> None:
    try:
        ast.parse(module.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise Refused(
            f"the generator made no Python of {module.parent.name}/{module.name} ({error}); mend the document "
            "in scripts/overlay.yaml"
        ) from error


def _run(module: str, *arguments: str) -> None:
    # The locale and the time zone of the caller must not reach the output.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        told = (done.stderr.strip() or done.stdout).strip()
        if "Traceback (most recent call last)" in told:  # its last line says what happened
            told = f"it failed with {told.splitlines()[-1]}"
        raise Refused(f"{module} refused the document: {_plainly(told)}; mend this in scripts/overlay.yaml")


def _plainly(told: str) -> str:
    """What the generator says, without its greetings, the objects that it prints, and where it wants to be written to."""
    said = []
    for one in told.splitlines():
        text = _OBJECT.sub("", one).strip()
        if text and not text.startswith(
            ("Warning(s) encountered", "Error(s) encountered", "If you believe", "Generating ")
        ):
            said.append(text)
    # After the first lines comes the part of the document, which may be all of it.
    return line("; ".join(said))[:400].rstrip("; .")
