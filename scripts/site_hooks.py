"""Draw the site's diagrams in its build, and take other hosts out of its pages."""

import re
from pathlib import Path
from typing import Any

import mmdr

#: What the theme would fetch from elsewhere: for diagrams that a browser draws, and for browsers of
#: the past.
_ELSEWHERE = re.compile(r"https://unpkg\.com/[\w@./-]+")
#: What it loads for search in pages that no server serves.
_WORKER = re.compile(r'<script src="https://unpkg\.com/[^"]+"></script>')


def diagram(source: str, *_: Any, **__: Any) -> str:
    """Return a diagram as a picture inside the page: it needs no script and no network."""
    drawn = mmdr.render(source).svg()
    return f'<figure class="diagram">{drawn[drawn.index("<svg") :]}</figure>'


def on_post_template(output_content: str, **_: Any) -> str:
    """Return a page of the theme, such as 404.html, without scripts of other hosts."""
    return _WORKER.sub("", output_content)


def on_post_page(output: str, **_: Any) -> str:
    """Return a page without scripts of other hosts."""
    return _WORKER.sub("", output)


def on_post_build(config: Any) -> None:
    """Take the addresses of other hosts out of the theme's own scripts."""
    site = Path(config["site_dir"])
    for script in site.rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        script.write_text(_ELSEWHERE.sub("about:blank", text), encoding="utf-8")
    for source_map in site.rglob("*.map"):
        source_map.unlink()
