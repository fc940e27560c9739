"""What the site needs beyond its tools: diagrams drawn in the build, and no word of another host."""

import re
from pathlib import Path
from typing import Any

import mmdr

#: What the theme would fetch from elsewhere: only for diagrams that a browser draws, and for
#: browsers of the past.
_ELSEWHERE = re.compile(r"https://unpkg\.com/[\w@./-]+")


def diagram(source: str, *_: Any, **__: Any) -> str:
    """Return a diagram as a picture inside the page: it needs no script and no network."""
    drawn = mmdr.render(source).svg()
    return f'<figure class="diagram">{drawn[drawn.index("<svg") :]}</figure>'


def on_post_build(config: Any) -> None:
    """Take the addresses of other hosts out of the theme's scripts."""
    for script in Path(config["site_dir"]).rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        script.write_text(_ELSEWHERE.sub("about:blank", text), encoding="utf-8")
    for source_map in Path(config["site_dir"]).rglob("*.map"):
        source_map.unlink()
