"""What is wrong with a diagram, a form or a decision table, in words its owner understands."""

from __future__ import annotations

from dataclasses import dataclass

from engine.text import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must be mended before a release: where, why, and what to do."""

    file: str
    element: str | None
    name: str | None
    rule: str
    reason: Text
    cure: Text
    severity: str = "error"
