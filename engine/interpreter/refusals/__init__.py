"""What a release must not contain, because it would not run as it is drawn. One rule is one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.findings import Finding
from engine.interpreter.refusals import calls, events, forms, gateways, repetition, structure, tasks
from engine.interpreter.refusals.release import Release

__all__ = ["RULES", "Release", "findings_of"]

RULES: tuple[Callable[[Release], Iterator[Finding]], ...] = (
    *structure.RULES,
    *gateways.RULES,
    *events.RULES,
    *repetition.RULES,
    *tasks.RULES,
    *calls.RULES,
    *forms.RULES,
)


def findings_of(release: Release) -> Iterator[Finding]:
    """Yield everything that the rules find in ``release``."""
    for rule in RULES:
        yield from rule(release)
