"""A form stands alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, in_file
from engine.text import Text

RULE = Rule(
    "form-reference",
    Text("A form refers to another place", "表单引用了外部内容"),
    Text(
        "What lies outside could change under running cases, or be somebody else's.",
        "外部内容可能在案例运行中变化，或不受我们控制。",
    ),
    Text("Only references within the form (#/…) are allowed.", "只允许引用表单内部（#/…）。"),
)


def _references(schema: Any) -> Iterator[str]:
    todo = [schema]
    while todo:
        current = todo.pop()
        if isinstance(current, dict):
            found = current.get("$ref", current.get("$dynamicRef"))
            if isinstance(found, str):
                yield found
            todo.extend(current.values())
        elif isinstance(current, list):
            todo.extend(current)


def _outside(schema: Any) -> list[str]:
    return [each for each in _references(schema) if not each.startswith("#")]


def find(release: Release) -> Findings:
    """References stay within their form."""
    for name, schema in release.forms.items():
        if name.endswith(".schema.json"):
            key = ("outside", release.digest_of(f"forms/{name}"))
            for reference in release.kept.get("form", key, partial(_outside, schema)):
                yield in_file(
                    RULE,
                    f"forms/{name}",
                    (f"The form refers to {reference[:100]}.", f"表单引用了 {reference[:100]}。"),
                )
