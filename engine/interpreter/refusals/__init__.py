"""What a release must not contain, because it would not run as it is drawn. One rule is one module.

A rule's module has a ``RULE`` (id, title, why, cure) and, unless it is found while reading, ``find(release)``.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from engine.findings import Finding, Rule
from engine.interpreter.release import Release

_MODULES = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
RULES: dict[str, Rule] = {each.RULE.id: each.RULE for each in _MODULES}
"""Every rule by its id."""


def findings_of(release: Release) -> Iterator[Finding]:
    """Yield everything that the rules find in ``release``."""
    for module in _MODULES:
        if hasattr(module, "find"):
            yield from module.find(release)
