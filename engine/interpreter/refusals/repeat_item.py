"""The item of a list has a plain name."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import bpmn
from engine.text import Text

RULE = Rule(
    "repeat-item",
    Text("The name of the item cannot be used", "列表项名称无效"),
    Text("Expressions could not refer to it.", "表达式无法引用它。"),
    Text("Use letters, digits and _.", "请使用字母、数字和 _。"),
)


def find(release: Release) -> Findings:
    """Items are called like process data."""
    for node in release.nodes():
        marker = node.child("multiInstanceLoopCharacteristics")
        item = None if marker is None else marker.find(bpmn("inputDataItem"))
        if item is not None and not (item.get("id") or "").isidentifier():
            yield at(RULE, node, ("The name of the item is not a plain name.", "列表项名称无效。"))
