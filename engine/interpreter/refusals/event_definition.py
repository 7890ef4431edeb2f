"""An event waits for exactly one thing."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "event-definition",
    Text("An event with none or several definitions", "事件定义数量有误"),
    Text(
        "With none it never happens, with several nobody knows which one did.",
        "没有定义就不会发生，多个定义则不知是哪一个。",
    ),
    Text("Give the event exactly one definition.", "请只设置一个事件定义。"),
)

_CATCHING = ("intermediateCatchEvent", "boundaryEvent")
_EVENTS = frozenset(("startEvent", "endEvent", "intermediateThrowEvent", *_CATCHING))


def find(release: Release) -> Findings:
    """Every event has one definition, or none where that means something."""
    for node in release.nodes():
        count = len(node.events)
        if node.kind in _EVENTS and (count > 1 or (not count and node.kind in _CATCHING)):
            yield at(RULE, node, (f"The event has {count} definitions.", f"该事件有 {count} 个定义。"))
