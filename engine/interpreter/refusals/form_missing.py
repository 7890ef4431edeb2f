"""The forms of tasks exist."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import SCHEMA, UI_SCHEMA, Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "form-missing",
    Text("The form does not exist", "表单不存在"),
    Text("The task could not be opened.", "任务将无法打开。"),
    Text("Choose an existing form.", "请选择已有的表单。"),
)


def find(release: Release) -> Findings:
    """Every form that a task names is a readable file of the release."""
    for node in release.nodes():
        if node.kind in ("userTask", "manualTask"):
            for name in (SCHEMA, UI_SCHEMA):
                wanted = node.properties.get(name)
                if wanted and wanted not in release.forms:
                    yield at(RULE, node, (f"There is no readable form {wanted}.", f"没有可读的表单 {wanted}。"))
