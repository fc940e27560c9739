"""The report of a regeneration, as Markdown fit for a changelog or a pull request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .document import one_line

#: **breaking**: code that worked, or a request that was accepted, may not be any more.
#: **behaviour**: code goes on working, but may see something new, such as an enum value.
#: **compatible**: everything goes on as before.
Mark = Literal["breaking", "behaviour", "compatible"]
MARKS: Final[tuple[Mark, ...]] = ("breaking", "behaviour", "compatible")


@dataclass(frozen=True)
class Change:
    """One change for users."""

    mark: Mark
    where: str
    what: str


@dataclass(frozen=True)
class Report:
    """The changes that a newer document brings."""

    #: Title and version of the documents.
    old: str
    new: str
    #: What the rules fixed in the new document.
    fixes: Sequence[str] = ()
    #: The overlay's actions that were left out.
    left_out: Sequence[str] = ()
    changes: Sequence[Change] = ()
    #: Changes of the Python API of the bindings.
    python: Sequence[Change] = ()
    #: Operations without a verb, verbs without an operation, names that are gone.
    verbs: Sequence[str] = ()

    def markdown(self) -> str:
        """Return the whole report."""
        counts = [f"{sum(change.mark == mark for change in self.changes)} {mark}" for mark in MARKS]
        lines = [
            "# What the vendor's document changes",
            "",
            f"{_plain(self.old)} → {_plain(self.new)}: {', '.join(counts)}.",
            "",
        ]
        for title, changes in (("of the API", self.changes), ("in Python", self.python)):
            for mark in MARKS:
                marked = [
                    f"{_code(change.where)}: {_plain(change.what)}"
                    for change in changes
                    if change.mark == mark
                ]
                lines += _section(f"{mark.capitalize()} changes {title}", marked)
        matched = "Every operation has a verb, and every verb its operation."
        lines += _section("Verbs", map(_plain, self.verbs), matched)
        lines += _section("Overlay actions left out", map(_plain, self.left_out))
        lines += _section("Fixed by rule", map(_plain, self.fixes), "Nothing needed a fix.")
        return "\n".join(lines).rstrip() + "\n"


def _section(title: str, lines: Iterable[str], otherwise: str = "") -> list[str]:
    listed = [f"- {line}" for line in lines] or ([otherwise] if otherwise else [])
    return [f"## {title}", "", *listed, ""] if listed else []


def _plain(text: str) -> str:
    """Return text of the vendor on one line that no Markdown reader takes for markup."""
    flat = one_line(text)
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in flat)


def _code(text: str) -> str:
    """Return text as code, in which there is no markup but its end."""
    return f"`{one_line(text).replace('`', chr(39))}`"
