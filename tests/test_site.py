"""The documentation site: built strictly, whole, and of this machine alone."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
#: Where a page may point to: it is followed by a person who clicks, and by nothing else.
FOR_PEOPLE = {"www.kustom.co", "squidfunk.github.io"}


class Page(HTMLParser):
    """What a page loads, where it points to, and what can be pointed to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.anchors = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of a tag."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and values.get("rel") not in ("canonical", "next", "prev"):
            self.loaded.append(values["href"])
        elif "src" in values:
            self.loaded.append(values["src"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as scripts/docs builds it: any warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Every page of the site."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    """Followed without network, anchors too; to other hosts point only links that people click."""
    broken = []
    for path, page in pages.items():
        for link in page.links + page.loaded:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if parts.hostname not in FOR_PEOPLE or link in page.loaded:
                    broken.append(f"{path.relative_to(site)}: {link}")
                continue
            base = site if link.startswith("/") else path.parent
            target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            known = pages[target].anchors if target in pages else {parts.fragment}
            if not target.exists() or unquote(parts.fragment) not in known:
                broken.append(f"{path.relative_to(site)}: {link}")
    assert len(pages) > 20
    assert broken == []


def test_a_broken_link_would_be_found(tmp_path: Path) -> None:
    """The check can fail: at a page that is gone, at an anchor, at another host's script."""
    text = (
        '<a href="gone.html"></a><a href="#x"></a><script src="https://cdn.invalid/x.js"></script>'
    )
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError):
        test_every_link_leads_somewhere(tmp_path, {tmp_path / "index.html": Page(text)})


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    """No network of others' files, no fonts of others, in pages, scripts and styles."""
    elsewhere = re.compile(
        r"unpkg\.com|jsdelivr|cdnjs|googleapis|gstatic|@import|url\([\"']?https?:|pypi\.org"
    )
    files = [path for path in site.rglob("*") if path.suffix in {".html", ".js", ".css"}]
    assert files
    assert [path.name for path in files if elsewhere.search(path.read_text(encoding="utf-8"))] == []


def test_the_pictures_are_drawn_in_the_build(site: Path) -> None:
    """Each mermaid block is a picture in its page, and no page holds its source for a script."""
    drawn = 0
    for source in (ROOT / "docs").rglob("*.md"):
        count = source.read_text(encoding="utf-8").count("```mermaid")
        page = site / source.relative_to(ROOT / "docs").with_suffix(".html")
        text = page.read_text(encoding="utf-8")
        assert text.count('<figure class="diagram"><svg') == count
        assert 'class="mermaid"' not in text
        drawn += count
    assert drawn >= 3


def test_the_reference_is_read_from_the_docstrings(site: Path) -> None:
    """Verbs with their arguments, the errors, the lines."""
    for page, words in {
        "verbs": ("KustomClient.ensure_capture", "verified_absent", "AsyncKustomClient"),
        "errors": ("outcome_unknown", "DuplicateReference"),
        "lines": ("kustom_facade.lines.take", "for_refund"),
        "sandbox": ("kustom_facade.sandbox.Fault", "probability"),
    }.items():
        text = (site / "reference" / f"{page}.html").read_text(encoding="utf-8")
        assert [word for word in words if word not in text] == []


def test_every_page_is_in_the_navigation() -> None:
    """Once; mkdocs holds that in strict mode, and this says which one is missing."""

    def listed(entries: object) -> list[str]:
        if isinstance(entries, str):
            return [entries]
        values = entries.values() if isinstance(entries, dict) else entries
        return [page for entry in values for page in listed(entry)]  # type: ignore[attr-defined]  # dict or list

    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    nav = listed(YAML(typ="safe").load(text[text.index("\nnav:") :])["nav"])
    there = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(nav) == sorted(there)
