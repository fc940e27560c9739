"""HTML that is escaped by construction."""

from html import escape

_VOID = frozenset({"input", "link", "meta"})


class Markup(str):
    """Hold text that is HTML already. All other text is escaped where it is put in."""

    __slots__ = ()


def tag(element: str, /, *children: str, **attributes: str | int | None) -> Markup:
    """Return an element.

    Args:
        element: Its name.
        children: What it holds.
        attributes: Its attributes, with an underscore for each hyphen. One that is `None` is left
            out, and `class_` is `class`.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    end = "" if element in _VOID else f"</{element}>"
    return Markup(f"<{element}{given}>{join(*children)}{end}")


def join(*children: str) -> Markup:
    """Return several pieces as one."""
    return Markup(
        "".join(child if isinstance(child, Markup) else escape(child) for child in children)
    )


def raw(element: str, content: str) -> Markup:
    """Return a `script` or `style`, in which nothing is escaped."""
    return Markup(f"<{element}>{content}</{element}>")
