"""What a release must not contain, because it would not run as it is drawn. One rule is one module.

A rule's module has a ``RULE`` (id, title, why, cure) and, unless it is found while reading, ``find(release)``.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from types import ModuleType

from engine.findings import Finding, Rule
from engine.interpreter.drawing import Drawing
from engine.interpreter.release import Release

_MODULES = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
RULES: dict[str, Rule] = {each.RULE.id: each.RULE for each in _MODULES}
"""Every rule by its id."""


ACROSS = frozenset(
    (
        "called-circle",
        "called-missing",
        "called-start",
        "decision-missing",
        "error-not-caught",
        "form-missing",
        "form-reference",
        "form-schema",
        "id-twice",
        "message-start",
        "signal-not-sent",
    )
)
"""The rules that look at more than one diagram at a time; all others are asked of each diagram by itself."""


def findings_of(release: Release) -> Iterator[Finding]:
    """Yield everything that the rules find in ``release``."""
    asked = [module for module in _MODULES if hasattr(module, "find")]
    for drawing in release.drawings:
        key = ("refusals", release.digest_of(drawing.file))
        yield from release.kept.get("alone", key, partial(_alone, asked, release, drawing))
    for module in asked:
        if module.RULE.id in ACROSS:
            yield from module.find(release)


def _alone(asked: list[ModuleType], release: Release, drawing: Drawing) -> list[Finding]:
    alone = release.alone(drawing)
    return [found for module in asked if module.RULE.id not in ACROSS for found in module.find(alone)]
