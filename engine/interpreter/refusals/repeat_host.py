"""Only activities that take time are repeated, by one marker."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "repeat-host",
    Text("It cannot be repeated", "无法重复"),
    Text("The interpreter runs such a marker once or not at all.", "解释器只会执行一次，或完全不执行。"),
    Text("Put it into a process of its own and repeat the call of that.", "请放入单独的流程，并重复对它的调用。"),
)

_REPEATABLE = ("userTask", "manualTask", "serviceTask", "receiveTask", "subProcess", "callActivity")
_MARKERS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


def find(release: Release) -> Findings:
    """Markers stand at activities, one at each."""
    for node in release.nodes():
        if node.is_repeated and node.kind not in _REPEATABLE:
            yield at(RULE, node, (f"A {node.kind} cannot be repeated.", f"{node.kind} 不能重复。"))
        if all(node.child(each) is not None for each in _MARKERS):
            yield at(RULE, node, ("It has two markers.", "它有两种重复标记。"), ("Keep one.", "请只保留一种。"))
