"""What cannot be joined by itself, and what a person chose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MINE, THEIRS = "mine", "theirs"
BOTH = (MINE, THEIRS)

Choices = Mapping[str, str]
"""``mine`` or ``theirs`` by the key of a conflict."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people changed the same thing in different ways.

    ``element`` is the id of the element, row or field (nothing: the file as a whole), ``facet`` what of it
    (``lane``, ``property:due``, …; nothing: all of it). ``None`` for a value means: it is not there.
    """

    file: str
    element: str
    name: str
    facet: str
    base: str | None
    mine: str | None
    theirs: str | None

    @property
    def key(self) -> str:
        """What a choice is remembered by; the same conflict found again has the same."""
        return f"{self.file}|{self.element}|{self.facet}"


@dataclass(slots=True)
class Judge:
    """Decides every conflict of one file: as it was chosen, else for *mine*, and then it counts as open."""

    file: str
    choices: Choices
    open: list[Conflict] = field(default_factory=list)

    def takes_mine(
        self, element: str, name: str, facet: str, base: str | None, mine: str | None, theirs: str | None
    ) -> bool:
        """Return whether mine is taken."""
        conflict = Conflict(self.file, element, name, facet, base, mine, theirs)
        chosen = self.choices.get(conflict.key)
        if chosen not in BOTH:
            self.open.append(conflict)
        return chosen != THEIRS


def in_order(base: list[str], mine: list[str], theirs: list[str], keep: Callable[[str], bool]) -> list[str]:
    """Return the kept keys of three lists in one order.

    The order is mine, unless only they changed it; what is only in the other list comes after what it follows there.
    """
    common = [each for each in base if each in set(mine) and each in set(theirs)]
    moved_by_me = [each for each in mine if each in set(common)] != common
    moved_by_them = [each for each in theirs if each in set(common)] != common
    first, second = (theirs, mine) if moved_by_them and not moved_by_me else (mine, theirs)
    found = list(dict.fromkeys(first))
    for at, each in enumerate(second):
        if each not in found:
            before = next((found.index(other) for other in reversed(second[:at]) if other in found), -1)
            found.insert(before + 1, each)
    return [each for each in found if keep(each)]


def reordered(base: list[str], mine: list[str], theirs: list[str]) -> bool:
    """Whether both put the same things into another order, and not into the same."""
    common = [each for each in base if each in set(mine) and each in set(theirs)]
    my_order = [each for each in mine if each in set(common)]
    their_order = [each for each in theirs if each in set(common)]
    return common not in (my_order, their_order) and my_order != their_order
