"""HTML that is escaped by construction."""

from html import unescape
from html.parser import HTMLParser

from hypothesis import given, strategies as st

from kustom_facade.sandbox.serving.html import Markup, join, raw, tag


class _Reader(HTMLParser):
    """Read elements back with the parser of the standard library."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(), st.text())
def test_text_comes_back_as_it_was(text: str, value: str) -> None:
    """Whatever it holds, it adds no element and no attribute."""
    read = _Reader(tag("p", tag("b", text), text, title=value))
    newlines = str.maketrans({"\r": "\n"})
    assert read.attributes == [("p", {"title": value}), ("b", {})]
    assert unescape(read.text).translate(newlines) == unescape(text * 2).translate(newlines)


def test_what_is_html_already_stays() -> None:
    """Elements in elements, without children, and without what is `None`."""
    assert tag("p", Markup("<b>"), "<i>", class_="a", data_x=1, hidden=None) == (
        '<p class="a" data-x="1"><b>&lt;i&gt;</p>'
    )
    assert tag("input", name="x", type="number") == '<input name="x" type="number">'
    assert join(tag("p"), "&") == "<p></p>&amp;"
    assert raw("script", "a < b") == "<script>a < b</script>"
