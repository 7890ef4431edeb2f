"""Every scope has an end."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "end-event",
    Text("It has no end event", "没有结束事件"),
    Text(
        "A reader must see how it may end, and only an end event finishes a branch.",
        "读者须能看出流程如何结束，且只有结束事件能结束分支。",
    ),
    Text("Draw an end event.", "请画一个结束事件。"),
)


def find(release: Release) -> Findings:
    """Every process and sub-process has an end event."""
    for scope in release.scopes():
        if not any(node.kind == "endEvent" for node in scope.nodes.values()):
            yield at(RULE, scope, ("It has no end event.", "没有结束事件。"))
