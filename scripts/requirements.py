"""Print what pyproject.toml requires: at run time, and for the dependency groups that are named.

pip reads groups by itself since 25.1; what comes with a Python is often older.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def of_group(groups: dict[str, list[Any]], name: str) -> Iterator[str]:
    """Yield a group's requirements, and those of the groups that it includes."""
    for entry in groups[name]:
        if isinstance(entry, str):
            yield entry
        else:
            yield from of_group(groups, entry["include-group"])


def main(names: list[str]) -> None:
    """Print one requirement a line."""
    data = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    found = [text for name in names for text in of_group(data["dependency-groups"], name)]
    print(*dict.fromkeys([*data["project"]["dependencies"], *found]), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
