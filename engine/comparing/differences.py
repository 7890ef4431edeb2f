"""The differences of two sets of files, from what the files say and not from how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.comparing.things import Thing, things_of

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing said differently; ``None``: not said at all."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was added, removed or changed."""

    change: str
    old: Thing | None
    new: Thing | None
    facets: tuple[Facet, ...] = ()

    @property
    def thing(self) -> Thing:
        """The thing as it is now, or was last."""
        found = self.new or self.old
        assert found is not None
        return found

    def facet(self, name: str) -> Facet | None:
        """Return what is said differently of ``name``, if it is."""
        return next((each for each in self.facets if each.name == name), None)


@dataclass(slots=True)
class Changed:
    """One file that differs. Without differences only its layout or its writing is another."""

    path: str
    change: str
    differences: list[Difference] = field(default_factory=list)
    old: Mapping[str, Thing] = field(default_factory=dict)
    new: Mapping[str, Thing] = field(default_factory=dict)

    def marks(self, *, after: bool) -> dict[str, str]:
        """Return what to mark in the picture before or after the change, by element."""
        shown = {CHANGED, ADDED} if after else {CHANGED, REMOVED}
        return {each.thing.id: each.change for each in self.differences if each.change in shown}


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Changed]:
    """Return every file that differs, by path."""
    return [
        _compare(path, old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _compare(path: str, old: bytes | None, new: bytes | None) -> Changed:
    before = things_of(path, old) if old is not None else {}
    after = things_of(path, new) if new is not None else {}
    change = ADDED if old is None else REMOVED if new is None else CHANGED
    found = Changed(path, change, old=before, new=after)
    for key in dict.fromkeys([*after, *before]):
        difference = _difference(before.get(key), after.get(key))
        if difference is not None:
            found.differences.append(difference)
    return found


def _difference(old: Thing | None, new: Thing | None) -> Difference | None:
    if old is None or new is None:
        return Difference(ADDED if old is None else REMOVED, old, new)
    facets = tuple(
        Facet(name, old.facets.get(name), new.facets.get(name))
        for name in dict.fromkeys([*new.facets, *old.facets])
        if old.facets.get(name) != new.facets.get(name)
    )
    kinds = (Facet("kind", old.kind, new.kind),) if old.kind != new.kind else ()
    return Difference(CHANGED, old, new, (*kinds, *facets)) if facets or kinds else None
