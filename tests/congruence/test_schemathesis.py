"""Schemathesis against the served sandbox: generated, stateful, all checks; nothing outside the document, no 5xx."""

import json
import re
import subprocess
import sys
from pathlib import Path

from congruence import validator
from kustom_facade.sandbox import Sandbox, serve


def test_no_answer_outside_the_document(tmp_path: Path) -> None:
    """At least 2,000 cases, the same in every run."""
    (tmp_path / "document.json").write_text(json.dumps(validator.document()), encoding="utf-8")
    with serve(Sandbox()) as url:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli"),
                *(
                    "run",
                    "document.json",
                    "--url",
                    url,
                    "--header",
                    "Authorization: Basic kco_test_schemathesis",
                ),
                *(
                    "--checks",
                    "all",
                    "--phases",
                    "examples,coverage,fuzzing,stateful",
                    "--max-examples",
                    "40",
                ),
                *("--generation-deterministic", "--continue-on-failure", "--no-color", "--warnings", "off"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:]
    cases = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert cases is not None, done.stdout[-2000:]
    assert cases[1] == cases[2]
    assert int(cases[1]) >= 2_000
    assert "Stateful" in done.stdout
