"""The report of a regeneration, as Markdown fit for a changelog or a pull request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .comparing import MARKS, Change
from .reading import line


@dataclass(frozen=True)
class Report:
    """What a newer document brings."""

    #: Title and version of the documents.
    old: str
    new: str
    #: What the rules mended in the new document.
    mends: Sequence[str] = ()
    #: Overlay actions that were left out.
    left_out: Sequence[str] = ()
    changes: Sequence[Change] = ()
    #: Changes of the Python API of the bindings.
    python: Sequence[Change] = ()
    #: Operations without a verb, verbs without an operation, names that are gone.
    verbs: Sequence[str] = field(default=())

    def markdown(self) -> str:
        """The whole report."""
        counts = [f"{sum(one.mark == mark for one in self.changes)} {mark}" for mark in MARKS]
        lines = [
            "# What the vendor's document changes",
            "",
            f"{_plain(self.old)} → {_plain(self.new)}: {', '.join(counts)}.",
            "",
        ]
        for mark in MARKS:
            lines += _section(f"{mark.capitalize()} changes of the API", _lines(self.changes, mark))
        for mark in MARKS:
            lines += _section(f"{mark.capitalize()} changes in Python", _lines(self.python, mark))
        lines += _section(
            "Verbs", map(_plain, self.verbs), "Every operation has a verb, and every verb its operation."
        )
        lines += _section("Overlay actions left out", map(_plain, self.left_out))
        lines += _section("Mended by rule", map(_plain, self.mends), "Nothing needed mending.")
        return "\n".join(lines).rstrip() + "\n"


def _lines(changes: Iterable[Change], mark: str) -> list[str]:
    return [f"{_code(one.where)}: {_plain(one.what)}" for one in changes if one.mark == mark]


def _section(title: str, lines: Iterable[str], otherwise: str = "") -> list[str]:
    listed = [f"- {line}" for line in lines] or ([otherwise] if otherwise else [])
    return [f"## {title}", "", *listed, ""] if listed else []


def _plain(text: str) -> str:
    """Text of the vendor on one line, that no Markdown reader takes for markup."""
    flat = line(text)
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in flat)


def _code(text: str) -> str:
    """The same as code, in which there is no markup but its end."""
    return f"`{line(text).replace('`', chr(39))}`"
