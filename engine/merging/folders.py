"""Joining whole folders of processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.interpreter.xml import XmlRefused
from engine.merging.conflicts import Choices, Conflict, Judge
from engine.merging.documents import join_documents
from engine.merging.trees import join_trees


@dataclass(slots=True)
class Joined:
    """The files after joining; ``both`` are those that both sides changed, ``conflicts`` what is still to be chosen."""

    files: dict[str, bytes] = field(default_factory=dict)
    both: list[str] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def join(
    base: Mapping[str, bytes], mine: Mapping[str, bytes], theirs: Mapping[str, bytes], choices: Choices | None = None
) -> Joined:
    """Join what *mine* and *theirs* made of *base*: neither loses a change, except where a choice says so.

    While ``conflicts`` are left, *mine* stands in their place.
    """
    joined = Joined()
    for path in sorted(base.keys() | mine.keys() | theirs.keys()):
        old, my, their = base.get(path), mine.get(path), theirs.get(path)
        content, conflicts = join_file(path, old, my, their, choices)
        joined.conflicts += conflicts
        if content is not None:
            joined.files[path] = content
        if their not in (old, my):
            (joined.theirs if my == old else joined.both).append(path)
    return joined


def join_file(
    path: str, base: bytes | None, mine: bytes | None, theirs: bytes | None, choices: Choices | None = None
) -> tuple[bytes | None, list[Conflict]]:
    """Return one joined file (``None``: it is deleted) and what is still to be chosen in it."""
    if theirs in (base, mine):
        return mine, []
    if mine == base:
        return theirs, []
    judge = Judge(path, choices or {})
    if base is not None and mine is not None and theirs is not None:
        try:
            if path.endswith((".bpmn", ".dmn")):
                return join_trees(path, base, mine, theirs, judge), judge.open
            if path.endswith(".json"):
                return join_documents(base, mine, theirs, judge), judge.open
        except (XmlRefused, ValueError, RecursionError):
            judge = Judge(path, choices or {})
    is_mine = judge.takes_mine("", "", "", *(_shown(each) for each in (base, mine, theirs)))
    return (mine if is_mine else theirs), judge.open


def _shown(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "replace")[:4000]
