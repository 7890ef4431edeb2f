"""Events that do not run as drawn."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release, kind_of
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "event-unsupported",
    Text("This event cannot be run", "不支持该事件"),
    Text("The interpreter would ignore it or do something else.", "解释器会忽略它，或不按图执行。"),
    Text(
        "Use an event that runs here, such as a message, a timer or an error.",
        "请使用此处支持的事件，如消息、定时器或错误。",
    ),
)

ALLOWED = {
    "startEvent": {"message"},
    "endEvent": {"message", "error", "escalation", "terminate", "cancel"},
    "intermediateCatchEvent": {"message", "signal", "timer"},
    "intermediateThrowEvent": {"message", "signal", "escalation"},
    "boundaryEvent": {"message", "signal", "timer", "error", "escalation", "cancel"},
}


def find(release: Release) -> Findings:
    """Events are of a kind that runs at their place (start events have a rule of their own)."""
    for node in release.nodes():
        found = [kind_of(each) for each in node.events]
        if node.kind in ALLOWED and node.kind != "startEvent" and any(each not in ALLOWED[node.kind] for each in found):
            yield at(
                RULE,
                node,
                (f"{node.kind} with {found[0]} does not run as drawn.", f"{node.kind} 带 {found[0]} 不能按图执行。"),
                (
                    f"Here may stand: {', '.join(sorted(ALLOWED[node.kind]))}.",
                    f"此处可用：{'、'.join(sorted(ALLOWED[node.kind]))}。",
                ),
            )
