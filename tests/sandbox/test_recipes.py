"""The recipes keep their word: each file of them type-checks and each test in them runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
_FILES = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def recipes(tmp_path: Path) -> Path:
    """Write every file of the page to a folder."""
    page = (ROOT / "docs" / "sandbox-recipes.md").read_text("utf-8")
    files = dict(_FILES.findall(page))
    assert len(files) == page.count("```python")
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
    return tmp_path


def test_the_recipes_work(recipes: Path) -> None:
    """With the real test clients of Django and FastAPI, and a real process."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    done = subprocess.run(
        command, cwd=recipes, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_the_recipes_type_check(recipes: Path) -> None:
    """Under mypy --strict, but for Django, which has no types."""
    command = [sys.executable, "-m", "mypy", "--strict", "--explicit-package-bases"]
    command += [
        "--config-file",
        "",
        "--disable-error-code",
        "import-untyped",
        *map(str, recipes.glob("*.py")),
    ]
    done = subprocess.run(command, cwd=recipes, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
