"""What has no way out never finishes."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "no-way-out",
    Text("Nothing follows the element", "元素没有后续"),
    Text(
        "The interpreter would never call it finished, and the case would never end.",
        "解释器不会视其为完成，案例永远不会结束。",
    ),
    Text("Connect it to what follows, or to an end event.", "请把它连接到后续元素或结束事件。"),
)


def find(release: Release) -> Findings:
    """Something follows everything but ends."""
    for node in release.nodes():
        if node.kind != "endEvent" and not node.outgoing:
            yield at(
                RULE,
                node,
                ("Nothing follows the element, so it would never be finished.", "该元素没有后续，永远不会结束。"),
            )
