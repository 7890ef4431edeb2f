"""What must hold before publishing, beyond what the interpreter itself refuses. One rule is one module.

A rule's module has a ``RULE`` (id, title, why, cure) and ``find(subject)``.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

from engine.findings import Rule
from engine.interpreter.refusals import RULES as REFUSALS

MODULES: list[ModuleType] = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
ALONE = frozenset(("label-missing", "layout-missing", "layout-outside", "layout-overlap"))
"""The rules that look at one diagram at a time, and at nothing of the company."""
RULES: dict[str, Rule] = {**REFUSALS, **{each.RULE.id: each.RULE for each in MODULES}}
"""Every rule by its id, those of the interpreter included."""
