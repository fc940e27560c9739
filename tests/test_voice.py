"""The voice of the docstrings: one idea a sentence, and plain words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
#: Words that leave open what is meant.
VAGUE = re.compile(r"\b(whatever|whoever|that\s+which)\b", re.IGNORECASE)
#: Semicolons for each docstring. A full stop does nearly always.
SEMICOLONS = 0.02


def docstrings() -> Iterator[tuple[str, str]]:
    """Yield the docstrings of the package and the scripts, each with where it stands."""
    for folder in ("kustom_facade", "scripts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
                if text is not None:
                    name = getattr(node, "name", "module")
                    yield f"{path.relative_to(ROOT)}: {name}", text


def test_a_docstring_says_one_idea_a_sentence() -> None:
    """Semicolons tie two together, and are the exception."""
    counts = {where: text.count(";") for where, text in docstrings()}
    tied = [where for where, count in counts.items() if count]
    assert sum(counts.values()) <= SEMICOLONS * len(counts), tied


def test_docstrings_name_what_they_mean() -> None:
    """No ``whatever``, ``whoever`` and ``that which``."""
    assert [where for where, text in docstrings() if VAGUE.search(text)] == []
