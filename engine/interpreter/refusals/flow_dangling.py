"""A flow connects two elements of one scope."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at_flow
from engine.text import Text

RULE = Rule(
    "flow-dangling",
    Text("A flow leads nowhere", "连线悬空"),
    Text("What hangs on it would never be reached.", "其后的元素永远不会到达。"),
    Text("Delete the flow and draw it again.", "请删除该连线后重新绘制。"),
)


def find(release: Release) -> Findings:
    """Both ends of every flow are elements of its process or sub-process."""
    for scope in release.scopes():
        for flow in scope.flows:
            if flow.source not in scope.nodes or flow.target not in scope.nodes:
                yield at_flow(
                    RULE,
                    scope,
                    flow,
                    (
                        "The flow does not connect two elements of one process or sub-process.",
                        "连线没有连接同一流程或子流程中的两个元素。",
                    ),
                    fix={"action": "delete", "element": flow.id},
                )
