"""A repetition has an end."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import bpmn
from engine.text import Text

RULE = Rule(
    "repeat-how-often",
    Text("How often is it repeated?", "重复多少次？"),
    Text("Without a number, a list or a condition it never ends.", "没有次数、列表或条件，就不会结束。"),
    Text(
        "Give either a number of times or a list; give a loop a condition or the most turns.",
        "请填写次数或列表（二选一）；循环请设置条件或最大次数。",
    ),
)


def find(release: Release) -> Findings:
    """A multi-instance has a number or a list, a loop a condition or a maximum."""
    for node in release.nodes():
        marker = node.child("multiInstanceLoopCharacteristics")
        if marker is not None and (marker.find(bpmn("loopCardinality")) is None) is (
            marker.find(bpmn("loopDataInputRef")) is None
        ):
            yield at(RULE, node, ("It needs either a number of times or a list.", "需要指定次数或列表（二选一）。"))
        loop = node.child("standardLoopCharacteristics")
        if loop is None:
            continue
        maximum = loop.get("loopMaximum")
        if (maximum is None and loop.find(bpmn("loopCondition")) is None) or (maximum and not maximum.isdigit()):
            yield at(RULE, node, ("The loop has no end.", "循环没有终点。"))
