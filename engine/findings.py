"""What is wrong with a diagram, a form or a table, in words its owner understands; and the rules that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.text import Text

ERROR, WARNING, INFO = "error", "warning", "info"
"""What prevents a release, what should be mended, what is only said."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must be mended before a release: where, why, and what to do.

    ``path`` holds the ids of the elements and flows that lead to it, where a way through the diagram shows it; ``fix``
    is the change that would mend it, for a program, where there is only one.
    """

    file: str
    element: str | None
    name: str | None
    rule: str
    reason: Text
    cure: Text
    severity: str = ERROR
    path: tuple[str, ...] = ()
    fix: Mapping[str, str] | None = None
    name_zh: str | None = None

    @property
    def called(self) -> Text:
        """What people call the element, in both languages; empty if it has no name."""
        return Text(self.name or self.name_zh or "", self.name_zh or self.name or "")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for: its id, what it is called, why it matters, how it is usually cured."""

    id: str
    title: Text
    why: Text
    cure: Text
    severity: str = ERROR
