"""Called processes exist."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "called-missing",
    Text("The called process does not exist", "被调用的流程不存在"),
    Text("There would be nothing to run.", "没有可执行的内容。"),
    Text("Choose an existing process.", "请选择已有的流程。"),
)


def find(release: Release) -> Findings:
    """A call activity calls an executable process of the release."""
    processes = {each.id for each in release.processes}
    for node in release.nodes():
        wanted = node.attribute("calledElement") or ""
        if node.kind == "callActivity" and wanted not in processes:
            said = f"There is no process {wanted or '(none chosen)'} that can be run."
            yield at(RULE, node, (said, f"没有可执行的流程 {wanted}。"))
