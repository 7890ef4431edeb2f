"""A user task has a form."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import SCHEMA, Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "task-form",
    Text("The task has no form", "任务没有表单"),
    Text("There would be nothing to fill in and nothing to complete.", "没有可填写和提交的内容。"),
    Text("Choose a form.", "请选择表单。"),
)


def find(release: Release) -> Findings:
    """User tasks name their form."""
    for node in release.nodes():
        if node.kind == "userTask" and not node.properties.get(SCHEMA):
            yield at(RULE, node, ("The task has no form.", "该任务没有表单。"))
