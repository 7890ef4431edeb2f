"""A human task lies in a lane with a role."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "task-role",
    Text("Nobody is asked", "没有执行人"),
    Text(
        "The lane says who does the task; without one it would wait for nobody.",
        "泳道决定由谁执行；没有泳道，任务无人可办。",
    ),
    Text("Put it into a lane and give the lane a role.", "请放入泳道并为泳道设置角色。"),
)


def find(release: Release) -> Findings:
    """User and manual tasks lie in lanes with roles."""
    for node in release.nodes():
        if node.kind in ("userTask", "manualTask") and not node.role:
            yield at(RULE, node, ("The task lies in no lane with a role.", "该任务不在任何带角色的泳道中。"))
