"""The pain chain of a lead: whose pain causes whose (`ltc.md` L3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PAINS = "identify_pains"


@dataclass(frozen=True, slots=True)
class Link:
    """One post in the pain chain, with the posts whose pain it causes below it."""

    post: str
    person: str
    pain: str
    below: list[Link]


def pain_chain(pains: Sequence[Mapping[str, Any]]) -> list[Link]:
    """Return who suffers because of whom, from the roots down; a circle is cut where it closes (`ltc.md` L3).

    A pain names its cause by the post, the person, the pain or the reason of another row, as people write it.
    """
    cause = {number: _cause(pains, number) for number in range(len(pains))}
    seen: set[int] = set()

    def link(number: int) -> Link:
        seen.add(number)
        each = pains[number]
        below = [link(other) for other, its in cause.items() if its == number and other not in seen]
        return Link(str(each.get("post", "")), str(each.get("person") or ""), str(each.get("pain", "")), below)

    roots = [link(number) for number, its in cause.items() if its is None]
    return roots + [link(number) for number in cause if number not in seen]


def _cause(pains: Sequence[Mapping[str, Any]], number: int) -> int | None:
    """Return the row that ``number`` names as its cause: the one that says exactly that, else one that contains it."""
    named = _key(pains[number].get("caused_by"))
    others = [(other, _names(each)) for other, each in enumerate(pains) if other != number]
    if not named:
        return None
    for other, names_of_row in others:
        if named in names_of_row:
            return other
    return next((other for other, words in others if any(named in each or each in named for each in words)), None)


def _names(pain: Mapping[str, Any]) -> list[str]:
    return [key for name in ("post", "person", "pain", "reason") if (key := _key(pain.get(name)))]


def _key(words: Any) -> str:
    return str(words or "").strip().casefold()
