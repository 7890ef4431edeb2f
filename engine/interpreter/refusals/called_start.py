"""Called processes have a plain start event."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "called-start",
    Text("The called process cannot be started", "被调用的流程无法启动"),
    Text(
        "A call begins at a plain start event; a message start event waits for its message.",
        "调用从普通开始事件开始；消息开始事件只等待消息。",
    ),
    Text("Draw one beside its message start event.", "请在其消息开始事件旁再画一个。"),
)


def find(release: Release) -> Findings:
    """What is called can be begun without a message."""
    processes = {each.id: each for each in release.processes}
    for node in release.nodes():
        called = processes.get(node.attribute("calledElement") or "")
        if node.kind == "callActivity" and called is not None and not called.starts():
            said = (f"The process {called.id} has no plain start event.", f"流程 {called.id} 没有普通开始事件。")
            yield at(RULE, node, said)
