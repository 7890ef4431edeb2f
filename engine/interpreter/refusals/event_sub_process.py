"""Event sub-processes do not run as drawn."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "event-sub-process",
    Text("Event sub-process", "事件子流程"),
    Text(
        "The interpreter ignores whether it interrupts, and once fired it would start in later cases too.",
        "解释器忽略其是否中断；触发一次后，后续案例也会启动它。",
    ),
    Text(
        "Use a non-interrupting boundary event, or a process of its own that a message starts.",
        "请使用非中断边界事件，或由消息启动的独立流程。",
    ),
)


def find(release: Release) -> Findings:
    """No sub-process is started by an event."""
    for node in release.nodes():
        if node.kind == "subProcess" and node.attribute("triggeredByEvent") == "true":
            yield at(RULE, node, ("Event sub-processes do not run as drawn.", "事件子流程不能按图执行。"))
