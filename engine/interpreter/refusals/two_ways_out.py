"""What has two ways out needs a gateway."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import GATEWAYS
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "two-ways-out",
    Text("Several flows leave the element", "元素有多条流出连线"),
    Text("Readers take it for a choice, the interpreter starts all of them.", "读者以为是选择，解释器却会全部执行。"),
    Text("Draw a parallel or exclusive gateway behind it.", "请在其后画并行或排他网关。"),
)


def find(release: Release) -> Findings:
    """Only gateways have several ways out."""
    for node in release.nodes():
        if node.kind != "endEvent" and len(node.outgoing) > 1 and node.kind not in GATEWAYS:
            yield at(RULE, node, ("Several flows leave the element.", "该元素有多条流出连线。"))
