"""What a release must not contain, because it would not run as it is drawn. One rule is one function."""

from __future__ import annotations

from collections.abc import Iterator

from engine.findings import Finding
from engine.interpreter.refusals.release import Release

__all__ = ["Release", "findings_of"]

RULES = ()


def findings_of(release: Release) -> Iterator[Finding]:
    """Yield everything that the rules find in ``release``."""
    for rule in RULES:
        yield from rule(release)
