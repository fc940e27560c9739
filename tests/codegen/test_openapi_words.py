"""The descriptions are in our own words: no sentence, no eight words of the vendor's page.

seed-shingles.txt holds hashes of the page's sentences and runs, and not the page itself.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RUN = 8
#: Shorter sentences are names: "Get order details".
SENTENCE = 5


def _hash(words: list[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:12]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _shingles(text: str) -> Iterator[str]:
    """Hashes of every run of eight words in a text, and of each of its sentences."""
    words = _words(text)
    yield from (_hash(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
    for sentence in re.split(r"[.:;]\s|\n", text):
        if len(_words(sentence)) >= SENTENCE:
            yield _hash(_words(sentence))


def _texts(node: Any) -> Iterator[str]:
    """Yield what a document says to people; examples, names and limits are nobody's words."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("description", "summary", "title") and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)


def _seed() -> set[str]:
    lines = Path(__file__).with_name("seed-shingles.txt").read_text(encoding="ascii").splitlines()
    return {line for line in lines if not line.startswith("#")}


def test_the_hashes_recognize_the_page() -> None:
    """A run of nothing but names that must be on the page is found; so is a title by itself."""
    status = "Enum AUTHORIZED PART_CAPTURED CAPTURED CANCELLED EXPIRED CLOSED Example"
    assert set(_shingles(status)) <= _seed()
    assert _hash(_words("Update the order amount and order lines")) in _seed()


def test_no_description_is_copied(published: dict[str, Any], fixes: dict[str, Any]) -> None:
    """No description shares a sentence, or eight words in a row, with the vendor's page."""
    seed = _seed()
    texts = [*_texts(published), *_texts(fixes)]
    assert len(texts) > 200
    assert [text for text in texts if not seed.isdisjoint(_shingles(text))] == []
