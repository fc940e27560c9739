"""Schemathesis against the served sandbox: generated, stateful, all checks; nothing outside the
document, no 5xx.
"""

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from congruence import validator
from kustom_facade.sandbox import Sandbox, serve
from kustom_facade.sandbox.api.wire import Exchange

_PLENTY = 200_000_000
#: So that a capture of any amount has some chance, and one silly `cancel` does not end the game for
#: all that follow.
_ORDERS: list[dict[str, Any]] = [
    *({"order_amount": _PLENTY} for _ in range(20)),
    *(
        {"order_amount": _PLENTY, "captures": [{"captured_amount": _PLENTY // 2}]}
        for _ in range(20)
    ),
]

#: They declare a 403 for which no rule is known.
_NEVER_REFUSED = {"acknowledgeOrder", "appendShippingInfo"}

_CONFIGURATION = """
[dictionaries.orders]
values = {order_ids}

# Nearly always an order that there is; an id that was made up meets a 404 and nothing else.
[parameters]
"path.order_id" = {{ dictionary = "orders", probability = 0.97 }}
"""

# The document has no limit for a country, other pages of the vendor do: two letters.
_HOOKS = """
import schemathesis

@schemathesis.hook
def before_call(context, case, kwargs):
    settle(case.body)

def settle(value):
    if isinstance(value, dict):
        if isinstance(value.get("country"), str):
            value["country"] = "SE"
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            settle(item)
"""


def _run(folder: Path, sandbox: Sandbox) -> str:
    """What schemathesis has to say, which has to be nothing bad."""
    (folder / "document.json").write_text(json.dumps(validator.document()), encoding="utf-8")
    configuration = _CONFIGURATION.format(order_ids=json.dumps(sandbox.order_ids))
    (folder / "schemathesis.toml").write_text(configuration, encoding="utf-8")
    (folder / "country.py").write_text(_HOOKS, encoding="utf-8")
    options = {
        "--header": "Authorization: Basic kco_test_schemathesis",
        "--checks": "all",
        "--phases": "examples,coverage,fuzzing,stateful",
        "--max-examples": "40",
        "--warnings": "off",
    }
    command = [sys.executable, "-m", "schemathesis.cli", "run", "document.json"]
    command += ["--generation-deterministic", "--continue-on-failure", "--no-color"]
    command += [part for option in options.items() for part in option]
    with serve(sandbox) as url:
        done = subprocess.run(
            [*command, "--url", url],
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "country"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def _statuses(calls: Iterable[Exchange]) -> dict[str, set[int]]:
    """With what each operation was answered."""
    found: dict[str, set[int]] = defaultdict(set)
    for call in calls:
        operation = validator.operation(call.request.method, call.request.path)
        if operation is not None:
            assert call.status is not None
            found[operation["operationId"]].add(call.status)
    return found


def test_no_answer_outside_the_document(tmp_path: Path) -> None:
    """At least 2,000 cases, the same in every run; each operation was carried out, and refused if
    it can be.
    """
    # An operation must not be answered with what another one was refused with, as a key that counts
    # everywhere does.
    sandbox = Sandbox(orders=_ORDERS, key_scope="operation", remembered_calls=100_000)
    said = _run(tmp_path, sandbox)
    cases = re.search(r"(\d+) generated, (\d+) passed", said)
    assert cases is not None, said[-2000:]
    assert cases[1] == cases[2]
    assert int(cases[1]) >= 2_000
    links = re.search(r"API Links:\s+(\d+) covered", said)
    assert links is not None, said[-2000:]
    assert int(links[1]) > 0
    seen = _statuses(sandbox.calls)
    operations = [one for item in validator.document()["paths"].values() for one in item.values()]
    for operation in operations:
        name, statuses = operation["operationId"], seen[operation["operationId"]]
        assert statuses & {200, 201, 204}, (
            name
        )  # also reads of captures and refunds, so real ids were used
        assert 403 in statuses or "403" not in operation["responses"] or name in _NEVER_REFUSED, (
            name
        )
