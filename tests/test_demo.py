"""scripts/demo as a person runs it: the story against the sandbox, and the mode that only reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import CANARY

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox, serve

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in an empty folder."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("KUSTOM_")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**plain, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module", autouse=True)
def _set_up() -> None:
    """Make the demo's environment, so that what is tested is the story, and not pip."""
    subprocess.run([SCRIPTS / "setup", "demo"], check=True)


def test_it_installs_what_it_runs_and_nothing_else() -> None:
    """The package's run-time dependencies and what they need, and no tool."""
    python = SCRIPTS.parent / ".venv-demo" / "bin" / "python"
    done = run(python, "-m", "pip", "--disable-pip-version-check", "freeze", cwd=SCRIPTS)
    names = {line.split("==")[0].lower() for line in done.stdout.splitlines()}
    needed = {"attrs", "h11", "httpx", "iso4217", "orjson"}
    of_httpx = {"anyio", "certifi", "httpcore", "idna", "sniffio", "typing-extensions"}
    assert needed <= {name.replace("_", "-") for name in names} <= needed | of_httpx


def test_the_story_of_one_order(tmp_path: Path) -> None:
    """From any folder, exit 0, every step told, one clear line at the end, nothing on stderr."""
    done = run(SCRIPTS / "demo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for steps in (
        "AUTHORIZED",
        "captured 39.90 SEK",
        "CancelNotAllowed",
        "ReadError, again in",
        "captured 60.10 SEK",
        "already done: True",
        "captures of this order: 2",
        "refunded 31.10 SEK",
        "CAPTURED",
        "A-1001",
    ):
        assert steps in " ".join(done.stdout.split())
    assert done.stdout.splitlines()[-1].startswith("demo: done")
    assert list(tmp_path.iterdir()) == []


def test_asking_for_help_moves_nothing(tmp_path: Path) -> None:
    """And an argument that there is not is wrong use."""
    assert "changes nothing" in run(SCRIPTS / "demo", "--help", cwd=tmp_path).stdout.replace(
        "\n", " "
    )
    assert run(SCRIPTS / "demo", "order-1", cwd=tmp_path).returncode == 2


def test_a_real_order_is_only_read(tmp_path: Path) -> None:
    """With a key and an order id in the environment, nothing but one GET is sent."""
    sandbox = Sandbox()
    with serve(sandbox) as url:
        done = run(
            sys.executable,
            SCRIPTS / "demo.py",
            cwd=tmp_path,
            KUSTOM_API_KEY=CANARY,
            KUSTOM_BASE_URL=url,
            KUSTOM_ORDER_ID=EXAMPLE_ORDER_ID,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing changed" in done.stdout.splitlines()[-1]
    assert [call.request.method for call in sandbox.calls] == ["GET"]
    assert CANARY not in done.stdout


@pytest.mark.parametrize(
    ("environment", "status", "said"),
    [
        ({"KUSTOM_API_KEY": CANARY, "KUSTOM_ORDER_ID": "123"}, 1, "order_id is not a UUID"),
        ({"KUSTOM_API_KEY": "CANARY", "KUSTOM_ORDER_ID": EXAMPLE_ORDER_ID}, 1, "pass base_url="),
        ({"KUSTOM_API_KEY": CANARY}, 0, "using the sandbox"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    environment: dict[str, str], status: int, said: str, tmp_path: Path
) -> None:
    """One line, no traceback, no key; half a configuration never reaches a real order."""
    done = run(sys.executable, SCRIPTS / "demo.py", cwd=tmp_path, **environment)
    assert done.returncode == status
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "CANARY" not in done.stdout + done.stderr
