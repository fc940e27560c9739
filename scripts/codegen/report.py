"""The report of a regeneration, as Markdown fit for a changelog or a pull request."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .document import one_line

#: **breaking**: code that worked, or a request that was accepted, may not be any more.
#: **behaviour**: code goes on working, but may see something new, such as an enum value.
#: **compatible**: everything goes on as before.
Mark = Literal["breaking", "behaviour", "compatible"]
#: A change in more places than these is told once, with their number.
_MANY: Final = 3
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
    #: The overlay's actions that were followed to another place, or left out.
    overlay: Sequence[str] = ()
    changes: Sequence[Change] = ()
    #: Changes of the Python API of the bindings.
    python: Sequence[Change] = ()
    #: Changes of the facade's verbs.
    verbs: Sequence[Change] = ()
    #: Operations without a verb, and verbs without an operation.
    coverage: Sequence[str] = ()

    def summary(self) -> str:
        """Return how much changes, on one line."""
        counts = [f"{mark} {sum(change.mark == mark for change in self.changes)}" for mark in MARKS]
        broken = {change.where for change in self.verbs if change.mark == "breaking"}
        breaks = (
            f"{len(broken)} break{'s' if len(broken) == 1 else ''}" if broken else "none breaks"
        )
        return f"{', '.join(counts)}; of our verbs {breaks}"

    def markdown(self) -> str:
        """Return the whole report."""
        lines = [
            "# What the vendor's document changes",
            "",
            f"{_plain(self.old)} → {_plain(self.new)}: {self.summary()}.",
            "",
        ]
        parts = (
            ("of our verbs", self.verbs),
            ("of the API", self.changes),
            ("in Python", self.python),
        )
        for title, changes in parts:
            for mark in MARKS:
                marked = [change for change in changes if change.mark == mark]
                lines += _section(f"{mark.capitalize()} changes {title}", _counted(marked))
        matched = "Every operation has a verb, and every verb its operation."
        lines += _section("Verbs", map(_plain, self.coverage), matched)
        lines += _section("Overlay actions", map(_plain, self.overlay))
        lines += _section("Fixed by rule", map(_plain, self.fixes), "Nothing needed a fix.")
        return "\n".join(lines).rstrip() + "\n"


def _counted(changes: Iterable[Change]) -> Iterator[str]:
    """Yield a line for each change. The same one in many places is one line."""
    places: dict[str, list[str]] = {}
    for change in changes:
        places.setdefault(change.what, []).append(change.where)
    for what, where in places.items():
        shown = [_code(place) for place in where]
        if len(shown) > _MANY:
            yield f"in {len(shown)} places: {_plain(what)} ({', '.join(shown[:_MANY])}, …)"
        else:
            yield from (f"{place}: {_plain(what)}" for place in shown)


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
