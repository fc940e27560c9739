"""The README is a door: short, and what it names is there. Its examples are those of the pages."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_read_in_a_minute() -> None:
    """At most 120 lines and 600 words, as wc counts them; it is the package page too."""
    done = subprocess.run(
        ["wc", "-l", "-w", "README.md"],  # noqa: S607  of the machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines, words = map(int, done.stdout.split()[:2])
    assert lines <= 120
    assert words <= 600
    assert 'readme = "README.md"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_files_that_it_names_exist() -> None:
    """Links and paths; a package page cannot follow links into the tree, so there are none."""
    assert re.findall(r"\]\(((?!http)[^)]+)\)", README) == []
    names = re.findall(r"`((?:[\w-]+/)*[\w-]+(?:\.md|\.yaml|/))`", README)
    paths = {*names, *re.findall(r"^(scripts/\w+)", README, re.MULTILINE)}
    assert {"scripts/demo", "scripts/test", "docs/index.md", "SECURITY.md"} <= paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_its_example_fits_on_a_screen() -> None:
    """Fifteen lines: read, capture, print the id."""
    example = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[0]
    assert len(example.splitlines()) <= 15
    assert all(part in example for part in ("get_order", "capture(", "done.id"))
