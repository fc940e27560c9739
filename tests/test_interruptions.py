"""Calls that are interrupted at random moments leave nothing behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_600_interrupted_calls_leave_nothing_behind() -> None:
    """Cancelled and struck by signals, plain and over TLS; the long run is a script.

    In a process of its own, and not measured: a signal may strike in any line, pytest's too, and
    leave a lock of coverage's behind.
    """
    unmeasured = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "interruptions_run", "600", "20261125"],
        env={**unmeasured, "PYTHONPATH": os.pathsep.join(["scripts", *sys.path])},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,  # a call that hangs for ever is what it looks for
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counted = {name: int(count) for name, count in re.findall(r"(\w+) (\d+)[,;]", done.stdout)}
    assert counted["cancelled"] > 50
    assert counted["struck"] > 50
    assert counted["answered"] + counted["cancelled"] + counted["struck"] == 600
