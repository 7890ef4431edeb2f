"""Only non-interrupting boundary events beat."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import bpmn
from engine.text import Text

RULE = Rule(
    "timer-cycle",
    Text("A cycle that would not beat", "周期定时器位置有误"),
    Text("Elsewhere a cycle fires once or never.", "在别处，周期定时器只触发一次或从不触发。"),
    Text("Use a duration, or make the boundary event non-interrupting.", "请使用时长，或改为非中断边界事件。"),
)


def find(release: Release) -> Findings:
    """Cycles stand at non-interrupting boundary events."""
    for node in release.nodes():
        for event in node.events:
            beats = node.kind == "boundaryEvent" and node.attribute("cancelActivity") == "false"
            if event.find(bpmn("timeCycle")) is not None and not beats:
                yield at(
                    RULE, node, ("Only a non-interrupting boundary event can beat.", "只有非中断边界事件可以周期触发。")
                )
