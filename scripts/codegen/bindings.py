"""Built bindings, as they are when they are imported and used in a process of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .document import Document, RegenerationError
from .locations import named
from .names import bindings_names
from .probes import Probe, answers
from .references import SCHEMAS
from .samples import sample

#: Where the package of codegen.trial is.
_SCRIPTS = Path(__file__).resolve().parent.parent


def examine(
    root: Path, generated: Path, document: Document, probes: Sequence[Probe] = ()
) -> Mapping[str, Any]:
    """Return what codegen.trial finds in bindings.

    Args:
        root: the project, whose facade the probes call.
        generated: the folder that holds the package.
        document: the normalized document that it was built from.
        probes: calls of the verbs. Without any, the bindings are used by themselves.
    """
    names = bindings_names(named(document))
    plan: dict[str, Any] = {
        "samples": {
            names[name]: sample(document, {"$ref": SCHEMAS + name}) for name in named(document)
        }
    }
    if probes:
        plan["probes"] = [asdict(probe) for probe in probes]
        plan["answers"] = answers(document)
    paths = os.pathsep.join(map(str, (generated, root, _SCRIPTS)))
    done = subprocess.run(
        [sys.executable, "-m", "codegen.trial"],
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=generated,  # not where another package could be found first
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise RegenerationError(f"the bindings in {generated} cannot be tried: {said}")
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found
